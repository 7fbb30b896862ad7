"""Importing a 1688 export: what the sheet says goes in; what people entered stays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.order_sheet import SheetReading
from webapp.domain.orders import ImportedLine, ImportedOrder, ImportedWaybill
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.store import orders as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema import (
    Order,
    OrderLine,
    OrderWaybill,
    Parcel,
    ParcelOrder,
    PlatformAccount,
    Supplier,
    Waybill,
)
from webapp.usecases.clocks import recompute_deadlines

OWNERS = ("self", "agent", "unknown")
PLATFORM = "1688"
Ids = Callable[[], str]


@dataclass(frozen=True)
class ImportReport:
    """Counts of what went in; ``updated`` are orders that were there before."""

    orders: int
    lines: int
    waybills: int
    updated: int
    reading: SheetReading


def import_orders(
    database: Database,
    rulebook: Rulebook,
    reading: SheetReading,
    *,
    organisation_id: str,
    account_name: str,
    account_owner: str,
    actor: str,
    now: datetime,
    ids: Callable[[], str] = new_id,
) -> ImportReport:
    """One transaction: all orders of the reading or none. Importing twice equals importing once.

    A line keeps its identity by its place in the order, so that counts stay tied to it. ``ids`` is fixed in the demo.
    """
    if account_owner not in OWNERS:
        raise Refusal("account_owner_unknown")
    if not account_name.strip():
        raise Refusal("account_name_missing")
    with database.write() as session:
        account = _account(session, organisation_id, account_name.strip(), account_owner, ids)
        new = updated = lines = waybills = 0
        touched: set[str] = set()
        for imported in reading.orders:
            supplier = _supplier(session, organisation_id, imported, ids)
            order = rows.order_by_no(session, organisation_id, imported.order_no)
            if order is None:
                order = _new_order(organisation_id, imported, now, ids)
                new += 1
            else:
                updated += 1
            order.account, order.supplier = account, supplier
            _take_over(order, imported)
            session.add(order)
            lines += _lines(order, imported.lines, ids)
            session.flush()
            waybills += _waybills(session, order, imported.waybills, now, ids)
            touched.add(order.id)
        recompute_deadlines(session, rulebook, touched)
        people.audit(
            session,
            at=now,
            actor=actor,
            action="orders.imported",
            subject=organisation_id,
            organisation_id=organisation_id,
            orders=new,
            updated=updated,
            rejected=len(reading.rejected),
        )
    return ImportReport(new, lines, waybills, updated, reading)


def _account(session: Session, organisation_id: str, name: str, owner: str, ids: Ids) -> PlatformAccount:
    account = rows.account(session, organisation_id, PLATFORM, name)
    if account is None:
        account = PlatformAccount(
            id=ids(), organisation_id=organisation_id, platform=PLATFORM, name=name, owner=owner
        )
        session.add(account)
    elif owner != "unknown":
        account.owner = owner
    return account


def _supplier(session: Session, organisation_id: str, imported: ImportedOrder, ids: Ids) -> Supplier:
    company, member = imported.supplier_company, imported.supplier_member
    supplier = rows.supplier(session, organisation_id, company, member)
    if supplier is None:
        supplier = Supplier(id=ids(), organisation_id=organisation_id, company=company, member=member)
        session.add(supplier)
    return supplier


def _new_order(organisation_id: str, imported: ImportedOrder, now: datetime, ids: Ids) -> Order:
    return Order(
        id=ids(),
        organisation_id=organisation_id,
        platform=PLATFORM,
        order_no=imported.order_no,
        imported_at=now,
        lines=[],
    )


def _take_over(order: Order, imported: ImportedOrder) -> None:
    for field in (
        "status_raw",
        "placed_at",
        "paid_at",
        "goods_fen",
        "freight_fen",
        "adjust_fen",
        "paid_fen",
        "remark",
    ):
        setattr(order, field, getattr(imported, field))


def _lines(order: Order, imported: tuple[ImportedLine, ...], ids: Ids) -> int:
    """Returns how many lines are new. A line that left the sheet stays: it may already be counted."""
    known = {line.seq: line for line in order.lines}
    new = 0
    for line in imported:
        row = known.get(line.seq)
        if row is None:
            row = OrderLine(id=ids(), seq=line.seq)
            order.lines.append(row)
            new += 1
        for field in (
            "title",
            "spec",
            "colour",
            "size",
            "unit",
            "quantity_milli",
            "unit_price_fen",
            "offer_id",
            "sku_id",
            "article_no",
            "model",
            "material_no",
            "single_item_no",
        ):
            setattr(row, field, getattr(line, field))
    return new


def _waybills(
    session: Session, order: Order, imported: tuple[ImportedWaybill, ...], now: datetime, ids: Ids
) -> int:
    """Ties waybills and their parcels to the order; returns how many ties are new."""
    new = 0
    for item in imported:
        waybill = rows.waybill(session, order.organisation_id, item.number_norm)
        if waybill is None:
            waybill = Waybill(
                id=ids(),
                organisation_id=order.organisation_id,
                courier=item.courier,
                number_raw=item.number_raw,
                number_norm=item.number_norm,
            )
            session.add(waybill)
            session.flush()
        if not rows.has_waybill(session, order.id, waybill.id):
            session.add(OrderWaybill(order_id=order.id, waybill_id=waybill.id))
            new += 1
        parcel = rows.parcel_of_waybill(session, waybill.id) or _adopt_or_make_parcel(
            session, order, waybill.id, now, ids
        )
        _tie(session, parcel, order)
    if not imported and not order.waybills:
        parcel_without = rows.bare_parcel_of_order(session, order.id) or _new_parcel(
            session, order, None, now, ids
        )
        _tie(session, parcel_without, order)
    return new


def _adopt_or_make_parcel(session: Session, order: Order, waybill_id: str, now: datetime, ids: Ids) -> Parcel:
    # The label of an order that had no waybill yet may already be on the box: its parcel gets the first waybill.
    parcel = rows.bare_parcel_of_order(session, order.id)
    if parcel is None:
        return _new_parcel(session, order, waybill_id, now, ids)
    parcel.waybill_id = waybill_id
    session.flush()
    return parcel


def _new_parcel(session: Session, order: Order, waybill_id: str | None, now: datetime, ids: Ids) -> Parcel:
    parcel = Parcel(id=ids(), organisation_id=order.organisation_id, waybill_id=waybill_id, created_at=now)
    session.add(parcel)
    session.flush()
    return parcel


def _tie(session: Session, parcel: Parcel, order: Order) -> None:
    if not rows.has_parcel_order(session, parcel.id, order.id):
        session.add(ParcelOrder(parcel_id=parcel.id, order_id=order.id))
        session.flush()

"""Printing labels of orders and load units: every print its own code; a reprint voids the earlier ones of its kind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from sqlalchemy.orm import Session

from webapp.adapters.label_sheets import LabelLine, ParcelLabel
from webapp.adapters.secrets import new_id
from webapp.domain.quantities import quantity_text
from webapp.domain.refusals import Refusal
from webapp.store import labels as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema import Order, OrderLine, Parcel
from webapp.store.schema_desk import LoadUnit
from webapp.usecases.label_print import MOST_LABELS, Planned, Sheet, new_code, print_and_keep, site_of

ORDER_KINDS: Final = ("parcel", "carton", "sku")
UNIT_KINDS: Final = ("container", "truck", "pallet", "bag")
MOST_CARTONS: Final = 200
_LONGEST_NUMBER: Final = 60
_SHOWN_ORDERS: Final = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which labels of an order. ``carton`` of ``cartons``: one of the set again, None for the whole set.
    ``pieces``: how many go under one SKU label; None: one label a line. ``quantity``: whether it is printed; None: on
    SKU labels only, since whoever counts must not read the ordered number on the box (docs/decisions)."""

    kind: str = "parcel"
    cartons: int = 1
    carton: int | None = None
    pieces: int | None = None
    quantity: bool | None = None

    @property
    def with_quantity(self) -> bool:
        return self.kind == "sku" if self.quantity is None else self.quantity


def print_labels(
    database: Database,
    *,
    organisation_id: str,
    order_nos: list[str],
    stock: str,
    public_url: str | None,
    fonts_dir: Path,
    actor: str,
    now: datetime,
    start: int = 1,
    wanted: Wanted = Wanted(),
) -> tuple[bytes, list[str]]:
    """A PDF of the orders' labels, in the order asked for, and the new codes.

    Raises ``order_unknown``, ``label_kind_unknown``, ``label_count_wrong``, ``label_carton_wrong``,
    ``label_too_many`` and what ``parcel_labels_pdf`` refuses.
    """
    _check(wanted)
    with database.read() as session:
        site = site_of(session, organisation_id)
        name, zone = (site.name, site.zone) if site else ("", None)
        found = rows.orders_to_print(session, organisation_id, order_nos)
        for order_no in order_nos:
            if order_no not in found:
                raise Refusal("order_unknown", order_no=order_no)
        orders = [order for order_no in dict.fromkeys(order_nos) for order in found[order_no]]
        planned = list(_planned(orders, wanted, name))

    def before(session: Session) -> None:
        _void(session, planned, wanted, now)
        people.audit(
            session,
            at=now,
            actor=actor,
            action="labels.printed",
            subject=" ".join(order_nos),
            organisation_id=organisation_id,
            kind=wanted.kind,
            quantity="printed" if wanted.with_quantity else "left_out",
            codes=[label.face.code for label in planned],
        )

    sheet = Sheet(stock, public_url, fonts_dir, start)
    return print_and_keep(database, planned, sheet, zone=zone, actor=actor, now=now, before=before)


def print_unit_label(
    database: Database,
    *,
    organisation_id: str,
    unit_kind: str,
    number: str,
    sheet: Sheet,
    actor: str,
    now: datetime,
) -> tuple[bytes, list[str]]:
    """One label of a container, truck, pallet or bag, which becomes known by it. Raises ``load_unit_wrong``."""
    number = " ".join(number.split())
    if unit_kind not in UNIT_KINDS or not number or len(number) > _LONGEST_NUMBER:
        raise Refusal("load_unit_wrong")
    with database.read() as session:
        site = site_of(session, organisation_id)
        name, zone = (site.name, site.zone) if site else ("", None)
        customer_code = rows.organisation(session, organisation_id).customer_code
        known = rows.load_unit(session, organisation_id, unit_kind, number)
        unit_id = known.id if known else new_id()
    face = ParcelLabel(
        new_code(), (), customer_code, name, (), (), None, "load_unit", load_unit=(unit_kind, number)
    )

    def before(session: Session) -> None:
        rows.void_unit_labels(session, unit_id, now=now)
        if known is None:
            session.add(
                LoadUnit(
                    id=unit_id, organisation_id=organisation_id, kind=unit_kind, number=number, made_at=now
                )
            )
        people.audit(
            session,
            at=now,
            actor=actor,
            action="labels.printed",
            subject=f"{unit_kind} {number}",
            organisation_id=organisation_id,
            kind="load_unit",
            codes=[face.code],
        )

    planned = [Planned(face, load_unit_id=unit_id)]
    return print_and_keep(database, planned, sheet, zone=zone, actor=actor, now=now, before=before)


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """An order that waits for a parcel label."""

    order_no: str
    supplier: str
    parcels: int


def unlabelled_orders(database: Database, *, organisation_id: str) -> list[Unlabelled]:
    """The newest orders with a parcel that nobody can scan yet."""
    with database.read() as session:
        return [
            Unlabelled(order.order_no, order.supplier.company or order.supplier.member, len(order.parcels))
            for order in rows.orders_without_label(session, organisation_id, _SHOWN_ORDERS)
        ]


def _check(wanted: Wanted) -> None:
    if wanted.kind not in ORDER_KINDS:
        raise Refusal("label_kind_unknown", kind=wanted.kind)
    if not 1 <= wanted.cartons <= MOST_CARTONS:
        raise Refusal("label_count_wrong", most=MOST_CARTONS)
    if wanted.carton is not None and not 1 <= wanted.carton <= wanted.cartons:
        raise Refusal("label_carton_wrong", n=wanted.carton, of=wanted.cartons)
    if wanted.pieces is not None and not 1 <= wanted.pieces <= 1_000_000:
        raise Refusal("label_count_wrong", most=1_000_000)


def _planned(orders: Sequence[Order], wanted: Wanted, site: str) -> Iterator[Planned]:
    parcels = {parcel.id: parcel for order in orders for parcel in order.parcels}
    cartons = [wanted.carton] if wanted.carton is not None else range(1, wanted.cartons + 1)
    count = len(parcels) * (len(cartons) if wanted.kind == "carton" else 1)
    if wanted.kind == "sku":
        count = sum(_labels_of(line, wanted.pieces) for order in orders for line in order.lines)
    if count > MOST_LABELS:
        raise Refusal("label_too_many", n=count, most=MOST_LABELS)
    if wanted.kind == "parcel":
        for parcel in parcels.values():
            yield Planned(_face(parcel, site, "parcel", wanted), parcel.id)
    elif wanted.kind == "carton":
        for parcel in parcels.values():
            for n in cartons:
                face = _face(parcel, site, "carton", wanted, carton=f"{n}/{wanted.cartons}")
                yield Planned(face, parcel.id, carton_no=n, carton_of=wanted.cartons)
    else:
        for order in orders:
            yield from _sku_labels(order, wanted, site)


def _void(session: Session, planned: Sequence[Planned], wanted: Wanted, now: datetime) -> None:
    if wanted.kind == "sku":
        lines = {label.line_id for label in planned if label.line_id}
        rows.void_line_labels(session, sorted(lines), now=now)
        return
    parcels = {label.parcel_id for label in planned if label.parcel_id}
    carton_no = wanted.carton if wanted.kind == "carton" else None
    rows.void_parcel_labels(session, sorted(parcels), wanted.kind, now=now, carton_no=carton_no)


def _face(
    parcel: Parcel, site: str, kind: Literal["parcel", "carton"], wanted: Wanted, carton: str | None = None
) -> ParcelLabel:
    return ParcelLabel(
        code=new_code(),
        order_nos=tuple(order.order_no for order in parcel.orders),
        customer_code=parcel.organisation.customer_code,
        site_name=site,
        waybills=(parcel.waybill.number_raw,) if parcel.waybill else (),
        lines=tuple(
            _line(line, line.quantity_milli if wanted.with_quantity else None)
            for order in parcel.orders
            for line in order.lines
        ),
        carton=carton,
        kind=kind,
    )


def _sku_labels(order: Order, wanted: Wanted, site: str) -> Iterator[Planned]:
    """A line's labels belong to the order's parcel; of several, to the one that arrived last."""
    parcels = sorted(
        order.parcels, key=lambda one: (one.received_at is not None, one.received_at or one.created_at)
    )
    parcel = parcels[-1] if parcels else None
    pieces = wanted.pieces
    for line in order.lines:
        left = line.quantity_milli
        for _ in range(_labels_of(line, pieces)):
            part = left if pieces is None else min(left, pieces * 1_000)
            left -= part
            face = ParcelLabel(
                code=new_code(),
                order_nos=(order.order_no,),
                customer_code=parcel.organisation.customer_code if parcel else "",
                site_name=site,
                waybills=(),
                lines=(_line(line, part if wanted.with_quantity else None),),
                carton=None,
                kind="sku",
            )
            yield Planned(face, parcel.id if parcel else None, line_id=line.id)


def _labels_of(line: OrderLine, pieces: int | None) -> int:
    return 1 if pieces is None else max(1, -(-line.quantity_milli // (pieces * 1_000)))


def _line(line: OrderLine, quantity_milli: int | None) -> LabelLine:
    quantity = "" if quantity_milli is None else f"{quantity_text(quantity_milli)} {line.unit}".strip()
    return LabelLine(line.title, line.spec, quantity, line.sku_id or line.single_item_no or line.article_no)

"""How complete the record of an order is: four folders, what is missing, and when chats were last saved."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.domain.completeness import FILE_WITHIN, Completeness, Record, completeness
from webapp.domain.folders import WRITTEN, Folder
from webapp.domain.trade_status import trade_closed
from webapp.store import papers as rows
from webapp.store.database import Database
from webapp.store.schema import Order, Supplier
from webapp.store.unfiled import unfiled
from webapp.usecases import rulebooks
from webapp.usecases.exhibits import exhibits_of_order


def of_order(session: Session, order_id: str, now: datetime) -> Completeness:
    """Of an order of whatever organisation: callers have checked whose it is."""
    order = session.get_one(Order, order_id)
    switches = rulebooks.current(session, order.organisation_id).switches
    return completeness(_record(session, order), now, chat_days=switches.chat_reminder_days)


def _record(session: Session, order: Order) -> Record:
    exhibits = exhibits_of_order(session, order.organisation_id, order.id)
    agreements = rows.agreements(session, order.id)
    payments = rows.payments(session, order.id)
    kinds = Counter(one.kind for one in exhibits if one.source_kind == "document")
    papers = Counter(Folder(one.folder) for one in exhibits if one.source_kind != "fact")
    # The order as it was imported is the export row of category 2; agreements and payments are papers of their own.
    papers[Folder.ORDER] += 1
    papers[Folder.CHAT] += sum(1 for one in agreements if one.document_id is None)
    papers[Folder.PAYMENT] += sum(1 for one in payments if one.document_id is None)
    inspected = [fact.at for fact, _ in rows.inspections(session, [one.id for one in order.parcels])]
    chats = [one.captured_at for one in exhibits if one.kind == "chat"]
    of_supplier = rows.newest_chat(session, order.organisation_id, order.supplier_id)
    return Record(
        papers=papers,
        placed_at=order.placed_at,
        received_at=order.received_at,
        inspected_at=max(inspected, default=None),
        chat_filed_at=max([*chats, *([of_supplier] if of_supplier else [])], default=None),
        samples=kinds["sample"],
        sample_chats=kinds["sample_confirmation"],
        agreements=len(agreements) + kinds["chat"],
        deposits=sum(1 for one in payments if one.purpose == "deposit"),
        confirmations=kinds["confirmation"] + sum(1 for one in agreements if one.kind in WRITTEN),
        unfiled=tuple(at for _, at in unfiled(session, order.organisation_id, order.id)),
        closed=trade_closed(order.status_raw),
    )


@dataclass(frozen=True)
class Unfiled:
    """An order of which ``n`` events have had no file for more than a day; the first was stated ``since``."""

    order_no: str
    n: int
    since: datetime


def unfiled_events(database: Database, *, organisation_id: str, now: datetime) -> list[Unfiled]:
    """Whom the desk is reminded of (S3-16), the oldest first."""
    with database.read() as session:
        late: dict[str, list[datetime]] = {}
        for order_id, at in unfiled(session, organisation_id):
            if now - at > FILE_WITHIN:
                late.setdefault(order_id, []).append(at)
        numbers = {one: session.get_one(Order, one).order_no for one in late}
    found = [Unfiled(numbers[order_id], len(instants), min(instants)) for order_id, instants in late.items()]
    return sorted(found, key=lambda one: (one.since, one.order_no))


@dataclass(frozen=True)
class StaleChat:
    """A supplier with living orders whose chat was not saved for ``days`` days (None: never)."""

    supplier: Supplier
    days: int | None
    orders: int


def stale_chats(database: Database, *, organisation_id: str, now: datetime) -> list[StaleChat]:
    """Whom somebody should export the WeChat of now (S3-17), the longest silence first."""
    with database.read() as session:
        limit = timedelta(days=rulebooks.current(session, organisation_id).switches.chat_reminder_days)
        found = []
        for supplier, orders in rows.suppliers_with_living_orders(session, organisation_id):
            newest = rows.newest_chat(session, organisation_id, supplier.id)
            if newest is None or now - newest > limit:
                days = (now - newest) // timedelta(days=1) if newest else None
                found.append(StaleChat(supplier, days, orders))
    return sorted(found, key=lambda one: (one.days is not None, -(one.days or 0), one.supplier.company))

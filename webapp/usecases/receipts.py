"""A parcel's goods receipt: the earliest arrival that stands, or the time at which it was held while nobody knew it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from webapp.domain.evidence import parse
from webapp.store import dock as rows
from webapp.store import evidence as evidence_rows
from webapp.store.database import Database
from webapp.store.schema import Parcel, Record
from webapp.store.schema_dock import DockFact
from webapp.usecases.order_progress import recompute_progress
from webapp.usecases.record_findings import time_of

OrdersChanged = Callable[[Session, set[str]], None]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_BATCH = 500
_NO_RECEIPT = frozenset({"id_reused", "parcel_unknown", "parcel_of_other_site"})


def recompute_receipt(session: Session, parcel_id: str | None, orders_changed: OrdersChanged) -> None:
    """Brings the parcel's receipt, and those of its orders, up to the facts.

    ``orders_changed(session, order_ids)`` runs when an order's receipt time changed.
    """
    parcel = session.get(Parcel, parcel_id) if parcel_id else None
    if parcel is None:
        return
    session.flush()
    first = rows.first_receipt(session, parcel.id)
    now_said = (first.at, first.site_id, first.record_id) if first else (None, None, None)
    if (parcel.received_at, parcel.received_site_id, parcel.received_record_id) == now_said:
        return
    parcel.received_at, parcel.received_site_id, parcel.received_record_id = now_said
    parcel.received_zone = first.zone if first else None
    session.flush()
    orders = evidence_rows.orders_of_parcel(session, parcel.id)
    changed = set()
    for order in orders:
        receipts = [(one.received_at, one.received_zone) for one in order.parcels if one.received_at]
        at, zone = min(receipts, default=(None, None), key=lambda receipt: receipt[0])
        if (order.received_at, order.received_zone) != (at, zone):
            order.received_at, order.received_zone = at, zone
            changed.add(order.id)
    recompute_progress(session, [order.id for order in orders])
    if changed:
        session.flush()
        orders_changed(session, changed)


def fill_missing_arrivals(database: Database) -> int:
    """Goods receipts from before facts were kept get theirs; returns how many. Cheap when there are none."""
    filled = 0
    while True:
        with database.write() as session:
            found = rows.arrivals_without_fact(session, _BATCH)
            for record, device, challenge in found:
                session.add(_fact(record.text, device.site_id, time_of(record, device, challenge), record))
        filled += len(found)
        if len(found) < _BATCH:
            return filled


def _fact(text: str, site_id: str, ms: int, record: Record) -> DockFact:
    fields = parse(text)
    codes = sorted({finding["code"] for finding in record.findings})
    return DockFact(
        id=fields.id,
        kind=fields.kind,
        site_id=site_id,
        device_id=fields.device,
        worker_id=fields.worker,
        parcel_id=None if _NO_RECEIPT & set(codes) else fields.parcel,
        order_id=None,
        line_id=None,
        slot=fields.slot,
        said={},
        at=_EPOCH + timedelta(milliseconds=ms),
        received_at=record.received_at,
        corrects=None,
        gone_by=None,
        findings=codes,
    )

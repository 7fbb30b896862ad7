"""Captures (films and photos) with their hashes, states and the level that is proven: `dockproof records`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.refusals import Refusal
from webapp.store import captures as rows
from webapp.store import orders as order_rows
from webapp.store.database import Database
from webapp.store.schema import Parcel


@dataclass(frozen=True)
class Capture:
    """``record``: SHA-256 of the signed text that commits to the file; None while the take is not closed.

    ``level``: ``E0`` when the server holds the very bytes that the signed record names; None: nothing is proven yet.
    ``gone``: withdrawn or replaced; it stays in the log.
    """

    id: str
    kind: str
    slot: str | None
    orders: tuple[str, ...]
    parcel: str | None
    file: str | None
    bytes: int | None
    mime: str | None
    state: str
    record: str | None
    entry: int | None
    received: datetime
    gone: bool

    @property
    def level(self) -> str | None:
        return "E0" if self.state == "verified" and self.record is not None else None


def captures(database: Database, *, order_no: str | None) -> Iterator[Capture]:
    """Oldest first, streamed; of one order if it is named. Raises ``order_unknown``."""
    with database.read() as session:
        parcels = None
        if order_no is not None:
            orders = order_rows.orders_by_no_anywhere(session, order_no)
            if not orders:
                raise Refusal("order_unknown", order_no=order_no)
            parcels = {parcel.id for order in orders for parcel in order.parcels}
        for row in rows.captures(session, parcels):
            yield _capture(session, row)


def _capture(session: Session, row: rows.CaptureRow) -> Capture:
    parcel = session.get(Parcel, row.parcel_id) if row.parcel_id else None
    record = row.record
    return Capture(
        id=row.id,
        kind=row.kind,
        slot=row.slot,
        orders=tuple(sorted(order.order_no for order in parcel.orders)) if parcel else (),
        parcel=row.parcel_id,
        file=row.file_sha256,
        bytes=row.file_bytes,
        mime=row.mime,
        state=row.file_state,
        record=record.sha256 if record else None,
        entry=record.entry_index if record else None,
        received=row.received_at,
        gone=row.gone,
    )

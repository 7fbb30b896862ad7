"""SQL about films and photos together, for whoever lists an instance's evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.store.schema import Record, Take
from webapp.store.schema_dock import DockFact, Photo

_BATCH = 500


@dataclass(frozen=True)
class CaptureRow:
    id: str
    kind: str  # take | photo
    slot: str | None
    parcel_id: str | None
    file_sha256: str | None
    file_bytes: int | None
    mime: str | None
    file_state: str
    record: Record | None
    received_at: datetime
    gone: bool


def captures(session: Session, parcel_ids: Collection[str] | None) -> Iterator[CaptureRow]:
    """Takes, then photos, oldest first; of these parcels, or all (None)."""
    takes = select(Take).order_by(Take.opened_at, Take.id).execution_options(yield_per=_BATCH)
    photos = (
        select(Photo, DockFact)
        .join(DockFact, DockFact.id == Photo.id)
        .order_by(DockFact.received_at, Photo.id)
        .execution_options(yield_per=_BATCH)
    )
    if parcel_ids is not None:
        takes = takes.where(Take.parcel_id.in_(list(parcel_ids)))
        photos = photos.where(DockFact.parcel_id.in_(list(parcel_ids)))
    for take in session.scalars(takes):
        yield _of_take(session, take)
    for photo, fact in session.execute(photos):
        yield CaptureRow(
            photo.id,
            "photo",
            fact.slot,
            fact.parcel_id,
            photo.file_sha256,
            photo.file_bytes,
            photo.mime,
            photo.file_state,
            _record(session, photo.id, photo.device_id, "photo"),
            fact.received_at,
            fact.gone_by is not None,
        )


def _of_take(session: Session, take: Take) -> CaptureRow:
    closed = take.close_record_id
    fact = session.get(DockFact, closed) if closed else None
    return CaptureRow(
        take.id,
        "take",
        take.slot,
        take.parcel_id,
        take.file_sha256,
        take.file_bytes,
        take.mime,
        take.file_state,
        _record(session, closed, take.device_id, "take") if closed else None,
        take.opened_at,
        fact is not None and fact.gone_by is not None,
    )


def _record(session: Session, record_id: str, device_id: str, kind: str) -> Record | None:
    """The first under that id: a later one of the same id changed nothing."""
    found = select(Record).where(Record.id == record_id, Record.device_id == device_id, Record.kind == kind)
    return session.scalars(found.order_by(Record.entry_index).limit(1)).first()

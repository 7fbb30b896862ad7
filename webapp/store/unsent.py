"""SQL about films and photos that phones announced and whose bytes are not here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from webapp.store.portions import portions
from webapp.store.schema import Device, Record, Take, Upload
from webapp.store.schema_dock import DockFact, Photo


@dataclass(frozen=True)
class UnsentRow:
    """``at``: when the server heard of it; ``bytes``: as signed, None while the film is not closed."""

    id: str
    device_id: str
    kind: str  # take | photo
    slot: str | None
    parcel_id: str | None
    worker_id: str | None
    bytes: int | None
    at: datetime


# A film that was closed without a byte has none to send.
_TAKE_WAITS = and_(Take.file_state != "verified", or_(Take.closed.is_(None), Take.file_sha256.is_not(None)))
_PHOTO_WAITS = and_(Photo.file_state != "verified", DockFact.gone_by.is_(None))


def unsent(session: Session, device_id: str) -> list[UnsentRow]:
    """Oldest first."""
    found = [
        UnsentRow(
            take.id,
            take.device_id,
            "take",
            take.slot,
            take.parcel_id,
            take.worker_id,
            take.file_bytes,
            take.opened_at,
        )
        for take in session.scalars(select(Take).where(Take.device_id == device_id, _TAKE_WAITS))
    ]
    photos = select(Photo, DockFact).join(DockFact, DockFact.id == Photo.id)
    for photo, fact in session.execute(photos.where(Photo.device_id == device_id, _PHOTO_WAITS)):
        found.append(
            UnsentRow(
                photo.id,
                device_id,
                "photo",
                fact.slot,
                fact.parcel_id,
                fact.worker_id,
                photo.file_bytes,
                fact.received_at,
            )
        )
    return sorted(found, key=lambda one: (one.at, one.id))


def counts(session: Session, device_ids: Collection[str]) -> dict[str, int]:
    """Device → how many films and photos of it are not here; those with none are left out."""
    found: dict[str, int] = {}
    for some in portions(device_ids):
        for table, query in (
            (Take, select(Take.device_id, func.count()).where(_TAKE_WAITS)),
            (
                Photo,
                select(Photo.device_id, func.count())
                .join(DockFact, DockFact.id == Photo.id)
                .where(_PHOTO_WAITS),
            ),
        ):
            rows = session.execute(query.where(table.device_id.in_(some)).group_by(table.device_id))
            for device_id, n in rows:
                found[device_id] = found.get(device_id, 0) + n
    return found


def here(session: Session, record_id: str, device_id: str) -> int:
    """Bytes of it that were acknowledged; 0: none."""
    found = select(func.max(Upload.offset)).where(
        Upload.record_id == record_id,
        Upload.device_id == device_id,
        or_(Upload.ended_at.is_(None), Upload.sha256.is_not(None)),
    )
    return session.scalar(found) or 0


def numbers(session: Session, device_id: str) -> list[int]:
    """The numbers of the records that came, ascending, each once."""
    found = select(Record.seq).where(Record.device_id == device_id).distinct().order_by(Record.seq)
    return list(session.scalars(found))


def last_received(session: Session, device_id: str) -> datetime | None:
    return session.scalar(select(func.max(Record.received_at)).where(Record.device_id == device_id))


def successors(session: Session, device_ids: Collection[str]) -> dict[str, Device]:
    """Device → the phone that first took its place."""
    found: dict[str, Device] = {}
    for some in portions(device_ids):
        rows = select(Device).where(Device.in_place_of.in_(some)).order_by(Device.enrolled_at, Device.id)
        for device in session.scalars(rows):
            found.setdefault(str(device.in_place_of), device)
    return found

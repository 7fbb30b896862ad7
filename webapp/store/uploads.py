"""SQL about uploads, blobs and the work that follows them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from webapp.store.schema import Blob, Record, Take, Upload, Work


def open_upload(session: Session, upload_id: str, device_id: str) -> Upload | None:
    """None as well for another device's upload: its existence is nobody else's business."""
    upload = session.get(Upload, upload_id)
    if upload is None or upload.device_id != device_id or upload.ended_at is not None:
        return None
    return upload


def uploads_for(session: Session, record_id: str, device_id: str) -> list[Upload]:
    """Those whose bytes are still here: a terminated one has none, an expired one left its prefix as a blob."""
    found = select(Upload).where(
        Upload.record_id == record_id,
        Upload.device_id == device_id,
        or_(Upload.ended_at.is_(None), Upload.sha256.is_not(None)),
    )
    return list(session.scalars(found.order_by(Upload.created_at, Upload.id)))


def kept_part(session: Session, record_id: str, device_id: str) -> Upload | None:
    """The longest beginning of it that is kept as a blob although nothing more came: expired, or out of an export."""
    found = [one for one in uploads_for(session, record_id, device_id) if one.ended_at is not None]
    return max(found, key=lambda one: one.offset, default=None)


def takes_bytes(session: Session, record_id: str, device_id: str) -> bool:
    """Whether this device opened a take under that id, so that bytes for it are expected."""
    take = session.get(Take, record_id)
    if take is not None and take.device_id == device_id:
        return True
    opened = select(Record.sha256).where(
        Record.id == record_id, Record.device_id == device_id, Record.kind == "take-open"
    )
    return session.scalar(opened.limit(1)) is not None


def advance(session: Session, upload_id: str, offset: int) -> None:
    """Never backwards: a request that was taken over may come here late."""
    session.execute(
        update(Upload).where(Upload.id == upload_id, Upload.offset < offset).values(offset=offset)
    )


def expired(session: Session, now: datetime) -> list[Upload]:
    found = select(Upload).where(
        Upload.expires_at <= now, Upload.completed_at.is_(None), Upload.ended_at.is_(None)
    )
    return list(session.scalars(found.order_by(Upload.expires_at, Upload.id)))


def unsealed(session: Session) -> list[Upload]:
    """Ended by time, with bytes that are not yet a blob; also those of a process that died in between."""
    found = select(Upload).where(
        Upload.ended_at.is_not(None),
        Upload.completed_at.is_(None),
        Upload.sha256.is_(None),
        Upload.offset > 0,
    )
    return list(session.scalars(found.order_by(Upload.ended_at, Upload.id)))


def add_blob(session: Session, *, sha256: str, size: int, mime: str, now: datetime) -> None:
    """The same bytes sent twice are one blob."""
    if session.get(Blob, sha256) is None:
        session.add(Blob(sha256=sha256, bytes=size, mime=mime, stored_at=now))
        session.flush()


def add_work(session: Session, *, work_id: str, kind: str, subject: str, now: datetime) -> None:
    """Asks for a job once; the same kind and subject is the same job."""
    found = select(Work.id).where(Work.kind == kind, Work.subject == subject)
    if session.scalar(found) is None:
        session.add(Work(id=work_id, kind=kind, subject=subject, run_after=now, attempts=0))
        session.flush()

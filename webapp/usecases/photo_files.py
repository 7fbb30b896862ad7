"""Whether the bytes that a photo's record promised are here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.evidence import FileClaim
from webapp.store import uploads
from webapp.store.schema_dock import Photo
from webapp.usecases.take_files import FileState, file_state


def settle_photo(session: Session, photo: Photo, *, now: datetime) -> FileState:
    """Brings ``file_state`` up to the facts; verified bytes get a small picture for screens from the worker."""
    claim = FileClaim(photo.file_sha256, photo.file_bytes, photo.mime)
    state = file_state(session, take_id=photo.id, device_id=photo.device_id, claim=claim)
    photo.file_state = state
    if state == "verified":
        photo.verified_at = photo.verified_at or now
        uploads.add_work(session, work_id=new_id(), kind="thumbnail", subject=photo.file_sha256, now=now)
    else:
        photo.verified_at = None
    session.flush()
    return state

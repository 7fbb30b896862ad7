"""Whether the bytes that a photo's record promised are here."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.evidence import FileClaim
from webapp.domain.file_types import plain, same_type
from webapp.store import evidence, uploads
from webapp.store.schema_dock import Photo
from webapp.usecases.take_files import FileState, file_state

PREVIEWED: Final = frozenset({"image/jpeg", "image/png", "image/webp"})
"""Types of which a small picture is made for screens."""


def type_differs(session: Session, photo: Photo) -> bool:
    """The bytes are here and are not of the type that the record names: a film, or another kind of picture."""
    blob = evidence.blob(session, photo.file_sha256)
    return blob is not None and not same_type(blob.mime, photo.mime)


def settle_photo(session: Session, photo: Photo, *, now: datetime) -> FileState:
    """Brings ``file_state`` up to the facts; verified bytes get a small picture for screens from the worker."""
    claim = FileClaim(photo.file_sha256, photo.file_bytes, photo.mime)
    state = file_state(session, take_id=photo.id, device_id=photo.device_id, claim=claim)
    photo.file_state = state
    if state == "verified":
        photo.verified_at = photo.verified_at or now
    # Others (HEIC, whatever else came) are kept and downloaded as they are.
    blob = evidence.blob(session, photo.file_sha256)
    if state == "verified" and blob is not None and plain(blob.mime) in PREVIEWED:
        uploads.add_work(session, work_id=new_id(), kind="thumbnail", subject=photo.file_sha256, now=now)
    if state != "verified":
        photo.verified_at = None
    session.flush()
    return state

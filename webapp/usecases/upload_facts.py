"""What an upload's bytes are, and what they mean for the take or photo that they were announced for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.blobs import Blobs
from webapp.domain.file_types import HEAD_BYTES, served_mime
from webapp.store.schema import Take, Upload
from webapp.store.schema_dock import Photo
from webapp.usecases.photo_files import settle_photo
from webapp.usecases.take_files import settle


def mime_of(blobs: Blobs, sha256: str, declared: str) -> str:
    """By its first bytes: the sender's word must not decide what a browser is told."""
    return served_mime(declared, b"".join(blobs.read_range(sha256, 0, HEAD_BYTES)))


def settle_upload(session: Session, upload: Upload, now: datetime) -> None:
    take = session.get(Take, upload.record_id)
    if take is not None and take.device_id == upload.device_id:
        settle(session, take, now=now)
    photo = session.get(Photo, upload.record_id)
    if photo is not None and photo.device_id == upload.device_id:
        settle_photo(session, photo, now=now)

"""Bytes of takes, resumable (tus 1.0): create, append, ask, terminate.

No database connection is held while a body is read, and no answer is given before the bytes are flushed.
Refusals carry ``vars["offset"]`` where the sender must know it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from webapp.adapters.blobs import Blobs
from webapp.adapters.disk import says_full
from webapp.adapters.secrets import new_id
from webapp.adapters.spool import TakenOver, Writer
from webapp.domain.refusals import Refusal
from webapp.store import uploads as rows
from webapp.store.database import Database
from webapp.store.dock import photo_expects_bytes
from webapp.store.schema import Upload
from webapp.usecases import quotas
from webapp.usecases.upload_facts import mime_of, settle_upload

UPLOAD_LIFE: Final = timedelta(days=14)
"""Counted from the last byte. A phone that stays offline longer begins again from its own copy."""

CHECKPOINT_BYTES: Final = 8 << 20
"""Within one long body, progress is made durable this often, so that a killed server loses little."""

AT_ONCE_BYTES: Final = CHECKPOINT_BYTES
"""A file of at most this size may come in one request with its creation."""

_PIECE: Final = 256 << 10
_MAX_BYTES: Final = 2**53 - 1
_MIME: Final = re.compile(r"(video/(webm|mp4|x-matroska)|image/(jpeg|png|webp|heic|heif))(;[!-~]{1,100})?")


class BodyCut(Exception):
    """The body ended before its announced length: the connection is gone."""


@dataclass(frozen=True)
class Body:
    """A request body. ``read(n)`` gives at most n bytes, ``b""`` at the end, and raises ``BodyCut``.

    ``sha256``: what the sender says the whole body hashes to (raw digest), None for no body.
    """

    read: Callable[[int], bytes]
    length: int
    sha256: bytes | None


@dataclass(frozen=True)
class UploadState:
    """``sha256`` (hex, the server's own) once every byte is here and kept."""

    id: str
    offset: int
    length: int | None
    expires_at: datetime
    sha256: str | None


def create(
    database: Database,
    blobs: Blobs,
    *,
    device_id: str,
    record_id: str,
    mime: str,
    length: int | None,
    now: datetime,
) -> UploadState:
    """A new upload for a take that this device opened, or a photo that it committed.

    ``length`` is None while it is still being recorded.

    Raises ``record_unknown`` (the commitment comes first), ``mime_unknown``, ``upload_empty``, ``disk_full``,
    ``quota_organisation``, ``quota_site``, ``quota_phone_day``.
    """
    upload = _begun(
        database, blobs, device_id=device_id, record_id=record_id, mime=mime, length=length, now=now
    )
    with database.write() as session:
        session.add(upload)
    return _state(upload)


def create_whole(
    database: Database, blobs: Blobs, *, device_id: str, record_id: str, mime: str, body: Body, now: datetime
) -> UploadState:
    """A small file (at most ``AT_ONCE_BYTES``) that comes with its creation, in one transaction.

    Cut or damaged, nothing of it is kept, and no upload is left behind: the sender begins anew. Raises what `create`
    raises, ``body_cut``, ``checksum_wrong``, ``upload_taken_over``.
    """
    upload = _begun(
        database, blobs, device_id=device_id, record_id=record_id, mime=mime, length=body.length, now=now
    )
    try:
        with _claim(blobs, upload) as writer:
            actual = _stream(writer, body)
            if actual is None:
                raise Refusal("body_cut", offset=0)
            if _differs(body, actual):
                raise Refusal("checksum_wrong", offset=0)
            upload.offset = writer.flush(name=False)
            upload.sha256, upload.completed_at = _keep(blobs, writer, upload), now
        with database.write() as session:
            session.add(upload)
            mime = mime_of(blobs, upload.sha256, mime)
            rows.add_blob(session, sha256=upload.sha256, size=upload.offset, mime=mime, now=now)
            session.flush()
            settle_upload(session, upload, now)
    finally:
        blobs.spools.discard(upload.id)
    return _state(upload)


def _begun(
    database: Database,
    blobs: Blobs,
    *,
    device_id: str,
    record_id: str,
    mime: str,
    length: int | None,
    now: datetime,
) -> Upload:
    """Allowed, and with its empty spool file; its row is the caller's to write."""
    if not _MIME.fullmatch(mime):
        raise Refusal("mime_unknown")
    _check_length(length, 0)
    blobs.need_room(length or 0)
    upload_id = new_id()
    with database.read() as session:
        if not rows.takes_bytes(session, record_id, device_id) and not photo_expects_bytes(
            session, record_id, device_id
        ):
            raise Refusal("record_unknown")
        quotas.allow_upload(session, device_id=device_id, record_id=record_id, size=length or 0, now=now)
    blobs.spools.create(upload_id)
    return Upload(
        id=upload_id,
        device_id=device_id,
        record_id=record_id,
        mime=mime,
        length=length,
        offset=0,
        created_at=now,
        touched_at=now,
        expires_at=now + UPLOAD_LIFE,
    )


def head(database: Database, blobs: Blobs, *, device_id: str, upload_id: str, now: datetime) -> UploadState:
    """Where to go on. Fences off a request of the same upload that still hangs, so that the answer stays true.

    Finishes an upload whose last answer was lost with the server. Raises ``upload_unknown``, ``upload_taken_over``.
    """
    upload = _find(database, upload_id, device_id)
    if upload.completed_at is not None:
        blobs.spools.discard(upload_id)
        return _state(upload)
    with _claim(blobs, upload) as writer:
        return _record_progress(database, blobs, writer, upload, length=None, now=now)


def append(
    database: Database,
    blobs: Blobs,
    *,
    device_id: str,
    upload_id: str,
    offset: int,
    total: int | None,
    body: Body,
    now: datetime,
) -> UploadState:
    """Writes a body at ``offset``. ``total`` states the length when it was unknown at creation.

    A cut body keeps its prefix (``body_cut``); a whole body with another hash than announced is dropped
    (``checksum_wrong``). Raises also ``upload_unknown``, ``offset_wrong``, ``upload_too_long``, ``length_changed``,
    ``upload_empty``, ``disk_full``, ``upload_taken_over``.
    """
    upload = _find(database, upload_id, device_id)
    length = _agreed_length(upload, total)
    if upload.completed_at is not None:
        if offset == upload.length and body.length == 0:
            return _state(upload)
        raise Refusal("offset_wrong", offset=upload.offset)
    with _claim(blobs, upload) as writer:
        if offset != writer.start:
            raise Refusal("offset_wrong", offset=writer.start)
        _check_length(length, offset)
        if offset + body.length > (length if length is not None else _MAX_BYTES):
            raise Refusal("upload_too_long", offset=offset)
        blobs.need_room(body.length)
        whole = _copy(database, writer, upload.id, body)
        state = _record_progress(database, blobs, writer, upload, length=length, now=now)
    if not whole:
        raise Refusal("body_cut", offset=state.offset)
    return state


def terminate(database: Database, blobs: Blobs, *, device_id: str, upload_id: str, now: datetime) -> None:
    """Gives up an unfinished upload; the phone still has its copy. Raises ``upload_unknown``, ``upload_complete``."""
    with database.write() as session:
        upload = rows.open_upload(session, upload_id, device_id)
        if upload is None:
            raise Refusal("upload_unknown")
        if upload.completed_at is not None:
            raise Refusal("upload_complete")
        upload.ended_at, upload.offset = now, 0
        session.flush()
        settle_upload(session, upload, now)
    blobs.spools.discard(upload_id)


def _find(database: Database, upload_id: str, device_id: str) -> Upload:
    with database.read() as session:
        upload = rows.open_upload(session, upload_id, device_id)
    if upload is None:
        raise Refusal("upload_unknown")
    return upload


@contextmanager
def _claim(blobs: Blobs, upload: Upload) -> Iterator[Writer]:
    """The only writer of the upload's spool file, until a newer request claims it."""
    try:
        with blobs.spools.claim(upload.id, upload.offset) as writer:
            yield writer
    except FileNotFoundError:
        raise Refusal("upload_unknown") from None
    except TakenOver:
        raise Refusal("upload_taken_over") from None
    except OSError as failed:
        if says_full(failed):
            raise Refusal("disk_full") from None
        raise


def _agreed_length(upload: Upload, total: int | None) -> int | None:
    if upload.length is None or total is None or total == upload.length:
        return total if upload.length is None else upload.length
    raise Refusal("length_changed")


def _check_length(length: int | None, offset: int) -> None:
    if length == 0:
        raise Refusal("upload_empty")
    if length is not None and not offset <= length <= _MAX_BYTES:
        raise Refusal("upload_too_long", offset=offset)


def _copy(database: Database, writer: Writer, upload_id: str, body: Body) -> bool:
    """Body → spool; False when it was cut."""

    def durable() -> None:
        offset = writer.flush()
        with database.write() as session:
            rows.advance(session, upload_id, offset)

    actual = _stream(writer, body, durable)
    if actual is None:
        return False
    if _differs(body, actual):
        with database.write() as session:
            row = session.get_one(Upload, upload_id, with_for_update=True)
            writer.rewind()
            row.offset = writer.start
        raise Refusal("checksum_wrong", offset=writer.start)
    return True


def _stream(writer: Writer, body: Body, checkpoint: Callable[[], None] | None = None) -> str | None:
    """Body → spool; the hash (hex) of this body alone, None when it was cut."""
    # From the first byte on, the body's hash is the file's, which the writer makes anyway.
    digest = hashlib.sha256() if writer.start else None
    left = body.length
    since = 0
    while left > 0:
        try:
            piece = body.read(min(_PIECE, left))
        except BodyCut:
            return None
        if not piece:
            return None
        if digest is not None:
            digest.update(piece)
        writer.write(piece)
        left -= len(piece)
        since += len(piece)
        if checkpoint is not None and since >= CHECKPOINT_BYTES and left > 0:
            since = 0
            checkpoint()
    return writer.sha256() if digest is None else digest.hexdigest()


def _differs(body: Body, actual: str) -> bool:
    return body.sha256 is not None and actual != body.sha256.hex()


def _record_progress(
    database: Database, blobs: Blobs, writer: Writer, upload: Upload, *, length: int | None, now: datetime
) -> UploadState:
    """Makes what was written durable, then says so in the database; finishes the upload when it is whole."""
    # A length that the row knew never changes: at its last byte the file becomes a blob, before its row says so. A row
    # must never name bytes that are not there; after a crash in between nobody cuts a file that has two names.
    whole = upload.length is not None and writer.offset == upload.length
    offset = writer.flush(name=not whole)
    sha256 = _keep(blobs, writer, upload) if whole else None
    with database.write() as session:
        row = rows.open_upload(session, upload.id, upload.device_id)
        if row is None:
            raise Refusal("upload_unknown")
        if row.completed_at is not None:
            return _state(row)
        writer.confirm()
        if offset > row.offset:
            row.touched_at, row.expires_at = now, now + UPLOAD_LIFE
        row.offset = offset
        row.length = row.length or length
        if sha256 is not None:
            row.sha256, row.completed_at = sha256, now
            mime = mime_of(blobs, sha256, upload.mime)
            rows.add_blob(session, sha256=sha256, size=offset, mime=mime, now=now)
        session.flush()
        settle_upload(session, row, now)
        state = _state(row)
    if sha256 is not None:
        blobs.spools.discard(upload.id)
    elif state.offset == state.length:
        # Only now was it stated how long it is.
        return _record_progress(database, blobs, writer, row, length=None, now=now)
    return state


def _keep(blobs: Blobs, writer: Writer, upload: Upload) -> str:
    sha256 = writer.sha256()
    with writer.held():
        blobs.name(blobs.spools.path(upload.id), sha256)
    blobs.sync_name(sha256)
    return sha256


def _state(upload: Upload) -> UploadState:
    return UploadState(
        id=upload.id,
        offset=upload.offset,
        length=upload.length,
        expires_at=upload.expires_at,
        sha256=upload.sha256 if upload.completed_at is not None else None,
    )

"""Uploads that nobody goes on with, and what a process left behind that died at one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from webapp.adapters.blobs import Blobs
from webapp.store import uploads as rows
from webapp.store.database import Database
from webapp.store.schema import Upload
from webapp.usecases.upload_facts import mime_of, settle_upload

LEFTOVER_AGE: Final = timedelta(days=1)
"""A file in the spool that belongs to nothing goes when nobody has touched it for so long."""


def expire(database: Database, blobs: Blobs, *, now: datetime) -> int:
    """Ends uploads that nobody went on with. What came of them is kept as a blob: it may be the only copy of a take.

    May run in another process than the server: it claims no spool file, and reads only what was recorded as durable.
    Returns how many were ended.
    """
    with database.write() as session:
        due = rows.expired(session, now)
        for upload in due:
            upload.ended_at = now
            # Whole, and its row was never told.
            upload.offset = max(upload.offset, blobs.spools.whole_bytes(upload.id))
    # From here on a late request cannot record or finish anything.
    with database.read() as session:
        unsealed = rows.unsealed(session)
    for upload in unsealed:
        _seal_prefix(database, blobs, upload, now)
    _sweep(database, blobs, untouched_since=now - LEFTOVER_AGE)
    return len(due)


def _seal_prefix(database: Database, blobs: Blobs, upload: Upload, now: datetime) -> None:
    spooled = blobs.spools.path(upload.id)
    # A copy, not a link: a request that still hangs may write to the spool file.
    stored = blobs.take_in(spooled, limit=upload.offset) if spooled.is_file() and upload.offset else None
    with database.write() as session:
        row = session.get_one(Upload, upload.id)
        if stored is None or stored.bytes == 0:
            row.offset = 0
        else:
            row.sha256, row.offset = stored.sha256, stored.bytes
            mime = mime_of(blobs, stored.sha256, row.mime)
            rows.add_blob(session, sha256=stored.sha256, size=stored.bytes, mime=mime, now=now)
        session.flush()
        settle_upload(session, row, now)
    blobs.spools.discard(upload.id)


def _sweep(database: Database, blobs: Blobs, *, untouched_since: datetime) -> None:
    """What a process left that died between a file and its row: spool files whose upload is over or never began, and
    the folders of jobs."""
    blobs.spools.drop_job_folders(untouched_since)
    for name in blobs.spools.names():
        with database.read() as session:
            upload = session.get(Upload, name)
        if upload is None:
            # A younger one may be just before its row, or be written by a desk's request.
            if blobs.spools.untouched(name, untouched_since):
                blobs.spools.discard(name)
            continue
        given_up = upload.ended_at is not None and (upload.sha256 is not None or upload.offset == 0)
        if given_up or upload.completed_at is not None:
            blobs.spools.discard(name)

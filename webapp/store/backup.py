"""A consistent copy of a SQLite database while others write, and what stands in such a copy.

The copy is read with the driver alone: an engine would turn it into a write-ahead log of several files.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.refusals import Refusal
from webapp.store.schema import Upload


@dataclass(frozen=True)
class CopyFacts:
    schema: str
    log_size: int


def copy_database(source: Path, target: Path) -> None:
    """SQLite's online backup: one state of the database, in one file, flushed. Writers are not held up.

    Raises ``database_damaged`` when the copy does not hold together.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as copy:
            origin.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
            if copy.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise Refusal("database_damaged")
    except sqlite3.DatabaseError:
        raise Refusal("database_damaged") from None
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def facts_of(copy: Path) -> CopyFacts:
    """Raises ``database_damaged`` for a file that is no database of this program."""
    try:
        with closing(_open(copy)) as connection:
            (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            (size,) = connection.execute("SELECT size FROM log_head").fetchone()
    except (sqlite3.DatabaseError, TypeError):
        raise Refusal("database_damaged") from None
    return CopyFacts(str(schema), int(size))


def blobs_of(copy: Path) -> Iterator[tuple[str, int]]:
    """(sha256, bytes) of every blob that the copy names."""
    with closing(_open(copy)) as connection:
        for sha256, size in connection.execute("SELECT sha256, bytes FROM blob ORDER BY sha256"):
            yield str(sha256), int(size)


def _open(copy: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{copy.resolve().as_uri()}?mode=ro&immutable=1", uri=True)


def unfinished_uploads(session: Session) -> list[Upload]:
    found = select(Upload).where(Upload.completed_at.is_(None), Upload.ended_at.is_(None))
    return list(session.scalars(found.order_by(Upload.id)))


def end_upload(upload: Upload, now: datetime) -> None:
    upload.ended_at, upload.offset = now, 0

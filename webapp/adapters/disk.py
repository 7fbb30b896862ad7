"""Files of the instance beside its blobs: how much room is left, how old they are, who may read them; small files
that replace each other whole."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from webapp.adapters.secrets import new_id
from webapp.adapters.spool import fsync_folder

_READ = 1 << 20


@dataclass(frozen=True)
class FileFacts:
    """``others``: whether anybody but the owner may read it."""

    path: Path
    bytes: int
    changed: datetime
    others: bool


def says_full(error: BaseException) -> bool:
    """Whether this is the operating system's or SQLite's word for a disk on which nothing more fits."""
    database = getattr(error, "orig", None)  # SQLAlchemy wraps the driver's error
    if isinstance(database, sqlite3.Error):
        return getattr(database, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def files_below(folder: Path) -> Iterator[FileFacts]:
    """Every regular file, in the order of names; nothing when the folder is not there."""
    for root, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            facts = file_facts(Path(root) / name)
            if facts is not None:
                yield facts


def file_facts(path: Path) -> FileFacts | None:
    """None for what is not there (any more) or is no regular file; links are not followed."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    return FileFacts(
        path, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC), bool(found.st_mode & 0o077)
    )


def sha256_of(path: Path) -> tuple[str, int]:
    """Hex and length, in constant memory. Raises OSError."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while piece := file.read(_READ):
            digest.update(piece)
            size += len(piece)
    return digest.hexdigest(), size


def copy_hashed(source: Path, target: Path) -> tuple[str, int]:
    """A durable copy that never stands half under its name; the hash is of the bytes that were read.

    ``target`` is readable by its owner only. Raises OSError.
    """
    digest = hashlib.sha256()
    size = 0
    partial = target.with_name(f".{target.name}.{new_id()}")
    try:
        with source.open("rb") as reader, os.fdopen(_private(partial), "wb") as file:
            while piece := reader.read(_READ):
                digest.update(piece)
                size += file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    fsync_folder(target.parent)
    return digest.hexdigest(), size


def write_whole(path: Path, data: bytes) -> None:
    """Replaces a small file by one rename, durably; readable by its owner only."""
    partial = path.with_name(f".{path.name}.{new_id()}")
    try:
        with os.fdopen(_private(partial), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    fsync_folder(path.parent)


def private_folder(folder: Path) -> None:
    """Makes the folder (its parents must be there) for its owner only."""
    folder.mkdir(mode=0o700, exist_ok=True)
    fsync_folder(folder.parent)


def _private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

"""Are the files that the database names on disk, and can the instance go on writing?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy.orm import Session

from webapp.adapters import disk
from webapp.adapters.blobs import FREE_DISK_FLOOR, Blobs
from webapp.adapters.disk import FileFacts
from webapp.store import doctor as rows
from webapp.usecases.doctor_findings import Check
from webapp.usecases.quotas import Use, organisation_uses, site_uses

SECRET_BYTES: Final = 32
LEFTOVER_AGE: Final = timedelta(days=1)
"""Younger spool files belong to requests that are still at work."""

CLOCK_SLACK: Final = timedelta(minutes=5)
_NAME: Final = re.compile(r"[0-9a-f]{64}")


def check_blobs(session: Session, blobs: Blobs, home: Path, *, deep: bool) -> Check:
    """Every row's file with the right length; ``deep`` hashes each again. Files without a row are notes."""
    check = Check("blobs")
    count = total = 0
    for sha256, size in rows.blobs(session):
        count, total = count + 1, total + size
        _check_blob(check, blobs.path(sha256), sha256, size, deep)
    for file in disk.files_below(home / "blobs"):
        if not _NAME.fullmatch(file.path.name) or not rows.blob_known(session, file.path.name):
            check.add("blob_unknown", file.path.relative_to(home))
    check.facts.update(files=count, bytes=total, hashed=deep)
    return check


def _check_blob(check: Check, path: Path, sha256: str, size: int, deep: bool) -> None:
    facts = disk.file_facts(path)
    if facts is None:
        check.add("blob_missing", sha256)
    elif facts.bytes != size:
        check.add("blob_size_wrong", f"{sha256}: {facts.bytes} bytes, not {size}")
    elif deep:
        try:
            if disk.sha256_of(path)[0] != sha256:
                check.add("blob_hash_wrong", sha256)
        except OSError:
            check.add("blob_unreadable", sha256)


def check_spool(session: Session, blobs: Blobs, *, now: datetime) -> Check:
    """Acknowledged bytes of unfinished uploads are there; nothing old lies around."""
    check = Check("spool")
    unfinished = dict(rows.open_uploads(session))
    for upload_id, offset in unfinished.items():
        facts = disk.file_facts(blobs.spools.path(upload_id))
        if (0 if facts is None else facts.bytes) < offset:
            check.add("upload_short", f"upload {upload_id}")
    for file in disk.files_below(blobs.spools.folder):
        if file.path.name not in unfinished and now - file.changed > LEFTOVER_AGE:
            check.add("spool_leftover", file.path.relative_to(blobs.spools.folder.parent))
    check.facts["uploads"] = len(unfinished)
    return check


def check_quotas(session: Session) -> Check:
    """Limits that are reached: phones keep their films until somebody makes room or raises the limit."""
    check = Check("quotas")
    named: list[tuple[str, Use]] = [("organisation", use) for use in organisation_uses(session)]
    named += [("site", use) for use in site_uses(session)]
    limited = [(what, use) for what, use in named if use.limit is not None]
    for what, use in limited:
        if use.reached:
            check.add("quota_reached", f"{what} {use.id}: {use.used} of {use.limit} bytes")
    check.facts["limits"] = len(limited) or "not set"
    check.facts["use"] = [
        {"of": what, "id": use.id, "bytes": use.used, "limit_bytes": use.limit} for what, use in named
    ]
    return check


def check_keys(home: Path) -> Check:
    """The instance's secret is there and whole, and no private key can be read by others."""
    check = Check("keys")
    folder = home / "keys"
    secret = folder / "instance.secret"
    try:
        if len(secret.read_bytes()) != SECRET_BYTES:
            check.add("key_unreadable", "keys/instance.secret")
    except FileNotFoundError:
        check.add("key_missing", "keys/instance.secret")
    except OSError:
        check.add("key_unreadable", "keys/instance.secret")
    count = 0
    for file in _private(folder):
        count += 1
        if file.others:
            check.add("key_open_to_others", file.path.relative_to(home))
    check.facts["private"] = count
    return check


def _private(folder: Path) -> Iterator[FileFacts]:
    return (file for file in disk.files_below(folder) if file.path.suffix in (".secret", ".key"))


def check_clock(session: Session, database_file: Path | None, *, now: datetime) -> Check:
    """A clock that is behind what it had already written is wrong now, or was then."""
    check = Check("clock")
    written = {"database": rows.newest_instant(session)}
    facts = None if database_file is None else disk.file_facts(database_file)
    if facts is not None:
        written["file"] = facts.changed
    for what, at in written.items():
        if at is not None and at - now > CLOCK_SLACK:
            check.add("clock_behind", f"{what}: {at.isoformat(timespec='seconds')}")
    check.facts["now"] = now.isoformat(timespec="seconds")
    return check


def check_disk(home: Path) -> Check:
    check = Check("disk")
    free = disk.free_bytes(home)
    if free < FREE_DISK_FLOOR:
        check.add("disk_low", f"{free} bytes free")
    check.facts.update(free_bytes=free, floor_bytes=FREE_DISK_FLOOR)
    return check

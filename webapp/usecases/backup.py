"""A backup is the database first, then every blob that this very copy names, then the keys; it stands when its
manifest does.

In the folder: ``blobs/`` grows and is shared by all backups; ``state-…/`` holds database, keys and the list of blobs;
``manifest.json`` names the state that counts and is replaced last, in one rename. A backup that is killed leaves the
one before it whole. Bytes of unfinished uploads are left out: the phones still have them and send them again.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DBAPIError

from webapp.adapters import disk
from webapp.adapters.blobs import Blobs
from webapp.adapters.log_note import note_path
from webapp.adapters.secrets import new_id
from webapp.adapters.spool import fsync_folder
from webapp.domain.refusals import Refusal
from webapp.store.audit import audit
from webapp.store.backup import blobs_of, copy_database, facts_of
from webapp.store.database import Database
from webapp.usecases.backup_manifest import BlobList, FileSum, Manifest, write_manifest
from webapp.usecases.log_guard import guard_log

MARKER: Final = "dockproof-backup"
DATABASE: Final = "dockproof.db"
BLOB_LIST: Final = "blobs.txt"
_FOREIGN_LINK: Final = (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP)


@dataclass
class BackupReport:
    """``missing``: blobs that the database names and the disk does not hold, or not whole."""

    log_size: int = 0
    blobs: int = 0
    bytes: int = 0
    linked: int = 0
    copied: int = 0
    missing: list[str] = field(default_factory=list)
    audited: bool = False
    """False: the backup stands, and the instance's audit could not be told."""


def back_up(database: Database, blobs: Blobs, *, home: Path, folder: Path, now: datetime) -> BackupReport:
    """Writes or renews the backup in ``folder``; may run beside the server.

    Raises ``backup_folder_other``, ``backup_inside_home``, ``backup_running``, ``backup_needs_sqlite``,
    ``database_damaged``, ``log_rolled_back``.
    """
    if database.file is None:
        raise Refusal("backup_needs_sqlite")
    guard_log(database, home)
    _claim_folder(folder, home)
    with _alone(folder):
        state = folder / f"state-{now:%Y%m%dT%H%M%SZ}-{new_id()[:8]}"
        disk.private_folder(state)
        copy_database(database.file, state / DATABASE)
        report = BackupReport(log_size=facts_of(state / DATABASE).log_size)
        _keep_blobs(blobs, folder, state, report)
        keys = _keep_keys(home, state)
        fsync_folder(state)
        write_manifest(folder, _manifest(state, report, keys, now))
        _drop_other_states(folder, state)
    report.audited = _tell_audit(database, report, now)
    return report


def _tell_audit(database: Database, report: BackupReport, now: datetime) -> bool:
    """After the manifest: the row says that a backup stands. A full or locked disk takes nothing back of it."""
    try:
        with database.write() as session:
            audit(
                session,
                at=now,
                actor="cli",
                action="backup.made",
                subject="instance",
                log_size=report.log_size,
                files=report.blobs,
                missing=len(report.missing),
            )
    except DBAPIError:
        return False
    return True


def _claim_folder(folder: Path, home: Path) -> None:
    inside = folder.resolve()
    if (
        inside == home.resolve()
        or inside.is_relative_to(home.resolve())
        or home.resolve().is_relative_to(inside)
    ):
        raise Refusal("backup_inside_home")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if (folder / MARKER).is_file():
        return
    if any(folder.iterdir()):
        raise Refusal("backup_folder_other", folder=str(folder))
    disk.write_whole(folder / MARKER, b"format 1\n")


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One backup at a time; the lock dies with its process."""
    with (folder / MARKER).open("rb") as marker:
        try:
            fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal("backup_running") from None
        yield


def blob_place(folder: Path, sha256: str) -> Path:
    return folder / "blobs" / sha256[:2] / sha256[2:4] / sha256


def _keep_blobs(blobs: Blobs, folder: Path, state: Path, report: BackupReport) -> None:
    touched: set[Path] = set()
    with (state / BLOB_LIST).open("x", encoding="ascii") as listing:
        for sha256, size in blobs_of(state / DATABASE):
            place = blob_place(folder, sha256)
            if not _keep_blob(blobs.path(sha256), place, sha256, size, report, touched):
                report.missing.append(sha256)
                continue
            report.blobs += 1
            report.bytes += size
            # As `sha256sum --check` reads it, for whoever has no Dockproof at hand.
            listing.write(f"{sha256}  {place.relative_to(folder).as_posix()}\n")
        listing.flush()
        os.fsync(listing.fileno())
    for place in sorted(touched):
        fsync_folder(place)


def _keep_blob(
    source: Path, place: Path, sha256: str, size: int, report: BackupReport, touched: set[Path]
) -> bool:
    """False when the instance does not hold these bytes. A blob never changes: length and name are enough to know
    that it is here already (``restore`` hashes each)."""
    here, there = disk.file_facts(source), disk.file_facts(place)
    if there is not None and there.bytes == size:
        return True
    if here is None or here.bytes != size:
        return False
    place.unlink(missing_ok=True)  # cut short by a full disk of long ago
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    touched.update((place.parent, place.parent.parent, place.parent.parent.parent))
    try:
        os.link(source, place)
        report.linked += 1
        return True
    except OSError as failed:
        if failed.errno not in _FOREIGN_LINK:
            raise
    copied, _ = disk.copy_hashed(source, place)
    if copied != sha256:
        place.unlink()
        return False
    report.copied += 1
    return True


def _keep_keys(home: Path, state: Path) -> dict[str, str]:
    """Name below ``keys/`` → SHA-256. The note of the log's length stays behind: it belongs to the machine."""
    disk.private_folder(state / "keys")
    kept: dict[str, str] = {}
    for file in disk.files_below(home / "keys"):
        if file.path == note_path(home) or file.path.name.startswith("."):
            continue
        name = file.path.relative_to(home / "keys")
        target = state / "keys" / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept[name.as_posix()], _ = disk.copy_hashed(file.path, target)
    return kept


def _manifest(state: Path, report: BackupReport, keys: dict[str, str], now: datetime) -> Manifest:
    database, size = disk.sha256_of(state / DATABASE)
    listing, _ = disk.sha256_of(state / BLOB_LIST)
    return Manifest(
        made_at=now,
        state=state.name,
        schema_revision=facts_of(state / DATABASE).schema,
        log_size=report.log_size,
        database=FileSum(sha256=database, bytes=size),
        blobs=BlobList(sha256=listing, count=report.blobs, bytes=report.bytes),
        keys=keys,
        missing=report.missing,
    )


def _drop_other_states(folder: Path, state: Path) -> None:
    """Of earlier backups and of killed ones: what the manifest does not name counts for nothing."""
    for other in folder.glob("state-*"):
        if other != state:
            shutil.rmtree(other)

"""A backup becomes an instance again: everything hashed on its way in, the database last."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from webapp.adapters import disk
from webapp.adapters.blobs import Blobs
from webapp.adapters.log_note import note_log_size, note_path
from webapp.adapters.spool import fsync_folder
from webapp.domain.refusals import Refusal
from webapp.store.audit import audit
from webapp.store.backup import blobs_of, end_upload, facts_of, unfinished_uploads
from webapp.store.database import Database
from webapp.store.migrate import knows_revision, migrate
from webapp.store.schema import Take
from webapp.usecases.backup import BLOB_LIST, DATABASE, blob_place
from webapp.usecases.backup_manifest import Manifest, read_manifest
from webapp.usecases.log_guard import RESTORING, noted
from webapp.usecases.take_files import settle


@dataclass
class RestoreReport:
    """``missing`` and ``damaged``: blobs that the database names and the backup does not hold whole."""

    log_size: int
    made_at: datetime
    lost_entries: int = 0
    blobs: int = 0
    missing: list[str] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    ended_uploads: int = 0


def restore(
    database: Database,
    *,
    home: Path,
    folder: Path,
    migrations: Path,
    accept_loss: bool,
    now: datetime,
) -> RestoreReport:
    """Puts the backup of ``folder`` into an empty ``home``. A restore that was killed is simply run again.

    Raises ``backup_missing``, ``backup_damaged``, ``backup_needs_sqlite``, ``restore_home_not_empty``,
    ``database_newer``, and
    ``restore_older`` when this machine noted a longer log than the backup holds, unless ``accept_loss``.
    """
    if database.file is None:
        raise Refusal("backup_needs_sqlite")
    manifest = read_manifest(folder)
    state = folder / manifest.state
    _check_state(state, manifest)
    if not knows_revision(migrations, manifest.schema_revision):
        raise Refusal("database_newer", revision=manifest.schema_revision)
    _check_home(home, database.file, manifest)
    before = noted(home) or 0
    if before > manifest.log_size and not accept_loss:
        raise Refusal("restore_older", noted=before, size=manifest.log_size)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    disk.write_whole(home / RESTORING, f"{folder}\n".encode())
    report = RestoreReport(manifest.log_size, manifest.made_at, max(0, before - manifest.log_size))
    _bring_blobs(state, folder, home, report)
    _bring_keys(state, home, manifest)
    _bring_database(state, database.file)
    migrate(database, migrations)
    _settle(database, report, before, now)
    note_log_size(home, manifest.log_size)
    _sweep(home, database.file)
    (home / RESTORING).unlink()
    fsync_folder(home)
    return report


def _check_state(state: Path, manifest: Manifest) -> None:
    """What the manifest names is there, byte for byte."""
    named = {DATABASE: manifest.database.sha256, BLOB_LIST: manifest.blobs.sha256}
    named |= {f"keys/{name}": sha256 for name, sha256 in manifest.keys.items()}
    for name, sha256 in named.items():
        try:
            actual, _ = disk.sha256_of(state / name)
        except OSError:
            raise Refusal("backup_damaged", what=name) from None
        if not hmac.compare_digest(actual, sha256):
            raise Refusal("backup_damaged", what=name)
    if facts_of(state / DATABASE).log_size != manifest.log_size:
        raise Refusal("backup_damaged", what="manifest.json")


def _check_home(home: Path, database_file: Path, manifest: Manifest) -> None:
    """Empty, or left by a killed restore, or holding nothing but the very keys of this backup and their note."""
    if database_file.exists() and not (home / RESTORING).exists():
        raise Refusal("restore_home_not_empty", home=str(home))
    if not home.exists() or (home / RESTORING).exists():
        return
    for file in disk.files_below(home):
        name = file.path.relative_to(home)
        if name.match(f".{RESTORING}.*"):
            continue  # killed before the first rename
        known = manifest.keys.get(name.relative_to("keys").as_posix()) if name.parts[0] == "keys" else None
        if file.path != note_path(home) and (known is None or disk.sha256_of(file.path)[0] != known):
            raise Refusal("restore_home_not_empty", home=str(home))


def _sweep(home: Path, database_file: Path) -> None:
    """Copies that a killed restore had not yet given their names."""
    for folder, name in ((home, RESTORING), (database_file.parent, database_file.name), (home / "keys", "*")):
        for partial in folder.glob(f".{name}.*"):
            partial.unlink()


def _bring_blobs(state: Path, folder: Path, home: Path, report: RestoreReport) -> None:
    blobs = Blobs(home)
    for sha256, size in blobs_of(state / DATABASE):
        source = blob_place(folder, sha256)
        if disk.file_facts(source) is None:
            report.missing.append(sha256)
        elif disk.sha256_of(source) != (sha256, size):
            report.damaged.append(sha256)
        else:
            # Copied and never linked: the backup must not change when the instance's disk does.
            blobs.take_in(source)
            report.blobs += 1


def _bring_keys(state: Path, home: Path, manifest: Manifest) -> None:
    disk.private_folder(home / "keys")
    for name in manifest.keys:
        target = home / "keys" / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        disk.copy_hashed(state / "keys" / name, target)


def _bring_database(state: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    # A write-ahead log of a killed restore would be played into the fresh file.
    for ending in ("-wal", "-shm", "-journal"):
        target.with_name(target.name + ending).unlink(missing_ok=True)
    disk.copy_hashed(state / DATABASE, target)


def _settle(database: Database, report: RestoreReport, before: int, now: datetime) -> None:
    """Bytes of unfinished uploads were not in the backup: the phones begin those again from their own copies."""
    with database.write() as session:
        for upload in unfinished_uploads(session):
            end_upload(upload, now)
            session.flush()
            take = session.get(Take, upload.record_id)
            if take is not None and take.device_id == upload.device_id:
                settle(session, take, now=now)
            report.ended_uploads += 1
        audit(
            session,
            at=now,
            actor="cli",
            action="instance.restored",
            subject="instance",
            log_size=report.log_size,
            noted=before,
        )

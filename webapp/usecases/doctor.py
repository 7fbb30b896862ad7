"""`dockproof doctor`: looks at everything, changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from webapp.adapters.blobs import Blobs
from webapp.store import doctor as rows
from webapp.store.database import Database
from webapp.store.migrate import current_revision, head_revision, migrate
from webapp.usecases import doctor_files as files
from webapp.usecases.doctor_claims import check_claims
from webapp.usecases.doctor_dock import check_dock
from webapp.usecases.doctor_findings import Check, Report
from webapp.usecases.doctor_log import check_chains, check_log, check_records
from webapp.usecases.doctor_projections import check_projections
from webapp.usecases.doctor_vouchers import check_vouchers


def examine(database: Database, *, home: Path, migrations: Path, now: datetime, deep: bool = False) -> Report:
    """Every check; those of the rows are left out when the schema is not this program's.

    ``home`` must exist. Works beside a running server: each check reads one consistent state.
    """
    first = _guarded("database", lambda: _check_database(database, migrations))
    checks = [first]
    if not {"database_missing", "database_unreadable", "schema_other", "check_failed"} & first.counts.keys():
        blobs = Blobs(home)

        def read(name: str, look: Callable[[Session], Check]) -> Check:
            def run() -> Check:
                with database.read() as session:
                    return look(session)

            return _guarded(name, run)

        checks += [
            read("log", lambda session: check_log(session, home)),
            read("records", check_records),
            read("chains", check_chains),
            read("projections", check_projections),
            read("dock", check_dock),
            read("claims", check_claims),
            read("vouchers", check_vouchers),
            read("blobs", lambda session: files.check_blobs(session, blobs, home, deep=deep)),
            read("spool", lambda session: files.check_spool(session, blobs, now=now)),
            read("quotas", files.check_quotas),
            read("clock", lambda session: files.check_clock(session, database.file, now=now)),
        ]
    checks += [
        _guarded("keys", lambda: files.check_keys(home)),
        _guarded("disk", lambda: files.check_disk(home)),
    ]
    return Report(checks)


def _guarded(name: str, run: Callable[[], Check]) -> Check:
    """One part that cannot be looked at does not hide the others."""
    try:
        return run()
    except (SQLAlchemyError, OSError) as failed:
        check = Check(name)
        broken = name == "database" and isinstance(failed, SQLAlchemyError)
        check.add("database_unreadable" if broken else "check_failed", f"{name}: {type(failed).__name__}")
        return check


def _check_database(database: Database, migrations: Path) -> Check:
    check = Check("database")
    # Opening would make an empty one.
    if database.file is not None and not database.file.is_file():
        check.add("database_missing", database.file.name)
        return check
    here, ours = current_revision(database), head_revision(migrations)
    check.facts.update(schema=here, expected=ours)
    with database.read() as session:
        for problem in rows.integrity_problems(session):
            check.add("database_damaged", problem)
        for problem in rows.foreign_key_problems(session):
            check.add("foreign_key_broken", problem)
        if here != ours:
            check.add("schema_other", here or "no schema")
        elif database.file is not None:
            _check_triggers(check, rows.triggers(session), migrations)
    return check


def _check_triggers(check: Check, found: dict[str, str], migrations: Path) -> None:
    """Against those of a fresh database, so that no list of them can go stale."""
    expected = _fresh_triggers(migrations)
    for name, definition in sorted(expected.items()):
        if name not in found:
            check.add("trigger_missing", name)
        elif found[name] != definition:
            check.add("trigger_changed", name)
    for name in sorted(found.keys() - expected.keys()):
        check.add("trigger_changed", name)
    check.facts["triggers"] = len(found)


@cache
def _fresh_triggers(migrations: Path) -> dict[str, str]:
    with TemporaryDirectory(prefix="dockproof-doctor-") as folder:
        fresh = Database(f"sqlite:///{folder}/fresh.db")
        try:
            migrate(fresh, migrations)
            with fresh.read() as session:
                return rows.triggers(session)
        finally:
            fresh.engine.dispose()

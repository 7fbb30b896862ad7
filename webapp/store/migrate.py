"""Brings a database to this program's schema, or refuses."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from webapp.domain.refusals import Refusal
from webapp.store.database import Database


def migrate(database: Database, migrations: Path) -> tuple[str | None, str]:
    """Upgrade to the newest revision in one explicit transaction; returns (before, after).

    A SQLite file that holds data is copied aside first. Raises ``Refusal("database_newer")`` when the database was
    written by a newer program: an old binary must not touch it.
    """
    config = _config(migrations)
    head = head_revision(migrations)
    before = current_revision(database)
    if before == head:
        return before, head
    if before is not None and not knows_revision(migrations, before):
        raise Refusal("database_newer", revision=before)
    if before is not None and database.file is not None:
        _copy_aside(database.file, before)
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, head


def head_revision(migrations: Path) -> str:
    """The newest revision that this program knows."""
    head = ScriptDirectory.from_config(_config(migrations)).get_current_head()
    assert head is not None
    return head


def knows_revision(migrations: Path, revision: str) -> bool:
    script = ScriptDirectory.from_config(_config(migrations))
    return revision in {known.revision for known in script.walk_revisions()}


def _config(migrations: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    return config


def current_revision(database: Database) -> str | None:
    with database.engine.execution_options(dockproof_read=True).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _copy_aside(file: Path, revision: str) -> None:
    # sqlite's own backup reads through the write-ahead log; a file copy would miss it.
    target = file.with_name(f"{file.name}.before-{revision}")
    if target.exists():
        return
    partial = target.with_suffix(".partial")
    source = sqlite3.connect(file)
    copy = sqlite3.connect(partial)
    with source, copy:
        source.backup(copy)
    source.close()
    copy.close()
    shutil.move(partial, target)

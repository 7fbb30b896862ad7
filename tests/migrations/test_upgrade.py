"""Every earlier revision, with rows in it, becomes the newest, and the schema is what the code says."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text

from webapp.domain.refusals import Refusal
from webapp.locate import migrations_dir
from webapp.store import schema, schema_desk, schema_doors
from webapp.store.columns import Base
from webapp.store.database import Database
from webapp.store.migrate import current_revision, migrate

ROWS_0001 = (
    "INSERT INTO organisation VALUES ('o', 'Chi Import', 'CHI', 1)",
    "INSERT INTO parcel (id, organisation_id, created_at) VALUES ('p', 'o', 1)",
    "INSERT INTO label (code, parcel_id, stock, printed_at, printed_by) VALUES ('ABCDEFGHJK', 'p', '100x150', 1, 'x')",
    "INSERT INTO platform_account (id, organisation_id, platform, name, owner) "
    "VALUES ('a', 'o', '1688', 'chi', 'self')",
    "INSERT INTO supplier (id, organisation_id, company, member) VALUES ('s', 'o', 'c', 'm')",
    'INSERT INTO "order" (id, organisation_id, account_id, supplier_id, platform, order_no, status_raw, remark, '
    "imported_at) VALUES ('r', 'o', 'a', 's', '1688', '3657499272179232333', '', '', 1)",
    "INSERT INTO milestone (id, order_id, kind, at, proven, stated_by, stated_at) "
    "VALUES ('m', 'r', 'in_stock', 1, 0, 'x', 1)",
    "INSERT INTO log_entry (\"index\", text, leaf_hash) VALUES (0, 'type record', 'h')",
)


def upgrade_to(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations_dir()))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'test.db'}")


def triggers(database: Database) -> set[str]:
    with database.engine.connect() as connection:
        return set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))


def test_rows_of_the_first_revision_survive(database: Database) -> None:
    upgrade_to(database, "0001")
    with database.engine.begin() as connection:
        for row in ROWS_0001:
            connection.execute(text(row))
    guarded = triggers(database)
    before, after = migrate(database, migrations_dir())
    assert (before, after) == ("0001", current_revision(database))
    assert guarded and triggers(database) >= guarded
    with database.read() as session:
        label = session.get_one(schema.Label, "ABCDEFGHJK")
        assert (label.parcel_id, label.kind) == ("p", "parcel")
        assert session.get_one(schema.Milestone, "m").document_id is None
        assert session.get_one(schema.LogEntry, 0).text == "type record"
        assert not session.execute(text("PRAGMA foreign_key_check")).all()


def test_the_file_is_copied_aside_before_an_upgrade(database: Database, tmp_path: Path) -> None:
    upgrade_to(database, "0001")
    with database.engine.begin() as connection:
        connection.execute(text(ROWS_0001[0]))
    migrate(database, migrations_dir())
    with sqlite3.connect(tmp_path / "test.db.before-0001") as copy:
        assert copy.execute("SELECT name FROM organisation").fetchall() == [("Chi Import",)]


def test_the_migrations_make_what_the_code_expects(database: Database) -> None:
    assert schema_desk.Document.__table__.metadata is schema_doors.JobLink.__table__.metadata is Base.metadata
    migrate(database, migrations_dir())
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_newer_database_is_not_touched(database: Database) -> None:
    migrate(database, migrations_dir())
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Refusal, match="database_newer"):
        migrate(database, migrations_dir())
    assert current_revision(database) == "9999"

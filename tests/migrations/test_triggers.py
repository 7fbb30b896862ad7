"""What came from the dock is never changed: the database itself refuses, also after every migration."""

from __future__ import annotations

import runpy
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.support.phone import Phone
from tests.support.world import make_world, open_database
from webapp.locate import migrations_dir
from webapp.store.database import Database
from webapp.usecases.evidence import Item, accept_records

MIGRATIONS = [runpy.run_path(str(file)) for file in sorted((migrations_dir() / "versions").glob("0*.py"))]
GUARDED = ("record", "log_entry", "audit_event", "side_file", "malformed_record")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A goods receipt, a malformed record, side files and an audit event are in it."""
    database = open_database(tmp_path)
    world = make_world(database)
    phone = Phone(world)
    records = [
        phone.take_open("open", world.start),
        phone.take("close", world.start, opens="open", slices=(b"1",), counts=(1, 0)),
    ]
    items = [Item(record.text, record.signature, dict(record.side)) for record in records]
    accept_records(
        database,
        phone.device,
        [*items, Item("not a record", "")],
        now=world.start,
        on_orders_changed=lambda session, orders: None,
    )
    with database.write() as session:
        session.execute(
            text(
                "INSERT INTO audit_event (at, actor, action, subject, details) "
                "VALUES (0, 'user:chi', 'sign_in', 'chi', '{}')"
            )
        )
    yield database
    database.engine.dispose()


def triggers(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))


def test_every_guard_is_there_after_the_last_migration(database: Database) -> None:
    tables = {table for migration in MIGRATIONS for table in migration.get("APPEND_ONLY", ())}
    assert tables >= {*GUARDED, "clock_event", "deadline_change", "rulebook_edition"}
    expected = {f"{table}_no_{verb}" for table in tables for verb in ("update", "delete")}
    # What tells phones of changes guards nothing: tests/architecture/test_snapshot_changes.py.
    guards = {name for name in triggers(database) if not name.startswith("snapshot_")}
    assert guards == expected | {"log_entry_gapless"}


@pytest.mark.parametrize("table", GUARDED)
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_rows_cannot_be_changed_or_deleted(database: Database, table: str, verb: str) -> None:
    column = {"log_entry": "text", "audit_event": "actor"}.get(table, "text")
    statement = f"UPDATE {table} SET {column} = 'x'" if verb == "update" else f"DELETE FROM {table}"
    with database.read() as session:
        before = session.scalar(text(f"SELECT count(*) FROM {table}"))
    assert before
    with pytest.raises(IntegrityError, match="append-only"), database.write() as session:
        session.execute(text(statement))
    with database.read() as session:
        assert session.scalar(text(f"SELECT count(*) FROM {table}")) == before


@pytest.mark.parametrize("index", [3, 99, -1])
def test_the_log_has_no_gap(database: Database, index: int) -> None:
    with pytest.raises(IntegrityError, match="gap"), database.write() as session:
        session.execute(
            text('INSERT INTO log_entry ("index", text, leaf_hash) VALUES (:index, :text, :leaf)'),
            {"index": index, "text": "forged", "leaf": "00"},
        )


def test_replacing_a_row_is_changing_it(database: Database) -> None:
    statement = text(
        'REPLACE INTO log_entry ("index", text, leaf_hash) SELECT "index", text, leaf_hash FROM log_entry'
    )
    with pytest.raises(IntegrityError, match=r"append-only|gap"), database.write() as session:
        session.execute(statement)
    side = text("REPLACE INTO side_file SELECT * FROM side_file")
    with pytest.raises(IntegrityError, match="append-only"), database.write() as session:
        session.execute(side)

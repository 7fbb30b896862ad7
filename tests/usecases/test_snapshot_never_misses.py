"""Whatever is written: who is told only the changes holds what a whole snapshot says.

Every column of every table that a snapshot is read from is changed, and rows are taken away; and things that happen at
a dock and at a desk happen in any order. A change that the triggers of migration 0010 do not note fails here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import JSON, BigInteger, Column, Connection, Integer, Table, event, text
from sqlalchemy.exc import IntegrityError

from tests.support.dock import Dock
from tests.support.snapshot_events import EVENTS, full_site
from tests.support.snapshots import Holder
from tests.support.world import make_world, open_database
from webapp.adapters.snapshot_states import SnapshotStates
from webapp.store.columns import Base, Instant

NOT_TOLD = {
    "platform_account": "read beside an order, and nothing of it is told",
    "device": "only says whose site it is",
    "snapshot_change": "the changes themselves",
    "freight_contract": "told with every answer, and nothing else hangs on it",
}
ALWAYS_TOLD = {"worker", "site"}
"""Told with every answer; what of them also stands in orders and parcels is noted."""
NEVER_CHANGED = {"record"}
"""The database refuses (tests/migrations/test_triggers.py)."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dock]:
    database = open_database(tmp_path_factory.mktemp("site"))
    dock = Dock(database, make_world(database))
    full_site(dock)
    yield dock
    database.engine.dispose()


@pytest.fixture
def holders(site: Dock, tmp_path: Path) -> list[Holder]:
    """One in China and one in Vietnam, both up to date: each sees another row change."""
    states = SnapshotStates(tmp_path)
    found = [Holder(site, states), Holder(site, states, device=site.world.hanoi_phone)]
    up_to_date(found)
    return found


def up_to_date(holders: list[Holder]) -> None:
    for holder in holders:
        holder.ask()
        assert holder.held == holder.whole()


def tables_read(dock: Dock, home: Path) -> set[str]:
    """By what a first question and a whole snapshot ask the database."""
    said: list[str] = []

    def hear(connection: Connection, cursor: Any, statement: str, *rest: object) -> None:
        said.append(statement)

    event.listen(dock.database.engine, "before_cursor_execute", hear)
    for device in (dock.world.phone, dock.world.hanoi_phone):
        Holder(dock, SnapshotStates(home), device=device).ask()
    event.remove(dock.database.engine, "before_cursor_execute", hear)
    words = set(re.findall(r'\b(?:FROM|JOIN) "?(\w+)"?', " ".join(said)))
    return words & Base.metadata.tables.keys()


def test_every_table_that_a_snapshot_is_read_from_tells_of_its_changes(site: Dock, tmp_path: Path) -> None:
    read = tables_read(site, tmp_path) - NOT_TOLD.keys()
    assert {"order", "order_line", "parcel", "label", "dock_fact", "take", "tally"} <= read
    with site.database.read() as session:
        query = text("SELECT tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'snapshot%'")
        noted = set(session.scalars(query))
    assert read - noted == set(), "tables without the triggers of migration 0010"
    assert {name for name in read if not rows_of(site, Base.metadata.tables[name])} <= {"label_alias"}, (
        "the site of this test has nothing there"
    )


def rows_of(dock: Dock, table: Table) -> list[dict[str, Any]]:
    with dock.database.read() as session:
        return [dict(row) for row in session.execute(table.select().limit(2)).mappings()]


def others(column: Column[Any], value: Any, rows: list[dict[str, Any]]) -> list[Any]:
    """Values that might stand there instead."""
    found: list[Any] = [row[column.name] for row in rows if row[column.name] != value][:1]
    if column.nullable and value is not None:
        found.append(None)
    if column.foreign_keys:
        return found
    if isinstance(column.type, Instant):
        at = value or None
        return [*found, *([at + timedelta(days=1), at - timedelta(days=400)] if at else [])]
    if isinstance(column.type, JSON):
        return found
    if isinstance(column.type, (Integer, BigInteger)):
        return [*found, (value or 0) + 1]
    return [*found, f"{value or ''}x"] if isinstance(value, str | None) else found


TABLES = (
    "claim",
    "deadline",
    "dock_fact",
    "handover",
    "handover_parcel",
    "label",
    "label_alias",
    "label_roll",
    "order",
    "order_check",
    "order_line",
    "organisation",
    "parcel",
    "parcel_order",
    "receiving_plan",
    "site",
    "site_organisation",
    "supplier",
    "take",
    "tally",
    "unidentified",
    "user",
    "waybill",
    "worker",
)


@pytest.mark.parametrize("name", TABLES)
def test_every_column_may_change(site: Dock, holders: list[Holder], name: str) -> None:
    table = Base.metadata.tables[name]
    rows = rows_of(site, table)
    assert rows
    for asking, row in zip((holders[:1], holders[1:]), rows, strict=False):
        which = [column == row[column.name] for column in table.primary_key]
        for column in table.columns:
            for value in others(column, row[column.name], rows)[-1:] if not column.primary_key else ():
                if written(site, table.update().where(*which).values({column.name: value})):
                    told_rightly(asking, f"{name}.{column.name} = {value!r}")
                    written(site, table.update().where(*which).values({column.name: row[column.name]}))
        if written(site, table.delete().where(*which)):
            told_rightly(asking, f"a row of {name} gone")
            assert written(site, table.insert().values(row))
    up_to_date(holders)


def written(dock: Dock, statement: Any) -> bool:
    """False: other rows hold it, or the database says that nothing like it can be."""
    with suppress(IntegrityError), dock.database.write() as session:
        session.execute(statement)
        return True
    return False


def told_rightly(holders: list[Holder], what: str) -> None:
    for holder in holders:
        try:
            whole = holder.whole()
        except (KeyError, ValueError):  # nothing that this program would write
            return
        holder.ask()
        assert holder.held == whole, what


def test_every_table_is_tried(site: Dock, tmp_path: Path) -> None:
    assert tables_read(site, tmp_path) - NOT_TOLD.keys() - NEVER_CHANGED == set(TABLES)


# -- in any order ----------------------------------------------------------------------------------------------------

PASSES = {"a day passes": timedelta(days=1), "two months pass": timedelta(days=60)}
STEPS = st.one_of(st.sampled_from(EVENTS), st.sampled_from(["asks in pieces", *PASSES]))


@settings(max_examples=4)
@given(steps=st.lists(STEPS, min_size=4, max_size=14))
def test_whatever_happens_in_any_order(tmp_path_factory: pytest.TempPathFactory, steps: list[Any]) -> None:
    folder = tmp_path_factory.mktemp("order")
    database = open_database(folder)
    dock = Dock(database, make_world(database))
    floor = full_site(dock)
    states = SnapshotStates(folder)
    often, seldom = Holder(dock, states), Holder(dock, states)
    in_hanoi = Holder(dock, states, device=dock.world.hanoi_phone)
    holders = [often, seldom, in_hanoi]
    up_to_date(holders)
    for step in steps:
        if isinstance(step, str):
            for holder in holders:
                holder.later += PASSES.get(step, timedelta())
            while often.ask(most=2 if step == "asks in pieces" else None)["more"]:
                pass
        else:
            step(floor)
            in_hanoi.ask()
        if step != "asks in pieces":
            often.ask()
        assert often.held == often.whole(), step
    up_to_date(holders)
    database.engine.dispose()

"""An importer who uploads, and the dock of the small world: fixtures of the tests of imports and of records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clock import FixedClock
from tests.support.dock import Dock
from tests.support.importing import NOW
from tests.support.phone import Phone
from tests.support.world import make_world, open_database
from webapp.adapters.rulebook_files import load_rulebook
from webapp.store.database import Database
from webapp.usecases.doctor_dock import check_dock
from webapp.usecases.doctor_projections import check_projections
from webapp.usecases.imports import Drafts
from webapp.usecases.people import organisation_for_cli


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def database(home: Path) -> Database:
    return open_database(home)


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def drafts(database: Database, home: Path, clock: FixedClock) -> Drafts:
    return Drafts.of(database, load_rulebook(), clock, home)


@pytest.fixture
def organisation(database: Database) -> str:
    return organisation_for_cli(database, customer_code=None, now=NOW)


@pytest.fixture
def dock(database: Database) -> Iterator[Dock]:
    yield Dock(database, make_world(database))
    database.engine.dispose()


@pytest.fixture
def phone(dock: Dock) -> Phone:
    """The world's own, which has said nothing yet."""
    return Phone(dock.world)


@pytest.fixture
def examined(dock: Dock) -> Iterator[None]:
    """Whatever a test sent: the doctor finds the projections that the records ask for."""
    yield
    with dock.database.read() as session:
        assert check_dock(session).findings == []
        assert check_projections(session).findings == []

"""An importer who uploads: fixtures of the tests of imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.clock import FixedClock
from tests.support.importing import NOW
from tests.support.world import open_database
from webapp.adapters.rulebook_files import load_rulebook
from webapp.store.database import Database
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

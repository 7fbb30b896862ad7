"""Whoever has left cannot make records any more; what was made before and comes late is clean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.dock import Dock, codes
from tests.support.phone import Phone
from tests.support.world import START, make_world, open_database
from webapp.store.schema import Challenge, Worker

LEFT = START + timedelta(hours=2)
LATE = START + timedelta(days=3)


@pytest.fixture
def dock(tmp_path: Path) -> Iterator[Dock]:
    database = open_database(tmp_path)
    dock = Dock(database, make_world(database))
    with database.write() as session:
        session.get_one(Worker, dock.world.an).left_at = LEFT
    yield dock
    database.engine.dispose()


def test_what_was_made_before_and_comes_days_later_is_clean(dock: Dock) -> None:
    phone = Phone(dock.world)
    (receipt,) = dock.send(phone.device, phone.arrival("before", LEFT - timedelta(minutes=1)), now=LATE)
    assert codes(receipt) == []


def test_what_was_made_after_is_marked(dock: Dock) -> None:
    phone = Phone(dock.world)
    (receipt,) = dock.send(phone.device, phone.arrival("after", LEFT + timedelta(minutes=1)), now=LATE)
    assert codes(receipt) == ["worker_left"]


def test_a_phone_that_does_not_know_the_time_is_judged_by_the_receipt(dock: Dock) -> None:
    phone = Phone(dock.world)
    unknown = phone.arrival("no offset", LEFT - timedelta(minutes=1), offset=None)
    (receipt,) = dock.send(phone.device, unknown, now=LATE)
    assert "worker_left" in codes(receipt)


def test_a_challenge_from_after_the_leaving_beats_a_clock_that_was_set_back(dock: Dock) -> None:
    """The phone's clock says before; the note that the record carries did not exist then."""
    phone = Phone(dock.world)
    with dock.database.write() as session:
        session.get_one(Worker, dock.world.an).left_at = START - timedelta(hours=1)
        session.get_one(Challenge, dock.world.challenge).issued_at = START
    backdated = phone.arrival("backdated", START - timedelta(hours=2), challenge=dock.world.challenge)
    (receipt,) = dock.send(phone.device, backdated, now=LATE)
    assert {"worker_left", "time_out_of_bounds"} <= set(codes(receipt))

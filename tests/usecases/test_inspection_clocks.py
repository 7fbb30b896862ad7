"""R-09 and R-10 at the dock: the count, the sample and the verdict meet the inspection; Vietnam has its own clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.dock import whole_take
from tests.support.phone import Phone, SignedRecord
from tests.support.world import World, make_world, open_database
from webapp.adapters.rulebook_files import load_rulebook
from webapp.store.database import Database
from webapp.store.schema import Deadline
from webapp.usecases.clocks import recompute_deadlines
from webapp.usecases.evidence import Item, accept_records

HOUR = timedelta(hours=1)
Rows = dict[tuple[str, str], Deadline]


@dataclass
class Yard:
    database: Database
    world: World

    def send(self, device: str, *records: SignedRecord, now: datetime | None = None) -> Rows:
        """What the orders' clocks come to, by rule and kind of subject."""
        at = now or self.world.start
        accept_records(
            self.database,
            device,
            [Item(record.text, record.signature, dict(record.side)) for record in records],
            now=at,
            on_orders_changed=partial(_recompute, now=at),
        )
        with self.database.read() as session:
            found = session.scalars(select(Deadline).where(Deadline.order_id == self.world.order))
            return {(row.rule_id, row.subject_kind): row for row in found}


def _recompute(session: object, orders: set[str], *, now: datetime) -> None:
    recompute_deadlines(session, load_rulebook(), orders, now=now)  # type: ignore[arg-type]


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    database = open_database(tmp_path)
    yield Yard(database, make_world(database))
    database.engine.dispose()


def test_the_finished_count_meets_the_inspection_and_taking_it_back_opens_it_again(yard: Yard) -> None:
    world = yard.world
    phone = Phone(world)
    received = yard.send(phone.device, phone.arrival("arrived", world.start))
    assert received["R-10", "order"].ended is None and received["R-10", "order"].binding
    counted = yard.send(phone.device, *whole_take(phone, world.start + HOUR), now=world.start + HOUR)
    done = counted["R-10", "order"]
    assert (done.ended, done.binding, done.burns_until) == ("met", False, None)
    assert counted["R-09", "order"].ended is None  # nobody told the factory
    gone = yard.send(
        phone.device,
        phone.withdraw("wrong", world.start + HOUR * 2, "close"),
        now=world.start + HOUR * 2,
    )
    assert gone["R-10", "order"].ended is None


def test_a_film_that_has_not_ended_is_no_inspection(yard: Yard) -> None:
    phone = Phone(yard.world)
    opened = whole_take(phone, yard.world.start)[0]
    found = yard.send(phone.device, phone.arrival("arrived", yard.world.start), opened)
    assert found["R-10", "order"].ended is None


def test_the_second_receipt_in_vietnam_has_clocks_of_its_own(yard: Yard) -> None:
    """AMB-17: and it starts no platform window."""
    world = yard.world
    china, hanoi = Phone(world), Phone(world, "hanoi phone")
    yard.send(china.device, china.arrival("arrived", world.start))
    later = world.start + HOUR * 24 * 20
    found = yard.send(
        hanoi.device,
        hanoi.arrival("in hanoi", later, site=world.hanoi, challenge=None, worker=world.worker_in_hanoi),
        now=later,
    )
    site = found["R-10", "site"]
    assert (site.subject_id, site.zone, site.ended) == (world.hanoi, "Asia/Ho_Chi_Minh", None)
    assert site.start_at is not None and found["R-10", "order"].start_at is not None
    assert site.start_at - found["R-10", "order"].start_at >= timedelta(days=19)
    assert found["R-02", "order"].start_at == found["R-10", "order"].start_at

"""The board's state of an order, kept beside its facts: after anything that can happen it equals the facts' own sum."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from tests.support.phone import Phone
from tests.support.upload_dock import DATA, SLICES, Dock
from tests.support.world import make_world, opaque, open_database
from webapp.adapters.blobs import Blobs
from webapp.adapters.rulebook_files import load_rulebook
from webapp.domain.order_sheet import SheetReading
from webapp.domain.orders import ImportedLine, ImportedOrder, ImportedWaybill
from webapp.domain.progress import OrderProgress, OrderState, order_progress
from webapp.domain.reconciliation import ParcelCount, line_count
from webapp.store.database import Database
from webapp.store.schema import Deadline, Order, Take
from webapp.usecases.order_progress import fill_missing_progress
from webapp.usecases.orders import import_orders

WAYBILLS = ("SF1234567890123", "YT1111111111111", "YT2222222222222", "YT3333333333333")
ORDER_NO = "4325000000000000001"


class Scene:
    """One order of two lines in several parcels, and the phone that receives them."""

    def __init__(self, folder: Path) -> None:
        database = open_database(folder)
        self.dock = Dock(database, Blobs(folder, floor=0), make_world(database), folder)
        self.phone = Phone(self.dock.world)
        self.steps = 0
        self.counted: list[str] = []
        self.imports(3, 24)

    @property
    def database(self) -> Database:
        return self.dock.database

    def imports(self, parcels: int, units: int, status: str = "等待买家收货") -> None:
        line = ImportedLine(1, "杯", "", "红", "", "个", units * 1_000, 100, "", "", "", "", "", "")
        other = ImportedLine(2, "杯", "", "蓝", "", "个", 30_000, 100, "", "", "", "", "", "")
        order = ImportedOrder(
            order_no=ORDER_NO,
            supplier_company="义乌好货",
            supplier_member="haohuo",
            goods_fen=1,
            freight_fen=0,
            adjust_fen=0,
            paid_fen=1,
            status_raw=status,
            placed_at=None,
            paid_at=None,
            buyer_login="",
            remark="",
            lines=(line, other),
            waybills=tuple(ImportedWaybill("", number, number) for number in WAYBILLS[:parcels]),
        )
        import_orders(
            self.database,
            load_rulebook(),
            SheetReading((order,), (), ()),
            organisation_id=self.dock.world.importer,
            account_name="main",
            account_owner="self",
            actor="test",
            now=self.dock.world.start,
        )

    def arrives(self, place: int) -> None:
        self.steps += 1
        at = self.dock.world.start - timedelta(hours=self.steps)
        self.dock.accept(
            self.phone, self.phone.arrival(f"arrive {self.steps}", at, parcel=self.parcel(place))
        )

    def counts(self, place: int, units: int) -> None:
        self.steps += 1
        name, parcel = f"open {self.steps}", self.parcel(place)
        at = self.dock.world.start + timedelta(minutes=self.steps)
        opened = self.phone.take_open(name, at, parcel=parcel)
        closed = self.phone.take(
            f"close {self.steps}", at, opens=name, slices=SLICES, counts=(units, 10), parcel=parcel
        )
        self.dock.accept(self.phone, opened, closed)
        self.counted.append(name)

    def film_arrives(self, place: int) -> None:
        if self.counted:
            upload = self.dock.create(name=self.counted[place % len(self.counted)])
            self.dock.append(upload, 0, DATA)

    def parcel(self, place: int) -> str:
        with self.database.read() as session:
            parcels = sorted(parcel.id for parcel in session.get_one(Order, self.dock.world.order).parcels)
        return parcels[place % len(parcels)]

    def kept(self) -> OrderProgress:
        with self.database.read() as session:
            order = session.get_one(Order, self.dock.world.order)
            return OrderProgress(order.arrived_parcels, order.expected_parcels, OrderState(order.state or ""))

    def reckoned(self) -> OrderProgress:
        """The facts' own sum, by another road than the projection's SQL."""
        with self.database.read() as session:
            order = session.get_one(Order, self.dock.world.order)
            takes = session.scalars(select(Take).order_by(Take.opened_at, Take.id)).all()
            lines = []
            for line in order.lines:
                latest = {
                    take.parcel_id: ParcelCount(tally.units, take.file_state == "verified")
                    for take in takes
                    for tally in take.tallies
                    if take.closed and tally.line_id == line.id
                }
                lines.append(
                    line_count(line.quantity_milli, list(latest.values()), parcels=len(order.parcels))
                )
            counted = {take.parcel_id for take in takes if take.closed and take.tallies}
            here = [parcel.received_at is not None or parcel.id in counted for parcel in order.parcels]
            return order_progress(here, lines)


@contextmanager
def scene() -> Iterator[Scene]:
    with tempfile.TemporaryDirectory() as folder:
        made = Scene(Path(folder))
        try:
            yield made
        finally:
            made.database.engine.dispose()


PLACE = st.integers(0, 3)
STEP = st.one_of(
    st.tuples(st.just("arrives"), PLACE),
    st.tuples(st.just("counts"), PLACE, st.integers(0, 30)),
    st.tuples(st.just("film_arrives"), PLACE),
    st.tuples(st.just("imports"), st.integers(1, 4), st.integers(1, 40)),
)


@settings(max_examples=10)
@given(st.lists(STEP, min_size=1, max_size=8))
def test_whatever_happens_the_kept_state_is_the_facts_sum(steps: list[tuple[str, int, int]]) -> None:
    with scene() as made:
        for name, *values in steps:
            getattr(made, name)(*values)
            assert made.kept() == made.reckoned(), (name, values)


@pytest.fixture
def made() -> Iterator[Scene]:
    with scene() as found:
        yield found


def test_an_order_comes_in_by_parcels_and_is_short_only_at_the_end(made: Scene) -> None:
    seen = [made.kept()]
    for place in range(3):
        made.arrives(place)
        made.counts(place, 7 if place else 4)
        seen.append(made.kept())
    assert [(one.arrived, one.expected) for one in seen] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    assert [one.state for one in seen[:1]] == [OrderState.NOT_RECEIVED]
    assert OrderState.SHORT not in [one.state for one in seen]  # its films are not here yet
    for place in range(3):
        made.film_arrives(place)
    assert made.kept().state is OrderState.SHORT


def test_a_late_waybill_takes_the_shortage_back(made: Scene) -> None:
    for place in range(3):
        made.counts(place, 3)
        made.film_arrives(place)
    assert made.kept().state is OrderState.SHORT
    made.imports(4, 24)
    assert made.kept() == made.reckoned() == OrderProgress(3, 4, OrderState.PARTLY_ARRIVED)


def test_orders_from_before_the_projection_get_theirs_at_the_start(made: Scene) -> None:
    made.arrives(0)
    expected = made.kept()
    with made.database.write() as session:
        session.execute(text('UPDATE "order" SET state = NULL, arrived_parcels = 0, expected_parcels = 0'))
    assert fill_missing_progress(made.database, load_rulebook()) == 2  # the other importer's order too
    assert made.kept() == expected
    assert fill_missing_progress(made.database, load_rulebook()) == 0
    assert opaque("order") == made.dock.world.order


def test_a_trade_closed_by_the_platform_stops_its_clocks_and_an_open_one_again_starts_them(
    made: Scene,
) -> None:
    def binding() -> set[str]:
        with made.database.read() as session:
            clocks = session.scalars(select(Deadline).where(Deadline.order_id == made.dock.world.order))
            return {clock.rule_id for clock in clocks if clock.binding}

    made.arrives(0)
    made.imports(3, 24)
    assert made.kept().state is OrderState.PARTLY_ARRIVED and "R-02" in binding()
    made.imports(3, 24, "交易关闭")
    assert made.kept() == OrderProgress(1, 3, OrderState.CLOSED) and not binding()
    made.arrives(1)
    assert made.kept() == OrderProgress(2, 3, OrderState.CLOSED) and not binding()
    made.imports(3, 24, "")  # a file without the column takes nothing back
    assert made.kept().state is OrderState.CLOSED
    made.imports(3, 24, "交易成功")
    assert made.kept().state is OrderState.PARTLY_ARRIVED and "R-02" in binding()

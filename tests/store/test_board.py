"""The board's SQL against plain Python over the same rows, and against growth."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select

from tests.support.clock_rows import deadline_row
from tests.support.world import World, make_world, opaque, open_database
from webapp.domain.board_filters import DIFFERS, OWNERS, SORTS, STARTS, STATES, URGENCIES, Filters
from webapp.domain.progress import OrderState
from webapp.domain.stakes import at_stake_fen
from webapp.store import board as rows
from webapp.store.database import Database
from webapp.store.schema import (
    Deadline,
    Order,
    OrderLine,
    OrderWaybill,
    Parcel,
    ParcelOrder,
    PlatformAccount,
    Supplier,
    Waybill,
)
from webapp.usecases.board import board, board_export

NOW = World().start
RULES = ("R-02", "R-08", "R-10")
COMPANIES = ("义乌市晨光服饰", "Guangzhou 100%_Bags", "深圳市亮点电子")


def fill(database: Database, world: World, orders: int) -> None:
    """Orders of every state, owner, amount and clock, numbered from 0; the mix repeats after 420."""
    with database.write() as session:
        for name, owner in enumerate(OWNERS):
            session.add(
                PlatformAccount(
                    id=opaque(f"account {name}"),
                    organisation_id=world.importer,
                    platform="1688",
                    name=owner,
                    owner=owner,
                )
            )
        for name, company in enumerate(COMPANIES):
            session.add(
                Supplier(
                    id=opaque(f"supplier {name}"), organisation_id=world.importer, company=company, member="m"
                )
            )
        session.flush()
        for number in range(orders):
            session.add(made_order(world, number))
            session.flush()
            _belongings(session, world, number)


def made_order(world: World, number: int) -> Order:
    amounts = ((10_000, 500, None), (25_000, 0, -700), (None, 500, 0), (99_999, None, 0))
    goods, freight, adjust = amounts[number % 4]
    state = [*OrderState][number % len(OrderState)]
    return Order(
        id=opaque(f"order {number:05d}"),
        organisation_id=world.importer,
        account_id=opaque(f"account {number % 3}"),
        supplier_id=opaque(f"supplier {number % 3}"),
        platform="1688",
        order_no=f"36574992{number:011d}",
        status_raw="交易关闭" if state == OrderState.CLOSED else "",
        placed_at=None if number % 11 == 0 else NOW - timedelta(hours=7 * number),
        goods_fen=goods,
        freight_fen=freight,
        adjust_fen=adjust,
        paid_fen=number * 1_000 if number % 5 == 0 else None,
        remark="",
        imported_at=NOW,
        state=state,
    )


def _belongings(session: Any, world: World, number: int) -> None:
    order = opaque(f"order {number:05d}")
    waybill, parcel = opaque(f"waybill {number:05d}"), opaque(f"parcel {number:05d}")
    norm = f"YT{number:013d}"
    session.add(
        Waybill(id=waybill, organisation_id=world.importer, courier="", number_raw=norm, number_norm=norm)
    )
    session.flush()
    session.add(Parcel(id=parcel, organisation_id=world.importer, waybill_id=waybill, created_at=NOW))
    texts = ("spec", "colour", "size", "unit", "offer_id", "sku_id", "article_no", "model", "material_no")
    for seq in (1, 2):
        session.add(
            OrderLine(
                id=opaque(f"line {number:05d} {seq}"),
                order_id=order,
                seq=seq,
                title="=cmd()",
                quantity_milli=5_000,
                single_item_no="",
                **dict.fromkeys(texts, ""),
            )
        )
    session.flush()
    session.add(OrderWaybill(order_id=order, waybill_id=waybill))
    session.add(ParcelOrder(parcel_id=parcel, order_id=order))
    hours = (-30, -2, 5, 24, 50, 72, 200, None)[number % 8]
    for place, rule in enumerate(RULES[: number % 4]):
        act_by = None if hours is None else NOW + timedelta(hours=hours + 10 * place)
        session.add(
            deadline_row(
                order,
                rule,
                assumed=(number + place) % 2 == 0,
                binding=not (rule == "R-08" and number % 3 == 0),
                act_by=act_by,
                due_at=None if act_by is None else act_by + timedelta(hours=10),
            )
        )


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = open_database(tmp_path_factory.mktemp("board"))
    world = make_world(database)
    fill(database, world, 130)
    yield database
    database.engine.dispose()


def stake(order: Order) -> int | None:
    return at_stake_fen(
        paid_fen=order.paid_fen,
        goods_fen=order.goods_fen,
        freight_fen=order.freight_fen,
        adjust_fen=order.adjust_fen,
        closed=order.state == OrderState.CLOSED,
    )


def test_the_stake_in_sql_is_the_domains(database: Database) -> None:
    with database.read() as session:
        for order, fen in session.execute(select(Order, rows.AT_STAKE)):
            assert fen == stake(order), order.order_no


class Plain:
    """The filters as plain Python over all rows."""

    def __init__(self, database: Database, organisation_id: str) -> None:
        with database.read() as session:
            own = select(Order).where(Order.organisation_id == organisation_id)
            self.orders = list(session.scalars(own))
            self.clocks: dict[str, list[Deadline]] = {}
            for clock in session.scalars(select(Deadline)):
                self.clocks.setdefault(clock.order_id, []).append(clock)

    def ahead(self, order: Order) -> list[tuple[datetime, bool, str]]:
        return sorted(
            (clock.act_by, clock.assumed, clock.rule_id)
            for clock in self.clocks.get(order.id, [])
            if clock.binding and clock.act_by and clock.act_by > NOW
        )

    def fits(self, order: Order, filters: Filters) -> bool:
        first, after = filters.placed_range()
        part, fen, placed = filters.supplier.casefold(), stake(order), order.placed_at
        names = (order.supplier.company.casefold(), order.supplier.member.casefold())
        return (
            any(part in name for name in names)
            and filters.owner in ("", order.account.owner)
            and (
                filters.state in ("", order.state or "not_received")
                or (filters.state == DIFFERS and order.state in ("short", "over"))
            )
            and (filters.least_fen is None or (fen is not None and fen >= filters.least_fen))
            and (first is None or (placed is not None and placed >= first))
            and (after is None or (placed is not None and placed < after))
            and self.clock_fits(order, filters)
        )

    def clock_fits(self, order: Order, filters: Filters) -> bool:
        ahead = self.ahead(order)
        hours = (ahead[0][0] - NOW).total_seconds() / 3600 if ahead else None
        near = any(act_by - NOW < timedelta(hours=4 if rule == "R-10" else 24) for act_by, _, rule in ahead)
        running = [clock for clock in self.clocks.get(order.id, []) if clock.binding and clock.due_at]
        urgency = {
            "": True,
            "late": any(
                clock.act_by <= NOW < clock.due_at for clock in running if clock.act_by and clock.due_at
            ),
            "urgent": near,
            "soon": hours is not None and not near and hours < 72,
            "calm": hours is not None and hours >= 72,
            "none": hours is None,
        }[filters.urgency]
        start = {
            "": True,
            "assumed": any(assumed for _, assumed, _ in ahead),
            "proven": bool(ahead) and not any(assumed for _, assumed, _ in ahead),
        }[filters.start]
        rule = not filters.rule or any(
            clock.rule_id == filters.rule and clock.due_at and clock.due_at > NOW for clock in running
        )
        return urgency and start and rule

    def page(self, filters: Filters) -> list[str]:
        found = [order for order in self.orders if self.fits(order, filters)]
        found.sort(key=lambda order: order.order_no)
        latest = datetime(1970, 1, 1, tzinfo=UTC)
        found.sort(key=lambda order: order.placed_at or latest, reverse=True)
        if filters.sort == "stake":
            found.sort(key=lambda order: -1 if stake(order) is None else stake(order) or 0, reverse=True)
        elif filters.sort == "act_by":
            never = datetime(9000, 1, 1, tzinfo=UTC)
            found.sort(key=lambda order: order.state == OrderState.CLOSED)
            found.sort(key=lambda order: self.ahead(order)[0][0] if self.ahead(order) else never)
        return [order.order_no for order in found]


FILTERS = st.builds(
    Filters,
    supplier=st.sampled_from(["", "", "晨光", "100%_", "bags", "%", "nobody"]),
    owner=st.sampled_from(["", "", *OWNERS]),
    state=st.sampled_from(["", "", *map(str, STATES)]),
    rule=st.sampled_from(["", "", *RULES]),
    urgency=st.sampled_from(["", "", *URGENCIES]),
    start=st.sampled_from(["", *STARTS]),
    placed_from=st.none() | st.dates(NOW.date() - timedelta(days=30), NOW.date()),
    placed_to=st.none() | st.dates(NOW.date() - timedelta(days=30), NOW.date()),
    least_fen=st.none() | st.integers(1, 60_000),
    sort=st.sampled_from(SORTS),
)


@given(FILTERS)
def test_every_filter_finds_what_plain_python_finds_in_the_same_order(
    database: Database, filters: Filters
) -> None:
    plain = Plain(database, World().importer)
    expected = plain.page(filters)
    with database.read() as session:
        found = rows.board_page(session, World().importer, filters, now=NOW, limit=1_000, offset=0)
        sums = rows.sums_by_state(session, World().importer, filters, now=NOW)
    assert [order.order_no for order in found] == expected
    known = [fen for order in found if (fen := stake(order)) is not None]
    states = [OrderState.SHORT, OrderState.OVER] if filters.state == DIFFERS else [filters.state]
    wanted = [found for state, found in sums.items() if not filters.state or state in states]
    assert sum(one.orders for one in wanted) == len(found)
    assert (sum(one.known_fen for one in wanted), sum(one.unknown for one in wanted)) == (
        sum(known),
        len(found) - len(known),
    )


def test_the_export_is_all_pages_in_the_same_order(database: Database) -> None:
    filters = Filters(sort="stake")
    exported = [
        row.order.order_no
        for batch in board_export(database, organisation_id=World().importer, filters=filters, now=NOW)
        for row in batch
    ]
    assert exported == Plain(database, World().importer).page(filters)
    assert len(exported) == 131


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    executed: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        executed.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield executed
    event.remove(database.engine, "before_cursor_execute", note)


def test_a_page_costs_as_many_statements_with_fifty_orders_as_with_one(tmp_path: Path) -> None:
    counts = []
    for orders in (1, 50):
        folder = tmp_path / str(orders)
        folder.mkdir()
        database = open_database(folder)
        fill(database, make_world(database), orders)
        with statements(database) as executed:
            page = board(
                database,
                organisation_id=World().importer,
                filters=Filters(),
                page=1,
                now=NOW,
            )
        assert len(page.rows) == min(orders + 1, 50)
        assert not [one for one in executed if "FROM record" in one or "FROM log_entry" in one]
        counts.append(len(executed))
        database.engine.dispose()
    assert counts[0] == counts[1] <= 12


def test_the_counters_and_deadlines_are_read_through_indexes(database: Database) -> None:
    """A page for one state walks an index of that state, never the whole table of orders."""
    with database.read() as session:
        query = rows._orders(World().importer, Filters(state="short"), NOW)
        sql = str(query.compile(database.engine, compile_kwargs={"literal_binds": True}))
        plan = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}")]
    assert any("ix_order_organisation_id_state" in step for step in plan), plan

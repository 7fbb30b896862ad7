"""What holds for every sheet, whatever stands in it."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fixtures.export_1688 import DEMO, HEADERS, Line, Order, sheet_rows
from webapp.domain.order_cells import Cell
from webapp.domain.order_sheet import read_order_sheet

_numbers = st.integers(1, 9).map(lambda n: f"36574992721792{n}2333")
_waybills = st.lists(
    st.tuples(st.sampled_from(["圆通", ""]), st.integers(0, 9).map(lambda n: f"YT759816319023{n}")),
    max_size=4,
)
_lines = st.lists(
    st.builds(
        Line, spec=st.sampled_from(["黑色", "XL", ""]), quantity=st.sampled_from(["1", 2.5, "-1", "x"])
    ),
    min_size=1,
    max_size=3,
)
_orders = st.lists(
    st.builds(
        Order,
        order_no=_numbers,
        lines=_lines.map(tuple),
        waybills=_waybills.map(tuple),
        remark=st.text(max_size=5),
    ),
    min_size=1,
    max_size=6,
)
_distinct = st.lists(
    st.builds(
        Order,
        order_no=_numbers,
        lines=_lines.map(tuple),
        waybills=_waybills.map(tuple),
        remark=st.text(max_size=5),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda order: order.order_no,
)


@settings(derandomize=True, deadline=None)
@given(_orders)
def test_law_every_waybill_survives_into_an_order_or_a_rejected_row(orders: list[Order]) -> None:
    rows = sheet_rows(orders)
    reading = read_order_sheet(rows)
    imported = {w.number_norm for order in reading.orders for w in order.waybills}
    stayed_out = {problem.row for problem in reading.rejected}
    column = HEADERS.index("运单号")
    for number, row in enumerate(rows[1:], start=2):
        assert row[column] is None or row[column] in imported or number in stayed_out


@settings(derandomize=True, deadline=None)
@given(_orders)
def test_law_every_row_goes_into_an_order_or_is_named(orders: list[Order]) -> None:
    reading = read_order_sheet(sheet_rows(orders))
    imported = {order.order_no for order in reading.orders}
    named = {problem.vars["order_no"] for problem in reading.rejected}
    assert imported | named == {order.order_no for order in orders}
    assert not imported & named


@settings(derandomize=True, deadline=None)
@given(_distinct, st.randoms(use_true_random=False))
def test_law_the_order_of_whole_orders_does_not_matter(orders: list[Order], random: Random) -> None:
    shuffled = list(orders)
    random.shuffle(shuffled)
    once, again = read_order_sheet(sheet_rows(orders)), read_order_sheet(sheet_rows(shuffled))
    assert set(once.orders) == set(again.orders)
    assert sorted(p.code for p in once.rejected) == sorted(p.code for p in again.rejected)


@settings(derandomize=True, deadline=None)
@given(_distinct)
def test_law_the_same_text_twice_is_the_same_orders_as_once(orders: list[Order]) -> None:
    rows = sheet_rows(orders)
    assert read_order_sheet([*rows, *rows[1:]]).orders == read_order_sheet(rows).orders


_cells = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.floats(),
    st.integers(),
    st.booleans(),
    st.datetimes(),
    st.dates(),
    st.times(),
)


@settings(derandomize=True, deadline=None, max_examples=150)
@given(st.lists(st.lists(_cells, max_size=49), min_size=1, max_size=4))
def test_law_no_cell_content_breaks_the_reading(rows: list[list[Cell]]) -> None:
    reading = read_order_sheet([list(HEADERS), *sheet_rows(DEMO[:1])[1:], *rows])
    assert reading.orders or reading.rejected

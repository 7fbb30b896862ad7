"""What holds for every import, whatever the files say."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.fixtures.export_1688 import Line, Order, sheet_rows
from tests.support.importing import NOW
from tests.support.world import open_database
from webapp.adapters.rulebook_files import load_rulebook
from webapp.adapters.secrets import new_id
from webapp.domain.order_sheet import read_order_sheet
from webapp.store import schema
from webapp.store.database import Database
from webapp.usecases.orders import import_orders

RULEBOOK = load_rulebook()
SEEN = tuple[str, tuple[tuple[str, str, int], ...], frozenset[str], int]

_waybills = st.lists(
    st.integers(0, 5).map(lambda n: ("圆通", f"YT759816319023{n}")), max_size=3, unique=True
).map(tuple)
_lines = st.lists(
    st.builds(Line, spec=st.sampled_from(["黑色", "白色"]), sku_id=st.sampled_from(["", "4366934235841"]),
              quantity=st.sampled_from(["1", "2.5"])),
    min_size=1, max_size=3,
).map(tuple)  # fmt: skip
_orders = st.lists(
    st.builds(
        Order,
        order_no=st.integers(1, 9).map(lambda n: f"36574992721792{n}2333"),
        lines=_lines,
        waybills=_waybills,
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda order: order.order_no,
)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Database:
    return open_database(tmp_path_factory.mktemp("laws"))


def importer(database: Database, *files: Sequence[Order]) -> set[SEEN]:
    """A new importer brings these files one after the other; returns what is then there."""
    organisation_id = new_id()
    with database.write() as session:
        session.add(
            schema.Organisation(id=organisation_id, name="x", customer_code=organisation_id, created_at=NOW)
        )
    for orders in files:
        import_orders(
            database,
            RULEBOOK,
            read_order_sheet(sheet_rows(orders)),
            organisation_id=organisation_id,
            account_name="chi",
            account_owner="self",
            actor="test",
            now=NOW,
        )
    with database.read() as session:
        return {
            (
                order.order_no,
                tuple((line.spec, line.sku_id, line.quantity_milli) for line in order.lines),
                frozenset(waybill.number_norm for waybill in order.waybills),
                len(order.parcels),
            )
            for order in session.scalars(
                select(schema.Order).where(schema.Order.organisation_id == organisation_id)
            )
        }


@settings(derandomize=True, deadline=None, max_examples=25)
@given(orders=_orders)
def test_law_importing_twice_is_importing_once(shared: Database, orders: list[Order]) -> None:
    assert importer(shared, orders, orders) == importer(shared, orders)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(orders=_orders, random=st.randoms(use_true_random=False), cut=st.integers(0, 5))
def test_law_neither_order_nor_files_matter(
    shared: Database, orders: list[Order], random: Random, cut: int
) -> None:
    shuffled = list(orders)
    random.shuffle(shuffled)
    files = [part for part in (shuffled[:cut], shuffled[cut:]) if part]
    assert importer(shared, *files) == importer(shared, orders)


@settings(derandomize=True, deadline=None, max_examples=25)
@given(first=_orders, then=_orders)
def test_law_every_waybill_survives_every_later_file(
    shared: Database, first: list[Order], then: list[Order]
) -> None:
    there = {order_no: waybills for order_no, _, waybills, _ in importer(shared, first, then)}
    for order in (*first, *then):
        assert {number for _, number in order.waybills} <= there[str(order.order_no)]

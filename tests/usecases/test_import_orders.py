"""Importing on real SQLite: twice equals once, nothing is dropped, what people entered stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from webapp.adapters.rulebook_files import load_rulebook
from webapp.domain.order_sheet import SheetReading
from webapp.domain.orders import ImportedWaybill
from webapp.domain.refusals import Refusal
from webapp.store.database import Database
from webapp.store.schema import Order, OrderLine, OrderWaybill, Parcel, ParcelOrder, PlatformAccount, Waybill
from webapp.usecases.demo_orders import FILMED_ORDER, demo_reading
from webapp.usecases.orders import ImportReport, import_orders
from webapp.usecases.people import organisation_for_cli

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
RULEBOOK = load_rulebook()


def run_import(database: Database, reading: SheetReading, owner: str = "self") -> ImportReport:
    organisation_id = organisation_for_cli(database, customer_code=None, now=NOW)
    return import_orders(
        database,
        RULEBOOK,
        reading,
        organisation_id=organisation_id,
        account_name="chi-1688",
        account_owner=owner,
        actor="test",
        now=NOW,
    )


def rows(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Order, OrderLine, Waybill, OrderWaybill, Parcel, ParcelOrder, PlatformAccount)
        }


def test_first_import_counts_what_went_in(database: Database) -> None:
    report = run_import(database, demo_reading(NOW))
    assert (report.orders, report.lines, report.waybills, report.updated) == (5, 7, 5, 0)
    # one parcel a waybill, and one for the order that has no waybill yet
    assert rows(database)["parcel"] == 6


def test_importing_twice_equals_importing_once(database: Database) -> None:
    run_import(database, demo_reading(NOW))
    before = rows(database)
    report = run_import(database, demo_reading(NOW))
    assert (report.orders, report.lines, report.waybills, report.updated) == (0, 0, 0, 5)
    assert rows(database) == before


def test_a_waybill_that_comes_late_takes_over_the_labelled_parcel(database: Database) -> None:
    """The label on the box was printed before the waybill was known: it must stay that parcel's."""
    reading = demo_reading(NOW)
    run_import(database, reading)
    bare = next(order for order in reading.orders if not order.waybills)
    with database.read() as session:
        parcel_id = session.scalars(select(Parcel.id).where(Parcel.waybill_id.is_(None))).one()
    late = replace(bare, waybills=(ImportedWaybill("圆通速递(YTO)", "YT7598163190999", "YT7598163190999"),))
    run_import(database, SheetReading((late,), (), ()))
    with database.read() as session:
        parcel = session.get_one(Parcel, parcel_id)
        assert parcel.waybill is not None
        assert parcel.waybill.number_norm == "YT7598163190999"
    assert rows(database)["parcel"] == 6


def test_one_waybill_for_two_orders_is_one_parcel(database: Database) -> None:
    reading = demo_reading(NOW)
    first, second = reading.orders[0], reading.orders[3]
    shared = replace(second, waybills=first.waybills)
    run_import(database, SheetReading((first, shared), (), ()))
    assert rows(database)["parcel"] == 1
    assert rows(database)["parcel_order"] == 2


def test_a_picture_that_a_person_set_survives_the_next_import(database: Database) -> None:
    run_import(database, demo_reading(NOW))
    with database.write() as session:
        line = session.scalars(select(OrderLine).join(Order).where(Order.order_no == FILMED_ORDER)).first()
        assert line is not None
        line.picture_sha256 = "ab" * 32
    run_import(database, demo_reading(NOW))
    with database.read() as session:
        assert session.scalars(
            select(OrderLine.picture_sha256).where(OrderLine.picture_sha256.is_not(None))
        ).all() == ["ab" * 32]


def test_an_unknown_owner_does_not_overwrite_a_known_one(database: Database) -> None:
    run_import(database, demo_reading(NOW), owner="agent")
    run_import(database, demo_reading(NOW), owner="unknown")
    with database.read() as session:
        assert session.scalars(select(PlatformAccount.owner)).all() == ["agent"]


def test_a_refused_import_changes_nothing(database: Database) -> None:
    before = rows(database)
    with pytest.raises(Refusal, match="account_owner_unknown"):
        run_import(database, demo_reading(NOW), owner="somebody")
    assert rows(database) == before

"""Anything in hand leads to the order; another organisation's things do not exist."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session

from tests.support.clock_rows import deadline_row
from tests.support.world import World, make_world, opaque, open_database
from webapp.domain.labels import label_code, printed_code
from webapp.domain.refusals import Refusal
from webapp.store.database import Database
from webapp.store.schema import (
    Label,
    Order,
    OrderWaybill,
    Parcel,
    ParcelOrder,
    Supplier,
    Waybill,
)
from webapp.store.schema_desk import LabelAlias, LabelRoll, LoadUnit
from webapp.usecases.find import Finding, Kind, find, organisation_asked

ORDER_NO, OTHER_ORDER_NO = "4325000000000000001", "4325000000000000002"
BLANK, UNIT = label_code(b"a blank "), label_code(b"a truck ")
JD, DEPPON, TWIN = "JDVA11408814483", "DPK364112047425", "4325000000000000003"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path)
    world = make_world(database)
    with database.write() as session:
        _more(session, world)
    yield database
    database.engine.dispose()


def _more(session: Session, world: World) -> None:
    """A JD parcel that two orders share, a blank roll, a truck's label, and a forwarder's sticker."""
    first = session.get_one(Order, world.order)
    session.add(
        Supplier(
            id=opaque("lanyun"), organisation_id=world.importer, company="义乌市蓝蕴服饰", member="lanyun88"
        )
    )
    session.flush()
    names = ("organisation_id", "account_id", "platform", "status_raw", "remark", "imported_at", "placed_at")
    session.add(
        Order(
            id=opaque("twin"),
            order_no=TWIN,
            supplier_id=opaque("lanyun"),
            **{name: getattr(first, name) for name in names},
        )
    )
    session.add(
        Waybill(
            id=opaque("jd"), organisation_id=world.importer, courier="京东", number_raw=JD, number_norm=JD
        )
    )
    session.flush()
    session.add(
        Parcel(
            id=opaque("jd parcel"),
            organisation_id=world.importer,
            waybill_id=opaque("jd"),
            created_at=world.start,
        )
    )
    session.flush()
    for order in (world.order, opaque("twin")):
        session.add(OrderWaybill(order_id=order, waybill_id=opaque("jd")))
        session.add(ParcelOrder(order_id=order, parcel_id=opaque("jd parcel")))
    at: dict[str, Any] = {"stock": "60x40", "printed_at": world.start, "printed_by": "Chi"}
    session.add(LabelRoll(id=opaque("roll"), organisation_id=world.importer, count=1, **at))
    session.add(
        LoadUnit(
            id=opaque("truck"),
            organisation_id=world.importer,
            kind="truck",
            number="29C-12345",
            made_at=world.start,
        )
    )
    session.flush()
    session.add(Label(code=BLANK, parcel_id=None, kind="blank", roll_id=opaque("roll"), **at))
    session.add(Label(code=UNIT, parcel_id=None, kind="load_unit", load_unit_id=opaque("truck"), **at))
    session.add(
        LabelAlias(
            site_id=world.dongguan,
            text_norm="KHO-778",
            text="Kho-778",
            parcel_id=world.parcel,
            bound_at=world.start,
            record_id=opaque("bind"),
        )
    )


def asked(database: Database, text: str, organisation: str = World().importer) -> Finding:
    return find(database, organisation_id=organisation, text=text, now=World().start)


def answers(found: Finding) -> list[tuple[str, str | None]]:
    return [(match.kind.value, match.order.order_no if match.order else None) for match in found.matches]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (ORDER_NO, Kind.ORDER),
        (f" {ORDER_NO}\n", Kind.ORDER),
        (f'="{ORDER_NO}"', Kind.ORDER),
        ("SF1234567890123", Kind.WAYBILL),
        ("sf 1234-5678-90123", Kind.WAYBILL),
        ("顺丰速运:SF1234567890123", Kind.WAYBILL),
        ("MMM={'k1':'755W','k5':'SF1234567890123','k7':'39bb4bd9'}", Kind.WAYBILL),
        (World().label, Kind.LABEL),
        (printed_code(World().label).lower(), Kind.LABEL),
        (f"https://elsewhere.example/L/{World().label}", Kind.LABEL),
        ("kho-778", Kind.STICKER),
        ("义乌好", Kind.SUPPLIER),
        ("HaoHuo", Kind.SUPPLIER),
    ],
)
def test_one_thing_in_hand_goes_straight_to_its_order(database: Database, text: str, kind: Kind) -> None:
    found = asked(database, text)
    assert answers(found) == [(kind, ORDER_NO)]
    assert found.straight_to == ORDER_NO


def test_a_customer_code_lists_the_newest_orders(database: Database) -> None:
    code = _customer_code(database)
    found = asked(database, code.lower())
    assert answers(found) == [(Kind.CUSTOMER, ORDER_NO), (Kind.CUSTOMER, TWIN)]
    assert found.straight_to is None


def _customer_code(database: Database) -> str:
    with database.read() as session:
        from_store = session.get_one(Order, World().order).organisation_id
        parcel = session.get_one(Parcel, World().parcel)
        assert parcel.organisation_id == from_store
        return parcel.organisation.customer_code


@pytest.mark.parametrize("text", [JD, f"{JD}-1-2-", f"京东 {JD}-2-2-"])
def test_a_shared_parcel_names_each_of_its_orders_also_by_a_childs_number(
    database: Database, text: str
) -> None:
    found = asked(database, text)
    assert answers(found) == [(Kind.WAYBILL, ORDER_NO), (Kind.WAYBILL, TWIN)]
    assert found.straight_to is None and found.unidentified == []


def test_a_voided_label_says_so_before_it_leads_on(database: Database) -> None:
    found = asked(database, World().voided_label)
    assert [(match.voided, match.order is not None) for match in found.matches] == [(True, True)]
    assert found.straight_to is None


def test_labels_of_every_kind_are_known(database: Database) -> None:
    (blank,) = asked(database, BLANK).matches
    assert (blank.order, blank.parcel, blank.voided) == (None, None, False)
    (unit,) = asked(database, UNIT).matches
    assert unit.load_unit is not None and unit.load_unit.number == "29C-12345"


def test_a_note_gives_each_line_its_answer_and_names_the_strangers(database: Database) -> None:
    note = (
        "今天到货 2026-11-20：\n"
        "【承运公司】顺丰速运\n"
        "【运单号】SF1234567890123\n"
        "好货 + 齐\n"
        f"京东 {JD}-1-2- 未齐\n"
        "韵达快递 435337210043705蓝蕴，齐\n"
        f"德邦 {DEPPON} 没见过\n"
        "电话 13800138000"
    )
    found = asked(database, note)
    assert [(match.line, match.kind, match.order and match.order.order_no) for match in found.matches] == [
        (3, Kind.WAYBILL, ORDER_NO),
        (5, Kind.WAYBILL, ORDER_NO),
        (5, Kind.WAYBILL, TWIN),
    ]
    assert [match.number.complete for match in found.matches if match.number] == [True, False, False]
    strange = [
        (item.number.keys[0], item.number.line, item.couriers, [order.order_no for order in item.suggested])
        for item in found.unidentified
    ]
    assert strange == [
        ("435337210043705", 6, ("韵达快递",), [TWIN]),
        (DEPPON, 7, ("德邦",), []),
    ]


def test_a_note_about_one_known_parcel_goes_straight(database: Database) -> None:
    assert asked(database, "【承运公司】顺丰\n【运单号】SF1234567890123\n好货 + 齐").straight_to == ORDER_NO


@pytest.mark.parametrize(
    "text",
    [
        OTHER_ORDER_NO,
        "YT9876543210987",
        "ZTO55555555555",
        World().other_label,
        "圆通 YT9876543210987 齐",
        "nobody",
        "",
    ],
)
def test_another_organisations_things_do_not_exist(database: Database, text: str) -> None:
    assert asked(database, text).matches == []
    if text == OTHER_ORDER_NO:
        assert answers(asked(database, text, World().other_importer)) == [(Kind.ORDER, OTHER_ORDER_NO)]


def test_a_wildcard_is_a_character(database: Database) -> None:
    assert asked(database, "%%").matches == []
    assert asked(database, "__").matches == []


def test_a_misread_label_is_told_from_an_unknown_one(database: Database) -> None:
    code = World().label
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert asked(database, wrong).question.code_misread
    assert not asked(database, "nothing").question.code_misread


def test_the_nearest_deadline_stands_beside_each_order(database: Database) -> None:
    assert asked(database, ORDER_NO).act_by == {}
    with database.write() as session:
        for rule, hours in (("R-02", 6), ("R-10", 5)):
            at = World().start + timedelta(hours=hours)
            session.add(deadline_row(World().order, rule, act_by=at, due_at=at))
    assert asked(database, ORDER_NO).act_by == {World().order: ("R-10", World().start + timedelta(hours=5))}


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    executed: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        executed.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    yield executed
    event.remove(database.engine, "before_cursor_execute", note)


def test_a_long_note_costs_no_more_statements_than_a_short_one(database: Database) -> None:
    counts = []
    for lines in (1, 100):
        note = "".join(f"圆通 YT{number:013d} 好货 齐\n" for number in range(lines)) + "SF1234567890123"
        with statements(database) as executed:
            asked(database, note)
        counts.append(len(executed))
    assert counts[1] <= counts[0] <= 10


def test_the_command_line_asks_whose_things_when_there_are_several(database: Database) -> None:
    with pytest.raises(Refusal, match="organisation_needed"):
        organisation_asked(database, customer_code=None)
    with pytest.raises(Refusal, match="organisation_unknown"):
        organisation_asked(database, customer_code="NOBODY")
    assert organisation_asked(database, customer_code=_customer_code(database)) == World().importer

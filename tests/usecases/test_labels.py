"""Printing: every print its own code, a reprint voids its own kind only, nothing is kept that was not drawn."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select

from tests.support.dock import Dock
from tests.support.world import opaque
from webapp.domain.labels import parse_label, printed_code
from webapp.domain.refusals import Refusal
from webapp.locate import fonts_dir
from webapp.store.schema import AuditEvent, Label, Parcel, ParcelOrder
from webapp.store.schema_desk import LabelRoll, LoadUnit
from webapp.usecases.label_print import MOST_LABELS, Sheet
from webapp.usecases.labels import Wanted, print_labels, print_unit_label, unlabelled_orders
from webapp.usecases.rolls import print_roll, rolls, site_for_roll

ORDER, OTHER_ORDER = "4325000000000000001", "4325000000000000002"
URL = "https://dock.example"


def printed(dock: Dock, *order_nos: str, **changes: Any) -> tuple[bytes, list[str]]:
    wanted = {
        key: changes.pop(key) for key in ("kind", "cartons", "carton", "pieces", "quantity") if key in changes
    }
    arguments = {
        "organisation_id": dock.world.importer,
        "order_nos": list(order_nos or (ORDER,)),
        "stock": "60x40",
        "public_url": URL,
        "fonts_dir": fonts_dir(),
        "actor": "user:chi",
        "now": dock.world.start,
    }
    return print_labels(dock.database, **(arguments | changes), wanted=Wanted(**wanted))


def valid(dock: Dock, kind: str) -> list[str]:
    with dock.database.read() as session:
        query = select(Label.code).where(
            Label.kind == kind, Label.voided_at.is_(None), Label.printed_by != "Chi"
        )
        return sorted(session.scalars(query))


def row(dock: Dock, code: str) -> Label:
    with dock.database.read() as session:
        return session.get_one(Label, code)


def words(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def test_each_kind_is_voided_by_its_own_reprint_only(dock: Dock) -> None:
    first = printed(dock)[1]
    cartons = printed(dock, kind="carton", cartons=3)[1]
    skus = printed(dock, kind="sku")[1]
    assert (valid(dock, "parcel"), valid(dock, "carton"), valid(dock, "sku")) == (
        sorted(first),
        sorted(cartons),
        sorted(skus),
    )
    assert row(dock, dock.world.label).voided_at is not None, "the label printed before"

    second = printed(dock, now=dock.world.start + timedelta(minutes=1))[1]

    assert valid(dock, "parcel") == second != first
    assert valid(dock, "carton") == sorted(cartons)
    assert valid(dock, "sku") == sorted(skus)
    assert row(dock, first[0]).voided_at == dock.world.start + timedelta(minutes=1)


def test_one_carton_of_a_set_is_replaced_alone(dock: Dock) -> None:
    one, two, three = printed(dock, kind="carton", cartons=3)[1]
    pdf, (again,) = printed(dock, kind="carton", cartons=3, carton=2)
    assert valid(dock, "carton") == sorted((one, again, three))
    assert two not in valid(dock, "carton")
    assert (row(dock, again).carton_no, row(dock, again).carton_of) == (2, 3)
    assert "2/3" in words(pdf)


def test_pieces_under_each_sku_label_add_up_to_the_line(dock: Dock) -> None:
    pdf, codes = printed(dock, kind="sku", pieces=10, stock="A4-24")
    assert len(codes) == len(set(codes)) == 6, "24 pieces a line: 10, 10 and 4"
    text = words(pdf)
    assert (text.count("10 个"), text.count("4 个")) == (4, 2)
    assert {row(dock, code).line_id for code in codes} == {dock.world.red_line, dock.world.blue_line}
    assert all(row(dock, code).parcel_id == dock.world.parcel for code in codes)


@pytest.mark.parametrize("stock", ["100x150", "100x100", "60x40", "40x30", "A4-8"])
@pytest.mark.parametrize(
    ("kind", "quantity", "printed_quantity"),
    [
        ("parcel", None, False),
        ("carton", None, False),
        ("sku", None, True),
        ("parcel", True, True),
        ("carton", True, True),
        ("sku", False, False),
    ],
)
def test_the_ordered_quantity_stands_on_sku_labels_and_elsewhere_only_when_asked_for(
    dock: Dock, stock: str, kind: str, quantity: bool | None, printed_quantity: bool
) -> None:
    pdf, codes = printed(dock, kind=kind, quantity=quantity, stock=stock)
    text = words(pdf)
    for code in codes:  # by chance a code may hold the same digits
        text = text.replace(printed_code(code), "")
    if printed_quantity and stock in ("100x150", "100x100", "A4-8"):  # small stock has no room for lines
        assert "24 个" in text
    if not printed_quantity:
        assert "24" not in text.replace(ORDER, "").replace("2026", ""), "not in another place either"


def test_a_sku_label_belongs_to_the_parcel_that_arrived_last(dock: Dock) -> None:
    late = opaque("late parcel")
    with dock.database.write() as session:
        session.add(
            Parcel(
                id=late,
                organisation_id=dock.world.importer,
                created_at=dock.world.start - timedelta(days=9),
                received_at=dock.world.start,
            )
        )
        session.flush()
        session.add(ParcelOrder(parcel_id=late, order_id=dock.world.order))
    codes = printed(dock, kind="sku")[1]
    assert {row(dock, code).parcel_id for code in codes} == {late}
    assert len(printed(dock)[1]) == 2, "a parcel label for each"


def test_the_codes_stand_on_the_sheet_and_in_the_audit(dock: Dock) -> None:
    pdf, codes = printed(dock, kind="carton", cartons=2)
    text = words(pdf)
    assert all(printed_code(code) in text and parse_label(code).code == code for code in codes)
    with dock.database.read() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "labels.printed")).one()
    assert event.details == {"kind": "carton", "codes": codes, "quantity": "left_out"}


def test_a_partly_used_sheet_goes_on_where_it_ended(dock: Dock) -> None:
    pdf, _ = printed(dock, kind="carton", cartons=3, stock="A4-24", start=23)
    assert len(pypdfium2.PdfDocument(pdf)) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "poster"}, "label_kind_unknown"),
        ({"kind": "carton", "cartons": 0}, "label_count_wrong"),
        ({"kind": "carton", "cartons": 201}, "label_count_wrong"),
        ({"kind": "carton", "cartons": 3, "carton": 4}, "label_carton_wrong"),
        ({"kind": "sku", "pieces": 0}, "label_count_wrong"),
        ({"stock": "9x9"}, "label_stock_unknown"),
        ({"stock": "A4-24", "start": 25}, "label_start_wrong"),
        ({"stock": "60x40", "start": 2}, "label_start_wrong"),
        ({"order_nos": [ORDER, "1"]}, "order_unknown"),
        ({"order_nos": [OTHER_ORDER]}, "order_unknown"),
        ({"stock": "100x150", "public_url": URL + "/p" * 900}, "label_url_too_long"),
        ({"fonts_dir": Path("nowhere")}, "label_fonts_missing"),
    ],
)
def test_what_cannot_be_printed_keeps_no_code_and_voids_none(
    dock: Dock, changes: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        printed(dock, **changes)
    assert refused.value.code == code
    assert dock.count(Label) == 3
    assert row(dock, dock.world.label).voided_at is None


def test_too_many_labels_are_refused_with_their_number(dock: Dock) -> None:
    with dock.database.write() as session:
        for n in range(20):
            session.add(
                Parcel(id=opaque(f"p{n}"), organisation_id=dock.world.importer, created_at=dock.world.start)
            )
            session.flush()
            session.add(ParcelOrder(parcel_id=opaque(f"p{n}"), order_id=dock.world.order))
    with pytest.raises(Refusal) as refused:
        printed(dock, kind="carton", cartons=100)
    assert (refused.value.code, refused.value.vars) == ("label_too_many", {"n": 2_100, "most": MOST_LABELS})


def unit_label(dock: Dock, kind: str, number: str) -> tuple[bytes, list[str]]:
    return print_unit_label(
        dock.database,
        organisation_id=dock.world.importer,
        unit_kind=kind,
        number=number,
        sheet=Sheet("100x100", URL, fonts_dir()),
        actor="user:chi",
        now=dock.world.start,
    )


def test_a_load_units_label_and_its_reprint(dock: Dock) -> None:
    pdf, (first,) = unit_label(dock, "truck", " 粤B·12345  挂 ")
    (second,) = unit_label(dock, "truck", "粤B·12345 挂")[1]
    (other,) = unit_label(dock, "pallet", "粤B·12345 挂")[1]
    assert valid(dock, "load_unit") == sorted((second, other))
    assert first not in (second, other)
    assert dock.count(LoadUnit) == 2
    text = words(pdf)
    assert "粤B·12345 挂" in text and "货车" in text and "Xe tải" in text and "MA-01" in text


@pytest.mark.parametrize(("kind", "number"), [("ship", "1"), ("truck", "  "), ("truck", "9" * 61)])
def test_a_load_unit_without_a_name_is_refused(dock: Dock, kind: str, number: str) -> None:
    with pytest.raises(Refusal, match="load_unit_wrong"):
        unit_label(dock, kind, number)
    assert dock.count(LoadUnit) == 0


def roll(dock: Dock, count: int, site_id: str | None, organisation_id: str | None = "") -> list[str]:
    return print_roll(
        dock.database,
        organisation_id=dock.world.importer if organisation_id == "" else organisation_id,
        site_id=site_id,
        count=count,
        sheet=Sheet("A4-21", URL, fonts_dir()),
        actor="user:chi",
        now=dock.world.start,
    )[1]


def test_a_roll_is_remembered_with_its_labels(dock: Dock) -> None:
    codes = roll(dock, 30, dock.world.dongguan)
    assert len(set(codes)) == 30
    ((kept, bound),) = rolls(dock.database, organisation_id=dock.world.importer)
    assert (kept.count, bound, kept.stock, kept.site_id) == (30, 0, "A4-21", dock.world.dongguan)
    assert all(row(dock, code).roll_id == kept.id and row(dock, code).parcel_id is None for code in codes)
    assert rolls(dock.database, organisation_id=dock.world.other_importer) == []


@pytest.mark.parametrize("count", [0, MOST_LABELS + 1])
def test_a_roll_of_none_or_too_many_is_refused(dock: Dock, count: int) -> None:
    with pytest.raises(Refusal, match="label_count_wrong"):
        roll(dock, count, None)
    assert dock.count(LabelRoll) == 0


def test_a_roll_is_for_a_site_of_ones_own(dock: Dock) -> None:
    with pytest.raises(Refusal, match="site_unknown"):
        roll(dock, 1, opaque("nowhere"))
    with pytest.raises(Refusal, match="site_unknown"):
        roll(dock, 1, None, organisation_id=None)
    with pytest.raises(Refusal, match="site_unknown"):
        site_for_roll(dock.database, organisation_id=dock.world.importer, name="nowhere")
    mine = site_for_roll(dock.database, organisation_id=dock.world.importer, name=None)
    assert mine == dock.world.dongguan


def test_orders_wait_for_a_label_until_they_have_one(dock: Dock) -> None:
    def waiting() -> list[str]:
        return [one.order_no for one in unlabelled_orders(dock.database, organisation_id=dock.world.importer)]

    assert waiting() == []
    with dock.database.write() as session:
        session.get_one(Label, dock.world.label).voided_at = dock.world.start
    assert waiting() == [ORDER]
    printed(dock, kind="carton")
    assert waiting() == [ORDER], "a carton's label does not stand for the parcel"
    printed(dock)
    assert waiting() == []

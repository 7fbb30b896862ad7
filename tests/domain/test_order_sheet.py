"""Rows of an export become whole orders, or each row says why not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.fixtures.export_1688 import DEMO, HEADERS, PERSONAL, Line, Order, Value, sheet_rows
from webapp.domain import order_sheet
from webapp.domain.order_cells import LONGEST_TEXT, Cell
from webapp.domain.order_sheet import SheetReading, read_order_sheet
from webapp.domain.refusals import Refusal

A, B = "3657499272179232333", "3317081160226232333"


def read(*orders: Order) -> SheetReading:
    return read_order_sheet(sheet_rows(orders))


def at(rows: list[list[Value]], row: int, header: str, value: Cell) -> list[list[Cell]]:
    """The rows with one cell (sheet row from 1) replaced."""
    changed: list[list[Cell]] = [list(cells) for cells in rows]
    changed[row - 1][HEADERS.index(header)] = value
    return changed


def refused(reading: SheetReading) -> list[tuple[int, str]]:
    return [(problem.row, problem.code) for problem in reading.rejected]


def warned(reading: SheetReading) -> list[tuple[int, str]]:
    return [(problem.row, problem.code) for problem in reading.warnings]


def test_the_demo_export_is_read_whole() -> None:
    reading = read(*DEMO)
    assert reading.rejected == () and reading.warnings == ()
    assert [order.order_no for order in reading.orders] == [order.order_no for order in DEMO]
    first = reading.orders[0]
    assert first.order_no == A
    assert (first.goods_fen, first.freight_fen, first.adjust_fen, first.paid_fen) == (44400, 800, -200, 45000)
    assert first.placed_at == datetime(2026, 3, 2, 2, 15, 30, tzinfo=UTC)  # 10:15:30 in China
    assert [(line.seq, line.colour, line.size, line.quantity_milli) for line in first.lines] == [
        (1, "黑色", "M", 12_000),
        (2, "黑色", "L", 12_000),
    ]
    assert [(w.courier, w.number_norm) for w in first.waybills] == [("圆通速递(YTO)", "YT7598163190233")]


def test_waybills_and_orders_are_many_to_many() -> None:
    _, two, shared, same, none, _ = read(*DEMO).orders
    assert [w.number_norm for w in two.waybills] == ["79030031408885", "79026301712135"]
    assert shared.waybills == same.waybills
    assert none.waybills == ()
    assert none.lines[0].quantity_milli == 52_500


def test_order_cells_repeated_on_every_row_say_the_same_as_merged_ones() -> None:
    assert read_order_sheet(sheet_rows(DEMO, repeat_order_cells=True)).orders == read(*DEMO).orders


def test_personal_and_bank_columns_never_reach_the_result() -> None:
    everything = repr(read(*DEMO))
    assert not [value for value in PERSONAL if value in everything]


def test_a_row_with_only_personal_data_is_blank() -> None:
    rows = sheet_rows(DEMO[:1])
    rows.append(["收货人" if header == "收货人姓名" else None for header in HEADERS])
    assert read_order_sheet(rows) == read(DEMO[0])


# --- the header -------------------------------------------------------------------------------


def test_columns_are_found_by_text_in_any_order_and_spelling() -> None:
    rows = [list(reversed(row)) for row in sheet_rows(DEMO)]
    rows[0] = [
        str(h).replace("(", "（ ").replace(")", "）").replace("Offer ID", "offer  id") for h in rows[0]
    ]
    assert read_order_sheet(rows).orders == read(*DEMO).orders


def test_a_title_above_the_header_only_moves_the_row_numbers() -> None:
    rows: list[Sequence[Cell]] = [["三月订单"], [], *at(sheet_rows(DEMO), 4, "数量", "x")]
    assert refused(read_order_sheet(rows))[0] == (6, "quantity_not_a_number")


def test_the_combined_courier_and_number_column_of_2017() -> None:
    rows: list[Sequence[Cell]] = [
        [*HEADERS[:30], "物流公司运单号"],
        [*sheet_rows([Order()])[1][:30], "百世快递:71234567890123"],
    ]
    (waybill,) = read_order_sheet(rows).orders[0].waybills
    assert (waybill.courier, waybill.number_norm) == ("百世快递", "71234567890123")


def test_three_columns_are_enough() -> None:
    (order,) = read_order_sheet([["订单编号", "SKU ID", "数量"], [A, "4366934235841", "3"]]).orders
    assert order.lines[0].quantity_milli == 3000
    assert (order.paid_fen, order.placed_at, order.supplier_company) == (None, None, "")


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([], "import_no_header"),
        ([["a", "b"], ["1", "2"]], "import_no_header"),
        ([["x"]] * 30 + sheet_rows(DEMO), "import_no_header"),
        ([[h for h in HEADERS if h != "数量"]], "import_header_incomplete"),
        ([[h for h in HEADERS if h != "订单编号"]], "import_header_incomplete"),
        ([[h for h in HEADERS if h not in ("货品标题", "SKU ID")]], "import_header_incomplete"),
        ([list(HEADERS)], "import_no_rows"),
        ([list(HEADERS), [], [None] * 49, ["\u200b", " "]], "import_no_rows"),
    ],
)
def test_a_sheet_that_is_no_order_list_is_refused(rows: list[Sequence[Cell]], code: str) -> None:
    with pytest.raises(Refusal) as refusal:
        read_order_sheet(rows)
    assert refusal.value.code == code


def test_of_two_equal_headers_the_first_counts_and_it_is_said() -> None:
    rows = [[*row, "数量" if number == 0 else 999] for number, row in enumerate(sheet_rows(DEMO))]
    reading = read_order_sheet(rows)
    assert reading.orders == read(*DEMO).orders
    assert warned(reading) == [(1, "duplicate_header")]


def test_every_waybill_column_is_read() -> None:
    rows = [
        [*row, "运单号" if number == 0 else "YT1234567890123"]
        for number, row in enumerate(sheet_rows(DEMO[:1]))
    ]
    norms = [w.number_norm for w in read_order_sheet(rows).orders[0].waybills]
    assert norms == ["YT7598163190233", "YT1234567890123"]


# --- rows that belong together ----------------------------------------------------------------


def test_a_continuation_row_before_any_order_is_an_orphan() -> None:
    rows = at(sheet_rows([Order(), Order(order_no=B)]), 2, "订单编号", None)
    reading = read_order_sheet(rows)
    assert refused(reading) == [(2, "orphan_row")]
    assert [order.order_no for order in reading.orders] == [B]


def test_continuation_rows_of_a_refused_order_do_not_fall_to_the_order_above() -> None:
    rows = at(sheet_rows([Order(order_no=B), DEMO[0]]), 3, "订单编号", "3.65E+18")
    reading = read_order_sheet(rows)
    assert refused(reading) == [(3, "order_no_rounded"), (4, "order_row_refused")]
    assert [(order.order_no, len(order.lines)) for order in reading.orders] == [(B, 1)]


def test_a_row_whose_order_number_was_deleted_is_not_taken_for_a_continuation() -> None:
    other = Order(order_no=B, supplier="别家公司", paid="9.00", lines=(Line(), Line(spec="XL")))
    reading = read_order_sheet(at(sheet_rows([Order(), other]), 3, "订单编号", None))
    assert refused(reading) == [(3, "order_no_missing"), (4, "order_row_refused")]
    assert [(order.order_no, len(order.lines)) for order in reading.orders] == [(A, 1)]


def test_blank_rows_change_nothing() -> None:
    rows: list[list[Value]] = []
    for row in sheet_rows(DEMO):
        rows += [row, [], [None, " ", "\u3000"]]
    assert read_order_sheet(rows).orders == read(*DEMO).orders


def test_an_order_split_over_the_sheet_is_one_order() -> None:
    late = Order(lines=(Line(spec="颜色:白色;尺码:S"),), waybills=(("韵达快递", "435316139221920"),))
    early = Order(waybills=(("圆通速递(YTO)", "YT7598163190233"),))
    reading = read(early, Order(order_no=B), late)
    assert [order.order_no for order in reading.orders] == [A, B]
    assert [line.spec for line in reading.orders[0].lines] == ["颜色:黑色;尺码:M", "颜色:白色;尺码:S"]
    assert [w.number_norm for w in reading.orders[0].waybills] == ["YT7598163190233", "435316139221920"]


def test_fragments_that_disagree_keep_the_first_and_say_so() -> None:
    reading = read(Order(status="等待买家收货"), Order(status="交易成功"))
    assert reading.orders[0].status_raw == "等待买家收货"
    assert warned(reading) == [(3, "order_conflict"), (3, "line_repeated")]


def test_two_equal_lines_below_one_order_number_are_two_lines() -> None:
    assert len(read(Order(lines=(Line(), Line()))).orders[0].lines) == 2


def test_a_line_repeated_beside_a_second_waybill_is_not_more_goods() -> None:
    order = Order(lines=(Line(), Line()), waybills=(("圆通", "YT7598163190233"), ("圆通", "YT7598163190234")))
    reading = read(order)
    assert len(reading.orders[0].lines) == 1
    assert len(reading.orders[0].waybills) == 2
    assert warned(reading) == [(3, "line_repeated")]


# --- cells ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "milli"),
    [
        ("12", 12_000), (12.0, 12_000), (12, 12_000), ("1.5", 1_500), (0.1 + 0.2, 300), ("1,200", 1_200_000),
        ("１２", 12_000), (" 7 ", 7_000), ("0.001", 1),
    ],
)  # fmt: skip
def test_quantities(cell: Value, milli: int) -> None:
    assert read(Order(lines=(Line(quantity=cell),))).orders[0].lines[0].quantity_milli == milli


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (None, "quantity_missing"), ("", "quantity_missing"), ("\u202e", "quantity_missing"),
        ("十二", "quantity_not_a_number"), ("=6+6", "quantity_not_a_number"), ("12,5", "quantity_not_a_number"),
        ("1e3", "quantity_not_a_number"), ("NaN", "quantity_not_a_number"), (float("nan"), "quantity_not_a_number"),
        (float("inf"), "quantity_not_a_number"), (True, "quantity_not_a_number"), (1e300, "quantity_not_a_number"),
        ("0", "quantity_not_positive"), (-3.0, "quantity_not_positive"), ("-3", "quantity_not_positive"),
        ("1.2345", "quantity_decimals"), (1e-7, "quantity_decimals"), ("9999999999", "quantity_too_large"),
    ],
)  # fmt: skip
def test_bad_quantities_refuse_the_order_and_nothing_else(cell: Value, code: str) -> None:
    reading = read(Order(lines=(Line(), Line(quantity=cell))), Order(order_no=B))
    assert refused(reading) == [(2, "order_left_out"), (3, code)]
    assert reading.rejected[0].vars == {"order_no": A, "because_row": 3}
    assert [order.order_no for order in reading.orders] == [B]


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("¥1,234.50", 123_450), ("￥ 12", 1_200), ("12.5元", 1_250), (0.1 + 0.2, 30), (1234.5, 123_450),
        ("", None), (None, None), ("0.00", 0), ("CNY 3.10", 310),
    ],
)  # fmt: skip
def test_amounts(cell: Value, fen: int | None) -> None:
    assert read(Order(paid=cell)).orders[0].paid_fen == fen


def test_a_discount_may_be_negative_and_nothing_else() -> None:
    assert read(Order(adjust="-¥1,000.05")).orders[0].adjust_fen == -100_005
    assert refused(read(Order(paid="-1"))) == [(2, "money_negative")]
    assert refused(read(Order(lines=(Line(price=-1.0),)))) == [(2, "money_negative")]


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("12,5", "money_unreadable"),
        ("abc", "money_unreadable"),
        ("1.234", "money_decimals"),
        (1e20, "money_unreadable"),
    ],
)
def test_bad_amounts(cell: Value, code: str) -> None:
    reading = read(Order(freight=cell))
    assert refused(reading) == [(2, code)]
    assert reading.rejected[0].vars["column"] == "运费(元)"


def test_a_unit_price_of_less_than_a_fen_is_rounded_and_it_is_said() -> None:
    reading = read(Order(lines=(Line(price="0.035"),)))
    assert reading.orders[0].lines[0].unit_price_fen == 4
    assert warned(reading) == [(2, "unit_price_rounded")]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-03-02 10:15:30", datetime(2026, 3, 2, 2, 15, 30, tzinfo=UTC)),
        ("2026/3/2 9:05:00", datetime(2026, 3, 2, 1, 5, tzinfo=UTC)),
        ("2026/3/2 9:05", datetime(2026, 3, 2, 1, 5, tzinfo=UTC)),
        ("2026-03-02", datetime(2026, 3, 1, 16, tzinfo=UTC)),
        ("2026年3月2日 9:05", datetime(2026, 3, 2, 1, 5, tzinfo=UTC)),
        ("20180614101942000+0800", datetime(2018, 6, 14, 2, 19, 42, tzinfo=UTC)),
        ("2026-03-02T10:15:30+07:00", datetime(2026, 3, 2, 3, 15, 30, tzinfo=UTC)),
        (datetime(2026, 3, 2, 10, 15, 29, 999_999), datetime(2026, 3, 2, 2, 15, 30, tzinfo=UTC)),
        (date(2026, 3, 2), datetime(2026, 3, 1, 16, tzinfo=UTC)),
        (None, None),
        ("", None),
    ],
)
def test_dates_without_an_offset_are_china_time(cell: Cell, expected: datetime | None) -> None:
    reading = read_order_sheet(at(sheet_rows([Order()]), 2, "订单创建时间", cell))
    assert reading.orders[0].placed_at == expected


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1900-01-01", "date_out_of_range"),
        ("2100-01-01 00:00:00", "date_out_of_range"),
        (datetime(1900, 1, 1), "date_out_of_range"),
        (datetime(9999, 12, 31, 23, 59, 59, 999_999), "date_out_of_range"),
        ("2026-02-30", "date_unreadable"),
        ("2026-03-02 25:00", "date_unreadable"),
        ("昨天", "date_unreadable"),
        (45000.5, "date_unreadable"),
    ],
)
def test_bad_dates(cell: Cell, code: str) -> None:
    reading = read_order_sheet(at(sheet_rows([Order(), Order(order_no=B)]), 2, "订单付款时间", cell))
    assert refused(reading) == [(2, code)]
    assert len(reading.orders) == 1


def test_rounded_product_ids_are_refused_and_short_numeric_ones_read() -> None:
    (line,) = read(Order(lines=(Line(offer_id=610947572360.0, sku_id=4366934235841.0),))).orders[0].lines
    assert (line.offer_id, line.sku_id) == ("610947572360", "4366934235841")
    for rounded in (Line(offer_id=6.109475e18), Line(sku_id=4.366934e18), Line(sku_id="4.366934E+18")):
        assert refused(read(Order(lines=(rounded,)))) == [(2, "id_rounded")]


def test_a_line_that_names_no_product_is_refused() -> None:
    reading = read(Order(lines=(Line(title="", sku_id=""),)))
    assert refused(reading) == [(2, "product_missing")]


def test_an_order_without_any_line_is_refused() -> None:
    reading = read(Order(lines=(), waybills=(("圆通", "YT7598163190233"),)))
    assert refused(reading) == [(2, "order_without_lines")]


def test_all_problems_of_a_row_are_named_at_once() -> None:
    reading = read(Order(paid="x", lines=(Line(quantity=-1),)))
    assert refused(reading) == [(2, "money_unreadable"), (2, "quantity_not_positive")]


def test_control_and_direction_characters_are_taken_out_of_text() -> None:
    (order,) = read(Order(remark="好\u202e评\x07返现\n第二行\u200b", supplier="\ufeff示例\u2066公司")).orders
    assert (order.remark, order.supplier_company) == ("好评返现 第二行", "示例公司")


def test_text_over_the_limit_is_cut_and_it_is_said() -> None:
    reading = read(Order(remark="长" * 5_000, lines=(Line(title="名" * 2_001),)))
    assert len(reading.orders[0].remark) == len(reading.orders[0].lines[0].title) == LONGEST_TEXT
    assert warned(reading) == [(2, "text_cut"), (2, "text_cut")]


def test_a_text_that_looks_like_a_formula_stays_text() -> None:
    assert read(Order(remark="=1+1")).orders[0].remark == "=1+1"


# --- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh_CN", "vi"])
def test_every_reason_has_words_in_every_language(language: str) -> None:
    root = Path(order_sheet.__file__).parents[1]
    words = json.loads((root / "words" / f"{language}.json").read_text("utf-8"))
    assert {key.removeprefix("import.row.") for key in words if key.startswith("import.row.")} == REASONS


REASONS = {
    "order_no_rounded", "order_no_not_digits", "order_no_length", "order_no_missing", "orphan_row",
    "order_row_refused", "order_left_out", "order_without_lines", "quantity_missing", "quantity_not_a_number",
    "quantity_not_positive", "quantity_decimals", "quantity_too_large", "money_unreadable", "money_negative",
    "money_decimals", "date_unreadable", "date_out_of_range", "product_missing", "waybill_rounded", "id_rounded",
    "text_cut", "duplicate_header", "line_repeated", "order_conflict", "waybill_not_a_number", "unit_price_rounded",
    "order_not_known", "several_kinds",
}  # fmt: skip

"""The layouts of domain.md 12.1 and 12.3: the same orders, whatever the file looked like."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fixtures.export_1688 import DEMO, HEADERS, sheet_rows
from tests.fixtures.order_files import (
    TAOBAO_ORDER,
    TAOBAO_SEVERAL,
    Rows,
    in_full_width,
    rows_28,
    rows_2017,
    taobao_line_rows,
    taobao_rows,
)
from webapp.domain.order_sheet import read_order_sheet
from webapp.domain.orders import ImportedOrder
from webapp.domain.refusals import Refusal

EXPORT = sheet_rows(DEMO)


@pytest.mark.parametrize("rows", [EXPORT, rows_2017(), in_full_width(EXPORT), in_full_width(rows_2017())])
def test_every_1688_layout_says_the_same(rows: Rows) -> None:
    reading = read_order_sheet(rows)
    assert reading.orders == read_order_sheet(EXPORT).orders
    assert reading.rejected == reading.warnings == ()


def test_the_28_columns_lack_only_waybills_and_single_item_numbers() -> None:
    reading = read_order_sheet(rows_28())
    whole = [
        replace(order, waybills=(), lines=tuple(replace(line, single_item_no="") for line in order.lines))
        for order in read_order_sheet(EXPORT).orders
    ]
    assert list(reading.orders) == whole


def test_several_combined_numbers_in_one_cell_keep_their_couriers() -> None:
    rows = rows_2017(DEMO[:1])
    rows[1][rows[0].index("物流公司运单号")] = "圆通速递(YTO):YT7598163190233;其他:79030031408885"
    (order,) = read_order_sheet(rows).orders
    assert [(w.courier, w.number_norm) for w in order.waybills] == [
        ("圆通速递(YTO)", "YT7598163190233"), ("", "79030031408885")]  # fmt: skip


def test_a_taobao_sellers_orders() -> None:
    reading = read_order_sheet(taobao_rows())
    one, several = reading.orders
    assert (reading.layout.platform, one.order_no, one.supplier_company) == (
        "taobao",
        TAOBAO_ORDER,
        "示例旗舰店",
    )
    assert (one.goods_fen, one.freight_fen, one.paid_fen) == (5980, 600, 6580)
    assert [(w.courier, w.number_norm) for w in one.waybills] == [("圆通速递", "YT7598163190777")]
    assert several.completes and several.lines == ()
    assert [problem.code for problem in reading.warnings] == ["several_kinds"]


def test_a_taobao_sellers_products() -> None:
    (order,) = read_order_sheet(taobao_line_rows()).orders
    assert order.order_no == TAOBAO_SEVERAL
    assert [(line.title, line.colour, line.quantity_milli) for line in order.lines] == [
        ("陶瓷杯 带盖", "白色", 2000), ("保温杯", "黑色", 3000)]  # fmt: skip


def test_nothing_personal_leaves_the_reading() -> None:
    for rows in (EXPORT, rows_2017(), taobao_rows()):
        said = repr(read_order_sheet(rows))
        assert not [word for word in ("测试收货人", "测试路", "10000000000", "测试银行") if word in said]


def test_order_numbers_with_waybills_need_no_goods() -> None:
    (order,) = read_order_sheet([["运单号", "订单编号"], ["YT7598163190999", TAOBAO_ORDER]]).orders
    assert order.completes and order.waybills[0].number_norm == "YT7598163190999"
    assert order.row == 2


def test_goods_without_a_quantity_are_not_taken_for_a_waybill_table() -> None:
    with pytest.raises(Refusal) as refused:
        read_order_sheet(
            [["订单编号", "货品标题", "运单号", "物流公司"], [TAOBAO_ORDER, "杯", "YT7598163190999", ""]]
        )
    assert refused.value.vars == {"columns": "数量"}


def test_where_an_order_stands_does_not_make_it_another() -> None:
    (order,) = read_order_sheet(sheet_rows(DEMO[:1])).orders
    assert isinstance(order, ImportedOrder) and order.row == 2
    assert replace(order, row=9) == order and hash(replace(order, row=9)) == hash(order)
    assert len(HEADERS) == 49

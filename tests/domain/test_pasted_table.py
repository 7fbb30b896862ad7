"""Tables from the clipboard: with a header, without, between tabs, commas, spaces, in either order."""

from __future__ import annotations

import pytest

from webapp.domain.order_sheet import SheetReading, read_order_sheet, read_waybill_table
from webapp.domain.pasted_table import pasted_table
from webapp.domain.refusals import Refusal

A, B = "3657499272179232333", "3317081160226232333"


def read(text: str) -> SheetReading:
    table = pasted_table(text)
    if table.columns is None:
        return read_order_sheet(table.rows)
    return read_waybill_table(table.rows, table.columns)


def found(text: str) -> list[tuple[str, list[tuple[str, str]]]]:
    orders = read(text).orders
    return [(o.order_no, [(w.number_norm, w.courier) for w in o.waybills]) for o in orders]


@pytest.mark.parametrize(
    "text",
    [
        f"{A}\tYT7598163190233\t圆通\n{B}\t79030031408885\t中通\n",
        f"{A},YT7598163190233,圆通\r\n{B},79030031408885,中通",
        f"{A}，YT7598163190233，圆通\n{B}，79030031408885，中通",
        f"\n{A} - YT7598163190233 圆通\n\n{B} - 79030031408885 中通\n",
        f"YT7598163190233\t圆通\t{A}\n79030031408885\t中通\t{B}",
        f"订单编号\t运单号\t物流公司\n{A}\tYT7598163190233\t圆通\n{B}\t79030031408885\t中通",
    ],
)
def test_late_waybills_however_they_were_pasted(text: str) -> None:
    assert found(text) == [(A, [("YT7598163190233", "圆通")]), (B, [("79030031408885", "中通")])]


def test_a_waybill_of_fifteen_digits_is_not_taken_for_the_order() -> None:
    """Yunda's numbers are as long as a short order number; the column of order numbers comes first."""
    assert found(f"{A}\t435316139221920\n{B}\t435316139221921")[0] == (A, [("435316139221920", "")])


def test_several_waybills_in_one_row() -> None:
    text = f"{A} YT7598163190233 YT7598163190234\n{B} 79030031408885"
    assert [[w for w, _ in waybills] for _, waybills in found(text)] == [
        ["YT7598163190233", "YT7598163190234"], ["79030031408885"]]  # fmt: skip


def test_a_rounded_order_number_is_refused_and_the_rest_goes_in() -> None:
    reading = read(f"3.65749927217923E+18\tYT7598163190233\n{B}\t79030031408885")
    assert [order.order_no for order in reading.orders] == [B]
    assert [(p.row, p.code) for p in reading.rejected] == [(1, "order_no_rounded")]


def test_a_whole_table_of_orders() -> None:
    (order,) = read(f"订单编号\t货品标题\t数量\n{A}\t保温杯\t40").orders
    assert (order.lines[0].title, order.lines[0].quantity_milli, order.completes) == ("保温杯", 40_000, False)


def test_a_strange_header_is_left_to_a_person() -> None:
    table = pasted_table(f"Mã đơn\tTên hàng\tSL\n{A}\tcốc\t40")
    assert table.columns is None and table.rows[0] == ("Mã đơn", "Tên hàng", "SL")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "paste_empty"),
        (" \n\u200b\n", "paste_empty"),
        ("hello", "paste_not_understood"),
        (A, "paste_not_understood"),
        ("【承运公司】圆通", "paste_not_understood"),
        ("x" * 1_000_001, "too_large"),
    ],
)
def test_what_is_no_table(text: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        pasted_table(text)
    assert refused.value.code == code

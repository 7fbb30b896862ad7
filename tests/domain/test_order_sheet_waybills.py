"""The waybill column as people fill it: several numbers, couriers in front, words, rounded numbers."""

from __future__ import annotations

import pytest

from tests.fixtures.export_1688 import Order, Value, sheet_rows
from webapp.domain.order_sheet import SheetReading, read_order_sheet

B = "3317081160226242182"


def read_orders(*orders: Order) -> SheetReading:
    return read_order_sheet(sheet_rows(orders))


@pytest.mark.parametrize(
    ("courier", "cell", "expected"),
    [
        (
            "圆通",
            "YT7598163190233，YT7598163190234",
            [("圆通", "YT7598163190233"), ("圆通", "YT7598163190234")],
        ),
        (
            "圆通;中通",
            "YT7598163190233;79030031408885",
            [("圆通", "YT7598163190233"), ("中通", "79030031408885")],
        ),
        (
            "圆通",
            "YT7598163190233\nYT7598163190234",
            [("圆通", "YT7598163190233"), ("圆通", "YT7598163190234")],
        ),
        ("", "YT7598163190233 YT7598163190234", [("", "YT7598163190233"), ("", "YT7598163190234")]),
        ("", "中通快递(ZTO):79030031408885", [("中通快递(ZTO)", "79030031408885")]),
        ("", "其他:79030031408885", [("", "79030031408885")]),
        ("", "韵达快递 435337210043705", [("韵达快递", "435337210043705")]),
        ("顺丰", "SF 1331 8759 79567", [("顺丰", "SF1331875979567")]),
        ("韵达", 435316139221920.0, [("韵达", "435316139221920")]),
        ("韵达", "435316139221920.0", [("韵达", "435316139221920")]),
        ("圆通", "YT7598163190233、yt7598163190233", [("圆通", "YT7598163190233")]),
    ],
)
def test_every_number_of_a_waybill_cell_is_kept(
    courier: str, cell: Value, expected: list[tuple[str, str]]
) -> None:
    (order,) = read_orders(Order(waybills=((courier, cell),))).orders
    assert [(w.courier, w.number_norm) for w in order.waybills] == expected


def test_words_in_the_waybill_column_are_said_and_do_not_stop_the_order() -> None:
    reading = read_orders(Order(waybills=(("", "不需要物流"),)))
    assert reading.orders[0].waybills == ()
    assert [(p.row, p.code) for p in reading.warnings] == [(2, "waybill_not_a_number")]


@pytest.mark.parametrize("cell", [4353161392219201.0, "4.35E+14", "4353161392219201.0", "韵达:4.35E+14"])
def test_a_rounded_waybill_refuses_its_order(cell: Value) -> None:
    reading = read_orders(Order(waybills=(("韵达", cell),)), Order(order_no=B))
    assert [(p.row, p.code) for p in reading.rejected] == [(2, "waybill_rounded")]
    assert [order.order_no for order in reading.orders] == [B]

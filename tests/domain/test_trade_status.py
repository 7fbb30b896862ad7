"""A closed trade is told from one that lives, in the spellings of 1688, Taobao and agents (domain.md 12.1, 12.3)."""

from __future__ import annotations

import pytest

from webapp.domain.trade_status import trade_closed

CLOSED = """交易关闭|交易取消|交易终止|交易关闭 (交易终止)|交易关闭（退款成功）|因退款交易关闭
|订单已取消|已取消|买家已取消|系统自动关闭交易
|TRADE_CLOSED|TRADE_CLOSED_BY_TAOBAO|trade_closed|cancel|Cancelled|CANCELED|terminated|Order cancelled|Closed
|closed without completion|ＴＲＡＤＥ＿ＣＬＯＳＥＤ|Đã hủy|Đã huỷ|Đơn hàng đã bị hủy| 交易关闭 """
ALIVE = """|退款关闭|REFUND_CLOSED|refundclose|交易成功|TRADE_FINISHED|等待买家付款|等待卖家发货|等待买家收货
|等待买家确认收货|等待物流揽收|等待卖家操作|待收货|卖家已发货|TRADE_BUYER_SIGNED|WAIT_BUYER_CONFIRM_GOODS|confirm_goods|success
|申请取消订单|交易取消申请中|交易关闭中|Chờ hủy|not cancelled|closed beta|交易"""


@pytest.mark.parametrize("status", CLOSED.replace("\n", "").split("|"))
def test_what_the_platforms_call_closed(status: str) -> None:
    assert trade_closed(status)


@pytest.mark.parametrize("status", [*ALIVE.replace("\n", "").split("|"), "x" * 10_000])
def test_what_lives_or_says_nothing(status: str) -> None:
    assert not trade_closed(status)

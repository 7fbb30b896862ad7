"""Messages T-1 … T-7 (domain.md section 6): what must be filled in, one remedy, and how 1688 counts characters.

T-2 … T-5 and T-7 stand in the catalogues under ``letter.``; a text is only made when every place is filled (S3-19).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

LONGEST_1688: Final = 150
SHORTEST_1688: Final = 2
"""Description of a refund request on 1688 (domain.md 4.4)."""

LONGEST_SLOT: Final = 1500

_NOTICE: Final = (
    "order_no",
    "order_date",
    "received_units",
    "affected_units",
    "short_units",
    "defective_units",
    "agreement_date",
    "chat_ref",
    "remedy",
)


@dataclass(frozen=True, slots=True)
class Template:
    """``slots``: every one is mandatory. ``clock``: kinds of clock events that proof of sending starts or meets."""

    id: str
    slots: tuple[str, ...]
    clock: tuple[str, ...] = ()
    asks_remedy: bool = False
    situations: tuple[str, ...] = ("A", "B")

    @property
    def to_factory(self) -> bool:
        """A notice to the supplier: G-5 holds (S3-18)."""
        return "notice_sent" in self.clock


TEMPLATES: Final[Mapping[str, Template]] = MappingProxyType(
    {
        one.id: one
        for one in (
            Template("T-1", _NOTICE, ("notice_sent",), asks_remedy=True),
            Template("T-2", ("order_no", "promised", "arrived", "impact"), ()),
            Template("T-3", ("order_no", "timeline"), ()),
            Template("T-4", ("product", "quantity", "unit_price", "total", "deadline"), ()),
            Template(
                "T-5",
                ("order_no", "reason", "amount", "remedy", "act_by", "files"),
                ("agent_requested", "agent_reported"),
                asks_remedy=True,
            ),
            Template("T-6", _NOTICE, ("notice_sent",), asks_remedy=True, situations=("B",)),
            Template(
                "T-7",
                (
                    "order_no",
                    "load_unit",
                    "seal_numbers",
                    "china_units",
                    "vietnam_units",
                    "missing_units",
                    "contract_ref",
                ),
                ("freight_notice_sent",),
                situations=("B",),
            ),
        )
    }
)
"""S3-19 (T-1), S1-15 (T-2), S1-25 (T-3), S3-07 (T-4), S0-08 (T-5), S0-42 and S0-43 (T-6), S0-51 (T-7)."""

REMEDIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "partial_refund": "amount",
        "full_refund": "amount",
        "return_refund": "amount",
        "discount_next_shipment": "amount",
        "replacement_shipment": "units",
        "replacement_parts": "units",
        "exchange": "units",
        "credit_as_replacement_product": "units",
        "replacement_samples_next_container": "units",
    }
)
"""What must stand beside a remedy (section 9; S3-21: exactly one, with amount or quantity)."""

REMEDIES_BY_SITUATION: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "A": (
            "partial_refund",
            "replacement_shipment",
            "full_refund",
            "replacement_parts",
            "return_refund",
            "exchange",
        ),
        "B": (
            "credit_as_replacement_product",
            "discount_next_shipment",
            "replacement_samples_next_container",
            "partial_refund",
            "replacement_shipment",
        ),
    }
)
"""AMB-22: the union, filtered by where the goods are."""

NOTICE: Final[Mapping[str, str]] = MappingProxyType(
    {
        "en": (
            "Order number {order_no} placed on date {order_date}, received {received_units} units, short or "
            "defective by {affected_units} units against the agreement dated {agreement_date} (photos attached). "
            "See our chat of {agreement_date}, {chat_ref}. We propose: {remedy}."
        ),
        "zh_CN": (
            "订单号 {order_no}，下单日期 {order_date}，实收 {received_units} 件，与 {agreement_date} 的约定相比"
            "短少或不良共 {affected_units} 件（短少 {short_units}，不良 {defective_units}，见附图）。"
            "请参见 {agreement_date} 聊天记录 {chat_ref}。建议处理：{remedy}。"
        ),
        "vi": (
            "Đơn hàng số {order_no} đặt ngày {order_date}, thực nhận {received_units} sản phẩm, thiếu hoặc lỗi "
            "{affected_units} sản phẩm so với thỏa thuận ngày {agreement_date} (thiếu {short_units}, lỗi "
            "{defective_units}, ảnh kèm theo). Xem đoạn chat ngày {agreement_date}, {chat_ref}. Đề nghị: {remedy}."
        ),
    }
)
"""T-1 word for word (section 6); the English sentence names only the sum, so it cannot stand in the catalogues."""

SHORT_1688: Final = "，".join(
    (
        "{order_no} 实收{received_units}件",
        "少{short_units}件",
        "不良{defective_units}件",
        "开箱视频及照片为证",
        "申请{remedy}。",
    )
)
"""The variant of T-1 for 1688's own form, in Chinese only (section 6)."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """One proposal. ``amount`` and ``units`` as text, as they will stand in the sentence; one of them is empty."""

    code: str
    amount: str = ""
    units: str = ""

    @property
    def complete(self) -> bool:
        asked = REMEDIES.get(self.code)
        return (asked == "amount" and bool(self.amount)) or (asked == "units" and bool(self.units))


def missing(template: Template, slots: Mapping[str, str], remedy: Remedy | None) -> tuple[str, ...]:
    """Places that are still empty, in the order of the text; ``remedy`` unless one is complete."""
    without = [name for name in template.slots if name != "remedy" and not slots.get(name, "").strip()]
    if template.asks_remedy and not (remedy and remedy.complete):
        without.append("remedy")
    return tuple(without)


def affected(short: str, defective: str) -> str:
    """Short plus defective (section 6), as text; empty while one of them is unknown."""
    try:
        return str(int(short) + int(defective))
    except ValueError:
        return ""


def fill(text: str, values: Mapping[str, str]) -> str:
    """Puts values into their places in one pass: what a value says is never taken for a place itself."""
    parts = text.split("{")
    done = [parts[0]]
    for part in parts[1:]:
        name, closing, rest = part.partition("}")
        done.append(values.get(name, "") + rest if closing and name in values else "{" + part)
    return "".join(done)


def platform_length(text: str) -> int:
    """Characters as 1688's form counts them: UTF-16 units, so that a sign beyond the BMP is two (never fewer)."""
    return len(unicodedata.normalize("NFC", text).encode("utf-16-le")) // 2


def block(lines: Sequence[str]) -> str:
    return "\n".join(line for line in lines if line.strip())

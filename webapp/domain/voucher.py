"""What 1688's refund form takes (domain.md 4.4): a text of 2 to 150 characters and 1 to 5 JPEG below 1 MB."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeVar

from webapp.domain.messages import platform_length
from webapp.domain.refusals import Refusal

MOST_PICTURES: Final = 5
MOST_BYTES: Final = 1_000_000
"""Each JPEG stays below this many bytes."""
LEAST_TEXT: Final = 2
MOST_TEXT: Final = 150
"""Characters as ``messages.platform_length`` counts them."""

One = TypeVar("One")


def short_text(
    order_no: str, received: int | None, short: str | None, defective: int | None, remedy: str
) -> str:
    """T-1 in its short Chinese form (domain.md section 6). What nobody counted is not claimed."""
    parts = []
    if received is not None:
        parts.append(f"实收{received}件")
    if short:
        parts.append(f"少{short}件")
    if defective:
        parts.append(f"不良{defective}件")
    said = f"{order_no} {'，'.join(parts)}，" if parts else f"{order_no} "
    return f"{said}开箱视频及照片为证，申请{remedy}。"


def check_text(text: str) -> str:
    """The text as it may be sent. Raises ``voucher_text_length`` (with ``n`` and ``most``)."""
    plain = " ".join(text.split())
    length = platform_length(plain)
    if not LEAST_TEXT <= length <= MOST_TEXT:
        raise Refusal("voucher_text_length", n=length, least=LEAST_TEXT, most=MOST_TEXT)
    return plain


def sheets(pictures: Sequence[One]) -> list[list[One]]:
    """What lies on JPEG 2 to 5, in order: a picture each while they suffice, else contact sheets of nearly equal size.

    JPEG 1 carries the whole case by itself. Every picture is on exactly one sheet.
    """
    places = min(MOST_PICTURES - 1, len(pictures))
    if places == 0:
        return []
    least, more = divmod(len(pictures), places)
    found, start = [], 0
    for place in range(places):
        size = least + (1 if place < more else 0)
        found.append(list(pictures[start : start + size]))
        start += size
    return found

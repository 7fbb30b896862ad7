"""The words around a number in an arrival note: courier, supplier's short name, "all here" (domain.md 12.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_COURIER = re.compile(
    r"(?:顺丰|圆通|中通|申通|韵达|极兔|京东|邮政|德邦|安能|壹米滴答|百世|天天|优速|龙邦|跨越|丹鸟)"
    r"(?:快递|速递|速运|快运|物流|国内小包)?(?: ?\([A-Za-z]{2,8}\))?|\bEMS\b"
)
_INCOMPLETE = re.compile(r"[未不没]齐|没有齐|缺[件货]?|少[件货]")
_COMPLETE = re.compile(r"齐")
_TAG = re.compile(r"【[^】]{0,12}】|https?:\S+|[()\[\]]")
_NOISE = re.compile(
    r"[未不没]?齐(?:了|全)?|没有齐|缺[件货]?|少[件货]|已?到[货仓]?|已?签收|已?入库|今天|今日|昨天|收到|快递|物流|包裹"
    r"|承运公司|快递单号|物流单号|运单号|单号|供应商|备注|共?[0-9]+ ?[件包箱个袋]|[件包箱个袋]"
)
_WORD = re.compile(r"[^\W\d_]{2,20}")


@dataclass(frozen=True, slots=True)
class NoteText:
    """What stands before and after a number in its line, and the line below if that belongs to it."""

    before: str
    after: str
    below: str


def courier_named(text: str) -> str:
    """The courier as the text names it (the last one), or ``""``."""
    names = _COURIER.findall(text)
    return str(names[-1]) if names else ""


def supplier_words(around: NoteText) -> str:
    """The supplier's short name: after the number, else on the line below, else before the number; or ``""``."""
    for text in (around.after, around.below, around.before):
        bare = _NOISE.sub(" ", _COURIER.sub(" ", _TAG.sub(" ", text)))
        word = _WORD.search(bare)
        if word:
            return word[0]
    return ""


def complete_said(around: NoteText) -> bool | None:
    text = f"{around.after} {around.below}"
    if _INCOMPLETE.search(text):
        return False
    return True if _COMPLETE.search(text) else None

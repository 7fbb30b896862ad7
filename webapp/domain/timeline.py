"""The written timeline of a case: one screen, at most 12 lines (T-3, S1-25)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

MOST_LINES: Final = 12

ABBREVIATIONS: Final = MappingProxyType({"Asia/Shanghai": "CST", "Asia/Ho_Chi_Minh": "ICT"})

_WEIGHTS: Final[Mapping[str, int]] = MappingProxyType(
    {
        "ordered": 9,
        "paid": 6,
        "shipped": 6,
        "platform_delivered": 9,
        "in_stock": 8,
        "arrived": 9,
        "opened": 7,
        "counted": 10,
        "inspected": 8,
        "verdict_passed": 5,
        "verdict_rejected": 6,
        "freight_notice_sent": 10,
        "notice_sent": 10,
        "handed_over": 10,
    }
)
"""How much a line tells whoever judges; what is left out first has the least."""


@dataclass(frozen=True, slots=True)
class Moment:
    """``key``: its catalogue key is ``moment.<key>``; ``vars`` go into it.

    ``proven``: a file or a signed record tells it.
    """

    at: datetime
    zone: str
    key: str
    vars: Mapping[str, str] = field(default_factory=dict)
    proven: bool = False


def in_order(moments: Iterable[Moment]) -> list[Moment]:
    return sorted(moments, key=lambda one: (one.at, -_weight(one), one.key))


def trimmed(moments: Sequence[Moment], most: int = MOST_LINES) -> list[Moment]:
    """At most ``most`` moments, in order of time: of the lighter ones the later repeats go first."""
    ordered = in_order(moments)
    if len(ordered) <= most:
        return ordered
    seen: dict[str, int] = {}
    ranked = []
    for place, one in enumerate(ordered):
        seen[one.key] = seen.get(one.key, 0) + 1
        ranked.append((seen[one.key] > 1, -_weight(one), place))
    kept = {place for _, _, place in sorted(ranked)[:most]}
    return [one for place, one in enumerate(ordered) if place in kept]


def stamp(moment: Moment) -> str:
    """``2026-11-20 10:00 CST``: in the moment's own zone, which is named."""
    local = moment.at.astimezone(ZoneInfo(moment.zone))
    return f"{local:%Y-%m-%d %H:%M} {ABBREVIATIONS.get(moment.zone, moment.zone)}"


def _weight(moment: Moment) -> int:
    return _WEIGHTS.get(moment.key, 9 if moment.key.startswith("claim_") else 4)

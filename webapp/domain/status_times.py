"""Status times as people type or paste them: one a line, beside an order number, in any spelling of domain.md 12.

Without an offset a time is China time; a bare date is its midnight there, the earliest reading.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from webapp.domain.account_owner import order_tail
from webapp.domain.order_cells import FIRST_YEAR, LAST_YEAR, CellProblem, instant

MOST_LINES = 500

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS = re.compile(r"[0-9]{13}")
# The compact spelling of the platform has 14 or 17 digits: an order number is looked for first, and only once a line.
_NUMBER = re.compile(r"(?<![0-9])[0-9]{15,20}(?![0-9])")
_TIME = re.compile(
    r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?"
    r"(?:[T\s]+[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2}(?:\.[0-9]+)?)?(?:\s*(?:Z|[+-][0-9]{2}:?[0-9]{2}))?)?"
    r"|(?<![0-9])(?:[0-9]{17}|[0-9]{14})(?:[+-][0-9]{4})?(?![0-9])"
    r"|(?<![0-9])[0-9]{13}(?![0-9])"
)


class TimeProblem(Exception):
    """A time that cannot be read."""


def stated_instant(text: str) -> datetime:
    """Aware UTC. Raises TimeProblem for blank, unreadable or a year outside 2005 to 2099."""
    typed = unicodedata.normalize("NFKC", text).strip()
    if _MILLISECONDS.fullmatch(typed):
        at = _EPOCH + timedelta(milliseconds=int(typed))
        if FIRST_YEAR <= at.year <= LAST_YEAR:
            return at
        raise TimeProblem(text)
    try:
        read = instant(typed)
    except CellProblem:
        raise TimeProblem(text) from None
    if read is None:
        raise TimeProblem(text)
    return read


@dataclass(frozen=True, slots=True)
class LineProblem:
    """Why a pasted line was refused; the sentence is ``status.line_<code>``."""

    line: int
    code: str
    vars: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatusLines:
    """``times``: order number → its instant. With problems nothing may be stored: half a paste is worse than none."""

    times: Mapping[str, datetime]
    problems: tuple[LineProblem, ...]


def read_status_lines(pasted: str, common: datetime | None) -> StatusLines:
    """Lines such as ``3657499272179232333 签收时间：2026-11-20 14:37:20``; without a time of its own, ``common``."""
    times: dict[str, datetime] = {}
    problems: list[LineProblem] = []
    for number, raw in enumerate(pasted.splitlines(), start=1):
        line = unicodedata.normalize("NFKC", raw).strip()
        if not line:
            continue
        if len(times) >= MOST_LINES:
            problems.append(LineProblem(number, "too_many", {"most": str(MOST_LINES)}))
            break
        try:
            order_no, at = _read_line(line, common)
        except _Refused as refused:
            problems.append(LineProblem(number, refused.code, {"text": line[:60]}))
            continue
        if times.get(order_no, at) != at:
            problems.append(LineProblem(number, "twice", {"text": order_no}))
        times[order_no] = at
    return StatusLines(times, tuple(problems))


class _Refused(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _read_line(line: str, common: datetime | None) -> tuple[str, datetime]:
    found = _NUMBER.search(line)
    if found is None or order_tail(found[0]) is None:
        raise _Refused("no_order")
    rest = f"{line[: found.start()]} {line[found.end() :]}".strip()
    spelled = _TIME.findall(rest)
    if len(spelled) > 1:
        raise _Refused("several_times")
    if spelled:
        try:
            return found[0], stated_instant(spelled[0])
        except TimeProblem:
            raise _Refused("time") from None
    if re.search(r"[0-9]", rest):
        raise _Refused("time")
    if common is None:
        raise _Refused("no_time")
    return found[0], common

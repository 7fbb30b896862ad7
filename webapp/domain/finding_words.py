"""What words typed into the search may be beside a name: a day, or a claim's number."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_YEAR_FIRST: Final = re.compile(r"(20[0-9]{2})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?")
_DAY_FIRST: Final = re.compile(r"([0-9]{1,2})[-/.]([0-9]{1,2})[-/.](20[0-9]{2})")
_TOGETHER: Final = re.compile(r"(20[0-9]{2})([0-9]{2})([0-9]{2})")
_NO_YEAR: Final = re.compile(r"([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*[日号]")
_CLAIM: Final = re.compile(r"(?:#|claim|khiếu nại|索赔|申请|维权)?\s*#?\s*([0-9]{1,6})", re.IGNORECASE)


def day_asked(words: str, today: date) -> date | None:
    """``2026-11-12``, ``2026年11月12日``, ``12/11/2026`` (day first, as in Vietnam), ``20261112``, ``11月12日`` (the
    last one that was). None for anything else, also for a day that no calendar has.
    """
    for pattern, order in ((_YEAR_FIRST, (0, 1, 2)), (_TOGETHER, (0, 1, 2)), (_DAY_FIRST, (2, 1, 0))):
        said = pattern.fullmatch(words)
        if said is not None:
            year, month, day = (int(said.groups()[place]) for place in order)
            return _day(year, month, day)
    said = _NO_YEAR.fullmatch(words)
    if said is None:
        return None
    month, day = int(said[1]), int(said[2])
    this = _day(today.year, month, day)
    return this if this is not None and this <= today else _day(today.year - 1, month, day)


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def claim_asked(words: str) -> int | None:
    """The importer's own number of a claim: ``3``, ``#3``, ``索赔 3``, ``Khiếu nại 3``."""
    said = _CLAIM.fullmatch(words)
    return int(said[1]) if said else None

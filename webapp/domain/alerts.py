"""The alert ladder (domain.md section 2): before act-by, and once it has passed.

Each rung of each clock fires once, dated by its own instant, however late somebody looks. Act-by moves when a better
start arrives: then the ladder of the new act-by counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

PASSED: Final = 0
"""The last rung: act-by itself."""


@dataclass(frozen=True, slots=True)
class Rung:
    """``hours`` before act-by, 0: passed. ``at`` is aware."""

    hours: int
    at: datetime


def ladder(act_by: datetime, *, start: datetime | None, hours: Sequence[int]) -> tuple[Rung, ...]:
    """Earliest first. A rung that lies before the clock itself began warns of nothing and is left out."""
    rungs = [Rung(one, act_by - timedelta(hours=one)) for one in (*sorted(hours, reverse=True), PASSED)]
    return tuple(rung for rung in rungs if start is None or rung.at > start or rung.hours == PASSED)


def due(rungs: Iterable[Rung], *, fired: Iterable[int], now: datetime) -> tuple[Rung, ...]:
    """Those whose instant has come and that have not fired for this act-by."""
    done = set(fired)
    return tuple(rung for rung in rungs if rung.at <= now and rung.hours not in done)

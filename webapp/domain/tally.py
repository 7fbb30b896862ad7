"""Where in a take each unit was counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from webapp.domain.events import Happening, Tap, parse_events

_RESULT_LATER_MS: Final = 900


@dataclass(frozen=True)
class TallyMark:
    """One event on a take's timeline. ``total`` is the take's running total after it; None for an interruption."""

    ms: int
    kind: str  # tally | undo | an interruption's first word
    line: str | None
    n: int
    total: int | None


def tally_marks(events: str) -> tuple[TallyMark, ...]:
    """Every event of ``events.txt``, in time. Raises ``MalformedRecord`` like ``parse_events``."""
    return tuple(_mark(event) for event in parse_events(events))


def _mark(event: Tap | Happening) -> TallyMark:
    if isinstance(event, Happening):
        return TallyMark(event.ms, event.what.split(" ")[0], None, 0, None)
    return TallyMark(event.ms, event.type, event.line, event.n, event.total)


def unit_moments(marks: tuple[TallyMark, ...]) -> list[int]:
    """``[ms of unit 1, ms of unit 2, …]`` for what still stands at the end: "jump to unit n".

    A tally that was undone counts for nobody; a tap of ten gives ten units the same moment.
    """
    standing: list[TallyMark] = []
    for mark in marks:
        if mark.kind == "tally":
            standing.append(mark)
        elif mark.kind == "undo":
            last = next(
                index for index in reversed(range(len(standing))) if standing[index].line == mark.line
            )
            del standing[last]
    return [mark.ms for mark in standing for _ in range(mark.n)]


def result_ms(counted_ms: int | None, duration_ms: int | None) -> int | None:
    """Where the whole count is to be seen: a moment after the last unit, as the count in the picture is."""
    if counted_ms is None:
        return None
    later = counted_ms + _RESULT_LATER_MS
    return later if duration_ms is None else min(later, duration_ms)

"""``events.txt``: what happened during a take, and what its taps add up to. Vectors: tests/vectors/events.json."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from webapp.domain.evidence import MAX_INTEGER, MalformedRecord

_NUMBER: Final = r"(?:0|[1-9][0-9]{0,15})"
_TAP: Final = re.compile(
    rf"({_NUMBER}) (?:(tally) ([0-9a-f]{{32}}) \+|(undo) ([0-9a-f]{{32}}) -)([1-9][0-9]{{0,15}}) ({_NUMBER})"
)
_OTHER: Final = re.compile(
    rf"({_NUMBER}) (hidden|visible|(?:mute|unmute|ended) (?:audio|video)|stalled [1-9][0-9]{{0,15}}"
    r"|mark [a-z][a-z0-9_]{0,39}|still [0-9a-f]{32})"
)


RECOUNT: Final = "mark recount"
"""The count differed and is made once more, in the same take."""


@dataclass(frozen=True, slots=True)
class Tap:
    """A ``tally`` or the ``undo`` of one: ``n`` is positive, ``total`` the take's running total after it."""

    ms: int
    type: str
    line: str
    n: int
    total: int


@dataclass(frozen=True, slots=True)
class Happening:
    """Anything else, as written, e.g. ``hidden``, ``stalled 3400``, ``mark cut``, ``still <photo record>``.

    ``ms`` since the take's mono start.
    """

    ms: int
    what: str


Event = Tap | Happening


def parse_events(text: str) -> tuple[Event, ...]:
    """Raises ``MalformedRecord("events_malformed")``; taps that do not add up are malformed too."""
    if not text.endswith("\n") or not text.isascii():
        raise MalformedRecord("events_malformed", "no closing LF")
    events = tuple(_event(number, line) for number, line in enumerate(text[:-1].split("\n"), 1))
    fold(events)
    return events


def _event(number: int, line: str) -> Event:
    tap = _TAP.fullmatch(line)
    if tap is not None:
        ms, tally, tallied, undo, undone, n, total = tap.groups()
        event: Event = Tap(int(ms), tally or undo, tallied or undone, int(n), int(total))
    else:
        other = _OTHER.fullmatch(line)
        if other is None:
            raise MalformedRecord("events_malformed", f"line {number}")
        event = Happening(int(other.group(1)), other.group(2))
    if event.ms > MAX_INTEGER or (isinstance(event, Tap) and max(event.n, event.total) > MAX_INTEGER):
        raise MalformedRecord("events_malformed", f"line {number}: above 2^53 - 1")
    return event


def events_text(events: Sequence[Event]) -> str:
    """No events give the empty text, and the record then says ``events -``."""
    return "".join(f"{_line(event)}\n" for event in events)


def _line(event: Event) -> str:
    if isinstance(event, Happening):
        return f"{event.ms} {event.what}"
    sign = "+" if event.type == "tally" else "-"
    return f"{event.ms} {event.type} {event.line} {sign}{event.n} {event.total}"


def fold(events: Iterable[Event]) -> dict[str, int]:
    """Units per line touched since the last recount began: a recount starts at 0, the count before it stays readable.

    An undo takes back the last tally of its line that still stands, whole.

    Raises ``MalformedRecord("events_malformed")`` when time runs backwards, a running total is wrong, or an undo
    takes back what is not there.
    """
    standing: dict[str, list[int]] = {}
    total = last_ms = 0
    for event in events:
        if event.ms < last_ms:
            raise MalformedRecord("events_malformed", f"{event.ms} ms after {last_ms} ms")
        last_ms = event.ms
        if isinstance(event, Happening):
            if event.what == RECOUNT:
                standing, total = {}, 0
            continue
        taps = standing.setdefault(event.line, [])
        if event.type == "tally":
            taps.append(event.n)
            total += event.n
        else:
            if not taps or taps.pop() != event.n:
                raise MalformedRecord("events_malformed", f"the undo at {event.ms} ms takes back no tally")
            total -= event.n
        if event.total != total:
            raise MalformedRecord("events_malformed", f"running total at {event.ms} ms")
    return {line: sum(taps) for line, taps in standing.items()}

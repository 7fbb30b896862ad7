"""A count in several films: what a film that goes on with an interrupted one has from those before it.

The phone keeps what it was told when its own film began (`store/continued.js`). Cases: tests/vectors/segments.json.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

COMPLETE = "complete"

Units = Mapping[str, int]
"""Line id → whole units."""


@dataclass(frozen=True)
class Film:
    """``closed``: complete, interrupted, or None while nobody said how it ended. ``units`` are its own taps.

    ``recounted``: within it everything was counted anew from 0, also what earlier films had counted.
    """

    closed: str | None
    units: Units
    recounted: bool = False


def carried(films: Mapping[str, Film], before: Mapping[str, str], film: str) -> dict[str, int] | None:
    """Units by line that ``film`` has from the films before it; empty when it began by itself.

    ``before``: film → the film whose count it goes on with. None: cannot be said. A film on the way is not closed, or
    it was finished after all and is a count of its own: what came after it is then neither a whole count nor its rest.
    """
    sums: dict[str, int] = {}
    seen = {film}
    at = film
    while at in before and not films[at].recounted:
        at = before[at]
        earlier = films.get(at)
        # A circle is nobody's count.
        if at in seen or earlier is None or earlier.closed in (None, COMPLETE):
            return None
        seen.add(at)
        for line, units in earlier.units.items():
            sums[line] = sums.get(line, 0) + units
    return sums


def part_of(before: Mapping[str, str], film: str) -> list[str]:
    """The films that ``film`` goes on with, the first one first."""
    found: list[str] = []
    at = film
    while at in before and before[at] not in found and before[at] != film:
        at = before[at]
        found.insert(0, at)
    return found

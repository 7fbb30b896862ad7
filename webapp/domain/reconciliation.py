"""Ordered against counted, per line. Nothing is averaged; unknown is unknown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class CountState(StrEnum):
    NOT_COUNTED = "not_counted"
    PARTLY = "partly"  # not every parcel of the order has a count yet: "short" would be a false alarm
    MATCHES = "matches"
    SHORT = "short"
    OVER = "over"
    NOT_VERIFIED = "not_verified"  # counted, but the film has not arrived whole


@dataclass(frozen=True)
class ParcelCount:
    """One parcel's latest closed take for one line."""

    units: int
    verified: bool


@dataclass(frozen=True)
class LineCount:
    """``counted`` is None when no take counted this line."""

    ordered_milli: int
    counted: int | None
    state: CountState

    @property
    def difference_milli(self) -> int | None:
        return None if self.counted is None else self.counted * 1000 - self.ordered_milli


def line_count(ordered_milli: int, counts: Sequence[ParcelCount], *, parcels: int) -> LineCount:
    """Sums one line over its parcels.

    ``parcels`` is how many parcels the order has; a shortage is only said when each of them has been counted
    (domain.md section 14, trap 5).
    """
    if not counts:
        return LineCount(ordered_milli, None, CountState.NOT_COUNTED)
    counted = sum(count.units for count in counts)
    if counted * 1000 > ordered_milli:
        state = CountState.OVER
    elif len(counts) < parcels and counted * 1000 < ordered_milli:
        state = CountState.PARTLY
    elif counted * 1000 < ordered_milli:
        state = CountState.SHORT
    else:
        state = CountState.MATCHES
    if state is not CountState.PARTLY and not all(count.verified for count in counts):
        state = CountState.NOT_VERIFIED
    return LineCount(ordered_milli, counted, state)

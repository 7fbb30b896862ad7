"""What a sample can miss: hypergeometric, exact in integers (domain.md 12.5). Shown at the desk, never on the phone."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import comb
from typing import Final

PERCENTS: Final = (1, 2, 5, 10)
"""Defect rates for which the chance of seeing at least one is shown."""

# Enough draws to know that a chance rounds to 1; binomials of 100,000 factors would take seconds.
_DRAWS_THAT_TELL: Final = 2_000


def defectives_at(lot: int, percent: int) -> int:
    """Defective units in a lot of that rate: at least one; halves go to the even neighbour, as in the published table
    (5 % of 50 is 2).
    """
    return max(1, round(Fraction(lot * percent, 100)))


def detection(lot: int, n: int, defectives: int) -> Fraction:
    """Chance that a sample of ``n`` holds at least one of the lot's ``defectives``. ``ValueError`` outside the lot."""
    _check(lot, n, defectives)
    return 1 - _missed(lot, n, defectives)


def detection_millionths(lot: int, n: int, defectives: int) -> int:
    """:func:`detection` rounded half up to millionths, without large binomials where it rounds to 1."""
    _check(lot, n, defectives)
    few, many = sorted((n, defectives))
    if _missed(lot, many, min(few, _DRAWS_THAT_TELL)) * 2_000_000 < 1:
        return 1_000_000
    return int(detection(lot, n, defectives) * 1_000_000 + Fraction(1, 2))


def smallest_found(lot: int, n: int, confidence: int = 95) -> int | None:
    """The smallest number of defective units of which a sample of ``n`` holds one with that confidence (percent).
    None: an empty sample finds nothing.
    """
    _check(lot, n, 0)
    if n == 0:
        return None
    return _first(lot, lambda d: _missed(lot, n, d) * 100 <= 100 - confidence)


def upper_limit(lot: int, n: int, found: int, confidence: int = 95) -> int:
    """The most defective units that the lot may hold after ``found`` in a sample of ``n``: the largest number for
    which so few would be found more often than in ``100 - confidence`` percent of samples.
    """
    _check(lot, n, found)
    if found > n:
        raise ValueError(f"{found} found in {n}")
    beyond = _first(lot, lambda d: _at_most(lot, n, d, found) * 100 <= 100 - confidence)
    return lot if beyond is None else beyond - 1


def _check(lot: int, n: int, defectives: int) -> None:
    if not (0 <= n <= lot and 0 <= defectives <= lot):
        raise ValueError(f"{n} drawn and {defectives} defective of {lot}")


def _missed(lot: int, n: int, defectives: int) -> Fraction:
    """C(N-D, n) / C(N, n), which is also C(N-n, D) / C(N, D): the smaller of the two binomials is taken."""
    few, many = sorted((n, defectives))
    return Fraction(comb(lot - many, few), comb(lot, few))


def _at_most(lot: int, n: int, defectives: int, found: int) -> Fraction:
    """Chance of ``found`` or fewer; n and D change places freely, as above."""
    few, many = sorted((n, defectives))
    ways = sum(comb(many, k) * comb(lot - many, few - k) for k in range(min(found, few) + 1))
    return Fraction(ways, comb(lot, few))


def _first(lot: int, holds: Callable[[int], bool]) -> int | None:
    """The smallest D of 0 … lot for which ``holds``, which stays true once it is; doubling keeps binomials small."""
    high = 1
    while not holds(min(high, lot)):
        if high >= lot:
            return None
        high *= 2
    low, high = high // 2, min(high, lot)
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return high

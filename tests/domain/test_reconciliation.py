"""Ordered against counted (domain.md section 14, traps 4, 5 and 9)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.reconciliation import CountState, ParcelCount, line_count


def counted(*units: int, verified: bool = True) -> list[ParcelCount]:
    return [ParcelCount(n, verified) for n in units]


@pytest.mark.parametrize(
    "ordered, counts, parcels, state",
    [
        (12_000, [], 1, CountState.NOT_COUNTED),
        (12_000, counted(12), 1, CountState.MATCHES),
        (12_000, counted(11), 1, CountState.SHORT),
        (12_000, counted(13), 1, CountState.OVER),
        (12_000, counted(0), 1, CountState.SHORT),
        (12_000, counted(5), 2, CountState.PARTLY),
        (12_000, counted(5, 7), 2, CountState.MATCHES),
        (12_000, counted(5, 6), 2, CountState.SHORT),
        (12_000, counted(13), 2, CountState.OVER),
        (2_500, counted(2), 1, CountState.SHORT),
        (12_000, counted(11, verified=False), 1, CountState.NOT_VERIFIED),
    ],
)
def test_state(ordered: int, counts: list[ParcelCount], parcels: int, state: CountState) -> None:
    assert line_count(ordered, counts, parcels=parcels).state is state


def test_not_counted_is_unknown_and_not_zero() -> None:
    line = line_count(12_000, [], parcels=1)
    assert line.counted is None
    assert line.difference_milli is None


@given(st.integers(1, 10**9), st.lists(st.integers(0, 10**5), max_size=5), st.integers(1, 8))
def test_short_is_never_said_while_a_parcel_is_uncounted(
    ordered: int, units: list[int], parcels: int
) -> None:
    line = line_count(ordered, counted(*units), parcels=parcels)
    if len(units) < parcels:
        assert line.state is not CountState.SHORT
    if line.counted is not None:
        assert line.difference_milli == sum(units) * 1000 - ordered

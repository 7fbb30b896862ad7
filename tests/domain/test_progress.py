"""An order's state: never short while a parcel is outstanding (domain.md section 14, traps 4 and 5)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.progress import OrderState, order_progress
from webapp.domain.reconciliation import CountState, LineCount, ParcelCount, line_count


def lines(*states: CountState) -> list[LineCount]:
    return [LineCount(1_000, None, state) for state in states]


def test_the_states_in_the_order_in_which_they_come() -> None:
    counted, open_ = CountState.MATCHES, CountState.NOT_COUNTED
    assert order_progress([False, False, False], lines(open_)).state is OrderState.NOT_RECEIVED
    partly = order_progress([True, False, False], lines(open_))
    assert (partly.state, partly.arrived, partly.expected) == (OrderState.PARTLY_ARRIVED, 1, 3)
    assert order_progress([True], lines(open_, counted)).state is OrderState.TO_COUNT
    assert order_progress([True], lines(CountState.SHORT, CountState.OVER)).state is OrderState.SHORT
    assert order_progress([True], lines(CountState.OVER, counted)).state is OrderState.OVER
    assert order_progress([True], lines(CountState.NOT_VERIFIED, counted)).state is OrderState.NOT_VERIFIED
    assert order_progress([True], lines(counted)).state is OrderState.MATCHES


def test_an_order_of_nothing_is_neither_received_nor_right() -> None:
    assert order_progress([], lines(CountState.NOT_COUNTED)).state is OrderState.NOT_RECEIVED
    assert order_progress([True], []).state is OrderState.TO_COUNT


PARCELS = st.lists(st.none() | st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=5)


@given(PARCELS, st.integers(0, 60_000))
def test_never_short_while_a_parcel_is_outstanding(
    parcels: list[tuple[int, bool] | None], ordered: int
) -> None:
    """A parcel is None (not here) or (units counted, film verified)."""
    counts = [ParcelCount(*parcel) for parcel in parcels if parcel is not None]
    count = line_count(ordered, counts, parcels=len(parcels))
    progress = order_progress([parcel is not None for parcel in parcels], [count])
    if None in parcels:
        assert progress.state is not OrderState.SHORT
        assert progress.state is not OrderState.MATCHES
    if progress.state is OrderState.SHORT:
        assert sum(one.units for one in counts) * 1_000 < ordered
    assert 0 <= progress.arrived <= progress.expected == len(parcels)


def test_a_count_that_nobody_asked_for_is_neither_outstanding_nor_done() -> None:
    for here, states, expected in (
        ([True], [CountState.NOT_COUNTED], OrderState.NOT_ASKED),
        ([True, True], [CountState.PARTLY, CountState.MATCHES], OrderState.NOT_ASKED),
        ([True, False], [CountState.NOT_COUNTED], OrderState.PARTLY_ARRIVED),
        ([True], [CountState.SHORT, CountState.NOT_COUNTED], OrderState.SHORT),  # counted all the same
        ([True], [CountState.MATCHES], OrderState.MATCHES),
    ):
        assert order_progress(here, lines(*states), count_asked=False).state is expected


@given(st.lists(st.booleans(), max_size=3), st.lists(st.sampled_from(CountState), max_size=3), st.booleans())
def test_a_closed_trade_is_closed_whatever_arrived(
    here: list[bool], states: list[CountState], asked: bool
) -> None:
    found = order_progress(here, lines(*states), closed=True, count_asked=asked)
    assert (found.state, found.arrived, found.expected) == (OrderState.CLOSED, sum(here), len(here))

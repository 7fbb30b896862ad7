"""Filters in an address: read back equal, and nothing in an address breaks the board."""

from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.board_filters import OWNERS, SORTS, STARTS, STATES, URGENCIES, Filters, read_filters

RULES = ("R-02", "R-08")
DAYS = st.none() | st.dates(date(2000, 1, 1), date(2100, 12, 31))
FILTERS = st.builds(
    Filters,
    supplier=st.text(max_size=30).map(str.strip),
    owner=st.sampled_from(["", *OWNERS]),
    state=st.sampled_from(["", *map(str, STATES)]),
    rule=st.sampled_from(["", *RULES]),
    urgency=st.sampled_from(["", *URGENCIES]),
    start=st.sampled_from(["", *STARTS]),
    placed_from=DAYS,
    placed_to=DAYS,
    least_fen=st.none() | st.integers(1, 10**9),
    sort=st.sampled_from(SORTS),
)


@given(FILTERS)
def test_filters_read_back_equal(filters: Filters) -> None:
    assert read_filters(filters.as_query(), RULES) == filters


@given(
    st.dictionaries(
        st.sampled_from(
            ["supplier", "owner", "state", "rule", "urgency", "start", "from", "to", "least", "sort", "page"]
        ),
        st.text(max_size=30),
    )
)
def test_any_address_gives_filters_that_read_back_equal(query: dict[str, str]) -> None:
    filters = read_filters(query, RULES)
    assert read_filters(filters.as_query(), RULES) == filters


def test_no_filters_leave_the_address_bare() -> None:
    assert Filters().as_query() == {}
    assert Filters().active == 0
    assert Filters(state="short", sort="stake").active == 0
    assert Filters(owner="agent", least_fen=100).active == 2


def test_days_are_days_in_china() -> None:
    filters = Filters(placed_from=date(2026, 11, 20), placed_to=date(2026, 11, 20))
    assert filters.placed_range() == (
        datetime(2026, 11, 19, 16, tzinfo=UTC),
        datetime(2026, 11, 20, 16, tzinfo=UTC),
    )

"""The alert ladder (domain.md section 2): 72, 48, 24 and 6 hours before act-by, and when it has passed."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.alerts import PASSED, due, ladder
from webapp.domain.switches import Switches

ACT_BY = datetime.fromisoformat("2026-11-26T15:59:59+00:00")
HOUR = timedelta(hours=1)
HOURS = Switches().alert_rungs_h


def test_the_rungs_are_those_of_the_reference() -> None:
    rungs = ladder(ACT_BY, start=None, hours=HOURS)
    assert [(rung.hours, ACT_BY - rung.at) for rung in rungs] == [
        (72, 72 * HOUR),
        (48, 48 * HOUR),
        (24, 24 * HOUR),
        (6, 6 * HOUR),
        (PASSED, 0 * HOUR),
    ]


def test_what_lies_before_the_clock_itself_warns_of_nothing() -> None:
    rungs = ladder(ACT_BY, start=ACT_BY - 48 * HOUR, hours=HOURS)
    assert [rung.hours for rung in rungs] == [24, 6, PASSED]
    assert [rung.hours for rung in ladder(ACT_BY, start=ACT_BY + HOUR, hours=HOURS)] == [PASSED]


def test_each_fires_at_its_instant_and_once() -> None:
    rungs = ladder(ACT_BY, start=None, hours=HOURS)
    at = ACT_BY - 24 * HOUR
    assert [one.hours for one in due(rungs, fired=(), now=at - timedelta(microseconds=1))] == [72, 48]
    assert [one.hours for one in due(rungs, fired=(72, 48), now=at)] == [24]
    assert due(rungs, fired=(72, 48, 24), now=at) == ()


LADDER = st.lists(st.integers(1, 200), min_size=1, max_size=6, unique=True)


@given(LADDER, st.lists(st.integers(-300, 100), max_size=8), st.none() | st.integers(-250, 10))
def test_law_looking_at_any_times_fires_each_rung_once(
    hours: list[int], looks: list[int], started: int | None
) -> None:
    start = None if started is None else ACT_BY + started * HOUR
    rungs = ladder(ACT_BY, start=start, hours=hours)
    assert list(rungs) == sorted(rungs, key=lambda rung: rung.at)
    fired: list[int] = []
    for look in sorted(looks):
        now = ACT_BY + look * HOUR
        fresh = due(rungs, fired=fired, now=now)
        assert all(rung.at <= now for rung in fresh)
        fired += [rung.hours for rung in fresh]
    assert len(fired) == len(set(fired))
    last = ACT_BY + max(looks, default=-1000) * HOUR
    assert set(fired) == {rung.hours for rung in rungs if rung.at <= last}

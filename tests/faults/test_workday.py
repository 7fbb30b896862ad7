"""Suite: a morning; `make soak`: the whole day of 300 parcels, 2,000 photos and 60 takes."""

from __future__ import annotations

from pathlib import Path

from tests.faults import workday


def test_all_that_a_morning_brought_is_verified(fast_path: Path) -> None:
    day = workday.MORNING
    report = workday.run(fast_path, day, seed=6)
    assert (report.verdict.takes, report.verdict.photos) == (day.takes, day.photos)
    assert report.verdict.records == day.parcels + day.photos + 2 * day.takes
    assert len(report.verified_after) == day.photos + day.takes
    assert report.outages >= 3

"""What a sample can miss: the published figures as data, and the definition tried number by number."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.detection import (
    PERCENTS,
    defectives_at,
    detection,
    detection_millionths,
    smallest_found,
    upper_limit,
)
from webapp.domain.sampling import fraction_plan

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "sampling.json").read_text("utf-8")
)

lawful = settings(derandomize=True, max_examples=150, deadline=None)


@pytest.mark.parametrize("row", VECTORS["detection"], ids=lambda row: f"{row['lot']}-{row['n']}")
def test_the_published_figures(row: dict[str, Any]) -> None:
    plan = fraction_plan(row["lot"])
    assert row["n"] in (plan.n_floor, plan.n_target)
    for percent in PERCENTS:
        millionths = detection_millionths(row["lot"], row["n"], defectives_at(row["lot"], percent))
        assert f"{millionths / 1_000_000:.3f}" == row["chances"][str(percent)], percent
    smallest = smallest_found(row["lot"], row["n"])
    assert smallest is not None and smallest == row["smallest"]
    assert f"{100 * smallest / row['lot']:.1f}" == row["smallest_percent"]


@pytest.mark.parametrize("row", VECTORS["upper_limits"], ids=str)
def test_the_most_that_the_lot_may_hold(row: dict[str, int]) -> None:
    assert upper_limit(row["lot"], row["n"], row["found"]) == row["most"]


@pytest.mark.parametrize(
    ("lot", "percent", "units"), [(50, 1, 1), (50, 5, 2), (150, 5, 8), (70, 5, 4), (1, 10, 1), (100, 10, 10)]
)
def test_a_rate_in_units(lot: int, percent: int, units: int) -> None:
    assert defectives_at(lot, percent) == units


@lawful
@given(st.integers(1, 60), st.data())
def test_a_chance_is_the_share_of_samples_that_hold_a_defect(lot: int, data: st.DataObject) -> None:
    n, bad = data.draw(st.integers(0, lot)), data.draw(st.integers(0, lot))
    missed = Fraction(1)
    for taken in range(n):
        missed *= Fraction(max(0, lot - bad - taken), lot - taken)
    assert detection(lot, n, bad) == 1 - missed
    assert detection(lot, n, bad) == detection(lot, bad, n)
    assert abs(Fraction(detection_millionths(lot, n, bad), 1_000_000) - detection(lot, n, bad)) <= Fraction(
        1, 2_000_000
    )


@lawful
@given(st.integers(1, 40), st.data())
def test_the_smallest_number_found(lot: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(1, lot))
    enough = [bad for bad in range(lot + 1) if detection(lot, n, bad) >= Fraction(95, 100)]
    assert smallest_found(lot, n) == enough[0]


@lawful
@given(st.integers(1, 40), st.data())
def test_the_limit_covers_what_was_found_and_what_was_not_looked_at(lot: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, lot))
    found = data.draw(st.integers(0, n))
    most = upper_limit(lot, n, found)
    assert found <= most <= lot - (n - found)
    assert upper_limit(lot, n, found, confidence=99) >= most


def test_an_empty_sample_finds_nothing() -> None:
    assert smallest_found(50, 0) is None
    assert detection(50, 0, 5) == 0


def test_large_lots_are_answered_without_large_binomials() -> None:
    assert detection_millionths(1_000_000, 150_000, 100_000) == 1_000_000
    assert detection_millionths(1_000_000, 2, 10_000) == 19_900  # 1 - 0.99 × 0.99 less one unit
    assert smallest_found(1_000_000, 150_000) == 19


@pytest.mark.parametrize("wrong", [(10, 11, 1), (10, -1, 1), (10, 1, 11), (10, 1, -1)])
def test_outside_the_lot_there_is_no_chance(wrong: tuple[int, int, int]) -> None:
    for chance in (detection, detection_millionths):
        with pytest.raises(ValueError, match="of 10"):
            chance(*wrong)


def test_more_found_than_inspected_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="3 found in 2"):
        upper_limit(10, 2, 3)

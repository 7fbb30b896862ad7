"""Words that are a day or a claim's number, and words that are neither."""

from __future__ import annotations

from datetime import date

import pytest

from webapp.domain.finding_words import claim_asked, day_asked

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("2026-11-12", date(2026, 11, 12)),
        ("2026/1/2", date(2026, 1, 2)),
        ("2026年11月12日", date(2026, 11, 12)),
        ("12/11/2026", date(2026, 11, 12)),
        ("29.02.2024", date(2024, 2, 29)),
        ("20261112", date(2026, 11, 12)),
        ("11月12日", date(2026, 11, 12)),
        ("11月22号", TODAY),
        ("12月1日", date(2025, 12, 1)),
        ("2026-02-30", None),
        ("2月30日", None),
        ("晨光", None),
        ("2026", None),
        ("3657499272179232333", None),
    ],
)
def test_a_day_is_read_as_people_write_it(words: str, day: date | None) -> None:
    assert day_asked(words, TODAY) == day


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("3", 3),
        ("#12", 12),
        ("索赔 3", 3),
        ("Khiếu nại 7", 7),
        ("claim #7", 7),
        ("79026301", None),
        ("3 件", None),
    ],
)
def test_a_claims_number_is_short(words: str, number: int | None) -> None:
    assert claim_asked(words) == number

"""What the report's tables say, row by row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.domain.test_case_figures import CASE, LINE
from webapp.adapters.case_words import count_rows


@pytest.mark.parametrize(
    "china,vietnam,whole,lost",
    [(12, 11, True, "1"), (12, 11, False, "-"), (12, None, True, "-"), (11, 12, True, "0")],
)
def test_nothing_is_lost_on_the_way_before_all_of_it_was_counted(
    china: int, vietnam: int | None, whole: bool, lost: str
) -> None:
    line = replace(LINE, china=china, vietnam=vietnam, vietnam_whole=whole)
    (row,) = count_rows(replace(CASE, lines=(line,)), lambda key, **_: key)
    assert row[-1] == lost

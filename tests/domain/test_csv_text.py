"""CSV that opens in a spreadsheet program without being run or rounded."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.csv_text import BOM, csv_line, number_text_cell, text_cell

ATTACKS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n=1", "=cmd|' /C calc'!A0"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_formula_becomes_text(attack: str) -> None:
    assert text_cell(attack) == "'" + attack


@pytest.mark.parametrize(
    "plain", ["", "义乌市晨光", "a=b", "1,5", "2026-11-21", "'quoted", "YT7598163190233"]
)
def test_what_is_no_formula_stays_as_it_is(plain: str) -> None:
    assert text_cell(plain) == plain


def test_numbers_that_a_spreadsheet_would_round_are_text() -> None:
    assert number_text_cell("3657499272179232333") == "'3657499272179232333"
    assert number_text_cell("0012345678") == "'0012345678"
    assert number_text_cell("YT7598163190233") == "YT7598163190233"
    assert number_text_cell("=HYPERLINK(1)") == "'=HYPERLINK(1)"


@given(
    st.lists(
        st.lists(
            st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
            min_size=1,
            max_size=6,
        ),
        min_size=1,
        max_size=5,
    )
)
def test_every_reader_gets_back_what_was_written(rows: list[list[str]]) -> None:
    rows = [[text_cell(cell) for cell in row] for row in rows]
    text = BOM + "".join(csv_line(row) for row in rows)
    read = list(csv.reader(io.StringIO(text.removeprefix(BOM), newline=""), strict=True))
    assert [row or [""] for row in read] == rows


@given(st.text())
def test_no_cell_starts_as_a_formula(text: str) -> None:
    assert not text_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert not number_text_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))

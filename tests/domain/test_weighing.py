"""Weights as a scale shows them: exact grams, sane bounds."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.record_kinds import SHAPES, WEIGHT_UNITS
from webapp.domain.refusals import Refusal
from webapp.domain.weighing import HEAVIEST_G, UNITS, read_weight

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "weighing.json").read_text("utf-8")
)

lawful = settings(derandomize=True, max_examples=200, deadline=None)


@pytest.mark.parametrize("row", VECTORS["weights"], ids=lambda row: f"{row['text']}-{row['unit']}")
def test_weight(row: dict[str, Any]) -> None:
    if row["problem"]:
        with pytest.raises(Refusal) as refused:
            read_weight(row["text"], row["unit"])
        assert refused.value.code == row["problem"]
    else:
        said = read_weight(row["text"], row["unit"])
        assert (said.grams, said.shown, said.rounded, said.asks) == (
            row["grams"],
            row["shown"],
            row["rounded"],
            row["asks"],
        )


@lawful
@given(st.integers(1, HEAVIEST_G))
def test_whole_grams_are_the_same_in_every_unit(grams: int) -> None:
    texts = {"kg": str(Decimal(grams) / 1000), "jin": str(Decimal(grams) / 500)}
    if grams < 10_000_000:  # seven digits before the point
        texts["g"] = str(grams)
    said = [read_weight(text, unit) for unit, text in texts.items()]
    assert {(one.grams, one.rounded) for one in said} == {(grams, False)}


@lawful
@given(st.integers(10, 99_999_999))
def test_tenths_of_a_gram_round_half_up(tenths: int) -> None:
    said = read_weight(f"{tenths // 10}.{tenths % 10}", "g")
    assert said.grams * 10 - 5 < tenths + 1 and tenths <= said.grams * 10 + 4
    assert said.rounded == (tenths % 10 != 0)


@lawful
@given(st.sampled_from(UNITS), st.integers(1, 9_999_999), st.integers(0, 999))
def test_what_is_kept_fits_the_record(unit: str, whole: int, decimals: int) -> None:
    try:
        said = read_weight(f"{whole}.{str(decimals)[: 1 if unit == 'g' else 3]}", unit)
    except Refusal as refusal:
        assert refusal.code == "weight_too_large"
        return
    shapes = SHAPES["weighing"]
    assert shapes["shown"].fullmatch(said.shown) and shapes["grams"].fullmatch(str(said.grams))


def test_the_units_are_those_of_the_record() -> None:
    assert UNITS == WEIGHT_UNITS

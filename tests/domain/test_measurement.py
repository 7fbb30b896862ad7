"""The 5 % rule and typed decimals: exact at the border, in whatever unit the ruler has."""

from __future__ import annotations

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.measurement import PLACES, UNITS, Quantity, deviation, read_quantity
from webapp.domain.record_kinds import MEASURE_UNITS
from webapp.domain.refusals import Refusal
from webapp.domain.typed_decimal import read_decimal

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "measurement.json").read_text("utf-8")
)
MILLIMETRES = {"mm": Decimal(1), "cm": Decimal(10), "m": Decimal(1000), "in": Decimal("25.4")}

lawful = settings(derandomize=True, max_examples=200, deadline=None)
lengths = st.builds(Quantity, st.integers(1, 9_999_999_999), st.sampled_from(sorted(MILLIMETRES)))


@pytest.mark.parametrize("row", VECTORS["decimals"], ids=lambda row: f"{row['text'][:20]!r}-{row['places']}")
def test_typed_decimals(row: dict[str, Any]) -> None:
    if row["problem"]:
        with pytest.raises(Refusal) as refused:
            read_decimal(row["text"], row["places"])
        assert refused.value.code == row["problem"]
    else:
        read = read_decimal(row["text"], row["places"])
        assert (read.scaled, read.shown) == (row["scaled"], row["shown"])


@lawful
@given(st.decimals(0, 9_999_999, places=PLACES), st.sampled_from([".", ",", "．", "。"]))
def test_a_decimal_is_read_exactly_whatever_separates_it(value: Decimal, separator: str) -> None:
    read = read_decimal(str(value).replace(".", separator), PLACES)
    assert Decimal(read.scaled).scaleb(-PLACES) == value == Decimal(read.shown)


@pytest.mark.parametrize(
    "row",
    VECTORS["deviations"],
    ids=lambda row: f"{row['listed']}{row['listed_unit']}-{row['measured']}{row['measured_unit']}",
)
def test_deviation(row: dict[str, Any]) -> None:
    listed = read_quantity(row["listed"], row["listed_unit"])
    measured = read_quantity(row["measured"], row["measured_unit"])
    said = deviation(listed, measured)
    assert (said.qualifies, said.sign, said.percent) == (row["qualifies"], row["sign"], row["percent"])


@pytest.mark.parametrize("row", VECTORS["refused"], ids=str)
def test_what_cannot_be_compared(row: dict[str, str]) -> None:
    with pytest.raises(Refusal) as refused:
        deviation(
            read_quantity(row["listed"], row["listed_unit"]),
            read_quantity(row["measured"], row["measured_unit"]),
        )
    assert refused.value.code == row["code"]


@lawful
@given(lengths, lengths)
def test_the_rule_is_the_fraction_itself(listed: Quantity, measured: Quantity) -> None:
    said = deviation(listed, measured)
    real = [Fraction(one.milli) * Fraction(MILLIMETRES[one.unit]) for one in (listed, measured)]
    off = (real[1] - real[0]) / real[0]
    assert said.qualifies == (abs(off) >= Fraction(5, 100))
    assert said.sign == (off > 0) - (off < 0)
    assert abs(Fraction(said.percent.removeprefix("<")) - abs(off) * 100) <= Fraction(5, 100)
    assert said.percent.startswith("<") <= (not said.qualifies)


@lawful
@given(st.integers(1, 5_000_000))
def test_exactly_five_percent_qualifies_and_a_thousandth_less_does_not(twentieth: int) -> None:
    listed, border = Quantity(20 * twentieth, "mm"), 21 * twentieth
    assert deviation(listed, Quantity(border, "mm")).qualifies
    assert not deviation(listed, Quantity(border - 1, "mm")).qualifies


def test_the_units_are_those_of_the_record() -> None:
    assert UNITS == MEASURE_UNITS

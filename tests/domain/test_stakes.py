"""Money at stake: exact, and unknown where it is unknown."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.refusals import Refusal
from webapp.domain.stakes import (
    LEAST_RATE,
    MOST_RATE,
    RATE_SCALE,
    at_stake_fen,
    dong_of,
    dong_text,
    rate_text,
    read_rate,
    read_yuan,
)

FEN = st.none() | st.integers(-1_000_000, 10_000_000_00)


def test_what_was_paid_counts_else_what_it_cost() -> None:
    def stake(paid: int | None, goods: int | None, freight: int | None, adjust: int | None) -> int | None:
        return at_stake_fen(paid_fen=paid, goods_fen=goods, freight_fen=freight, adjust_fen=adjust)

    assert stake(121_000, 120_000, 1_000, 0) == 121_000
    assert stake(None, 120_000, 1_000, -500) == 120_500
    assert stake(None, 120_000, 1_000, None) == 121_000
    assert stake(None, 120_000, None, None) is None
    assert stake(None, None, 1_000, None) is None
    assert stake(0, 120_000, 1_000, None) == 0  # paid nothing is known, not unknown


@given(FEN, st.none() | st.integers(LEAST_RATE, MOST_RATE))
def test_dong_are_exact_and_unknown_stays_unknown(fen: int | None, rate: int | None) -> None:
    dong = dong_of(fen, rate)
    if fen is None or rate is None:
        assert dong is None
    else:
        exact = Decimal(fen) / 100 * Decimal(rate) / RATE_SCALE
        assert dong == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def test_dong_as_written() -> None:
    assert dong_text(dong_of(121_000, 35_805_000) or 0) == "₫4,332,405"
    assert dong_text(-1_234_567) == "-₫1,234,567"


@pytest.mark.parametrize(
    ("typed", "rate"),
    [
        ("3580", 35_800_000),
        ("3.580", 35_800_000),
        ("3,580", 35_800_000),
        ("3 580", 35_800_000),
        ("3.580,5", 35_805_000),
        ("3,580.5", 35_805_000),
        ("3580,5", 35_805_000),
        ("３５８０", 35_800_000),
        (" 3580.1234 ₫", 35_801_234),
    ],
)
def test_rates_as_both_countries_type_them(typed: str, rate: int) -> None:
    assert read_rate(typed) == rate


@pytest.mark.parametrize(
    "typed", ["", "0", "-3580", "3.58", "35.8", "3e3", "3,58,0", "3580.12345", "mười", "=3580", "9" * 40]
)
def test_what_is_no_rate_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="rate_unreadable"):
        read_rate(typed)


@given(st.integers(LEAST_RATE, MOST_RATE))
def test_a_rate_reads_back_as_written(rate: int) -> None:
    assert read_rate(rate_text(rate)) == rate


@pytest.mark.parametrize(
    ("typed", "fen"),
    [
        ("1000", 100_000),
        ("¥1,000", 100_000),
        ("1.000", 100_000),
        ("99.5", 9_950),
        ("99,50", 9_950),
        ("abc", None),
    ],
)
def test_amounts_as_typed(typed: str, fen: int | None) -> None:
    assert read_yuan(typed) == fen


def test_nothing_is_at_stake_in_a_closed_trade() -> None:
    for paid in (None, 0, 121_000):
        assert at_stake_fen(paid_fen=paid, goods_fen=1, freight_fen=None, adjust_fen=None, closed=True) == 0

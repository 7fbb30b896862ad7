"""What people type about a line: exact milligrams, whole packs, harmless addresses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.line_facts import (
    HEAVIEST_MG,
    grams_text,
    listing_url,
    pack_factor,
    read_line_facts,
    weight_mg,
)
from webapp.domain.refusals import Refusal


@pytest.mark.parametrize(
    ("typed", "milligrams"),
    [
        ("185", 185_000),
        ("12.5", 12_500),
        ("12,5", 12_500),
        ("0.001", 1),
        ("12.345 g", 12_345),
        ("１８５克", 185_000),
        ("1000000", HEAVIEST_MG),
        ("", None),
        ("  ", None),
    ],
)
def test_a_weight_is_exact_to_the_milligram(typed: str, milligrams: int | None) -> None:
    assert weight_mg(typed) == milligrams


@pytest.mark.parametrize("typed", ["0", "-1", "1.2345", "1000001", "2 kg", "a lot", "1e3", "12.5.1", "٣"])
def test_what_is_no_weight_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="unit_weight_unreadable"):
        weight_mg(typed)


@given(st.integers(1, HEAVIEST_MG))
def test_a_shown_weight_reads_back_as_itself(milligrams: int) -> None:
    assert weight_mg(grams_text(milligrams)) == milligrams


@pytest.mark.parametrize(
    ("typed", "factor"), [("", None), ("1", 1), ("24", 24), ("１２", 12), ("100000", 100_000)]
)
def test_a_pack_factor_is_whole(typed: str, factor: int | None) -> None:
    assert pack_factor(typed) == factor


@pytest.mark.parametrize("typed", ["0", "-2", "1.5", "100001", "a dozen"])
def test_what_is_no_pack_factor_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="pack_factor_unreadable"):
        pack_factor(typed)


@pytest.mark.parametrize(
    "url",
    [
        "https://detail.1688.com/offer/610947572360.html?spm=a#b",
        "HTTP://a.example",
        "https://例子.example/商品",
    ],
)
def test_a_web_address_stays_as_it_was_typed(url: str) -> None:
    assert listing_url(f" {url} ") == url


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://a.example/x",
        "//a.example",
        "https://",
        "https:///x",
        "https://detail.1688.com@evil.example/",
        "https://a.example\\@evil.example",
        "https://a.example/x y",
        "https://a.example/\u202egnp.exe",
        "https://a.example/" + "x" * 2000,
    ],
)
def test_an_address_that_could_do_harm_is_refused(url: str) -> None:
    with pytest.raises(Refusal, match="listing_url_refused"):
        listing_url(url)


def test_a_specification_loses_its_invisible_characters() -> None:
    facts = read_line_facts(weight="", pack="", url="", spec="容量 500ml\n材质\u202e 304")
    assert facts.listing_spec == "容量 500ml / 材质 304"


def test_a_novel_is_no_specification() -> None:
    with pytest.raises(Refusal, match="listing_spec_long"):
        read_line_facts(weight="", pack="", url="", spec="长" * 4001)

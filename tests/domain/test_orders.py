"""Order numbers, waybills and specifications as they are really written (domain.md 12.1, 12.4)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.orders import (
    normalise_waybill,
    order_no_problem,
    order_no_text,
    spec_colour_size,
    waybill_keys,
)


@pytest.mark.parametrize(
    "cell",
    [
        "58218860983545941",
        "196965465451498520",
        "3657499272179232333",
        "３６５７４９９２７２１７９２３２３３３",
        " 3657499272179232333\u200b",
        '="3657499272179232333"',
        "'3657499272179232333",
        "36574992721792323330",
        123456789012345.0,
        123456789012345,
    ],
)
def test_order_numbers_of_15_to_20_digits_are_accepted(cell: str | float) -> None:
    assert order_no_problem(cell) is None
    assert order_no_text(cell).isdigit()
    assert 15 <= len(order_no_text(cell)) <= 20


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("3.65E+18", "order_no_rounded"),
        ("3.657499272179232e+18", "order_no_rounded"),
        ("3657499272179232333.0", "order_no_rounded"),
        ("3657499272179230000", "order_no_rounded"),
        ("196965465451498000", "order_no_rounded"),
        (3657499272179232333, "order_no_rounded"),
        (3.657499272179232e18, "order_no_rounded"),
        (58218860983545941.0, "order_no_rounded"),
        (1234567890123456, "order_no_rounded"),
        (float("nan"), "order_no_rounded"),
        (float("inf"), "order_no_rounded"),
        ("合计", "order_no_not_digits"),
        ("36574992721792A2333", "order_no_not_digits"),
        ("٣٦٥٧٤٩٩٢٧٢١٧٩٢٣٢٣٣٣", "order_no_not_digits"),
        ("12345678901234", "order_no_length"),
        ("365749927217923233312", "order_no_length"),
        (42.0, "order_no_length"),
    ],
)
def test_other_cells_are_refused_with_a_reason(cell: str | float, code: str) -> None:
    assert order_no_problem(cell) == code


def test_zeros_within_the_kept_digits_are_no_sign_of_rounding() -> None:
    assert order_no_problem("3657499272179232000") is None
    assert order_no_problem("58218860983500041") is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("YT7598163190233", "YT7598163190233"),
        (" yt-7598 163190233 ", "YT7598163190233"),
        ("ＹＴ７５９８１６３１９０２３３", "YT7598163190233"),
        ("圆通速递(YTO):YT7598163190233", "YT7598163190233"),
        ("圆通速递（YTO）：YT7598163190233", "YT7598163190233"),
        ("其他:", ""),
        ("435316139221920.0", "435316139221920"),
        ("4353161392219201.0", ""),
        ("4.35316139E+14", ""),
        ("0012345678901", "0012345678901"),
        ("SF 1331 8759 79567", "SF1331875979567"),
        (
            "MMM={'k1':'755W','k2':'020','k3':'','k4':'T4','k5':'SF7444404156506','k6':'','k7':'39bb4bd9'}",
            "SF7444404156506",
        ),
        ("https://example.org/YT7598163190233", ""),
        ("不需要物流", ""),
        ("JT3174236\u202e048220", "JT3174236048220"),
        ("DPK364112047425-1", "DPK3641120474251"),
        ("", ""),
    ],
)
def test_waybill_key(text: str, key: str) -> None:
    assert normalise_waybill(text) == key


def test_keys_agree_with_the_phone() -> None:
    vectors = json.loads((Path(__file__).parents[1] / "vectors" / "waybills.json").read_text("utf-8"))
    for case in vectors["waybills"]:
        assert list(waybill_keys(case["text"])) == case["keys"], case["text"]


def test_a_parcel_suffix_is_looked_up_whole_and_then_as_its_parent() -> None:
    assert waybill_keys("JDVA11408814483-1-2-") == ("JDVA1140881448312", "JDVA11408814483")
    assert waybill_keys("DPK364112047425-1") == ("DPK3641120474251", "DPK364112047425")
    assert waybill_keys("YT-7598163190233") == ("YT7598163190233",)
    assert waybill_keys("自提") == ()


@settings(derandomize=True)
@given(st.text(max_size=60))
def test_a_waybill_key_is_stable(text: str) -> None:
    key = normalise_waybill(text)
    assert normalise_waybill(key) == key


@pytest.mark.parametrize(
    ("text", "colour", "size"),
    [
        ("颜色:黑色;尺码:XL", "黑色", "XL"),
        ("颜色：黑色 尺码：XL", "黑色", "XL"),
        ("颜色: 黑色  尺码: 均码", "黑色", "均码"),
        ("颜色:黑色,加绒;尺码:L", "黑色,加绒", "L"),
        ("颜色分类:米白;款式:长袖;鞋码:37.5", "米白", "37.5"),
        ("Color:Dark Blue;Size:38", "Dark Blue", "38"),
        ("màu sắc:đen;kích cỡ:L", "đen", "L"),
        ("规格:30*40cm", "", "30*40cm"),
        ("规格:黑色", "黑色", ""),
        ("黑色,XL", "黑色", "XL"),
        ("XL/黑色", "黑色", "XL"),
        ("黑色", "黑色", ""),
        ("XXL", "", "XXL"),
        ("净含量:500g", "", ""),
        ("A款,B款", "", ""),
        ("黑色,红色", "", ""),
        ("儿童益智积木", "", ""),
        ("", "", ""),
    ],
)
def test_colour_and_size_are_read_only_where_they_are_said(text: str, colour: str, size: str) -> None:
    assert spec_colour_size(text) == (colour, size)


@settings(derandomize=True)
@given(st.text(max_size=80))
def test_colour_and_size_never_say_what_the_text_does_not(text: str) -> None:
    for part in spec_colour_size(text):
        assert part == part.strip()

"""What 1688's refund form takes (domain.md 4.4)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.refusals import Refusal
from webapp.domain.voucher import MOST_PICTURES, check_text, sheets, short_text


def test_the_short_text_names_what_is_known() -> None:
    said = short_text("3657499272179232333", 23, "1", 2, "退款¥20.00")
    assert said == "3657499272179232333 实收23件，少1件，不良2件，开箱视频及照片为证，申请退款¥20.00。"
    assert len(said) <= 150


def test_what_nobody_counted_is_not_claimed() -> None:
    assert short_text("365", None, None, None, "退款") == "365 开箱视频及照片为证，申请退款。"
    assert "少" not in short_text("365", 24, None, None, "退款")


@pytest.mark.parametrize("text", ["", " 一 ", "字" * 151, "字" * 149 + "𠮷"])
def test_a_text_is_2_to_150_characters(text: str) -> None:
    with pytest.raises(Refusal, match="voucher_text_length"):
        check_text(text)


def test_150_characters_pass_as_they_are() -> None:
    assert check_text("字" * 150) == "字" * 150
    assert check_text(" 两行\n文字 ") == "两行 文字"


@given(st.lists(st.integers(), max_size=400))
def test_every_picture_is_on_one_sheet_in_order(pictures: list[int]) -> None:
    found = sheets(pictures)
    assert [one for sheet in found for one in sheet] == pictures
    assert len(found) <= MOST_PICTURES - 1
    assert all(found) and (not found or max(map(len, found)) - min(map(len, found)) <= 1)

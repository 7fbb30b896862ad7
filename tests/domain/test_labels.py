"""Label codes: what a dirty label and a tired hand can do to them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.labels import (
    ALPHABET,
    LabelReading,
    check_character,
    label_code,
    label_payload,
    parse_label,
    printed_code,
)
from webapp.domain.stickers import read_spelling, sticker_key, sticker_spelling

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "labels.json").read_text("utf-8")
)

lawful = settings(derandomize=True, max_examples=200, deadline=None)
codes = st.binary(min_size=8, max_size=8).map(label_code)
hosts = st.from_regex(
    r"[a-z0-9]([a-z0-9\-]{0,20}[a-z0-9])?(\.[a-z]{2,6}){1,2}(:[1-9][0-9]{0,3})?", fullmatch=True
)
paths = st.from_regex(r"(/[A-Za-z0-9_\-]{1,8}){0,2}/?", fullmatch=True)


def test_alphabet_is_the_agreed_one() -> None:
    assert VECTORS["alphabet"] == ALPHABET


@pytest.mark.parametrize("vector", VECTORS["check"], ids=lambda v: v["nine"])
def test_check_character(vector: dict[str, str]) -> None:
    assert check_character(vector["nine"]) == vector["check"]


@pytest.mark.parametrize("nine", ["", "ABCDEFGH", "ABCDEFGHJK", "abcdefghj", "ABCDEFGHU", "ABCDEFGHé"])
def test_check_character_wants_nine_of_the_alphabet(nine: str) -> None:
    with pytest.raises(ValueError, match="nine characters"):
        check_character(nine)


@pytest.mark.parametrize("vector", VECTORS["parse"], ids=lambda v: v["why"])
def test_reading(vector: dict[str, Any]) -> None:
    assert parse_label(vector["text"]) == LabelReading(vector["code"], vector["problem"])


@pytest.mark.parametrize("vector", VECTORS["draw"], ids=lambda v: v["hex"])
def test_code_from_given_bytes(vector: dict[str, str]) -> None:
    assert label_code(bytes.fromhex(vector["hex"])) == vector["code"]


def test_too_few_random_bytes_are_refused() -> None:
    with pytest.raises(ValueError, match="8 random bytes"):
        label_code(bytes(7))


@pytest.mark.parametrize("vector", VECTORS["payload"], ids=lambda v: str(v["public_url"]))
def test_payload(vector: dict[str, Any]) -> None:
    assert label_payload(vector["public_url"], vector["code"]) == vector["payload"]


@pytest.mark.parametrize("vector", VECTORS["printed"], ids=lambda v: v["code"])
def test_printed(vector: dict[str, str]) -> None:
    assert printed_code(vector["code"]) == vector["printed"]


@lawful
@given(codes)
def test_every_single_wrong_character_is_caught(code: str) -> None:
    for place, right in enumerate(code):
        for wrong in ALPHABET.replace(right, ""):
            assert parse_label(code[:place] + wrong + code[place + 1 :]).code is None


@lawful
@given(codes)
def test_every_swap_of_two_different_characters_is_caught(code: str) -> None:
    for left in range(len(code)):
        for right in range(left + 1, len(code)):
            if code[left] == code[right]:
                continue
            swapped = list(code)
            swapped[left], swapped[right] = swapped[right], swapped[left]
            assert parse_label("".join(swapped)).code is None


def test_the_ten_weights_differ_so_that_no_swap_can_hide() -> None:
    """Weight of a place = the check's change for value 1 there; the check itself weighs 1."""
    weights = [ALPHABET.index(check_character("0" * i + "1" + "0" * (8 - i))) for i in range(9)] + [1]
    assert len(set(weights)) == 10
    assert 0 not in weights


@lawful
@given(codes)
def test_printed_and_lower_cased_codes_read_back(code: str) -> None:
    assert parse_label(printed_code(code)).code == code
    assert parse_label(printed_code(code).lower()).code == code
    assert parse_label(code.replace("0", "O").replace("1", "l")).code == code


@lawful
@given(codes, st.sampled_from(["http", "https"]), hosts, paths)
def test_payload_reads_back_for_any_host(code: str, scheme: str, host: str, path: str) -> None:
    payload = label_payload(f"{scheme}://{host}{path}", code)
    assert parse_label(payload) == LabelReading(code, None)
    assert payload.lower() == f"{scheme}://{host}{path}".rstrip("/").lower() + f"/l/{code.lower()}"


@lawful
@given(st.integers(0, 10**10 - 1))
def test_no_ten_digit_waybill_reads_as_a_label(number: int) -> None:
    assert parse_label(f"{number:010}").problem == "not_a_label"


@lawful
@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    reading = parse_label(text)
    assert (reading.code is None) != (reading.problem is None)


def test_the_draw_that_would_be_digits_only_gets_a_letter() -> None:
    assert label_code(bytes(8))[0] == "A"
    assert parse_label(label_code(bytes(8))).code == label_code(bytes(8))


def test_each_bit_of_the_45_moves_the_code() -> None:
    base = int.from_bytes(bytes.fromhex("0000155555555555"), "big")
    drawn = {label_code((base ^ (1 << bit)).to_bytes(8, "big")) for bit in range(45)}
    assert len(drawn) == 45


@pytest.mark.parametrize("vector", VECTORS["stickers"], ids=lambda v: v["why"])
def test_sticker_key(vector: dict[str, str]) -> None:
    assert sticker_key(vector["text"]) == vector["key"]


@lawful
@given(st.text(max_size=60))
def test_a_stickers_key_is_its_own_key(text: str) -> None:
    key = sticker_key(text)
    assert sticker_key(key) == key


@lawful
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=200))
def test_a_record_carries_every_sticker(text: str) -> None:
    assert read_spelling(sticker_spelling(text)) == text

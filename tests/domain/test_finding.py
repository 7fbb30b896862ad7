"""Arrival notes as forwarders write them (domain.md 12.4), and the numbers that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.finding import LONGEST_NOTE, MOST_NUMBERS, possible_couriers, read_question
from webapp.domain.labels import label_code, printed_code
from webapp.domain.orders import normalise_waybill

SAMPLES = (
    "SF1331875979567",
    "444010688260",
    "YT7598163190233",
    "79030031408885",
    "77316523125896",
    "435316139221920",
    "JT3174236048220",
    "JDVA11408814483",
    "1240921381750",
    "DPK364112047425",
    "300527476792",
)
"""One observed number a courier of domain.md 12.4."""


def keys_of(note: str) -> list[str]:
    return [number.keys[0] for number in read_question(note).numbers if number.likely]


def test_a_note_in_tags() -> None:
    note = "【承运公司】圆通速递(YTO)\n【运单号】YT7598163190233\n蓝蕴 + 齐"
    (number,) = read_question(note).numbers
    assert number.keys == ("YT7598163190233",)
    assert (number.courier, number.supplier, number.complete) == ("圆通速递(YTO)", "蓝蕴", True)
    assert number.line == 2


def test_a_note_in_one_breath() -> None:
    (number,) = read_question("韵达快递 435337210043705蓝蕴，齐").numbers
    assert number.keys == ("435337210043705",)
    assert (number.courier, number.supplier, number.complete) == ("韵达快递", "蓝蕴", True)


def test_several_parcels_in_one_note_keep_their_own_words() -> None:
    note = (
        "韵达 435337210043705蓝蕴，齐；中通 79030031408885 晨光服饰 未齐 2件\n顺丰 SF1331875979567 亮点电子"
    )
    found = [(n.keys[0], n.courier, n.supplier, n.complete, n.line) for n in read_question(note).numbers]
    assert found == [
        ("435337210043705", "韵达", "蓝蕴", True, 1),
        ("79030031408885", "中通", "晨光服饰", False, 1),
        ("SF1331875979567", "顺丰", "亮点电子", None, 2),
    ]


@pytest.mark.parametrize("number", SAMPLES)
@pytest.mark.parametrize(
    "shape", ["{}", "快递 {}齐", "【运单号】{}\n", "已到{}共3件", "kiện {} đã về", "单号：{}。"]
)
def test_every_couriers_sample_is_found_in_every_shape(number: str, shape: str) -> None:
    assert number in keys_of(shape.format(number))


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("YT 7598 1631 90233", "YT7598163190233"),
        ("ｙｔ７５９８１６３１９０２３３", "YT7598163190233"),
        ("SF 1331875979567 亮点", "SF1331875979567"),
        ("4353 1613 9221 920", "435316139221920"),
    ],
)
def test_a_number_written_apart_or_full_width_is_one_number(written: str, key: str) -> None:
    assert keys_of(written)[0] == key


def test_a_couriers_letters_are_never_dropped() -> None:
    """The bare digits of an SF number could be another courier's waybill: exact match only."""
    for written in ("SF1331875979567", "SF 1331875979567", "快递SF 1331875979567齐"):
        keys = {key for number in read_question(written).numbers for key in number.keys}
        assert keys == {"SF1331875979567"}


def test_a_name_glued_to_the_number_is_set_aside() -> None:
    (number,) = read_question("waybillYT7598163190233齐").numbers
    assert "YT7598163190233" in number.keys
    (number,) = read_question("435337210043705LANYUN齐").numbers
    assert "435337210043705" in number.keys


def test_a_child_parcel_is_looked_up_as_itself_and_as_its_parent() -> None:
    (number,) = read_question("京东 JDVA11408814483-1-2- 青瓷坊").numbers
    assert number.keys == ("JDVA1140881448312", "JDVA11408814483")
    (number,) = read_question("DPK364112047425-3").numbers
    assert number.keys == ("DPK3641120474253", "DPK364112047425")


@pytest.mark.parametrize(
    "note",
    [
        "今天 2026-11-21 到货 共3件",
        "电话 13800138000",
        "gọi 0912345678 nhé",
        "20261121153045",
        "https://detail.1688.com/offer/680149927217.html",
        "共 12 件 35.5 公斤",
        "",
    ],
)
def test_dates_telephones_and_addresses_are_not_reported_as_parcels(note: str) -> None:
    assert keys_of(note) == []


def test_a_short_deppon_number_counts_only_when_the_note_says_so() -> None:
    assert keys_of("德邦 364112047 悦行") == ["364112047"]
    assert keys_of("运单号: 364112047") == ["364112047"]
    assert keys_of("悦行 364112047") == []


def test_an_order_number_in_an_address_is_looked_up_but_not_reported() -> None:
    question = read_question("https://trade.1688.com/order/detail.htm?orderId=3657499272179232333")
    assert ["3657499272179232333" in number.keys for number in question.numbers] == [True]
    assert not question.numbers[0].likely


def test_the_qr_of_an_sf_waybill_gives_its_number() -> None:
    payload = "MMM={'k1':'755W','k2':'021','k3':'','k4':'T4','k5':'SF7444404156506','k6':'','k7':'39bb4bd9'}"
    assert read_question(payload).keys == ("SF7444404156506",)


def test_labels_are_read_alone_as_an_address_and_inside_a_note() -> None:
    code = label_code(b"label #7")
    assert read_question(printed_code(code)).code == code
    assert read_question(f"HTTPS://DOCK.EXAMPLE/L/{code}").code == code
    assert (code, 2) in read_question(f"两个包裹\n标签 {printed_code(code)} 齐").note_codes
    wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
    assert read_question(wrong).code_misread


def test_couriers_of_a_number_are_a_hint_and_may_be_several() -> None:
    assert possible_couriers("YT7598163190233") == ("圆通 YTO",)
    assert possible_couriers("444010688260") == ("顺丰 SF", "LTL")
    assert possible_couriers("hello") == ()


@given(st.text(max_size=300))
def test_whatever_is_pasted_is_read_and_every_key_is_a_key(text: str) -> None:
    question = read_question(text)
    lines = question.text.split("\n")
    for number in question.numbers:
        assert number.keys and lines[number.line - 1][number.start : number.end] == number.text
        assert all(normalise_waybill(key) == key for key in number.keys)


@given(
    st.lists(st.sampled_from(SAMPLES), min_size=1, max_size=12), st.sampled_from(["\n", "；", " 齐，", " , "])
)
def test_no_number_of_a_note_is_lost_and_their_order_is_kept(numbers: list[str], between: str) -> None:
    assert keys_of(between.join(f"{number}晨光" for number in numbers)) == numbers


def test_a_huge_note_is_cut_and_read_quickly() -> None:
    question = read_question("435337210043705 齐\n" * 100_000)
    assert len(question.text) <= LONGEST_NOTE
    assert len(question.numbers) == MOST_NUMBERS
    assert len(read_question("1 " * 10_000).numbers) == 0

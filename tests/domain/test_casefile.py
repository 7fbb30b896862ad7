"""The tree and the names of a case file (domain.md section 7, S3-15)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.casefile import case_folder, ending_of, file_name, payment_name, safe_name
from webapp.domain.folders import FOLDER_NAMES

PLACED = datetime(2026, 6, 28, 17, 30, tzinfo=UTC)
"""29 June 01:30 in China, still the 28th in UTC."""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("义乌市晨光服饰有限公司", "义乌市晨光服饰有限公司"),
        (r'晨光\服饰/厂:*?"<>|', "晨光_服饰_厂_______"),
        ("Công ty Thảo", "Công ty Thảo"),
        ("..", "_"),
        ("", "_"),
        ("a\u202eb\x00c", "abc"),
        ("  two   spaces ", "two spaces"),
        ("ends in a dot.", "ends in a dot"),
        ("长" * 200, "长" * 80),
    ],
)
def test_only_what_a_file_system_refuses_is_replaced(text: str, name: str) -> None:
    assert safe_name(text) == name


@given(st.text())
def test_no_name_leaves_its_folder(text: str) -> None:
    name = safe_name(text)
    assert name and name not in (".", "..") and not set(name) & set('\\/:*?"<>|\n\r\0')
    assert len(name.encode("utf-8")) <= 320


def test_the_folder_is_the_factory_and_the_day_in_china() -> None:
    assert case_folder("晨光/服饰", PLACED, "365", shares_its_date=False) == "晨光_服饰/2026-06-29"


def test_two_orders_of_a_factory_on_one_day_have_their_numbers() -> None:
    assert case_folder("晨光", PLACED, "365", shares_its_date=True) == "晨光/2026-06-29 365"
    assert case_folder("晨光", None, "365", shares_its_date=False) == "晨光/date unknown 365"


def test_the_four_folders_are_named_exactly() -> None:
    assert list(FOLDER_NAMES.values()) == [
        "Chat and agreements",
        "Order and confirmation",
        "Payments",
        "Receiving and QC",
    ]


@pytest.mark.parametrize(
    ("zone", "stamp"),
    [
        ("Asia/Shanghai", "20260629-0130CST"),
        ("Asia/Ho_Chi_Minh", "20260629-0030ICT"),
        ("Asia/Tokyo", "20260629-0230UTC+0900"),
    ],
)
def test_a_file_says_when_in_which_zone(zone: str, stamp: str) -> None:
    assert file_name(PLACED, zone, "365", "EV-18", 1, "mp4") == f"{stamp}_365_EV-18_01.mp4"


def test_a_file_without_a_time_or_a_slot_says_so() -> None:
    assert file_name(None, "Asia/Shanghai", "365", None, 12, "bin") == "undated_365_file_12.bin"


def test_a_payment_is_date_amount_purpose() -> None:
    assert (
        payment_name("2026-06-29", "¥120.00 CNY", "deposit", 1, "png")
        == "2026-06-29_¥120.00 CNY_deposit_01.png"
    )


@pytest.mark.parametrize(
    ("mime", "ending"), [("video/webm;codecs=vp8", "webm"), ("application/x", "bin"), (None, "bin")]
)
def test_the_ending_is_that_of_the_bytes(mime: str | None, ending: str) -> None:
    assert ending_of(mime) == ending

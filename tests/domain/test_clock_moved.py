"""A phone's clock that was set between two records of its chain is found, a phone that slept is not accused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.phone import Phone
from tests.support.world import START, World
from webapp.domain.evidence import Offset, RecordFields, Span, Wall
from webapp.domain.receipt_time import moved_findings

WALL = 1_795_000_000_000


def record(wall: int, mono: int, offset: tuple[int, int] | None, boot: str = "a" * 16) -> RecordFields:
    fields = Phone(World()).arrival("arrival", START).fields
    told = None if offset is None else Offset(*offset)
    return replace(
        fields, boot=boot, mono=Span(mono, mono), wall=Wall(WALL + wall, WALL + wall, 480), offset=told
    )


FIRST = record(0, 1_000, (100, 50))


@pytest.mark.parametrize(
    ("later", "detail"),
    [
        (record(60_000, 61_000, (100, 50)), None),
        (record(60_000, 61_000, (5_199, 50)), None),  # as uncertain as it is apart
        (record(60_000, 61_000, (5_201, 50)), "-5101 ms"),
        (record(-3_600_000, 61_000, (3_600_100, 50)), "-3600000 ms"),
        (record(57_999, 61_000, None), "-2001 ms"),
        (record(58_000, 61_000, None), None),
        (
            record(9_000_000, 61_000, None),
            None,
        ),  # it slept, or was set forward: without a server nobody knows
        (record(9_000_000, 61_000, (-8_939_900, 50)), "8940000 ms"),
        (record(-9_000_000, 5, None, boot="b" * 16), None),  # another page session counts anew
        (record(-9_000_000, 5, (9_000_100, 50), boot="b" * 16), "-9000000 ms"),
    ],
)
def test_a_clock_that_was_set_between_two_records(later: RecordFields, detail: str | None) -> None:
    found = moved_findings(FIRST, later)
    assert [one.detail for one in found] == ([] if detail is None else [detail])
    assert all(one.code == "clock_moved" for one in found)

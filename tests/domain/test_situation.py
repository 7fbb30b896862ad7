"""DT-1: A or B for every unit, under each reading of AMB-03."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.situation import (
    Custody,
    Part,
    apportion,
    situation_of,
    split_units,
)
from webapp.domain.switches import AuthorityEnd

T = datetime.fromisoformat("2026-11-20T08:00:00+00:00")
HOUR = timedelta(hours=1)
NOW = T + 100 * HOUR
ENDS: tuple[str, ...] = get_args(AuthorityEnd)
SEALED, HANDED, EXPORTED, ARRIVED = (T + n * HOUR for n in (1, 2, 3, 4))
WHOLE_WAY = Custody(HANDED, SEALED, EXPORTED, ARRIVED)

FLIPS = [
    # what is known, and the reason under each reading; None: still A
    (Custody(), None, None, None, None),
    (Custody(handed_over_at=HANDED), "handed_over", "handed_over", None, None),
    (Custody(load_unit_sealed_at=SEALED), None, "sealed", None, None),
    (Custody(exported_at=EXPORTED), None, None, "exported", None),
    (Custody(vn_arrived_at=ARRIVED), "arrived", "arrived", "arrived", "arrived"),
    (WHOLE_WAY, "handed_over", "sealed", "exported", "arrived"),
]

INSTANTS = st.none() | st.integers(-50, 50).map(lambda n: T + n * HOUR)
CUSTODY = st.builds(Custody, INSTANTS, INSTANTS, INSTANTS, INSTANTS)
PARCELS = st.dictionaries(st.sampled_from("pqrstu"), CUSTODY, min_size=1)


@pytest.mark.parametrize("custody,handover,seal,customs,arrival", FLIPS)
def test_only_the_event_of_the_chosen_reading_flips_it(
    custody: Custody, handover: str | None, seal: str | None, customs: str | None, arrival: str | None
) -> None:
    """AMB-03: the hand-over by default; goods received in Vietnam have left under every reading."""
    instants = {"handed_over": HANDED, "sealed": SEALED, "exported": EXPORTED, "arrived": ARRIVED}
    for end, reason in zip(ENDS, (handover, seal, customs, arrival), strict=True):
        found = situation_of("1688", custody, authority_end=end, now=NOW)
        if reason is None:
            assert (found.letter, found.reason, found.since) == ("A", "not_handed_over", None)
        else:
            assert (found.letter, found.reason, found.since) == ("B", reason, instants[reason])


def test_it_is_b_from_the_instant_on_also_on_the_way() -> None:
    custody = Custody(handed_over_at=HANDED)
    before, at, after = (
        situation_of("1688", custody, authority_end="unit_handover", now=HANDED + step).letter
        for step in (-timedelta(microseconds=1), timedelta(0), HOUR)
    )
    assert (before, at, after) == ("A", "B", "B")


@pytest.mark.parametrize(
    "platform,reached",
    [
        ("1688", True),
        ("taobao", True),
        ("tmall", True),
        ("pinduoduo", False),
        ("off_platform", False),
        ("other", False),
    ],
)
def test_off_the_platform_nobody_stands_between(platform: str, reached: bool) -> None:
    """S3-26."""
    found = situation_of(platform, Custody(), authority_end="unit_handover", now=NOW)
    assert (found.letter, found.platform) == ("A", reached)


def test_a_mixed_order_is_split_by_unit() -> None:
    gone = Custody(handed_over_at=HANDED)
    parcels = {"p": gone, "q": Custody(), "r": gone}
    split = split_units(6000, parcels, platform="1688", authority_end="unit_handover", now=NOW)
    assert split == (Part("A", 2000, ("q",)), Part("B", 4000, ("p", "r")))
    one = split_units(1000, parcels, platform="1688", authority_end="unit_handover", now=NOW)
    assert one == (Part("B", 1000, ("p", "r")),)
    assert split_units(1000, {}, platform="1688", authority_end="unit_handover", now=NOW) == (
        Part("A", 1000, ()),
    )


@given(st.integers(1, 10**9), PARCELS, st.sampled_from(ENDS))
def test_law_every_unit_is_in_exactly_one_situation(
    units: int, parcels: dict[str, Custody], end: str
) -> None:
    split = split_units(units, parcels, platform="1688", authority_end=end, now=NOW)
    assert sum(part.units_milli for part in split) == units and all(part.units_milli > 0 for part in split)
    assert len({part.letter for part in split}) == len(split)
    for part in split:
        letters = {
            situation_of("1688", parcels[one], authority_end=end, now=NOW).letter for one in part.parcels
        }
        assert letters == {part.letter}
    named = [one for part in split for one in part.parcels]
    assert len(named) == len(set(named))


@given(CUSTODY, st.sampled_from(ENDS), st.integers(-60, 60), st.integers(0, 60))
def test_law_time_alone_never_leads_back_to_a(custody: Custody, end: str, hour: int, more: int) -> None:
    early, late = (
        situation_of("1688", custody, authority_end=end, now=T + n * HOUR) for n in (hour, hour + more)
    )
    assert early.letter == "A" or (late.letter == "B" and late.since == early.since)


@given(CUSTODY, st.sampled_from(ENDS))
def test_law_the_platform_changes_nothing_about_where_goods_are(custody: Custody, end: str) -> None:
    found = [situation_of(name, custody, authority_end=end, now=NOW) for name in ("1688", "off_platform")]
    assert found[0].letter == found[1].letter and found[0].since == found[1].since


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**6), min_size=1, max_size=12))
def test_law_shares_are_exact_and_whole_where_the_sum_is(units: int, weights: list[int]) -> None:
    shares = apportion(units, weights)
    assert sum(shares) == units and len(shares) == len(weights)
    step = 1000 if units % 1000 == 0 else 1
    assert all(share >= 0 and share % step == 0 for share in shares)
    counted = weights if sum(weights) else [1] * len(weights)
    for share, weight in zip(shares, counted, strict=True):
        assert abs(share * sum(counted) - units * weight) < step * sum(counted)


def test_missing_units_lie_where_most_goods_are_and_never_nowhere() -> None:
    assert apportion(1000, [1, 3]) == (0, 1000)
    assert apportion(3000, [0, 0]) == (2000, 1000)
    assert apportion(1500, [1, 1]) == (750, 750)
    with pytest.raises(ValueError):
        apportion(1000, [])

"""Which channel is open, dead or waiting for a word, why and since when, and who files (DT-2, DT-5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.channels import (
    ChannelChoice,
    ChannelFacts,
    MindChanged,
    Window,
    channels,
    chosen,
    filer,
)
from webapp.domain.claim_recipes import CLAIM_TYPES, EXCLUDED_CATEGORIES, PREFERENCES
from webapp.domain.situation import Situation

NOW = datetime.fromisoformat("2026-11-26T04:00:00+00:00")
HOUR = timedelta(hours=1)
IN_CHINA = Situation("A", "not_handed_over", None, True)
ABROAD = Situation("B", "handed_over", NOW - 9 * HOUR, True)
PAST, FUTURE = Window(NOW - HOUR), Window(NOW + HOUR)
CHANNELS = ("platform_1688", "platform_taobao", "agent", "supplier_direct", "freight", "post", "warranty")
PLATFORMS = ("1688", "taobao", "tmall", "pinduoduo", "off_platform", "other")
OWNERS = ("self", "agent", "unknown")


def facts(type_id: str = "short_count", **more: Any) -> ChannelFacts:
    return replace(ChannelFacts("1688", "self", IN_CHINA, type_id), **more)


def choice(channel: str, said: ChannelFacts) -> ChannelChoice:
    return {one.channel: one for one in channels(said, NOW)}[channel]


def why(channel: str, said: ChannelFacts) -> str:
    """``open``, ``late <reason>``, ``ask <reason>`` or ``dead <reason>``."""
    one = choice(channel, said)
    reason = (one.reason_key or "").removeprefix("channel.why_")
    state = "late" if one.late else "open" if one.open else "ask" if one.blocked else "dead"
    return f"{state} {reason}".strip()


WINDOWS = {"R-02": FUTURE, "R-03": FUTURE}

PLATFORM_1688 = [
    ({"windows": WINDOWS}, "open"),
    ({}, "open start_unknown"),
    ({"windows": {"R-02": PAST, "R-03": FUTURE}}, "late late_try"),  # AMB-01
    ({"windows": {"R-02": PAST, "R-03": PAST}}, "dead closed_for_good"),  # S0-24
    ({"windows": {"R-02": Window(NOW), "R-03": FUTURE}}, "late late_try"),
    ({"windows": {"R-02": Window(NOW - HOUR, met=True), "R-03": FUTURE}}, "open"),
    ({"situation": ABROAD, "windows": WINDOWS}, "dead b_handed_over"),  # S0-05, S0-50
    ({"situation": replace(ABROAD, reason="arrived")}, "dead b_arrived"),
    ({"platform": "off_platform"}, "dead off_platform"),  # S3-26
    ({"platform": "pinduoduo"}, "dead off_platform"),
    ({"owner": "unknown"}, "ask account_unknown"),  # DT-2: blocked until known
    ({"owner": "agent", "windows": WINDOWS}, "open"),
    ({"trade_closed": True, "trade_closed_at": NOW}, "dead order_closed"),
    ({"qualifies": False, "windows": WINDOWS}, "dead below_threshold"),  # S0-31
    ({"qualifies": True, "windows": WINDOWS}, "open"),
    ({"type_id": "freight_loss"}, "dead not_the_platforms"),
    ({"type_id": "warranty"}, "dead not_the_platforms"),
]


@pytest.mark.parametrize("more,expected", PLATFORM_1688)
def test_the_platform_1688(more: dict[str, Any], expected: str) -> None:
    assert why("platform_1688", facts(**more)) == expected


def test_since_when_it_is_closed_is_said() -> None:
    dead = choice("platform_1688", facts(windows={"R-02": PAST, "R-03": PAST}))
    assert dead.since == PAST.due
    assert choice("platform_1688", facts(situation=ABROAD)).since == ABROAD.since


def test_taobao_has_no_threshold_and_no_seven_days() -> None:
    """S1-14: photos and the listing are usually enough."""
    said = facts(platform="taobao", qualifies=False, windows={"R-02": PAST, "R-03": PAST})
    assert why("platform_taobao", said) == "open"
    assert channels(said, NOW)[0].channel == "platform_taobao"


ALL_TRUE = MindChanged(
    label_seen=True,
    unused_complete=True,
    category="ordinary",
    seller_promised=True,
    evidence_clean=True,
)
MIND = [
    ("taobao", {}, "open"),
    ("taobao", {"label_seen": None}, "ask mind_label_open"),
    ("taobao", {"label_seen": False}, "dead mind_label"),
    ("taobao", {"unused_complete": None}, "ask mind_unused_open"),
    ("taobao", {"unused_complete": False}, "dead mind_unused"),
    ("taobao", {"category": None}, "ask mind_category_open"),
    *[("taobao", {"category": name}, "dead category_excluded") for name in EXCLUDED_CATEGORIES],
    # What 1688 asks is nothing to Taobao, and the other way round.
    ("taobao", {"seller_promised": False, "evidence_clean": False}, "open"),
    ("1688", {}, "open"),
    ("1688", {"label_seen": False}, "open"),
    ("1688", {"seller_promised": None}, "ask mind_promise_open"),
    ("1688", {"seller_promised": False}, "dead mind_promise"),
    ("1688", {"unused_complete": False}, "dead mind_unused"),
    ("1688", {"evidence_clean": None}, "ask mind_clean_open"),
    ("1688", {"evidence_clean": False}, "dead mind_clean"),
]


@pytest.mark.parametrize("platform,answers,expected", MIND)
def test_a_changed_mind(platform: str, answers: dict[str, object], expected: str) -> None:
    """DT-5: three conditions on Taobao (S1-17, S1-03), three others on 1688 (S1-18)."""
    mind = replace(ALL_TRUE, **answers)  # type: ignore[arg-type]
    assert why(f"platform_{platform}", facts("no_reason", platform=platform, mind=mind)) == expected


def test_the_labels_window_closes_the_changed_mind_on_taobao() -> None:
    said = facts("no_reason", platform="taobao", mind=ALL_TRUE, windows={"R-13": PAST})
    assert why("platform_taobao", said) == "dead label_window_closed"


AGENT = [
    ({"owner": "self"}, "dead own_account"),
    ({"owner": "unknown"}, "ask account_unknown"),
    ({}, "open"),
    ({"windows": {"R-01": PAST, "R-08": FUTURE}}, "late late_penalty"),  # S2-03
    ({"windows": {"R-01": FUTURE, "R-08": PAST}}, "dead not_processed"),  # S2-21
    ({"situation": ABROAD}, "open"),
    ({"situation": ABROAD, "windows": {"R-01": PAST}}, "open"),
    ({"situation": ABROAD, "windows": {"R-08": PAST}}, "dead not_processed"),
    ({"situation": ABROAD, "type_id": "freight_loss"}, "dead not_the_agents"),
    ({"type_id": "no_reason"}, "open"),
    ({"type_id": "no_reason", "windows": {"R-01": PAST}}, "dead quality_only_after"),  # S2-04
    ({"type_id": "no_reason", "situation": ABROAD}, "dead b_handed_over"),
    ({"type_id": "size_mismatch", "size_label": False}, "dead size_not_verifiable"),  # S2-23
    ({"type_id": "size_mismatch"}, "open"),
    ({"goods_whole": False}, "dead goods_altered"),  # S2-18
    ({"goods_whole": True}, "open"),
    ({"opened_media": True}, "dead opened_media"),  # S2-19
    *[({"reason": name}, "dead preference") for name in sorted(PREFERENCES)],  # S2-16
    *[({"mind": MindChanged(motive=name)}, "dead preference") for name in sorted(PREFERENCES)],
    # AMB-10: what was agreed and differs is no preference; missing parts are a claim, not S2-18.
    ({"type_id": "material", "reason": "material_mismatch"}, "open"),
    ({"type_id": "colour", "reason": "colour_mismatch"}, "open"),
    ({"type_id": "missing_items", "reason": "missing"}, "open"),
]


@pytest.mark.parametrize("more,expected", AGENT)
def test_the_agent(more: dict[str, Any], expected: str) -> None:
    assert why("agent", facts(**{"owner": "agent", **more})) == expected


FREIGHT = [
    ({}, "dead not_handed_over"),
    ({"situation": ABROAD}, "open notice_unknown"),  # AMB-21: unknown stays unknown
    ({"situation": ABROAD, "windows": {"R-14": FUTURE}}, "open"),
    ({"situation": ABROAD, "windows": {"R-14": PAST}}, "late notice_late"),
    ({"situation": ABROAD, "type_id": "no_reason"}, "dead not_freight"),
]
POST = [
    ({"situation": IN_CHINA, "by_post": True}, "dead not_postal"),
    ({"by_post": True, "type_id": "colour"}, "dead not_postal"),
    ({}, "ask post_open"),
    ({"by_post": False}, "dead not_by_post"),
    ({"by_post": True}, "open start_unknown"),
    ({"by_post": True, "signed_present": False, "windows": {"R-07": FUTURE}}, "open"),
    ({"by_post": True, "signed_present": True}, "dead signed_present"),
    ({"by_post": True, "windows": {"R-07": PAST}}, "dead post_closed"),
]
WARRANTY = [
    ({"type_id": "damaged"}, "dead not_warranty"),
    ({"owner": "self"}, "dead own_account"),
    ({"owner": "unknown"}, "ask account_unknown"),
    ({}, "open warranty_end_unknown"),
    ({"windows": {"R-12": FUTURE}}, "open"),
    ({"windows": {"R-12": PAST}}, "dead warranty_over"),
]


@pytest.mark.parametrize("more,expected", FREIGHT)
def test_freight(more: dict[str, Any], expected: str) -> None:
    assert why("freight", facts(**more)) == expected


@pytest.mark.parametrize("more,expected", POST)
def test_the_post_office(more: dict[str, Any], expected: str) -> None:
    """R-07, S2-11."""
    assert why("post", facts(**{"type_id": "damaged", "situation": ABROAD, **more})) == expected


@pytest.mark.parametrize("more,expected", WARRANTY)
def test_warranty_goes_by_the_agent(more: dict[str, Any], expected: str) -> None:
    """S2-12."""
    assert why("warranty", facts(**{"type_id": "warranty", "owner": "agent", **more})) == expected


def test_a_negotiation_is_always_possible_but_not_about_freights_loss() -> None:
    for type_id in CLAIM_TYPES:
        expected = "dead not_the_suppliers" if type_id == "freight_loss" else "open"
        for situation in (IN_CHINA, ABROAD):
            assert why("supplier_direct", facts(type_id, situation=situation)) == expected


@pytest.mark.parametrize("channel,owner", list(product(CHANNELS, OWNERS)))
def test_who_files(channel: str, owner: str) -> None:
    """DT-2: in an agent's account the agent files on the platform; the rest is the importer's to send."""
    on_platform = channel in ("platform_1688", "platform_taobao")
    assert filer(channel, owner) == ("agent" if owner == "agent" and on_platform else "importer")


@pytest.mark.parametrize(
    "more,expected",
    [
        ({}, "platform_1688"),
        ({"platform": "taobao"}, "platform_taobao"),
        ({"owner": "agent"}, "platform_1688"),
        ({"owner": "agent", "windows": {"R-03": PAST}}, "agent"),
        ({"windows": {"R-03": PAST}}, "supplier_direct"),
        ({"situation": ABROAD}, "supplier_direct"),
        ({"situation": ABROAD, "owner": "agent"}, "agent"),
        ({"situation": ABROAD, "by_post": True, "type_id": "damaged"}, "post"),
        ({"situation": ABROAD, "type_id": "freight_loss"}, "freight"),
        ({"situation": IN_CHINA, "type_id": "freight_loss"}, None),
        ({"type_id": "warranty", "owner": "agent"}, "warranty"),
        ({"type_id": "warranty"}, "supplier_direct"),
        ({"platform": "off_platform"}, "supplier_direct"),
    ],
)
def test_what_is_proposed(more: dict[str, Any], expected: str | None) -> None:
    assert chosen(facts(**more), NOW) == expected


WINDOW = st.builds(Window, st.none() | st.integers(-5, 5).map(lambda n: NOW + n * HOUR), met=st.booleans())
ANY = st.builds(
    ChannelFacts,
    platform=st.sampled_from(PLATFORMS),
    owner=st.sampled_from(OWNERS),
    situation=st.sampled_from((IN_CHINA, ABROAD)),
    type_id=st.sampled_from(sorted(CLAIM_TYPES)),
    windows=st.dictionaries(
        st.sampled_from(("R-01", "R-02", "R-03", "R-07", "R-08", "R-12", "R-13", "R-14")), WINDOW
    ),
    qualifies=st.none() | st.booleans(),
    by_post=st.none() | st.booleans(),
    signed_present=st.none() | st.booleans(),
    mind=st.builds(
        MindChanged,
        st.none() | st.booleans(),
        st.none() | st.booleans(),
        st.none() | st.sampled_from(("ordinary", *EXCLUDED_CATEGORIES)),
        st.none(),
        st.none() | st.booleans(),
        st.none() | st.booleans(),
    ),
)


@given(ANY)
def test_law_each_channel_is_judged_once_and_a_dead_one_says_why(said: ChannelFacts) -> None:
    found = channels(said, NOW)
    assert len(found) == len({one.channel for one in found}) == len(CHANNELS) - 1
    for one in found:
        assert not (one.open and one.blocked) and not (one.late and not one.open)
        assert one.open or one.reason_key
        assert one.filer == filer(one.channel, said.owner)
        if one.late:
            assert one.reason_key and one.since is not None and one.since <= NOW


@given(ANY)
def test_law_abroad_no_platform_can_be_asked_and_in_china_no_carrier(said: ChannelFacts) -> None:
    """S0-05, S0-39."""
    opened = {one.channel for one in channels(said, NOW) if one.open}
    if said.situation.letter == "B":
        assert not opened & {"platform_1688", "platform_taobao"}
    else:
        assert not opened & {"freight", "post"}


@given(ANY)
def test_law_what_is_proposed_is_open(said: ChannelFacts) -> None:
    proposed = chosen(said, NOW)
    opened = {one.channel for one in channels(said, NOW) if one.open}
    assert proposed in opened if proposed else not opened - {"warranty"}


@given(ANY, st.integers(0, 20))
def test_law_time_alone_opens_no_channel(said: ChannelFacts, hours: int) -> None:
    now = {one.channel for one in channels(said, NOW) if one.open}
    later = {one.channel for one in channels(said, NOW + hours * HOUR) if one.open}
    assert later <= now

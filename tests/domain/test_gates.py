"""G-0, G-1, G-2, G-5 and G-6: what blocks, what only warns, and in which channel (domain.md 4.3)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.gates import (
    PACKAGING_SLOTS,
    PAPER_SLOTS,
    PLATFORM_CHANNELS,
    PRODUCT_SLOTS,
    Bundle,
    Piece,
    blocked,
    description_length,
    findings,
    message_findings,
)


def photo(*slots: str) -> Piece:
    return Piece(slots, image=True, film=False)


def film(*slots: str) -> Piece:
    return Piece(slots, image=False, film=True)


PAPERS = (photo("EV-19"), photo("EV-20"))
ISSUE = (photo("EV-09"), film("EV-18"))
WHOLE = Bundle("platform_1688", "少一件，开箱视频为证", True, (*PAPERS, *ISSUE), timeline_lines=5)
AGENTS = replace(WHOLE, channel="agent", pieces=(photo("EV-12"), photo("EV-09")))


def open_points(bundle: Bundle) -> set[tuple[str, str, str | None, bool]]:
    return {(one.gate, one.code, one.about, one.blocks) for one in findings(bundle)}


@pytest.mark.parametrize("channel", PLATFORM_CHANNELS)
def test_a_whole_bundle_passes(channel: str) -> None:
    assert findings(replace(WHOLE, channel=channel)) == ()


@pytest.mark.parametrize(
    "changes,finding",
    [
        ({"pieces": (PAPERS[1], *ISSUE)}, ("G-0", "slot_missing", "EV-19")),
        ({"pieces": (PAPERS[0], *ISSUE)}, ("G-0", "slot_missing", "EV-20")),
        ({"timeline_lines": 0}, ("G-0", "timeline_empty", None)),
        ({"timeline_lines": 13}, ("G-0", "timeline_long", None)),  # one screen: 12 lines (S1-25)
        ({"description": ""}, ("G-1", "description_missing", "description")),
        ({"description": "少"}, ("G-1", "description_missing", "description")),
        ({"description": "少" * 151}, ("G-1", "description_long", "description")),
        ({"measurable": False}, ("G-1", "not_specific", "form")),
        ({"pieces": (*PAPERS, ISSUE[1])}, ("G-1", "photo_missing", None)),
        ({"pieces": (*PAPERS, ISSUE[0])}, ("G-1", "video_missing", None)),
    ],
)
def test_each_thing_that_a_first_filing_on_1688_cannot_do_without(
    changes: dict[str, object], finding: tuple[str, str, str | None]
) -> None:
    """S0-16, S1-25: together, in the same submission."""
    bundle = replace(WHOLE, **changes)  # type: ignore[arg-type]
    assert open_points(bundle) == {(*finding, True)}
    assert blocked(findings(bundle))


def test_on_taobao_a_photo_or_a_film_is_enough() -> None:
    """S0-16 is 1688's; S1-14: photos or videos and the mismatch with the listing."""
    for piece in ISSUE:
        taobao = replace(WHOLE, channel="platform_taobao", pieces=(*PAPERS, piece))
        assert findings(taobao) == ()
    assert open_points(replace(WHOLE, channel="platform_taobao", pieces=PAPERS)) == {
        ("G-0", "nothing_shown", None, True)
    }


@pytest.mark.parametrize(
    "channel,missing,blocks",
    [
        ("platform_taobao", "paper:label_protection", ("S1-17", True)),
        ("platform_taobao", "EV-11|EV-01p", ("S1-17", True)),
        ("platform_1688", "EV-07", ("S1-18", True)),
        ("platform_1688", "EV-11|EV-01p", ("S1-18", True)),
        ("platform_1688", "paper:label_protection", ("4.2", False)),
    ],
)
def test_a_changed_mind_needs_its_checklist(channel: str, missing: str, blocks: tuple[str, bool]) -> None:
    """S1-04, S1-17: the label with its screenshot; S1-18: the seller's promise. Else the path is off."""
    bundle = replace(WHOLE, channel=channel, changed_mind=True, missing=(missing,))
    assert open_points(bundle) == {(blocks[0], "slot_missing", missing, blocks[1])}
    assert open_points(replace(bundle, changed_mind=False)) == {("4.2", "slot_missing", missing, False)}


def test_a_missing_paper_is_told_once_by_the_strictest_gate() -> None:
    bundle = replace(WHOLE, pieces=(PAPERS[1], *ISSUE), missing=("EV-19", "EV-21"))
    assert open_points(bundle) == {
        ("G-0", "slot_missing", "EV-19", True),
        ("4.2", "slot_missing", "EV-21", False),
    }


def test_papers_alone_show_no_issue() -> None:
    pieces = tuple(photo(slot) for slot in sorted(PAPER_SLOTS))
    assert {("G-0", "nothing_shown", None, True), ("G-1", "photo_missing", None, True)} <= open_points(
        replace(WHOLE, pieces=pieces)
    )
    assert photo("EV-19", "EV-09").shows_issue  # one picture of both does
    assert not Piece(("EV-09",), image=False, film=False).shows_issue  # a PDF does not


def test_an_addition_may_come_without_photo_or_video_and_is_warned_of_it() -> None:
    """S0-17."""
    found = findings(replace(WHOLE, pieces=(*PAPERS, photo("EV-09")), first=False))
    assert not blocked(found)
    assert [(one.code, one.blocks) for one in found] == [("video_missing", False)]


def test_150_signs_is_1688s_limit_and_nobody_elses() -> None:
    longest = "少" * 150
    assert description_length(longest) == 150
    assert findings(replace(WHOLE, description=longest)) == ()
    for channel in ("platform_taobao", "supplier_direct"):
        assert not blocked(findings(replace(WHOLE, channel=channel, description="少" * 400)))


def test_a_missing_slot_of_the_type_warns_on_a_platform_and_blocks_at_the_agent() -> None:
    assert open_points(replace(WHOLE, missing=("EV-04",))) == {("4.2", "slot_missing", "EV-04", False)}
    assert open_points(replace(AGENTS, missing=("EV-13",))) == {("G-2", "slot_missing", "EV-13", True)}


@pytest.mark.parametrize(
    "changes,finding",
    [
        ({"pieces": (photo("EV-09"),)}, ("G-2", "packaging_missing", None)),
        ({"pieces": (photo("EV-12"),)}, ("G-2", "product_missing", None)),
        ({"pieces": (film("EV-12"), photo("EV-09"))}, ("G-2", "packaging_missing", None)),
        ({"description": ""}, ("G-2", "description_missing", "description")),
        ({"measurable": False}, ("G-2", "not_specific", "form")),
        ({"path": "return_refund"}, ("G-2", "slot_missing", "EV-25")),
        ({"path": "exchange"}, ("G-2", "slot_missing", "EV-25")),
    ],
)
def test_what_an_agent_must_be_sent(changes: dict[str, object], finding: tuple[str, str, str | None]) -> None:
    """S2-15; a return also needs the original purchase receipt (S2-20)."""
    assert findings(AGENTS) == ()
    assert open_points(replace(AGENTS, **changes)) == {(*finding, True)}  # type: ignore[arg-type]


def test_a_return_with_its_receipt_goes_to_the_agent() -> None:
    whole = replace(AGENTS, path="return_refund", pieces=(*AGENTS.pieces, photo("EV-25")))
    assert findings(whole) == ()


@pytest.mark.parametrize("slot", sorted(PACKAGING_SLOTS))
def test_each_packaging_slot_shows_the_packaging(slot: str) -> None:
    assert ("G-2", "packaging_missing", None, True) not in open_points(replace(AGENTS, pieces=(photo(slot),)))


@pytest.mark.parametrize("slot", sorted(PRODUCT_SLOTS))
def test_each_product_slot_shows_the_product(slot: str) -> None:
    assert ("G-2", "product_missing", None, True) not in open_points(replace(AGENTS, pieces=(photo(slot),)))


@pytest.mark.parametrize("channel", ["supplier_direct", "freight", "post", "warranty"])
def test_elsewhere_something_must_be_shown_and_nothing_of_the_platform_is_asked(channel: str) -> None:
    assert findings(replace(WHOLE, channel=channel, pieces=ISSUE)) == ()
    assert open_points(replace(WHOLE, channel=channel, pieces=PAPERS)) == {
        ("G-1", "nothing_shown", None, True)
    }


def test_a_negotiation_without_an_agreement_before_shipping_has_no_basis() -> None:
    """S0-41: said, not blocked."""
    bundle = replace(WHOLE, channel="supplier_direct", agreement_before_shipment=False)
    assert open_points(bundle) == {("S0-41", "no_basis", None, False)}
    assert findings(replace(bundle, channel="freight")) == ()


@pytest.mark.parametrize("channel", ["platform_1688", "agent", "supplier_direct"])
def test_nobody_confirms_receipt_while_qc_is_open(channel: str) -> None:
    """G-6."""
    bundle = replace(WHOLE if channel != "agent" else AGENTS, channel=channel, qc_open=True)
    assert open_points(bundle) == {("G-6", "do_not_confirm", None, False)}


def test_a_message_to_the_factory_is_whole_or_says_what_it_lacks() -> None:
    """G-5, S3-18 to S3-21."""
    assert message_findings(missing_slots=(), photos=1, chat_references=1, remedies=1) == ()
    found = message_findings(missing_slots=("order_date",), photos=0, chat_references=0, remedies=2)
    assert [(one.code, one.about) for one in found] == [
        ("place_empty", "order_date"),
        ("photos_missing", None),
        ("chat_missing", None),
        ("one_remedy", None),
    ]
    assert blocked(message_findings(missing_slots=(), photos=1, chat_references=1, remedies=0))


SLOTS = sorted(PAPER_SLOTS | PACKAGING_SLOTS | PRODUCT_SLOTS | {"EV-18", "EV-01"})
PIECES = st.lists(
    st.builds(
        lambda slots, kind: Piece(tuple(slots), kind == "image", kind == "film"),
        st.lists(st.sampled_from(SLOTS), min_size=1, max_size=2),
        st.sampled_from(("image", "film", "paper")),
    ),
    max_size=6,
)
CHANNEL = st.sampled_from(("platform_1688", "platform_taobao", "agent", "supplier_direct", "freight"))


@given(PIECES, PIECES, CHANNEL)
def test_law_one_exhibit_more_never_blocks(have: list[Piece], more: list[Piece], channel: str) -> None:
    fewer = findings(replace(WHOLE, channel=channel, pieces=tuple(have)))
    whole = findings(replace(WHOLE, channel=channel, pieces=(*have, *more)))
    assert set(whole) <= set(fewer)


@given(PIECES, CHANNEL, st.booleans())
def test_law_what_blocks_comes_first_and_nothing_twice(pieces: list[Piece], channel: str, qc: bool) -> None:
    found = findings(replace(WHOLE, channel=channel, pieces=tuple(pieces), missing=("EV-04",), qc_open=qc))
    assert len(found) == len(set(found))
    assert [one.blocks for one in found] == sorted((one.blocks for one in found), reverse=True)

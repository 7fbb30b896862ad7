"""How far a goods receipt has come: the shared vectors, and laws over any set of facts."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from webapp.domain.count_check import count_check
from webapp.domain.receiving import BEFORE_OPENING, NAMES, Fact, Progress, may_record, progress_of
from webapp.domain.receiving_plan import DEPTHS, STEPS, Plan

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "receiving.json").read_text("utf-8"))
CASES = {case["name"]: case for case in VECTORS["cases"]}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LINES = ("a1" * 16, "b2" * 16)
KINDS = ("CN_forwarder", "VN_warehouse", "other")


def told(fact: dict[str, Any]) -> Fact:
    at = EPOCH + timedelta(milliseconds=fact["at"])
    return Fact(**{**fact, "at": at, "also": tuple(fact["also"])})


def progress_in(case: dict[str, Any]) -> Progress:
    given = case["given"]
    return progress_of(
        [told(fact) for fact in case["facts"]],
        asked=given["asked"],
        site_kind=given["siteKind"],
        least_grams=given.get("leastGrams"),
        lines=given.get("lines", ()),
    )


@pytest.mark.parametrize("name", CASES)
def test_a_receipt_comes_to_what_was_said_by_hand(name):
    expected = CASES[name]["expected"]

    progress = progress_in(CASES[name])

    assert {step.name: step.state for step in progress.steps} == expected["steps"]
    opened = progress.opened and (progress.opened - EPOCH) // timedelta(milliseconds=1)
    assert (progress.next, opened, progress.raised) == tuple(
        expected[key] for key in ("next", "opened", "raised")
    )
    assert list(progress.asked) == expected["asked"]
    assert (list(progress.missing), list(progress.lost)) == (expected["missing"], expected["lost"])
    by = {step.name: step.by for step in progress.steps}
    assert {name: by[name] for name in expected["by"]} == expected["by"]


@pytest.mark.parametrize("wanted", VECTORS["may_record"], ids=lambda one: f"{one['name']}: {one['kind']}")
def test_what_the_order_of_evidence_allows_next(wanted):
    progress = progress_in(CASES[wanted["name"]])

    refused = may_record(wanted["kind"], wanted["values"], progress, corrects=wanted.get("corrects", False))

    assert refused == wanted["refused"]


def test_the_check_of_a_count_is_the_phones():
    for check in VECTORS["count_checks"]:
        assert count_check(check["line"], check["units"]) == check["check"]


@pytest.mark.parametrize(("line", "units"), [("x", 1), (LINES[0], -1), (LINES[0], 2**53)])
def test_nothing_but_a_whole_count_of_a_line_has_a_check(line, units):
    with pytest.raises(ValueError, match="no count of a line"):
        count_check(line, units)


# Laws. Facts are drawn over a few seconds, so that equal times and every order occur.

SAID: dict[str, st.SearchStrategy[dict[str, str | None]]] = {
    "delivery": st.fixed_dictionaries({"outcome": st.sampled_from(["accepted", "annotated", "refused"])}),
    "condition": st.fixed_dictionaries(
        {
            "outer": st.sampled_from(["intact", "crushed"]),
            "tape": st.sampled_from(["intact", "broken", "none"]),
        }
    ),
    "weighing": st.fixed_dictionaries(
        {
            "grams": st.sampled_from(["900", "12400"]),
            "target": st.sampled_from(["parcel", "carton", "item"]),
            "opened": st.sampled_from(["no", "yes"]),
        }
    ),
    "opening": st.just({}),
    "take": st.fixed_dictionaries({"closed": st.sampled_from(["complete", "interrupted"])}),
    "estimate": st.just({}),
    "skip": st.fixed_dictionaries({"step": st.sampled_from(NAMES)}),
    "photo": st.just({}),
    "draw": st.fixed_dictionaries(
        {
            "line": st.sampled_from(LINES),
            "tranche": st.sampled_from(["1", "2"]),
            "redraw": st.sampled_from(["0", "1"]),
        }
    ),
    "inspection": st.fixed_dictionaries({"draw": st.integers(0, 9).map(lambda n: f"{n:032x}")}),
    "verdict": st.fixed_dictionaries(
        {"line": st.sampled_from([None, *LINES]), "tranche": st.sampled_from([None, "1", "2"])}
    ),
}


@st.composite
def one_fact(draw: st.DrawFn, number: int) -> Fact:
    kind = draw(st.sampled_from(sorted(SAID)))
    slots = ["EV-04", "EV-12", "EV-14", "EV-16", "EV-17", "EV-28"] if kind == "photo" else ["EV-18"]
    earlier = [f"{n:032x}" for n in range(number)]
    return Fact(
        id=f"{number:032x}",
        kind=kind,
        at=EPOCH + timedelta(seconds=draw(st.integers(0, 8))),
        values=draw(SAID[kind]),
        slot=draw(st.sampled_from(slots)),
        worker=draw(st.sampled_from(["An", "Binh"])),
        gone=draw(st.integers(0, 4)) == 0,
        corrects=draw(st.sampled_from([None, None, *earlier])),
    )


@st.composite
def some_facts(draw: st.DrawFn) -> list[Fact]:
    return [draw(one_fact(number)) for number in range(draw(st.integers(0, 10)))]


EXPECTED = st.fixed_dictionaries(
    {
        "asked": st.sampled_from(DEPTHS).map(lambda depth: Plan(depth).asked),
        "site_kind": st.sampled_from(KINDS),
        "least_grams": st.sampled_from([None, 1000]),
        "lines": st.sampled_from([(), LINES]),
    }
)


def states(progress: Progress) -> dict[str, str]:
    return {step.name: step.state for step in progress.steps}


@given(some_facts(), EXPECTED, st.randoms(use_true_random=False))
def test_law_the_order_in_which_records_arrive_says_nothing(facts, expected, shuffler):
    mixed = list(facts)
    shuffler.shuffle(mixed)

    assert progress_of(mixed, **expected) == progress_of(facts, **expected)


@given(some_facts(), EXPECTED, st.data())
def test_law_once_open_a_step_that_is_late_stays_late(facts, expected, data):
    before = progress_of(facts, **expected)
    assume(before.opened is not None)
    late = [step for step, state in states(before).items() if state == "late"]
    fact = data.draw(one_fact(len(facts)))
    after_opening = replace(fact, at=before.opened + timedelta(seconds=1), corrects=None)

    after = states(progress_of([*facts, after_opening], **expected))

    assert all(after[step] == "late" for step in late)


@given(some_facts(), EXPECTED)
def test_law_a_fact_that_was_taken_back_was_never_made(facts, expected):
    # What a standing fact corrects still tells when that was first said.
    corrected = {fact.corrects for fact in facts}
    standing = [fact for fact in facts if not fact.gone or fact.id in corrected]

    assert progress_of(standing, **expected) == progress_of(facts, **expected)


@given(some_facts(), EXPECTED, st.data())
def test_law_times_matter_only_by_the_side_of_the_opening(facts, expected, data):
    opened = progress_of(facts, **expected).opened
    plain = [replace(fact, corrects=None) for fact in facts]

    def elsewhere(fact: Fact) -> Fact:
        moved = timedelta(seconds=data.draw(st.integers(1, 100)))
        if opened is None:
            return replace(fact, at=EPOCH + moved)
        if fact.at < opened:
            return replace(fact, at=opened - moved)
        return fact if fact.at == opened else replace(fact, at=opened + moved)

    before, after = (progress_of(some, **expected) for some in (plain, [elsewhere(fact) for fact in plain]))

    assert states(after) == states(before)
    assert (after.next, after.asked, after.raised, after.missing, after.lost) == (
        before.next,
        before.asked,
        before.raised,
        before.missing,
        before.lost,
    )


@given(some_facts(), EXPECTED)
def test_law_what_was_asked_never_shrinks(facts, expected):
    progress = progress_of(facts, **expected)

    assert set(expected["asked"]) <= set(progress.asked)
    assert list(progress.asked) == [step for step in STEPS if step in progress.asked]
    assert progress.raised is None or set(STEPS[:4]) <= set(progress.asked)
    light = progress_of(facts, **{**expected, "asked": ("arrive",)})
    assert set(light.asked) <= set(progress.asked)
    for step, state in states(light).items():
        assert state == "not_asked" or states(progress)[step] != "not_asked"


@given(some_facts(), EXPECTED)
def test_law_what_is_next_may_be_recorded(facts, expected):
    progress = progress_of(facts, **expected)
    record: dict[str, tuple[str, dict[str, str | None]]] = {
        "delivery": ("delivery", {}),
        "condition": ("condition", {}),
        "weight": ("weighing", {"opened": "no"}),
        "opening": ("opening", {}),
        "count": ("take-open", {}),
        "verdict": ("verdict", {"verdict": "passed"}),
    }

    if progress.next in record:
        assert may_record(*record[progress.next], progress) is None
    if progress.opened is None:
        assert progress.lost == ()
    else:
        assert not set(progress.missing) & BEFORE_OPENING

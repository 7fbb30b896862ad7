"""Writes receiving.json: what a receipt's facts come to, said by hand case by case.

Imports neither the server's nor the phone's code, so that a vector cannot agree with a bug of theirs.
Run: python tests/vectors/make_receiving_vectors.py
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from receiving_facts import (
    T0,
    Fields,
    condition,
    draw,
    fact,
    inspection,
    opening,
    photo,
    skip,
    take,
    verdict,
    weighing,
)

COUNT = ["arrive", "condition", "weight", "count"]
SAMPLE = [*COUNT, "sample"]
CN, VN = "CN_forwarder", "VN_warehouse"
LINE_A, LINE_B = "a1" * 16, "b2" * 16


def case(name: str, facts: list[Fields], states: str, **expected: Any) -> Fields:
    """``states``: condition, weight, opening, count, sample, verdict by their first letters (n, o, d, s, l); at a
    Vietnam site the delivery comes first."""
    words = {"n": "not_asked", "o": "open", "d": "done", "s": "skipped", "l": "late"}
    names = ["delivery"] * (len(states) == 7) + [
        "condition",
        "weight",
        "opening",
        "count",
        "sample",
        "verdict",
    ]
    given = {
        key: expected.pop(key) for key in ("asked", "siteKind", "leastGrams", "lines") if key in expected
    }
    opened = expected.get("opened")
    usual = {"next": None, "raised": None, "missing": [], "lost": [], "asked": given.get("asked", COUNT)}
    if "asked_now" in expected:
        usual["asked"] = expected.pop("asked_now")
    by = expected.pop("by", {})
    return {
        "name": name,
        "facts": facts,
        "given": {"asked": COUNT, "siteKind": CN, **given},
        "expected": {
            **usual,
            **expected,
            "opened": None if opened is None else T0 + 1000 * opened,
            "steps": {step: words[letter] for step, letter in zip(names, states, strict=True)},
            "by": by,
        },
    }


def may(name: str, kind: str, values: Fields, refused: str | None, **more: Any) -> Fields:
    """``name``: the case at whose end this record is wanted."""
    return {"name": name, "kind": kind, "values": values, "refused": refused, **more}


CLOSED = [condition(10), photo(12, "EV-12", "EV-04"), weighing(20), photo(21, "EV-16")]
OPENED = [*CLOSED, opening(30)]
COUNTED = [*OPENED, take(90)]
FIRST, SECOND, AGAIN = draw(100, LINE_A), draw(101, LINE_B), draw(110, LINE_A, redraw=1)
OURS, THEIRS = draw(100, LINE_A, take="a1" * 16), draw(105, LINE_A, take="b2" * 16)
OURS_AGAIN = draw(110, LINE_A, redraw=1, take="a1" * 16)
TYPO = weighing(20, 1_240, gone=True)

CASES = [
    case("nothing yet", [], "oooonn", next="condition"),
    case("only its arrival was asked", [], "nnnnnn", asked=["arrive"]),
    case(
        "condition alone",
        [condition(10)],
        "dooonn",
        next="weight",
        missing=["EV-04", "EV-12"],
        by={"condition": "An"},
    ),
    case(
        "no tape, so no photo of it", [condition(10, tape="none")], "dooonn", next="weight", missing=["EV-12"]
    ),
    case("one photo fills two slots", CLOSED[:2], "dooonn", next="weight"),
    case("weighed, the reading not photographed", CLOSED[:3], "ddoonn", next="opening", missing=["EV-16"]),
    case("express: closed parcel, nothing to count", CLOSED, "ddnnnn", asked=COUNT[:3]),
    case("open", OPENED, "dddonn", next="count", opened=30),
    case("a clean count", COUNTED, "ddddnn", opened=30),
    case(
        "an interrupted take is no count",
        [*OPENED, take(90, "interrupted")],
        "dddonn",
        next="count",
        opened=30,
    ),
    case(
        "a guided capture is no count", [*OPENED, take(90, slot="EV-02")], "dddonn", next="count", opened=30
    ),
    case(
        "estimates are no count",
        [*OPENED, fact(50, "estimate", {"line": LINE_A, "method": "pack", "units": "24", "packs": "2"})],
        "dddonn",
        next="count",
        opened=30,
    ),
    case(
        "opened unweighed: late for ever",
        [condition(10), photo(12, "EV-12", "EV-04"), opening(30), weighing(40)],
        "dldonn",
        next="count",
        opened=30,
    ),
    case(
        "opened at once: both late",
        [opening(30), condition(31), weighing(32), skip(33, "weight")],
        "lldonn",
        next="count",
        opened=30,
    ),
    case(
        "at the very instant of the opening is not before it",
        [condition(30), opening(30)],
        "lldonn",
        next="count",
        opened=30,
    ),
    case("a count without a word of the opening", [take(90)], "llddnn", opened=90, by={"opening": "An"}),
    case(
        "a weighing of the open parcel opens it",
        [*CLOSED, weighing(40, opened="yes")],
        "dddonn",
        next="count",
        opened=40,
        missing=["EV-14"],
    ),
    case("what was not asked is not late", [opening(30)], "nndnnn", asked=["arrive"], opened=30),
    case(
        "photos of the closed parcel come too late",
        [condition(10), weighing(20), opening(30), photo(40, "EV-12")],
        "dddonn",
        next="count",
        opened=30,
        lost=["EV-04", "EV-12", "EV-16"],
    ),
    case(
        "weighed carton by carton",
        [condition(10), weighing(20, target="carton"), photo(22, "EV-16", "EV-12", "EV-04")],
        "ddoonn",
        next="opening",
    ),
    case(
        "an item on the scale is not the parcel's weight",
        [weighing(20, target="item")],
        "oooonn",
        next="condition",
    ),
    case(
        "skipped in time",
        [skip(10, "weight"), condition(12, tape="none"), photo(13, "EV-12"), opening(30)],
        "dsdonn",
        next="count",
        opened=30,
        by={"weight": "An"},
    ),
    case(
        "a count can be skipped after the opening",
        [*OPENED, skip(60, "count", worker="Binh")],
        "dddsnn",
        opened=30,
        by={"count": "Binh"},
    ),
    case(
        "a withdrawn condition was never made",
        [condition(10, "crushed", gone=True)],
        "oooonn",
        next="condition",
    ),
    case("a withdrawn opening opens nothing", [*CLOSED, opening(30, gone=True)], "ddoonn", next="opening"),
    case(
        "a typing slip corrected after the opening keeps its time",
        [
            condition(10),
            photo(12, "EV-12", "EV-04"),
            TYPO,
            photo(21, "EV-16"),
            opening(30),
            weighing(40, corrects=TYPO["id"]),
        ],
        "dddonn",
        next="count",
        opened=30,
    ),
    case(
        "a correction of what was late stays late",
        [opening(10), TYPO, weighing(40, corrects=TYPO["id"])],
        "lldonn",
        next="count",
        opened=10,
    ),
    case(
        "a correction of something unknown has its own time",
        [opening(10), weighing(40, corrects="0" * 32)],
        "lldonn",
        next="count",
        opened=10,
    ),
    case(
        "a damaged parcel is counted whatever the plan",
        [condition(10, "crushed")],
        "dooonn",
        asked=["arrive"],
        asked_now=COUNT,
        raised="damaged",
        next="weight",
        missing=["EV-04", "EV-12", "EV-17"],
    ),
    case(
        "so is one with broken tape",
        [condition(10, tape="broken")],
        "dooonn",
        asked=COUNT[:3],
        asked_now=COUNT,
        raised="damaged",
        next="weight",
        missing=["EV-04", "EV-12"],
    ),
    case(
        "raised after the opening too",
        [opening(5), condition(10, "torn")],
        "lldonn",
        asked=["arrive"],
        asked_now=COUNT,
        raised="damaged",
        next="count",
        opened=5,
    ),
    case(
        "no tape alone raises nothing",
        [condition(10, tape="none")],
        "dnnnnn",
        asked=COUNT[:2],
        missing=["EV-12"],
    ),
    case(
        "lighter than earlier ones",
        [*CLOSED],
        "ddoonn",
        asked=COUNT[:3],
        asked_now=COUNT,
        leastGrams=12_401,
        raised="light",
        next="opening",
    ),
    case("as light as the lightest is not lighter", [*CLOSED], "ddnnnn", asked=COUNT[:3], leastGrams=12_400),
    case(
        "a carton is lighter than a parcel of course",
        [weighing(20, 900, target="carton")],
        "ndnnnn",
        asked=["arrive"],
        leastGrams=12_400,
        missing=["EV-16"],
    ),
    case(
        "raising takes nothing away",
        [condition(10, "wet"), photo(11, "EV-12", "EV-04", "EV-17")],
        "dooooo",
        asked=SAMPLE,
        raised="damaged",
        next="weight",
    ),
    case("Vietnam: the courier first", [], "ooooonn", siteKind=VN, next="delivery"),
    case(
        "Vietnam: refused, and the slip says so",
        [fact(5, "delivery", {"courier": "present", "outcome": "refused"})],
        "doooonn",
        siteKind=VN,
        next="condition",
        missing=["EV-28"],
    ),
    case(
        "Vietnam: accepted",
        [fact(5, "delivery", {"courier": "absent", "outcome": "accepted"})],
        "doooonn",
        siteKind=VN,
        next="condition",
    ),
    case(
        "a delivery said in China changes nothing",
        [fact(5, "delivery", {"courier": "present", "outcome": "accepted"})],
        "oooonn",
        next="condition",
    ),
    case("to be sampled", COUNTED, "ddddoo", asked=SAMPLE, opened=30, next="sample"),
    case("drawn, not inspected", [*COUNTED, FIRST], "ddddoo", asked=SAMPLE, opened=30, next="sample"),
    case(
        "one of two drawn lines inspected",
        [*COUNTED, FIRST, SECOND, inspection(120, FIRST)],
        "ddddoo",
        asked=SAMPLE,
        opened=30,
        next="sample",
    ),
    case(
        "both inspected",
        [*COUNTED, FIRST, SECOND, inspection(120, FIRST), inspection(121, SECOND, worker="Binh")],
        "dddddo",
        asked=SAMPLE,
        opened=30,
        next="verdict",
        by={"sample": "Binh"},
    ),
    case(
        "a line that nobody drew",
        [*COUNTED, FIRST, inspection(120, FIRST)],
        "ddddoo",
        asked=SAMPLE,
        opened=30,
        lines=[LINE_A, LINE_B],
        next="sample",
    ),
    case(
        "a redraw wants its own inspection",
        [*COUNTED, FIRST, inspection(105, FIRST), AGAIN],
        "ddddoo",
        asked=SAMPLE,
        opened=30,
        next="sample",
    ),
    case(
        "the redraw inspected",
        [*COUNTED, FIRST, AGAIN, inspection(120, AGAIN)],
        "dddddo",
        asked=SAMPLE,
        opened=30,
        next="verdict",
    ),
    case(
        "two people drew at once: one of them inspected",
        [*COUNTED, FIRST, draw(102, LINE_A), inspection(120, FIRST)],
        "dddddo",
        asked=SAMPLE,
        opened=30,
        next="verdict",
    ),
    case(
        "two phones called two lots tranche 1: one of them inspected",
        [*COUNTED, OURS, THEIRS, inspection(120, OURS)],
        "ddddoo",
        asked=SAMPLE,
        opened=30,
        next="sample",
    ),
    case(
        "two lots of one number: a redraw leaves the other's draw standing",
        [*COUNTED, OURS, THEIRS, OURS_AGAIN, inspection(120, OURS_AGAIN), inspection(121, THEIRS)],
        "dddddo",
        asked=SAMPLE,
        opened=30,
        next="verdict",
    ),
    case(
        "two lots of one number: the verdict on one is none on the other",
        [
            *COUNTED,
            OURS,
            THEIRS,
            inspection(120, OURS),
            inspection(121, THEIRS),
            verdict(130, "rejected", LINE_A, 1, OURS),
        ],
        "dddddo",
        asked=SAMPLE,
        opened=30,
        next="verdict",
    ),
    case(
        "two lots of one number: a verdict on each",
        [
            *COUNTED,
            OURS,
            THEIRS,
            inspection(120, OURS),
            inspection(121, THEIRS),
            verdict(130, "rejected", LINE_A, 1, OURS),
            verdict(131, "passed", LINE_A, 1, THEIRS),
        ],
        "dddddd",
        asked=SAMPLE,
        opened=30,
    ),
    case(
        "a verdict a line",
        [
            *COUNTED,
            FIRST,
            SECOND,
            inspection(120, FIRST),
            inspection(121, SECOND),
            verdict(130, "rejected", LINE_A),
            verdict(131, "passed", LINE_B, 1),
        ],
        "dddddd",
        asked=SAMPLE,
        opened=30,
    ),
    case(
        "one line still without a verdict",
        [
            *COUNTED,
            FIRST,
            SECOND,
            inspection(120, FIRST),
            inspection(121, SECOND),
            verdict(130, "rejected", LINE_A),
        ],
        "dddddo",
        asked=SAMPLE,
        opened=30,
        next="verdict",
    ),
    case(
        "a verdict on another tranche",
        [*COUNTED, FIRST, inspection(120, FIRST), verdict(130, "passed", LINE_A, 2)],
        "dddddo",
        asked=SAMPLE,
        opened=30,
        next="verdict",
    ),
    case(
        "one verdict for the parcel",
        [*COUNTED, FIRST, SECOND, inspection(120, FIRST), inspection(121, SECOND), verdict(130, "hold")],
        "dddddd",
        asked=SAMPLE,
        opened=30,
    ),
    case(
        "held without a sample",
        [*OPENED, skip(40, "count"), skip(41, "sample"), verdict(50, "hold")],
        "dddssd",
        asked=SAMPLE,
        opened=30,
    ),
]

MAY = [
    may("nothing yet", "condition", {}, None),
    may("nothing yet", "opening", {}, "before_opening"),
    may("condition alone", "opening", {}, "before_opening"),
    may("express: closed parcel, nothing to count", "opening", {}, None),
    may("skipped in time", "opening", {}, "opened_already"),
    may("only its arrival was asked", "opening", {}, None),
    may("open", "condition", {}, "opened_already"),
    may("open", "weighing", {"opened": "no"}, "opened_already"),
    may("open", "weighing", {"opened": "no"}, None, corrects=True),
    may("open", "weighing", {"opened": "yes"}, None),
    may("nothing yet", "weighing", {"opened": "yes"}, "not_opened"),
    may("nothing yet", "weighing", {"opened": "no"}, None),
    may("nothing yet", "estimate", {}, "not_opened"),
    may("nothing yet", "defect", {}, "not_opened"),
    may("open", "defect", {}, None),
    may("open", "draw", {}, "before_count"),
    may("a count can be skipped after the opening", "draw", {}, "before_count"),
    may("a clean count", "draw", {}, None),
    may("open", "inspection", {}, "before_count"),
    may("open", "verdict", {"verdict": "hold"}, "before_count"),
    may("a count can be skipped after the opening", "verdict", {"verdict": "hold"}, None),
    may("to be sampled", "verdict", {"verdict": "passed"}, "before_sample"),
    may("to be sampled", "verdict", {"verdict": "rejected"}, None),
    may("to be sampled", "verdict", {"verdict": "passed", "line": LINE_A}, None),
    may("opened unweighed: late for ever", "skip", {"step": "weight"}, "opened_already"),
    may("open", "skip", {"step": "condition"}, "done_already"),
    may("open", "skip", {"step": "count"}, None),
    may("open", "photo", {}, None),
    may("open", "withdrawal", {}, None),
]


def check(line: str, units: int) -> Fields:
    text = "dockproof-check-1\n" + line + "\n" + str(units) + "\n"
    return {"line": line, "units": units, "check": hashlib.sha256(text.encode("ascii")).hexdigest()[:16]}


if __name__ == "__main__":
    checks = [check(LINE_A, 0), check(LINE_A, 24), check(LINE_B, 24), check(LINE_B, 2**53 - 1)]
    text = json.dumps(
        {"cases": CASES, "may_record": MAY, "count_checks": checks}, indent=1, ensure_ascii=False
    )
    Path(__file__).with_name("receiving.json").write_text(text + "\n", "utf-8")

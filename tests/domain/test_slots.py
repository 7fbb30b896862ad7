"""Every evidence slot of domain.md 4.1 can be filled somewhere and has its words in all three languages."""

from __future__ import annotations

import json
import re

import pytest

from tests.architecture.places import ROOT
from webapp.domain.claim_recipes import CLAIM_TYPES
from webapp.domain.folders import DOCUMENT_SLOTS
from webapp.domain.gates import PACKAGING_SLOTS, PAPER_SLOTS, PRODUCT_SLOTS
from webapp.domain.receiving import BEFORE_OPENING, COUNT_SLOT
from webapp.usecases.exhibits import UNBOXING_SLOT

SLOTS = (*(f"EV-{n:02d}" for n in range(1, 33)), "EV-01p")
PLANNED = {"EV-08", "EV-31"}
"""Load units and their seals: the next issue."""

SLOT = re.compile(r"'(EV-[0-9]{2}p?)'")
LISTS = ("table_evidence.js", "guides.js", "receiving.js", "take_steps.js")
"""What the phone asks for: after a discrepancy, in a guided film, at the closed parcel, while counting."""


def asked_of_phones() -> set[str]:
    core = ROOT / "static" / "src" / "core"
    return {slot for name in LISTS for slot in SLOT.findall((core / name).read_text(encoding="utf-8"))}


def test_every_slot_can_be_filled_or_is_planned() -> None:
    # A count that shows the parcel being cut open is the unboxing as well.
    films = {COUNT_SLOT, UNBOXING_SLOT}
    fillable = asked_of_phones() | DOCUMENT_SLOTS | BEFORE_OPENING | films
    assert sorted(set(SLOTS) - fillable) == sorted(PLANNED)
    assert sorted(fillable - set(SLOTS)) == []


def test_what_a_claim_can_ask_for_can_be_made() -> None:
    """A load unit's slots are asked for only of goods in a load unit."""
    asked = {
        slot.partition("/")[0]
        for claim_type in CLAIM_TYPES.values()
        for need in (
            *claim_type.required,
            *claim_type.recommended,
            *(one.slot for one in claim_type.conditional if one.when != "load_unit"),
        )
        for slot in need.split("|")
        if not slot.startswith("paper:")
    }
    assert asked <= set(SLOTS)
    recommended_later = {"EV-08"}
    assert asked & PLANNED <= recommended_later


def test_the_gates_speak_of_known_slots() -> None:
    spoken_of = PAPER_SLOTS | PACKAGING_SLOTS | PRODUCT_SLOTS
    assert spoken_of <= set(SLOTS) - PLANNED
    assert not PAPER_SLOTS & PACKAGING_SLOTS


@pytest.mark.parametrize("language", ["en", "zh_CN", "vi"])
def test_each_slot_says_what_must_be_seen(language: str) -> None:
    words = json.loads((ROOT / "webapp" / "words" / f"{language}.json").read_text(encoding="utf-8"))
    said = {slot: words.get(f"slot.{slot}", "").strip() for slot in SLOTS}
    assert [slot for slot, text in said.items() if not text] == []
    assert {key.removeprefix("slot.") for key in words if key.startswith("slot.EV-")} == set(SLOTS)
    assert len(set(said.values())) == len(SLOTS)

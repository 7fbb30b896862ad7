"""Domain.md 4.2 row by row: what each claim type must show, what its form says, and who has to make what is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from webapp.domain.claim_recipes import (
    CLAIM_TYPES,
    CONDITIONS,
    EXCLUDED_CATEGORIES,
    PREFERENCES,
    REASON_ZH,
    CaseFacts,
)
from webapp.domain.claim_types import Held, Todo, held, missing, needs, todos
from webapp.domain.order_terms import CATEGORIES
from webapp.domain.record_kinds import DISCREPANCIES

TABLE: dict[str, tuple[str, str, str]] = {
    # type: required | form fields | recommended. EV-04 of a short count may be answered with "none" (S0-23).
    "short_count": ("EV-18 EV-12 EV-19", "ordered counted pack_factor order_unit", "EV-08 EV-23 EV-07"),
    "not_as_described": (
        "EV-02 EV-03 EV-20 EV-01p",
        "attribute listed found listed_value measured_value unit colour spec_published promise units",
        "",
    ),
    "dimension": ("EV-02 EV-05 EV-20", "attribute listed_value measured_value unit tolerance units", ""),
    "colour": ("EV-03 EV-20", "colour listed seen units", ""),
    "material": ("EV-03 EV-20", "listed found units", "EV-30"),
    "damaged": ("EV-17 EV-09 EV-12", "severity units", ""),
    "wrong_item": ("EV-01 EV-03 EV-12 EV-19", "sku_ordered sku_received units", "EV-10|EV-11"),
    "wrong_parcel": ("EV-12 EV-15", "received_item_id", ""),
    "wrong_weight": ("EV-16", "expected_grams reading_grams", "EV-12"),
    "missing_items": ("EV-12 EV-13 EV-14", "missing_order_no missing_sku units", "EV-18"),
    "size_mismatch": ("", "ordered_size size_label label_size units", "EV-05"),
    "style_mismatch": ("EV-11", "ordered_style found units", "EV-03"),
    "functional_defect": ("EV-06 EV-29", "defect_code defect_class units", "EV-09"),
    "freight_loss": ("EV-18/CN EV-18/VN", "china vietnam seals", "EV-23"),
    "warranty": ("EV-25 EV-26 EV-06|EV-09", "warranty_end found units", ""),
    "no_reason": ("paper:label_protection EV-11|EV-01p", "category unused complete motive units", ""),
}

QUIET = CaseFacts("supplier_direct", tape="none")

ASKED_WHEN = [
    ("short_count", {"tape": "intact"}, "EV-04"),
    ("short_count", {"tape": "broken"}, "EV-04"),
    ("short_count", {"tape": None}, "EV-04"),
    # G-0, S1-25: the claim on the product page belongs to any claim on a platform.
    ("short_count", {"channel": "platform_1688"}, "EV-20 EV-21"),
    ("short_count", {"channel": "platform_taobao"}, "EV-20 EV-21"),
    ("short_count", {"channel": "supplier_direct"}, ""),
    ("not_as_described", {"size_or_spec": True}, "EV-05"),
    ("not_as_described", {"about_function": True}, "EV-06"),
    ("not_as_described", {"promise_off_page": True}, "EV-07"),
    ("not_as_described", {"sample_based": True}, "EV-32"),
    ("damaged", {"channel": "post"}, "EV-24 EV-25 EV-22"),
    ("damaged", {"courier_present": True}, "EV-28"),
    # AMB-13, S2-23: the label where there is one, the ruler where there is none.
    ("size_mismatch", {"size_label": False}, "EV-02|EV-05"),
    ("freight_loss", {"load_unit": True}, "EV-08 EV-31 EV-04/VN"),
    ("no_reason", {"channel": "platform_1688"}, "EV-07 EV-19 EV-20"),
]


def test_there_are_the_sixteen_types_of_the_table() -> None:
    assert set(CLAIM_TYPES) == set(TABLE)
    assert len(TABLE) == 16


@pytest.mark.parametrize("type_id", TABLE)
def test_what_a_type_asks_for_and_what_its_form_says(type_id: str) -> None:
    required, fields, recommended = TABLE[type_id]
    asked = needs(type_id, QUIET)
    extra = ("EV-10",) if type_id == "size_mismatch" else ()
    assert asked.required == (*required.split(), *extra)
    assert asked.recommended == tuple(recommended.split())
    assert [field.name for field in CLAIM_TYPES[type_id].form] == fields.split()


@pytest.mark.parametrize("type_id,changes,slots", ASKED_WHEN)
def test_what_is_only_asked_in_a_case_is_asked_in_that_case(
    type_id: str, changes: dict[str, object], slots: str
) -> None:
    without = needs(type_id, QUIET).required
    asked = needs(type_id, replace(QUIET, **changes)).required  # type: ignore[arg-type]
    assert set(asked) - set(without) == set(slots.split())


def test_every_condition_is_asked_by_somebody() -> None:
    used = {one.when for claim_type in CLAIM_TYPES.values() for one in claim_type.conditional}
    assert used == set(CONDITIONS)


def test_without_a_size_label_the_label_is_not_asked_for() -> None:
    assert "EV-10" not in needs("size_mismatch", replace(QUIET, size_label=False)).required


@pytest.mark.parametrize("type_id", TABLE)
def test_nothing_is_missing_once_each_need_is_filled_and_all_is_without_anything(type_id: str) -> None:
    facts = CaseFacts("platform_1688", tape="intact", size_or_spec=True, courier_present=True)
    asked = needs(type_id, facts)
    have = {need.split("|")[0] for need in (*asked.required, *asked.recommended)}
    assert missing(type_id, facts, have).required == ()
    assert missing(type_id, facts, have).recommended == ()
    assert missing(type_id, facts, ()) == asked


def test_either_slot_of_a_choice_is_enough_and_a_stage_is_its_own() -> None:
    warranty = {"EV-25", "EV-26"}
    for film_or_photo in ("EV-06", "EV-09"):
        assert missing("warranty", QUIET, {*warranty, film_or_photo}).required == ()
    china = held([Held(("EV-18", "EV-01"), stage="CN")])
    assert china == {"EV-18", "EV-01", "EV-18/CN", "EV-01/CN"}
    assert missing("freight_loss", QUIET, china).required == ("EV-18/VN",)
    label = held([Held((), kind="label_protection"), Held(("EV-11",))])
    assert missing("no_reason", QUIET, label).required == ()


def test_one_film_stands_in_two_slots() -> None:
    """EV-18 may be one clip with EV-01 (4.2)."""
    have = held([Held(("EV-18", "EV-01")), Held(("EV-12",)), Held(("EV-19",))])
    assert missing("short_count", QUIET, have).required == ()


def test_who_makes_what_is_missing_and_what_comes_too_late() -> None:
    listed = todos("wrong_item", QUIET, {"EV-19"}, opened=True)
    assert listed == (
        Todo("EV-01", ("EV-01",), "phone", required=True, late=True),
        Todo("EV-03", ("EV-03",), "phone", required=True),
        Todo("EV-12", ("EV-12",), "phone", required=True, late=True),
        Todo("EV-10|EV-11", ("EV-10", "EV-11"), "phone", required=False),
    )
    assert not any(todo.late for todo in todos("wrong_item", QUIET, (), opened=False))
    assert {todo.need: todo.who for todo in todos("no_reason", QUIET, (), opened=True)} == {
        "paper:label_protection": "desk",
        "EV-11|EV-01p": "phone",
    }
    assert {todo.who for todo in todos("warranty", QUIET, {"EV-06"}, opened=True)} == {"desk"}


def test_every_reason_is_one_of_its_type_and_preferences_are_none() -> None:
    """AMB-10: a preference is never a reason; the mismatch of the same thing is."""
    reasons = {reason for claim_type in CLAIM_TYPES.values() for reason in claim_type.reasons}
    assert reasons - set(REASON_ZH) == {"changed_mind"}
    assert not reasons & PREFERENCES
    assert {one.removesuffix("_preference") for one in PREFERENCES} == {
        "workmanship",
        "material",
        "colour",
        "size",
    }
    assert {"material_mismatch", "colour_mismatch", "size_mismatch"} <= reasons


def test_what_the_sources_say_of_groups_of_types() -> None:
    quality = {name for name, one in CLAIM_TYPES.items() if not one.quality}
    assert quality == {"no_reason"}  # S2-04
    threshold = {name for name, one in CLAIM_TYPES.items() if one.threshold}
    assert threshold == {"short_count", "not_as_described", "dimension", "colour", "material"}  # S0-27…S0-30
    unreported = {name for name, one in CLAIM_TYPES.items() if not one.agent_reports}
    assert unreported == {"freight_loss", "warranty", "no_reason"}  # S2-21
    assert (
        set(EXCLUDED_CATEGORIES) < set(CATEGORIES) and "ordinary" not in EXCLUDED_CATEGORIES
    )  # S1-03, S2-19


def test_what_is_stated_at_the_table_opens_a_claim_of_a_known_type() -> None:
    """A surplus is no claim (DT-3)."""
    assert set(DISCREPANCIES) - set(CLAIM_TYPES) == {"surplus"}

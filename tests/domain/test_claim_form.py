"""A claim's form: something measurable or no claim (S0-31), and 1688's threshold exactly (DT-5, S0-27 to S0-30)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.claim_form import (
    check_form,
    measurable,
    missing_milli,
    reason_label,
    severity,
    threshold,
)
from webapp.domain.claim_recipes import CLAIM_TYPES, COLOURS
from webapp.domain.refusals import Refusal

GOOD: dict[str, dict[str, str]] = {
    "short_count": {"ordered": "12", "counted": "11,5", "pack_factor": "1", "order_unit": "箱"},
    "not_as_described": {"attribute": "zip", "listed": "metal", "found": "plastic", "units": "3"},
    "dimension": {
        "attribute": "length",
        "listed_value": "200",
        "measured_value": "190",
        "unit": "mm",
        "units": "2",
    },
    "colour": {"colour": "completely_different", "listed": "pink", "seen": "brown", "units": "2"},
    "material": {"listed": "cotton", "found": "polyester", "units": "2"},
    "damaged": {"severity": "part", "units": "4"},
    "wrong_item": {"sku_ordered": "A-1", "sku_received": "B-2", "units": "1"},
    "wrong_parcel": {"received_item_id": "6912345678901"},
    "wrong_weight": {"expected_grams": "5000", "reading_grams": "4100"},
    "missing_items": {"missing_order_no": "3657499272179232333", "missing_sku": "A-1", "units": "1"},
    "size_mismatch": {"ordered_size": "XL", "size_label": "seen", "label_size": "L", "units": "5"},
    "style_mismatch": {"ordered_style": "round neck", "found": "V-neck", "units": "5"},
    "functional_defect": {"defect_code": "no-power", "defect_class": "major", "units": "3"},
    "freight_loss": {"china": "11", "vietnam": "9"},
    "warranty": {"warranty_end": "2027-01-31", "found": "no charge", "units": "1"},
    "no_reason": {"category": "ordinary", "unused": "yes", "complete": "yes", "units": "2"},
}


def typed(milli: int) -> str:
    return f"{milli // 1000}.{milli % 1000:03}"


def refused(type_id: str, form: dict[str, str]) -> tuple[str, object]:
    with pytest.raises(Refusal) as caught:
        check_form(type_id, form)
    return caught.value.code, caught.value.vars.get("field")


def test_the_list_of_good_forms_is_whole() -> None:
    assert set(GOOD) == set(CLAIM_TYPES)


@pytest.mark.parametrize("type_id", GOOD)
def test_a_whole_form_is_read_and_gives_the_usual_reason(type_id: str) -> None:
    cleaned = check_form(type_id, GOOD[type_id])
    assert cleaned["reason"] == CLAIM_TYPES[type_id].reasons[0]
    assert measurable(type_id, cleaned)


@pytest.mark.parametrize(
    "type_id,field", [(name, one.name) for name, t in CLAIM_TYPES.items() for one in t.form if one.must]
)
def test_without_any_one_of_its_fields_it_is_no_claim(type_id: str, field: str) -> None:
    assert refused(type_id, GOOD[type_id] | {field: "  "}) == ("claim_field_missing", field)
    cleaned = check_form(type_id, GOOD[type_id])
    del cleaned[field]
    assert not measurable(type_id, cleaned)


@pytest.mark.parametrize(
    "type_id,changes,code",
    [
        ("short_count", {"reason": "colour_mismatch"}, "claim_reason_unknown"),
        ("short_count", {"ordered": "twelve"}, "claim_field_unreadable"),
        ("short_count", {"counted": "12"}, "claim_nothing_missing"),
        ("short_count", {"counted": "13"}, "claim_nothing_missing"),
        ("freight_loss", {"vietnam": "11"}, "claim_nothing_missing"),
        ("damaged", {"units": "0"}, "claim_nothing_missing"),
        ("damaged", {"severity": "awful"}, "claim_field_choice"),
        ("colour", {"colour": "as_ordered"}, "claim_as_ordered"),
        ("not_as_described", {"colour": "as_ordered"}, "claim_as_ordered"),
        ("material", {"found": "cotton"}, "claim_as_ordered"),
        ("wrong_weight", {"reading_grams": "5000"}, "claim_as_ordered"),
        ("wrong_weight", {"reading_grams": "4100.5"}, "claim_field_unreadable"),
        ("size_mismatch", {"label_size": ""}, "claim_field_missing"),
        ("size_mismatch", {"label_size": "XL"}, "claim_as_ordered"),
        ("no_reason", {"unused": "no"}, "claim_field_missing"),
        ("warranty", {"warranty_end": "2027-02-30"}, "claim_field_unreadable"),
        ("dimension", {"listed_value": "0"}, "listed_not_positive"),
        ("dimension", {"unit": "inch"}, "claim_field_choice"),
        ("not_as_described", {"listed_value": "5", "measured_value": "4"}, "claim_field_missing"),
    ],
)
def test_what_is_refused(type_id: str, changes: dict[str, str], code: str) -> None:
    assert refused(type_id, GOOD[type_id] | changes)[0] == code


def test_no_other_type_exists_and_no_free_text_alone() -> None:
    assert refused("unhappy", {"text": "bad"})[0] == "claim_type_unknown"
    for type_id in CLAIM_TYPES:
        assert refused(type_id, {"description": "bad quality!"})[0] == "claim_field_missing"


def test_a_size_without_a_label_needs_no_label_size() -> None:
    cleaned = check_form("size_mismatch", GOOD["size_mismatch"] | {"size_label": "none", "label_size": ""})
    assert "label_size" not in cleaned


def test_quantities_are_thousandths_of_the_order_unit_and_weights_are_grams() -> None:
    short = check_form("short_count", GOOD["short_count"])
    assert (short["ordered"], short["counted"], missing_milli("short_count", short)) == (12_000, 11_500, 500)
    assert missing_milli("freight_loss", check_form("freight_loss", GOOD["freight_loss"])) == 2_000
    assert missing_milli("wrong_parcel", check_form("wrong_parcel", GOOD["wrong_parcel"])) is None
    assert check_form("wrong_weight", GOOD["wrong_weight"])["reading_grams"] == 4_100


@pytest.mark.parametrize(
    "listed,measured,unit,qualifies",
    [
        ("200", "190", "mm", True),  # exactly 5 %, inclusive (S0-27)
        ("200", "210", "mm", True),
        ("200", "190.001", "mm", False),
        ("200", "209.999", "mm", False),
        ("0.02", "0.019", "m", True),
        ("300", "286", "g", False),
        ("300", "285", "g", True),
    ],
)
def test_five_percent_is_inclusive_and_exact(listed: str, measured: str, unit: str, qualifies: bool) -> None:
    form = GOOD["dimension"] | {"listed_value": listed, "measured_value": measured, "unit": unit}
    found = threshold("dimension", check_form("dimension", form))
    assert found is not None and found.qualifies is qualifies
    assert found.code == ("deviation" if qualifies else "deviation_small")


@given(st.integers(1, 9_999_999), st.integers(0, 9_999_999))
def test_law_the_threshold_is_the_fraction_itself(listed: int, measured: int) -> None:
    form = GOOD["dimension"] | {"listed_value": typed(listed), "measured_value": typed(measured)}
    found = threshold("dimension", check_form("dimension", form))
    assert found is not None and found.qualifies is (abs(measured - listed) * 20 >= listed)


@given(st.integers(0, 9_999_999), st.integers(0, 9_999_999))
def test_law_a_short_count_is_a_claim_exactly_when_less_was_counted(ordered: int, counted: int) -> None:
    form = {"ordered": typed(ordered), "counted": typed(counted)}
    if counted >= ordered:
        assert refused("short_count", form)[0] == "claim_nothing_missing"
        return
    cleaned = check_form("short_count", form)
    found = threshold("short_count", cleaned)
    assert missing_milli("short_count", cleaned) == ordered - counted
    assert found is not None and found.qualifies


def test_only_a_completely_different_colour_qualifies() -> None:
    """AMB-15, S0-28."""
    found = {}
    for colour in COLOURS[:2]:
        judged = threshold("colour", check_form("colour", GOOD["colour"] | {"colour": colour}))
        assert judged is not None
        found[colour] = judged.qualifies
    assert found == {"completely_different": True, "shade_difference": False}


@pytest.mark.parametrize(
    "changes,code",
    [
        ({}, "not_measured"),
        # A reason's name is no measure: what the inspector saw decides (S0-28, S0-29, S0-31).
        ({"reason": "colour_mismatch"}, "not_measured"),
        ({"reason": "colour_mismatch", "colour": "shade_difference"}, "colour_shade_difference"),
        ({"reason": "colour_mismatch", "colour": "completely_different"}, "colour_completely_different"),
        ({"reason": "style_mismatch", "colour": "completely_different"}, "not_measured"),
        ({"reason": "material_mismatch"}, "not_measured"),
        ({"reason": "material_mismatch", "spec_published": "yes"}, "material"),
        ({"reason": "function"}, "not_measured"),
        (
            {
                "reason": "material_mismatch",
                "spec_published": "yes",
                "listed_value": "10",
                "measured_value": "9.9",
            }
            | {"unit": "cm"},
            "material",
        ),
        ({"listed_value": "10", "measured_value": "9", "unit": "cm"}, "deviation"),
        ({"listed_value": "10", "measured_value": "9.6", "unit": "cm"}, "deviation_small"),
    ],
)
def test_not_as_described_qualifies_by_measure_colour_or_material_only(
    changes: dict[str, str], code: str
) -> None:
    found = threshold("not_as_described", check_form("not_as_described", GOOD["not_as_described"] | changes))
    assert found is not None
    qualifies = code in ("deviation", "colour_completely_different", "material")
    assert (found.code, found.qualifies) == (code, qualifies)


def test_a_type_without_a_threshold_is_not_judged() -> None:
    for type_id, claim_type in CLAIM_TYPES.items():
        judged = threshold(type_id, check_form(type_id, GOOD[type_id]))
        assert (judged is not None) is claim_type.threshold, type_id


def test_how_grave_it_is() -> None:
    assert severity("damaged", {"severity": "unusable"}) == "unusable"
    classes = {"critical": "unusable", "major": "part", "minor": "minor"}
    assert {name: severity("functional_defect", {"defect_class": name}) for name in classes} == classes
    assert severity("short_count", {}) is None


def test_reasons_have_the_platforms_own_label() -> None:
    assert reason_label("short") == "少件/漏发"
    assert reason_label("changed_mind") == ""

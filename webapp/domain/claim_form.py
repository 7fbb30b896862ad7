"""A claim's form: a reason code and something measurable, or no claim (S0-31); and the threshold of 1688 (DT-5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from webapp.domain.claim_recipes import CLAIM_TYPES, COLOURS, REASON_ZH, FormField
from webapp.domain.folders import read_date
from webapp.domain.measurement import Deviation, Quantity, deviation
from webapp.domain.order_cells import clean
from webapp.domain.refusals import Refusal
from webapp.domain.typed_decimal import read_decimal

LONGEST_TEXT: Final = 300
_PLACES: Final = {"milli": 3, "measure": 3, "grams": 0}

Form = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Threshold:
    """``qualifies``: by DT-5. ``code``: why, or why not."""

    qualifies: bool
    code: str
    deviation: Deviation | None = None


def check_form(type_id: str, form: Mapping[str, str]) -> Form:
    """The form read: ``milli`` and ``measure`` in thousandths, ``grams`` whole, everything else text. ``reason`` may
    be left out: the type's usual one.

    Refusals: ``claim_type_unknown``, ``claim_reason_unknown``, ``claim_field_missing``, ``claim_field_unreadable``,
    ``claim_field_choice`` (each with ``field``), ``claim_nothing_missing``, ``claim_as_ordered``,
    ``listed_not_positive``, ``measurement_units_differ``.
    """
    claim_type = CLAIM_TYPES.get(type_id)
    if claim_type is None:
        raise Refusal("claim_type_unknown")
    reason = form.get("reason", "") or claim_type.reasons[0]
    if reason not in claim_type.reasons:
        raise Refusal("claim_reason_unknown")
    cleaned: Form = {"reason": reason}
    for one in claim_type.form:
        value = _read(one, form.get(one.name, ""))
        if value is not None:
            cleaned[one.name] = value
    _check_together(type_id, cleaned)
    return cleaned


def measurable(type_id: str, cleaned: Mapping[str, str | int]) -> bool:
    """A reason code and at least one number or attribute beside it (G-1)."""
    claim_type = CLAIM_TYPES[type_id]
    return cleaned.get("reason") in claim_type.reasons and all(
        one.name in cleaned for one in claim_type.form if one.must
    )


def missing_milli(type_id: str, cleaned: Mapping[str, str | int]) -> int | None:
    """Units that are wrong or missing, in thousandths; None where a type counts none."""
    if type_id == "short_count":
        return int(cleaned["ordered"]) - int(cleaned["counted"])
    if type_id == "freight_loss":
        return int(cleaned["china"]) - int(cleaned["vietnam"])
    return int(cleaned["units"]) if "units" in cleaned else None


def threshold(type_id: str, cleaned: Mapping[str, str | int]) -> Threshold | None:
    """Whether 1688 calls it "not as described" (S0-27 to S0-31); None: the type is not judged by a threshold."""
    if type_id == "short_count":
        short = int(cleaned["counted"]) < int(cleaned["ordered"])
        return Threshold(short, "short" if short else "not_short")
    if type_id == "colour":
        chosen = str(cleaned["colour"])
        return Threshold(chosen == COLOURS[0], f"colour_{chosen}")
    if type_id == "material":
        return Threshold(True, "material")
    if type_id == "not_as_described":
        return _described(cleaned)
    if type_id == "dimension":
        off = _deviation(cleaned)
        return Threshold(off.qualifies, "deviation" if off.qualifies else "deviation_small", off)
    return None


def _described(cleaned: Mapping[str, str | int]) -> Threshold:
    """Any one of: 5 % off by measure, another colour altogether, a material that the published spec does not name."""
    off = _deviation(cleaned) if {"listed_value", "measured_value", "unit"} <= set(cleaned) else None
    if off is not None and off.qualifies:
        return Threshold(True, "deviation", off)
    reason = cleaned["reason"]
    if reason == "colour_mismatch" and "colour" in cleaned:
        chosen = str(cleaned["colour"])
        return Threshold(chosen == COLOURS[0], f"colour_{chosen}", off)
    if reason == "material_mismatch" and cleaned.get("spec_published") == "yes":
        return Threshold(True, "material", off)
    return Threshold(False, "not_measured" if off is None else "deviation_small", off)


def severity(type_id: str, cleaned: Mapping[str, str | int]) -> str | None:
    """``minor``, ``part`` or ``unusable``, where the form says so (S1-21); a defect by its class."""
    said = str(cleaned.get("severity") or "")
    by_class = {"critical": "unusable", "major": "part", "minor": "minor"}
    return said or by_class.get(str(cleaned.get("defect_class") or ""))


def reason_label(reason: str) -> str:
    """As Chinese platforms print it; empty where they have none."""
    return REASON_ZH.get(reason, "")


def _deviation(cleaned: Mapping[str, str | int]) -> Deviation:
    unit = str(cleaned["unit"])
    listed, measured = (Quantity(int(cleaned[name]), unit) for name in ("listed_value", "measured_value"))
    return deviation(listed, measured)


def _read(one: FormField, typed: str) -> str | int | None:
    text = clean(typed)[:LONGEST_TEXT]
    if not text:
        if one.must:
            raise Refusal("claim_field_missing", field=one.name)
        return None
    if one.kind in _PLACES:
        try:
            return read_decimal(text, _PLACES[one.kind]).scaled
        except Refusal:
            raise Refusal("claim_field_unreadable", field=one.name) from None
    if one.kind == "choice" and text not in one.choices:
        raise Refusal("claim_field_choice", field=one.name)
    if one.kind == "yes" and text != "yes":
        raise Refusal("claim_field_missing", field=one.name)
    if one.kind == "date":
        return _date(one, text).isoformat()
    return text


def _date(one: FormField, text: str) -> date:
    read = read_date(text)
    if read is None:
        raise Refusal("claim_field_unreadable", field=one.name)
    return read


def _check_together(type_id: str, cleaned: Mapping[str, str | int]) -> None:
    units = missing_milli(type_id, cleaned)
    if units is not None and units <= 0:
        raise Refusal("claim_nothing_missing")
    if cleaned.get("colour") == "as_ordered":
        raise Refusal("claim_as_ordered")
    if "found" in cleaned and cleaned.get("listed") == cleaned["found"]:
        raise Refusal("claim_as_ordered")
    if type_id == "wrong_weight" and cleaned["expected_grams"] == cleaned["reading_grams"]:
        raise Refusal("claim_as_ordered")
    if type_id == "size_mismatch" and cleaned["size_label"] == "seen":
        if "label_size" not in cleaned:
            raise Refusal("claim_field_missing", field="label_size")
        if cleaned["label_size"] == cleaned["ordered_size"]:
            raise Refusal("claim_as_ordered")
    if type_id in ("dimension", "not_as_described") and {"listed_value", "measured_value"} <= set(cleaned):
        if "unit" not in cleaned:
            raise Refusal("claim_field_missing", field="unit")
        _deviation(cleaned)

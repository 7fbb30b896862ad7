"""Forms of claims: what stands in them, and what a person typed, as the use-cases take it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import request

from webapp.domain.claim_form import Form, missing_milli
from webapp.domain.claim_states import EVENTS
from webapp.domain.claim_types import CLAIM_TYPES, check_form
from webapp.domain.messages import REMEDIES
from webapp.domain.quantities import plain_amount, quantity_text
from webapp.domain.refusals import Refusal
from webapp.domain.remedies import price_of
from webapp.domain.typed_decimal import read_decimal
from webapp.store.schema_claims import Discrepancy
from webapp.usecases.claim_views import ClaimView
from webapp.usecases.claims import ClaimSaid
from webapp.usecases.diagnosis import Diagnosis, Found
from webapp.web.form_fields import typed_fen

RETURN_FIELDS: Final = {"return_fen": "return_domestic", "return_abroad_fen": "return_abroad"}
"""Key of a claim's form → field of the page."""


def filled(
    discrepancy: Discrepancy, diagnosed: Diagnosis, found: Found, view: ClaimView | None
) -> dict[str, str]:
    """What the record already knows, so that nobody types it again."""
    if view is not None:
        return _as_typed(view)
    ordered = discrepancy.ordered_milli
    units = discrepancy.units_milli
    line = found.line
    item = _item_id(diagnosed, found)
    typed = {
        "ordered": _milli(ordered),
        "counted": _milli(ordered - units) if ordered is not None and units is not None else "",
        "china": _milli(discrepancy.china_milli),
        "vietnam": _milli(discrepancy.vietnam_milli),
        "units": _milli(units),
        "order_unit": line.unit if line else "",
        "sku_ordered": (line.sku_id or line.spec) if line else "",
        "missing_sku": (line.sku_id or line.spec) if line else "",
        "missing_order_no": diagnosed.order.order_no,
        "ordered_size": line.size if line else "",
        "received_item_id": item,
        "sku_received": item,
    }
    fen = price_of(units, line.unit_price_fen) if units is not None and line else None
    if fen:
        typed["amount"] = plain_amount(fen)
    return {name: value for name, value in typed.items() if value}


def _item_id(diagnosed: Diagnosis, found: Found) -> str:
    """What the dock read on one received item (S2-26); empty: nothing."""
    about = (found.type_id, found.line, found.parcel_id)
    same = [one for one in diagnosed.found if (one.type_id, one.line, one.parcel_id) == about]
    return next((one.said["item_id"] for one in same if "item_id" in one.said), "")


def _as_typed(view: ClaimView) -> dict[str, str]:
    claim = view.claim
    fields = {one.name: one.kind for one in CLAIM_TYPES[claim.type].form}
    typed = {
        name: _milli(value) if fields.get(name) in ("milli", "measure") else str(value)
        for name, value in claim.form.items()
    }
    typed |= {"description": claim.description_zh, "path": claim.path or "", "remedy": claim.remedy or ""}
    if claim.amount_fen is not None:
        typed["amount"] = plain_amount(claim.amount_fen)
    if claim.remedy_fen is not None:
        typed["remedy_value"] = plain_amount(claim.remedy_fen)
    elif claim.remedy_milli is not None:
        typed["remedy_value"] = _milli(claim.remedy_milli)
    for name, field in RETURN_FIELDS.items():
        if name in claim.form:
            typed[field] = plain_amount(int(claim.form[name]))
    if view.sending_back is not None and "return_fen" not in claim.form:
        typed["return_unknown"] = "yes"
    return typed


def read_form(type_id: str, typed: Mapping[str, str]) -> Form | None:
    """A claim's form as it was typed; None while it cannot be read yet."""
    try:
        return check_form(type_id, typed)
    except Refusal:
        return None


def claim_said(discrepancy: Discrepancy) -> ClaimSaid:
    form = request.form
    remedy = form.get("remedy") or None
    value = form.get("remedy_value", "").strip()
    asks = REMEDIES.get(remedy or "")
    cleaned = check_form(discrepancy.type, form)
    units = missing_milli(discrepancy.type, cleaned)
    return ClaimSaid(
        discrepancy_id=discrepancy.id,
        channel=form.get("channel", ""),
        form=dict(form),
        lines={discrepancy.line_id: units} if discrepancy.line_id and units else {},
        amount_fen=_money(form.get("amount", "")),
        description_zh=form.get("description", ""),
        path=form.get("path") or None,
        remedy=remedy,
        remedy_fen=_money(value) if asks == "amount" else None,
        remedy_milli=_units(value) if asks == "units" else None,
        return_fen=_money(form.get("return_domestic", "")),
        return_abroad_fen=_money(form.get("return_abroad", "")),
        return_unknown=form.get("return_unknown") == "yes",
    )


def step_said(kind: str) -> dict[str, str]:
    said = {
        name: request.form[name].strip()
        for name in ("reason", "outcome", "external_id", "method", "note", "rule", "came_with", "solution")
        if request.form.get(name, "").strip()
    }
    amount = request.form.get("amount", "").strip()
    if amount and ("amount_fen" in EVENTS[kind].needs or kind in ("approved", "decided")):
        said["amount_fen"] = str(_money(amount))
    return said


def _money(text: str) -> int | None:
    return typed_fen(text, refusal="claim_amount_missing")


def _units(text: str) -> int | None:
    return read_decimal(text, 3).scaled if text.strip() else None


def _milli(milli: int | None) -> str:
    return "" if milli is None else quantity_text(milli)

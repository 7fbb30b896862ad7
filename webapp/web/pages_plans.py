"""Standing decisions: how deep to receive, by order, supplier, value, history or for everything."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import Permission
from webapp.domain.receiving_plan import DEFAULT_DEPTH, DEPTHS
from webapp.domain.refusals import Refusal
from webapp.usecases import plans
from webapp.usecases.sample_views import figures
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.order_page import SAMPLING_CHOICES, back_to_order, order_page
from webapp.web.services import services

pages = Blueprint("plans", __name__)

_SAMPLING = ("sampling", "level", "aql", "waived")
_TYPICAL_LOTS = (50, 100, 500, 2000)

FORM_SCOPES = ("supplier", "value", "history", "default", "order")


@pages.get("/plans")
@requires(Permission.PLANS_DECIDE)
def show() -> ResponseReturnValue:
    return _page()


@pages.post("/plans")
@requires(Permission.PLANS_DECIDE)
def decide() -> ResponseReturnValue:
    """``action`` preview says what the decision would touch, and keeps what was typed."""
    said, now = _said(), services().clock.now()
    try:
        if request.form.get("action") == "preview":
            return _page(preview=plans.preview(services().database, actor=desk(), said=said, now=now))
        plans.decide(services().database, actor=desk(), said=said, now=now)
    except Refusal as refusal:
        return _page(refusal=refusal)
    return redirect(url_for("plans.show") + "#decisions")


@pages.post("/plans/<plan_id>/end")
@requires(Permission.PLANS_DECIDE)
def end(plan_id: str) -> ResponseReturnValue:
    plans.end(services().database, actor=desk(), plan_id=plan_id, now=services().clock.now())
    return redirect(url_for("plans.show") + "#decisions")


@pages.post("/orders/<order_no>/plan")
@requires(Permission.PLANS_DECIDE)
def decide_for_order(order_no: str) -> ResponseReturnValue:
    said = replace(_said(), scope="order", order_no=order_no)
    try:
        plans.decide(services().database, actor=desk(), said=said, now=services().clock.now())
    except Refusal as refusal:
        return order_page(order_no, refusal)
    return back_to_order(order_no, "plan")


def _said() -> plans.PlanWords:
    names = (
        "scope",
        "depth",
        "reason",
        "order_no",
        "supplier_id",
        "least_yuan",
        "clean_receipts",
        *_SAMPLING,
    )
    return plans.PlanWords(**{name: request.form.get(name, "") for name in names})


def _page(*, preview: plans.Preview | None = None, refusal: Refusal | None = None) -> ResponseReturnValue:
    organisation = desk().organisation_id
    page = render_template(
        "plans/plans.html",
        standing=plans.standing(services().database, organisation_id=organisation),
        suppliers=plans.supplier_choices(services().database, organisation_id=organisation),
        scopes=FORM_SCOPES,
        depths=DEPTHS,
        default_depth=DEFAULT_DEPTH,
        typed=_said(),
        preview=preview,
        preview_misses=figures(preview.sampling, _TYPICAL_LOTS) if preview and preview.sampling else (),
        sampling=SAMPLING_CHOICES,
        problem=None if refusal is None else errors.sentence(refusal),
    )
    return page, 200 if refusal is None else errors.status_of(refusal)

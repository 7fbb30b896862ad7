"""Every label and sticker of an order's parcels, and what the desk may correct about them."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import label_corrections
from webapp.usecases.label_corrections import LONGEST_REASON, LONGEST_TARGET, Mark
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.services import services

pages = Blueprint("label_corrections", __name__)


@pages.get("/orders/<order_no>/labels")
@requires(Permission.ORDERS_READ)
def show(order_no: str) -> ResponseReturnValue:
    return _page(order_no)


@pages.post("/orders/<order_no>/labels/void")
@requires(Permission.LABELS_CORRECT)
def void(order_no: str) -> ResponseReturnValue:
    try:
        label_corrections.void(
            services().database,
            actor=desk(),
            typed=request.form.get("code", "")[:LONGEST_TARGET],
            reason=request.form.get("reason", ""),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _page(order_no, refusal)
    return redirect(url_for("label_corrections.show", order_no=order_no, done="voided"))


@pages.post("/orders/<order_no>/labels/rebind")
@requires(Permission.LABELS_CORRECT)
def rebind(order_no: str) -> ResponseReturnValue:
    """``how``: ``move`` (then ``to`` names the parcel) or ``undo``."""
    form = request.form
    moves = form.get("how", "") == "move"
    try:
        if moves and not form.get("to", "").strip():
            raise Refusal("correction_parcel_missing")
        label_corrections.rebind(
            services().database,
            actor=desk(),
            mark=Mark(form.get("code", ""), form.get("site", ""), form.get("sticker", "")),
            to=form.get("to", "") if moves else "",
            reason=form.get("reason", ""),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _page(order_no, refusal)
    done = "moved" if moves else "unbound"
    return redirect(url_for("label_corrections.show", order_no=order_no, done=done))


def _page(order_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    marks = label_corrections.marks_of_order(
        services().database, organisation_id=desk().organisation_id, order_no=order_no
    )
    page = render_template(
        "labels/marks.html",
        marks=marks,
        typed=request.form,
        done=request.args.get("done", ""),
        longest_reason=LONGEST_REASON,
        longest_target=LONGEST_TARGET,
        problem=None if refusal is None else errors.sentence(refusal),
    )
    return page, 200 if refusal is None else errors.status_of(refusal)

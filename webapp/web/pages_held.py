"""Parcels that nobody knew at the dock, and whose they are."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import held_parcels
from webapp.usecases.label_corrections import LONGEST_TARGET
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.services import services

pages = Blueprint("held", __name__)


@pages.get("/held")
@requires(Permission.HELD_MATCH)
def show() -> ResponseReturnValue:
    return _page()


@pages.post("/held/<hold_id>/match")
@requires(Permission.HELD_MATCH)
def match(hold_id: str) -> ResponseReturnValue:
    """``to``: a waybill, an order's number or a label, as typed or scanned."""
    try:
        held_parcels.match(
            services().database,
            services().rulebook,
            actor=desk(),
            hold_id=hold_id,
            to=request.form.get("to", "")[:LONGEST_TARGET],
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _page(refusal, hold_id)
    return redirect(url_for("held.show", done="matched"))


@pages.post("/held/<hold_id>/unmatch")
@requires(Permission.HELD_MATCH)
def unmatch(hold_id: str) -> ResponseReturnValue:
    held_parcels.unmatch(
        services().database, services().rulebook, actor=desk(), hold_id=hold_id, now=services().clock.now()
    )
    return redirect(url_for("held.show", done="unmatched"))


def _page(refusal: Refusal | None = None, hold_id: str = "") -> ResponseReturnValue:
    now = services().clock.now()
    page = render_template(
        "held/held.html",
        held=held_parcels.held_parcels(services().database, organisation_id=desk().organisation_id, now=now),
        typed=request.form.get("to", "")[:LONGEST_TARGET],
        typed_for=hold_id,
        longest=LONGEST_TARGET,
        done=request.args.get("done", ""),
        problem=None if refusal is None else errors.sentence(refusal),
        now=now,
    )
    return page, 200 if refusal is None else errors.status_of(refusal)

"""Goods given to an international carrier: who, when, which parcels, seals, under which contract (S0-39, S0-55)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import handovers
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.form_fields import instant_or_now, kept_file
from webapp.web.services import services

pages = Blueprint("handovers", __name__)


@pages.get("/orders/<order_no>/handover")
@requires(Permission.CLAIMS_READ)
def show(order_no: str) -> ResponseReturnValue:
    return _page(order_no)


@pages.post("/orders/<order_no>/handover")
@requires(Permission.CLAIMS_MANAGE)
def state(order_no: str) -> ResponseReturnValue:
    form = request.form
    try:
        handovers.hand_over(
            services().database,
            services().rulebook,
            actor=desk(),
            order_no=order_no,
            said=handovers.HandoverSaid(
                at=instant_or_now("at"),
                carrier=form.get("carrier", ""),
                seals=form.get("seals", ""),
                parcel_ids=form.getlist("parcel"),
                contract_id=form.get("contract") or None,
                note=form.get("note", ""),
            ),
            proof=kept_file("proof"),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _page(order_no, refusal)
    return redirect(url_for("handovers.show", order_no=order_no))


@pages.post("/orders/<order_no>/handover/<handover_id>/back")
@requires(Permission.CLAIMS_MANAGE)
def take_back(order_no: str, handover_id: str) -> ResponseReturnValue:
    try:
        handovers.take_back(
            services().database,
            services().rulebook,
            actor=desk(),
            handover_id=handover_id,
            reason=request.form.get("reason", ""),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _page(order_no, refusal)
    return redirect(url_for("handovers.show", order_no=order_no))


@pages.post("/orders/<order_no>/freight-contract")
@requires(Permission.CLAIMS_MANAGE)
def contract(order_no: str) -> ResponseReturnValue:
    form = request.form
    hours = form.get("notice_hours", "").strip()
    try:
        if hours and not (hours.isascii() and hours.isdigit()):
            raise Refusal("contract_notice_out_of_range", most=handovers.LONGEST_NOTICE_H)
        handovers.state_contract(
            services().database,
            actor=desk(),
            said=handovers.ContractSaid(
                carrier=form.get("carrier", ""),
                reference=form.get("reference", ""),
                notice_hours=int(hours) if hours else None,
                notice_from=form.get("notice_from", ""),
                terms=form.get("terms", ""),
            ),
            order_no=order_no,
            proof=kept_file("proof"),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _page(order_no, refusal)
    return redirect(url_for("handovers.show", order_no=order_no) + "#contracts")


def _page(order_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    view = handovers.view(services().database, organisation_id=desk().organisation_id, order_no=order_no)
    page = render_template(
        "claims/handovers.html",
        view=view,
        order=view.order,
        typed=request.form,
        notice_from=handovers.NOTICE_FROM,
        problem=None if refusal is None else errors.sentence(refusal),
        now=services().clock.now(),
    )
    return page, 200 if refusal is None else errors.status_of(refusal)

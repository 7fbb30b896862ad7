"""Diagnosis before any action, claims with what they still need, and every step that happens to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.claim_form import severity
from webapp.domain.claim_states import (
    CLOSED_STATES,
    EVENTS,
    EXPIRES_BY,
    OPEN_STATES,
    OUTCOMES,
    SOLUTIONS,
    acts,
)
from webapp.domain.claim_types import CLAIM_TYPES
from webapp.domain.messages import LONGEST_1688, REMEDIES, platform_length
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.domain.remedies import paths, suggested
from webapp.store.schema_claims import Discrepancy
from webapp.usecases import (
    claim_events,
    claim_views,
    claims,
    diagnosis,
    discrepancies,
    pre_filing,
    submissions,
)
from webapp.usecases.claim_views import ClaimView
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.claim_forms import claim_said, filled, read_form, step_said
from webapp.web.form_fields import instant_or_now, kept_file
from webapp.web.services import services

pages = Blueprint("claims", __name__)


@pages.get("/orders/<order_no>/diagnosis")
@requires(Permission.CLAIMS_READ)
def diagnose(order_no: str) -> ResponseReturnValue:
    return _diagnosis_page(order_no)


@pages.post("/orders/<order_no>/diagnosis")
@requires(Permission.CLAIMS_MANAGE)
def confirm(order_no: str) -> ResponseReturnValue:
    """A person has looked at the inputs and says that they are right; a claim is opened from there."""
    try:
        discrepancy_id = discrepancies.confirm(
            services().database,
            actor=desk(),
            order_no=order_no,
            key=request.form.get("key", ""),
            type_id=request.form.get("type", ""),
            line_id=request.form.get("line", ""),
            parcel_id=request.form.get("parcel", ""),
            answers=discrepancies.read_answers(request.form),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _diagnosis_page(order_no, refusal)
    return redirect(
        url_for("claims.new", discrepancy_id=discrepancy_id, channel=request.form.get("channel") or None)
    )


@pages.get("/discrepancies/<discrepancy_id>/claim")
@requires(Permission.CLAIMS_MANAGE)
def new(discrepancy_id: str) -> ResponseReturnValue:
    return _form_page(_discrepancy(discrepancy_id))


@pages.post("/discrepancies/<discrepancy_id>/claim")
@requires(Permission.CLAIMS_MANAGE)
def open_claim(discrepancy_id: str) -> ResponseReturnValue:
    discrepancy = _discrepancy(discrepancy_id)
    try:
        number = claims.open_claim(
            services().database, actor=desk(), said=claim_said(discrepancy), now=services().clock.now()
        )
    except Refusal as refusal:
        return _form_page(discrepancy, refusal)
    return redirect(url_for("claims.show", number=number))


@pages.get("/claims")
@requires(Permission.CLAIMS_READ)
def listed() -> ResponseReturnValue:
    closed = request.args.get("state") == "closed"
    rows = claim_views.listed(
        services().database,
        organisation_id=desk().organisation_id,
        states=sorted(CLOSED_STATES) if closed else OPEN_STATES,
        now=services().clock.now(),
    )
    return render_template("claims/claims.html", rows=rows, closed=closed, now=services().clock.now())


@pages.get("/claims/<number>")
@requires(Permission.CLAIMS_READ)
def show(number: str) -> ResponseReturnValue:
    return _claim_page(number)


@pages.get("/claims/<number>/change")
@requires(Permission.CLAIMS_MANAGE)
def changing(number: str) -> ResponseReturnValue:
    view = _view(number)
    return _form_page(view.discrepancy, view=view)


@pages.post("/claims/<number>/change")
@requires(Permission.CLAIMS_MANAGE)
def change(number: str) -> ResponseReturnValue:
    view = _view(number)
    try:
        claims.change(
            services().database,
            actor=desk(),
            number=_counted(number),
            said=claim_said(view.discrepancy),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _form_page(view.discrepancy, refusal, view=view)
    return redirect(url_for("claims.show", number=number))


@pages.post("/claims/<number>/exhibits")
@requires(Permission.CLAIMS_MANAGE)
def exhibits(number: str) -> ResponseReturnValue:
    """``step``: ``in`` or ``out`` with ``kind`` and ``source``; ``refresh`` takes in everything new that fits."""
    step, now = request.form.get("step", ""), services().clock.now()
    try:
        if step == "refresh":
            claims.refresh(services().database, actor=desk(), number=_counted(number), now=now)
        else:
            (claims.take_in if step == "in" else claims.take_out)(
                services().database,
                actor=desk(),
                number=_counted(number),
                source_kind=request.form.get("kind", ""),
                source_id=request.form.get("source", ""),
                now=now,
            )
    except Refusal as refusal:
        return _claim_page(number, refusal)
    return redirect(url_for("claims.show", number=number) + "#exhibits")


@pages.post("/claims/<number>/submit")
@requires(Permission.CLAIMS_MANAGE)
def submit(number: str) -> ResponseReturnValue:
    try:
        view = _view(number)
        submissions.submit(
            services().database,
            actor=desk(),
            claim_id=view.claim.id,
            said=submissions.SubmissionSaid(
                recipient=request.form.get("recipient", ""),
                sent_at=instant_or_now("at"),
                description=request.form.get("description", "").strip(),
                external_id=request.form.get("external_id", ""),
            ),
            proof=kept_file("proof"),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _claim_page(number, refusal)
    return redirect(url_for("claims.show", number=number) + "#sent")


@pages.post("/claims/<number>/submissions/<no>/proof")
@requires(Permission.CLAIMS_MANAGE)
def prove(number: str, no: str) -> ResponseReturnValue:
    try:
        view = _view(number)
        submissions.prove(
            services().database,
            actor=desk(),
            claim_id=view.claim.id,
            no=_counted(no),
            proof=kept_file("proof"),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _claim_page(number, refusal)
    return redirect(url_for("claims.show", number=number) + "#sent")


@pages.post("/claims/<number>/events")
@requires(Permission.CLAIMS_FILE)
def state(number: str) -> ResponseReturnValue:
    """One step that happened: what, when, what it brought, and a screenshot of it."""
    try:
        view = _view(number)
        kind = request.form.get("kind", "")
        if kind not in view.next_events:
            raise Refusal("claim_event_out_of_order", event=kind, state=view.claim.state)
        claim_events.state_event(
            services().database,
            actor=desk(),
            claim_id=view.claim.id,
            kind=kind,
            at=instant_or_now("at"),
            said=step_said(kind),
            proof=kept_file("proof"),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _claim_page(number, refusal)
    return redirect(url_for("claims.show", number=number) + "#steps")


def _diagnosis_page(order_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    now = services().clock.now()
    found = diagnosis.diagnose(
        services().database, organisation_id=desk().organisation_id, order_no=order_no, now=now
    )
    answers = discrepancies.read_answers(request.form or request.args)
    page = render_template(
        "claims/diagnosis.html",
        diagnosis=found,
        order=found.order,
        cards=[(one, diagnosis.choices(found, one, now=now, answers=answers)) for one in found.found],
        situation=found.situation([parcel.id for parcel in found.order.parcels], now),
        types=tuple(CLAIM_TYPES),
        claims=claim_views.claims_of_order(
            services().database, organisation_id=desk().organisation_id, order_id=found.order.id
        ),
        problem=None if refusal is None else errors.sentence(refusal),
        now=now,
    )
    return page, 200 if refusal is None else errors.status_of(refusal)


def _discrepancy(discrepancy_id: str) -> Discrepancy:
    return discrepancies.confirmed(
        services().database, organisation_id=desk().organisation_id, discrepancy_id=discrepancy_id
    )


def _view(number: str) -> ClaimView:
    return claim_views.view(
        services().database, organisation_id=desk().organisation_id, number=_counted(number)
    )


def _form_page(
    discrepancy: Discrepancy, refusal: Refusal | None = None, view: ClaimView | None = None
) -> ResponseReturnValue:
    now = services().clock.now()
    diagnosed, found = discrepancies.rediagnosed(services().database, discrepancy, now=now)
    answers = {**discrepancy.inputs["answers"], **discrepancies.read_answers(request.form)}
    typed: Mapping[str, Any] = request.form or filled(discrepancy, diagnosed, found, view)
    page = render_template(
        "claims/form.html",
        discrepancy=discrepancy,
        order=diagnosed.order,
        found=found,
        recipe=CLAIM_TYPES[discrepancy.type],
        choices=diagnosis.choices(
            diagnosed, found, now=now, answers=answers, form=read_form(discrepancy.type, typed)
        ),
        channel=request.values.get("channel") or (view.claim.channel if view else ""),
        paths=paths(
            shipped=claims.shipped(diagnosed.order),
            situation=found.situation.letter,
            refund_only=diagnosed.switches.refund_only,
        ),
        remedies=suggested(discrepancy.type, severity(discrepancy.type, typed), found.situation.letter),
        remedy_asks=REMEDIES,
        abroad=any(one.handed_over_at or one.vn_arrived_at for one in diagnosed.custody.values()),
        typed=typed,
        longest=LONGEST_1688,
        length=platform_length(str(typed.get("description", ""))),
        view=view,
        problem=None if refusal is None else errors.sentence(refusal),
        now=now,
    )
    return page, 200 if refusal is None else errors.status_of(refusal)


def _counted(text: str) -> int:
    """A number in an address; what is none names no claim."""
    if not (text.isascii() and text.isdigit()) or len(text) > 40:
        raise Refusal("claim_unknown")
    return int(text)


def _claim_page(number: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    view = _view(number)
    page = render_template(
        "claims/claim.html",
        view=view,
        claim=view.claim,
        order=view.order,
        needs_of={name: event.needs for name, event in EVENTS.items()},
        outcomes=OUTCOMES,
        solutions=SOLUTIONS,
        agent_acts=acts(view.claim.channel, view.claim.filer) == "agent",
        windows=EXPIRES_BY,
        answers=pre_filing.answers_of_order(services().database, order_id=view.order.id),
        longest=LONGEST_1688,
        typed=request.form,
        problem=None if refusal is None else errors.sentence(refusal),
        now=services().clock.now(),
    )
    return page, 200 if refusal is None else errors.status_of(refusal)

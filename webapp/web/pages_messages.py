"""Messages about an order: choose one, see it filled in three languages, send it yourself, file the proof."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.messages import (
    LONGEST_1688,
    REMEDIES,
    TEMPLATES,
    Template,
)
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import messages
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.form_fields import instant_or_now, upload_of
from webapp.web.services import services

pages = Blueprint("messages", __name__)


@pages.get("/orders/<order_no>/messages")
@requires(Permission.MESSAGES_SEND)
def show(order_no: str) -> ResponseReturnValue:
    return _page(order_no, _wanted())


@pages.post("/orders/<order_no>/messages")
@requires(Permission.MESSAGES_SEND)
def fill(order_no: str) -> ResponseReturnValue:
    """The same page with what was typed; nothing is saved."""
    return _page(order_no, _wanted())


@pages.post("/orders/<order_no>/messages/sent")
@requires(Permission.MESSAGES_SEND)
def sent(order_no: str) -> ResponseReturnValue:
    wanted = _wanted()
    try:
        messages.send(
            services().database,
            services().blobs,
            actor=desk(),
            order_no=order_no,
            wanted=wanted,
            sending=_sending(),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _page(order_no, wanted, refusal)
    return redirect(url_for("messages.show", order_no=order_no, template=wanted.template, done=1) + "#sent")


@pages.post("/messages/<message_id>/withdraw")
@requires(Permission.MESSAGES_SEND)
def withdraw(message_id: str) -> ResponseReturnValue:
    order_no = messages.withdraw(
        services().database,
        actor=desk(),
        message_id=message_id,
        reason=request.form.get("reason", ""),
        now=services().clock.now(),
    )
    return redirect(url_for("messages.show", order_no=order_no) + "#sent")


def _wanted() -> messages.Wanted:
    values = request.values
    chosen = values.get("template", "T-1")
    template = TEMPLATES.get(chosen)
    names = template.slots if template else ()
    return messages.Wanted(
        template=chosen,
        typed={name: values.get(name, "") for name in names if name not in ("remedy", "affected_units")},
        remedy=values.get("remedy", ""),
        amount=values.get("remedy_amount", ""),
        units=values.get("remedy_units", ""),
        agreement_id=values.get("agreement", ""),
        claim_id=values.get("claim", ""),
        volume=values.get("volume") == "1",
        rates=values.get("rates") == "1",
        follow_up=values.get("follow_up") == "1",
        photos=tuple(values.getlist("photo")) if values.get("photos_asked") else None,
    )


def _offered(draft: messages.Draft) -> list[Template]:
    """The messages for where the goods are, and the one that is open."""
    return [
        one
        for one in TEMPLATES.values()
        if one == draft.template or not set(one.situations).isdisjoint(draft.situations)
    ]


def _sending() -> messages.Sending:
    return messages.Sending(
        language=request.form.get("language", ""),
        recipient=request.form.get("recipient", ""),
        via=request.form.get("via", ""),
        sent_at=instant_or_now("sent_at"),
        proof=upload_of("proof"),
    )


def _page(order_no: str, wanted: messages.Wanted, refusal: Refusal | None = None) -> ResponseReturnValue:
    now = services().clock.now()
    organisation = desk().organisation_id
    try:
        view = messages.writing_of(
            services().database, organisation_id=organisation, order_no=order_no, wanted=wanted, now=now
        )
    except Refusal as unreadable:
        if unreadable.code in ("order_unknown", "template_unknown"):
            raise
        # What was typed about the remedy cannot be read: the rest of the page stays as it was.
        refusal = refusal or unreadable
        bare = messages.Wanted(wanted.template, wanted.typed, agreement_id=wanted.agreement_id)
        view = messages.writing_of(
            services().database, organisation_id=organisation, order_no=order_no, wanted=bare, now=now
        )
    page = render_template(
        "messages/messages.html",
        order=view.order,
        draft=view.draft,
        sent=view.sent,
        wanted=wanted,
        templates=_offered(view.draft),
        remedies=view.draft.remedies,
        asks=REMEDIES,
        most=LONGEST_1688,
        vias=messages.VIAS,
        asked=request.method == "POST",
        done=request.args.get("done") == "1",
        problem=None if refusal is None else errors.sentence(refusal),
        here=url_for("messages.show", order_no=order_no, template=wanted.template),
        now=now,
    )
    return page, 200 if refusal is None else errors.status_of(refusal)

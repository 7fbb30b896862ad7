"""Status times: one screenshot or one paste serves many orders; and the documents that were filed."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.domain.status_times import LineProblem, read_status_lines
from webapp.usecases import documents, stated_facts
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.form_fields import required_instant, typed_instant, upload_of
from webapp.web.order_page import back_to_order, order_page
from webapp.web.pictures import blob_response
from webapp.web.services import services

pages = Blueprint("status", __name__)


@pages.get("/status")
@requires(Permission.DOCUMENTS_FILE)
def form() -> ResponseReturnValue:
    return _page()


@pages.post("/status")
@requires(Permission.DOCUMENTS_FILE)
def state() -> ResponseReturnValue:
    """Ticked orders take the one time below; pasted lines may bring their own."""
    pasted = request.form.get("lines", "")
    try:
        lines = read_status_lines("\n".join([*request.form.getlist("order"), pasted]), typed_instant("at"))
        if lines.problems:
            return _page(problems=lines.problems, status=400)
        filed = documents.state_times(
            services().database,
            services().blobs,
            services().rulebook,
            actor=desk(),
            said=documents.StatedTimes(request.form.get("kind", ""), lines.times, upload_of("screenshot")),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _page(refusal=refusal, status=errors.status_of(refusal))
    return redirect(url_for("status.form", done=filed.orders, proven=1 if filed.document_id else 0))


@pages.post("/orders/<order_no>/milestones")
@requires(Permission.DOCUMENTS_FILE)
def state_one(order_no: str) -> ResponseReturnValue:
    """Any dated fact from an order's own page; a screenshot filed before may prove it."""
    try:
        stated_facts.state(
            services().database,
            services().blobs,
            services().rulebook,
            actor=desk(),
            order_no=order_no,
            said=stated_facts.FactSaid(
                request.form.get("kind", ""),
                required_instant("at"),
                request.form.get("about", ""),
                upload_of("screenshot"),
                request.form.get("document", ""),
                request.form.get("hours", type=int),
            ),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return order_page(order_no, refusal)
    return back_to_order(order_no, "clocks")


@pages.post("/orders/<order_no>/facts/<event_id>/retract")
@requires(Permission.DOCUMENTS_FILE)
def take_back(order_no: str, event_id: str) -> ResponseReturnValue:
    """A fact that was stated by mistake; it stays readable, struck through."""
    stated_facts.retract(
        services().database,
        services().rulebook,
        actor=desk(),
        event_id=event_id,
        now=services().clock.now(),
    )
    return back_to_order(order_no, "clocks")


@pages.get("/documents/<document_id>")
@requires(Permission.EVIDENCE_VIEW)
def original(document_id: str) -> Response:
    """The bytes as they were filed, of the type that their content has."""
    shown = documents.original(
        services().database, organisation_id=desk().organisation_id, document_id=document_id
    )
    return blob_response(shown.sha256, download_name=None)


@pages.get("/documents/<document_id>/thumbnail")
@requires(Permission.EVIDENCE_VIEW)
def thumbnail(document_id: str) -> Response:
    shown = documents.thumbnail(
        services().database, organisation_id=desk().organisation_id, document_id=document_id
    )
    return blob_response(shown.sha256, download_name=None)


def _page(
    *, problems: tuple[LineProblem, ...] = (), refusal: Refusal | None = None, status: int = 200
) -> ResponseReturnValue:
    offered = documents.orders_to_prove(services().database, organisation_id=desk().organisation_id)
    ticked = set(request.form.getlist("order")) | set(request.args.getlist("order"))
    page = render_template(
        "status/status.html",
        offered=offered,
        ticked=ticked,
        typed=request.form,
        done=request.args.get("done", type=int),
        proven=request.args.get("proven") == "1",
        line_problems=problems,
        # Ticked orders stand before the pasted text: people count the lines of their own text.
        ticked_lines=len(request.form.getlist("order")),
        problem=None if refusal is None else errors.sentence(refusal),
        now=services().clock.now(),
    )
    return page, status

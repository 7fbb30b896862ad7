"""What the desk tells the receiver about an order and its lines: checks, unit weight, pack factor, listing."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from webapp.domain.line_facts import read_line_facts
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import checks, documents, line_facts
from webapp.web.access import desk, requires
from webapp.web.form_fields import upload_of
from webapp.web.order_page import back_to_order, order_page
from webapp.web.services import services

pages = Blueprint("lines", __name__)


@pages.post("/orders/<order_no>/lines/<line_id>/facts")
@requires(Permission.ORDERS_EDIT)
def set_facts(order_no: str, line_id: str) -> ResponseReturnValue:
    form = request.form
    try:
        facts = read_line_facts(
            weight=form.get("unit_weight", ""),
            pack=form.get("pack_factor", ""),
            url=form.get("listing_url", ""),
            spec=form.get("listing_spec", ""),
        )
        line_facts.set_line_facts(
            services().database,
            actor=desk(),
            order_no=order_no,
            line_id=line_id,
            facts=facts,
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return order_page(order_no, refusal)
    return back_to_order(order_no, f"line-{line_id}")


@pages.post("/orders/<order_no>/lines/<line_id>/listing")
@requires(Permission.DOCUMENTS_FILE)
def file_listing(order_no: str, line_id: str) -> ResponseReturnValue:
    try:
        upload = upload_of("listing")
        if upload is None:
            raise Refusal("document_empty")
        documents.file_listing(
            services().database,
            services().blobs,
            actor=desk(),
            order_no=order_no,
            line_id=line_id,
            upload=upload,
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return order_page(order_no, refusal)
    return back_to_order(order_no, f"line-{line_id}")


@pages.post("/orders/<order_no>/checks")
@requires(Permission.ORDERS_EDIT)
def ask(order_no: str) -> ResponseReturnValue:
    asked = checks.Asked(
        order_no,
        tuple(request.form.getlist("phrase")),
        request.form.get("free_text", ""),
        request.form.get("line", ""),
    )
    try:
        checks.ask(services().database, actor=desk(), asked=asked, now=services().clock.now())
    except Refusal as refusal:
        return order_page(order_no, refusal)
    return back_to_order(order_no, "checks")


@pages.post("/orders/<order_no>/checks/<check_id>/end")
@requires(Permission.ORDERS_EDIT)
def end_check(order_no: str, check_id: str) -> ResponseReturnValue:
    checks.end(
        services().database,
        actor=desk(),
        order_no=order_no,
        check_id=check_id,
        now=services().clock.now(),
    )
    return back_to_order(order_no, "checks")

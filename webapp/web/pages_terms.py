"""Before the order: what protects it, what the seller promises; and the five questions before filing."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.adapters.catalogues import translate
from webapp.domain.order_terms import BASIC_QC, CATEGORIES, LABELS, OEM, ORDER_KINDS
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import changed_mind, order_terms, pre_filing
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.services import services

pages = Blueprint("terms", __name__)


@pages.get("/orders/<order_no>/terms")
@requires(Permission.EVIDENCE_VIEW)
def show(order_no: str) -> ResponseReturnValue:
    return _page(order_no)


@pages.post("/orders/<order_no>/terms")
@requires(Permission.ORDERS_EDIT)
def state(order_no: str) -> ResponseReturnValue:
    order_terms.state(
        services().database,
        actor=desk(),
        order_no=order_no,
        form=request.form,
        now=services().clock.now(),
    )
    return redirect(url_for("terms.show", order_no=order_no, done=1))


@pages.post("/orders/<order_no>/return-address")
@requires(Permission.ORDERS_EDIT)
def state_address(order_no: str) -> ResponseReturnValue:
    view = order_terms.view(services().database, organisation_id=desk().organisation_id, order_no=order_no)
    try:
        order_terms.state_address(
            services().database,
            actor=desk(),
            supplier_id=view.order.supplier_id,
            address=request.form.get("address", ""),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _page(order_no, refusal)
    return redirect(url_for("terms.show", order_no=order_no, done=1) + "#address")


@pages.post("/orders/<order_no>/pre-filing")
@requires(Permission.DOCUMENTS_FILE)
def pre_file(order_no: str) -> ResponseReturnValue:
    """From the order's or a claim's page; ``next`` is a path of ours."""
    view = order_terms.view(services().database, organisation_id=desk().organisation_id, order_no=order_no)
    pre_filing.answer(
        services().database,
        actor=desk(),
        order_id=view.order.id,
        claim_id=request.form.get("claim", "") or None,
        form=request.form,
        now=services().clock.now(),
    )
    back = request.form.get("next", "")
    ours = back.startswith("/") and not back.startswith(("//", "/\\"))
    return redirect(back if ours else url_for("terms.show", order_no=order_no) + "#pre-filing")


def _page(order_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    view = order_terms.view(services().database, organisation_id=desk().organisation_id, order_no=order_no)
    remark = "；".join(
        translate("zh_CN", f"phrase.{one.phrase}") if one.phrase else one.free_text for one in view.checks
    )
    answers = pre_filing.answers_of_order(services().database, order_id=view.order.id)
    page = render_template(
        "papers/terms.html",
        view=view,
        order=view.order,
        terms=view.terms,
        order_kinds=ORDER_KINDS,
        categories=CATEGORIES,
        labels=LABELS,
        oem=OEM,
        basic_qc=BASIC_QC,
        remark=remark,
        answers=answers,
        changed_mind=changed_mind.of_order(
            services().database, order_id=view.order.id, now=services().clock.now()
        ),
        done=request.args.get("done") == "1",
        problem=None if refusal is None else errors.sentence(refusal),
        here=url_for("terms.show", order_no=order_no),
        now=services().clock.now(),
    )
    return page, 200 if refusal is None else errors.status_of(refusal)

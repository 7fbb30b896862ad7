"""The papers of an order in four folders: filing, hiding, what was agreed, what was paid."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.folders import AGREEMENT_KINDS, DOCUMENT_KINDS, PURPOSES, Folder
from webapp.domain.permissions import Permission
from webapp.domain.quantities import amount_text
from webapp.domain.refusals import Refusal
from webapp.usecases import agreements, completeness, documents, papers, payments
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.form_fields import upload_of
from webapp.web.services import services

pages = Blueprint("papers", __name__)


@pages.get("/orders/<order_no>/papers")
@requires(Permission.EVIDENCE_VIEW)
def show(order_no: str) -> ResponseReturnValue:
    return _page(order_no)


@pages.get("/papers")
@requires(Permission.EVIDENCE_VIEW)
def search() -> ResponseReturnValue:
    """Search in notes; chats to save; files for a supplier or for many orders."""
    return _search_page()


@pages.post("/papers/files")
@requires(Permission.DOCUMENTS_FILE)
def file() -> ResponseReturnValue:
    """Files for one order, many, or a supplier. ``orders``: numbers, apart by whatever is no digit or letter."""
    typed = " ".join(request.form.getlist("orders"))
    order_nos = list(dict.fromkeys(typed.replace(",", " ").replace("，", " ").split()))
    supplier = request.form.get("supplier", "") or None
    try:
        found = documents.file_many(
            services().database,
            services().blobs,
            actor=desk(),
            kind=request.form.get("kind", ""),
            order_nos=order_nos,
            supplier_id=supplier,
            dated_on=request.form.get("dated_on", "").strip() or None,
            slot=request.form.get("slot", "") or None,
            note=request.form.get("note", ""),
            firm=request.form.get("firm", ""),
            report_no=request.form.get("report_no", ""),
            uploads=_uploads(),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        one = order_nos[0] if len(order_nos) == 1 and request.form.get("back") == "order" else None
        return _page(one, refusal) if one else _search_page(refusal)
    if len(order_nos) == 1:
        return redirect(url_for("papers.show", order_no=order_nos[0], filed=len(found)) + "#filed")
    return redirect(url_for("papers.search", filed=len(found)))


@pages.post("/orders/<order_no>/papers/documents/<document_id>/hide")
@requires(Permission.DOCUMENTS_FILE)
def hide(order_no: str, document_id: str) -> ResponseReturnValue:
    return _done(
        order_no,
        "hidden",
        lambda: documents.hide(
            services().database,
            actor=desk(),
            document_id=document_id,
            reason=request.form.get("reason", ""),
            now=services().clock.now(),
        ),
    )


@pages.post("/orders/<order_no>/papers/documents/<document_id>/show")
@requires(Permission.DOCUMENTS_FILE)
def show_again(order_no: str, document_id: str) -> ResponseReturnValue:
    return _done(
        order_no,
        "papers-title",
        lambda: documents.show_again(
            services().database, actor=desk(), document_id=document_id, now=services().clock.now()
        ),
    )


@pages.post("/orders/<order_no>/papers/agreements")
@requires(Permission.DOCUMENTS_FILE)
def agree(order_no: str) -> ResponseReturnValue:
    form = request.form
    said = agreements.Stated(
        kind=form.get("kind", ""),
        dated_on=form.get("dated_on", ""),
        attribute=form.get("attribute", ""),
        value=form.get("value", ""),
        unit=form.get("unit", ""),
        tolerance=form.get("tolerance", ""),
        chat_ref=form.get("chat_ref", ""),
        upload=upload_of("screenshot"),
    )
    return _done(
        order_no,
        "agreements",
        lambda: agreements.state(
            services().database,
            services().blobs,
            actor=desk(),
            order_no=order_no,
            said=said,
            now=services().clock.now(),
        ),
    )


@pages.post("/orders/<order_no>/papers/agreements/<agreement_id>/withdraw")
@requires(Permission.DOCUMENTS_FILE)
def withdraw_agreement(order_no: str, agreement_id: str) -> ResponseReturnValue:
    return _done(
        order_no,
        "agreements",
        lambda: agreements.withdraw(
            services().database,
            actor=desk(),
            agreement_id=agreement_id,
            reason=request.form.get("reason", ""),
            now=services().clock.now(),
        ),
    )


@pages.post("/orders/<order_no>/papers/payments")
@requires(Permission.DOCUMENTS_FILE)
def pay(order_no: str) -> ResponseReturnValue:
    form = request.form
    said = payments.Paid(
        paid_on=form.get("paid_on", ""),
        amount=form.get("amount", ""),
        currency=form.get("currency", "CNY"),
        account=form.get("account", ""),
        purpose=form.get("purpose", ""),
        note=form.get("note", ""),
        upload=upload_of("screenshot"),
    )
    return _done(
        order_no,
        "payments",
        lambda: payments.state(
            services().database,
            services().blobs,
            actor=desk(),
            order_no=order_no,
            said=said,
            now=services().clock.now(),
        ),
    )


@pages.post("/orders/<order_no>/papers/payments/<payment_id>/withdraw")
@requires(Permission.DOCUMENTS_FILE)
def withdraw_payment(order_no: str, payment_id: str) -> ResponseReturnValue:
    return _done(
        order_no,
        "payments",
        lambda: payments.withdraw(
            services().database,
            actor=desk(),
            payment_id=payment_id,
            reason=request.form.get("reason", ""),
            now=services().clock.now(),
        ),
    )


@pages.get("/orders/<order_no>/payments.csv")
@requires(Permission.EVIDENCE_VIEW)
def payments_csv(order_no: str) -> Response:
    text = payments.csv_of_order(
        services().database, organisation_id=desk().organisation_id, order_no=order_no
    )
    response = Response(text, mimetype="text/csv")
    response.headers["Content-Disposition"] = 'attachment; filename="payments.csv"'
    return response


def _uploads() -> list[documents.Upload]:
    chosen = [file for file in request.files.getlist("files") if file.filename]
    return [
        documents.Upload(file.stream, file.filename or "")  # type: ignore[arg-type]
        for file in chosen
    ]


def _done(order_no: str, anchor: str, step: Callable[[], object]) -> ResponseReturnValue:
    try:
        step()
    except Refusal as refusal:
        return _page(order_no, refusal)
    return redirect(url_for("papers.show", order_no=order_no) + f"#{anchor}")


def _page(order_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    now = services().clock.now()
    view = papers.view(
        services().database, organisation_id=desk().organisation_id, order_no=order_no, now=now
    )
    page = render_template(
        "papers/papers.html",
        view=view,
        order=view.order,
        folders=list(Folder),
        kinds=DOCUMENT_KINDS,
        agreement_kinds=AGREEMENT_KINDS,
        purposes=PURPOSES,
        currencies=payments.CURRENCIES,
        amount_text=amount_text,
        filed=request.args.get("filed", type=int),
        problem=None if refusal is None else errors.sentence(refusal),
        today=now.date().isoformat(),
        here=url_for("papers.show", order_no=order_no),
        now=now,
    )
    return page, 200 if refusal is None else errors.status_of(refusal)


def _search_page(refusal: Refusal | None = None) -> ResponseReturnValue:
    now = services().clock.now()
    organisation = desk().organisation_id
    query = request.args.get("q", "").strip()
    page = render_template(
        "papers/search.html",
        query=query,
        view=papers.search(
            services().database,
            organisation_id=organisation,
            query=query,
            supplier_id=request.args.get("supplier", "") or None,
        ),
        unfiled=completeness.unfiled_events(services().database, organisation_id=organisation, now=now),
        stale=completeness.stale_chats(services().database, organisation_id=organisation, now=now),
        kinds=DOCUMENT_KINDS,
        filed=request.args.get("filed", type=int),
        problem=None if refusal is None else errors.sentence(refusal),
        here=url_for("papers.search"),
        now=now,
    )
    return page, 200 if refusal is None else errors.status_of(refusal)

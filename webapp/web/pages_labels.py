"""Labels at the desk: of many orders at once, of a load unit, blank ones on a roll, and the counting mat."""

from __future__ import annotations

import io
import re

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.adapters import label_sheets
from webapp.adapters.counting_mat import PAPERS, counting_mat_pdf
from webapp.domain.labels import parse_label, printed_code
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.locate import fonts_dir
from webapp.usecases import label_corrections, labels, rolls
from webapp.usecases.label_print import MOST_LABELS, Sheet
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.pages_orders import public_url
from webapp.web.services import services

pages = Blueprint("labels", __name__)

_QUANTITY = {"print": True, "leave_out": False}
"""What the form's choice means; anything else: as the kind of label has it."""

_BETWEEN_NUMBERS = re.compile(r"[\s,;，、；]+")


@pages.get("/labels")
@requires(Permission.LABELS_PRINT)
def show() -> ResponseReturnValue:
    return _page()


@pages.post("/labels/orders")
@requires(Permission.LABELS_PRINT)
def print_orders() -> ResponseReturnValue:
    typed = _BETWEEN_NUMBERS.split(request.form.get("order_nos", ""))
    order_nos = list(dict.fromkeys(no for no in [*request.form.getlist("order"), *typed] if no))
    try:
        if not order_nos:
            raise Refusal("label_none_known")
        sheet = _sheet()
        pdf, codes = labels.print_labels(
            services().database,
            organisation_id=desk().organisation_id,
            order_nos=order_nos,
            stock=sheet.stock,
            start=sheet.start,
            public_url=sheet.public_url,
            fonts_dir=sheet.fonts_dir,
            actor=_actor(),
            now=services().clock.now(),
            wanted=labels.Wanted(
                kind=request.form.get("kind", "parcel"),
                cartons=_number("cartons", labels.MOST_CARTONS) or 1,
                carton=_number("carton", labels.MOST_CARTONS),
                pieces=_number("pieces", 1_000_000),
                quantity=_QUANTITY.get(request.form.get("quantity", "")),
            ),
        )
    except Refusal as refusal:
        return _page(refusal)
    name = order_nos[0] if len(order_nos) == 1 else f"{len(codes)}"
    return pdf_answer(pdf, f"labels-{name}.pdf", codes)


@pages.post("/labels/load-units")
@requires(Permission.LABELS_PRINT)
def print_unit() -> ResponseReturnValue:
    try:
        pdf, codes = labels.print_unit_label(
            services().database,
            organisation_id=desk().organisation_id,
            unit_kind=request.form.get("unit_kind", ""),
            number=request.form.get("number", ""),
            sheet=_sheet(),
            actor=_actor(),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _page(refusal)
    return pdf_answer(pdf, "label-load-unit.pdf", codes)


@pages.post("/labels/blank")
@requires(Permission.LABELS_PRINT)
def print_blank() -> ResponseReturnValue:
    try:
        pdf, codes = rolls.print_roll(
            services().database,
            organisation_id=desk().organisation_id,
            site_id=request.form.get("site") or None,
            count=_number("count", MOST_LABELS) or 0,
            sheet=_sheet(),
            actor=_actor(),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _page(refusal)
    return pdf_answer(pdf, f"labels-blank-{len(codes)}.pdf", codes)


@pages.post("/labels/void")
@requires(Permission.LABELS_CORRECT)
def void_one() -> ResponseReturnValue:
    """Any label of the organisation by its code, also a blank one that no order's page shows."""
    try:
        code = label_corrections.void(
            services().database,
            actor=desk(),
            typed=request.form.get("code", "")[: label_corrections.LONGEST_TARGET],
            reason=request.form.get("reason", ""),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _page(refusal)
    return redirect(url_for("labels.show", voided=code))


@pages.get("/labels/mat/<paper>")
@requires(Permission.LABELS_PRINT)
def mat(paper: str) -> ResponseReturnValue:
    pdf = counting_mat_pdf(paper, created=services().clock.now(), fonts_dir=fonts_dir())
    return pdf_answer(pdf, f"counting-mat-{paper}.pdf", [])


def pdf_answer(pdf: bytes, name: str, codes: list[str]) -> Response:
    """A download. Its codes also stand in a header, for scripts."""
    response = send_file(io.BytesIO(pdf), mimetype="application/pdf", download_name=name, as_attachment=True)
    # A header line that proxies pass on; more codes than that are in the file.
    response.headers["Dockproof-Labels"] = " ".join(codes[:200])
    return response


def _page(refusal: Refusal | None = None) -> ResponseReturnValue:
    organisation_id = desk().organisation_id
    page = render_template(
        "labels/labels.html",
        orders=labels.unlabelled_orders(services().database, organisation_id=organisation_id),
        rolls=rolls.rolls(services().database, organisation_id=organisation_id),
        sites=rolls.sites_for_rolls(services().database, organisation_id=organisation_id),
        stocks=label_sheets.STOCKS,
        papers=list(PAPERS),
        unit_kinds=labels.UNIT_KINDS,
        most_labels=MOST_LABELS,
        typed=request.form,
        ticked=set(request.form.getlist("order")),
        warnings=label_sheets.warnings(services().settings.public_url),
        voided=_voided(),
        problem=None if refusal is None else errors.sentence(refusal),
        now=services().clock.now(),
    )
    return page, 200 if refusal is None else errors.status_of(refusal)


def _sheet() -> Sheet:
    start = _number("start", 100)
    return Sheet(
        request.form.get("stock", "100x150"), public_url(), fonts_dir(), 1 if start is None else start
    )


def _voided() -> str | None:
    """The code that the last step voided, as people read it."""
    code = parse_label(request.args.get("voided", "")).code
    return printed_code(code) if code else None


def _number(name: str, most: int) -> int | None:
    """A whole number of the form; None when its field is empty. Raises ``label_count_wrong``."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refusal("label_count_wrong", most=most)
    return int(text)


def _actor() -> str:
    return f"user:{desk().id}"

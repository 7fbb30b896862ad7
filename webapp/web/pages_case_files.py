"""The case file's download, and the pack for 1688's refund form."""

from __future__ import annotations

import re
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.adapters.catalogues import LANGUAGES
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.domain.voucher import LEAST_TEXT, MOST_TEXT
from webapp.usecases import case_file, voucher_pages
from webapp.usecases import voucher_pack as packs
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.pictures import blob_response
from webapp.web.services import services
from webapp.web.words import language

pages = Blueprint("case_files", __name__)


@pages.post("/orders/<order_no>/case-file")
@requires(Permission.CASES_EXPORT)
def export(order_no: str) -> Response:
    """Streamed: nothing of it lies on this disk."""
    wanted = request.form.get("language", "")
    made = case_file.write(
        services().database,
        services().blobs,
        organisation_id=desk().organisation_id,
        order_no=order_no,
        language=wanted if wanted in LANGUAGES else language(),
        actor=desk().actor,
        now=services().clock.now(),
    )
    response = Response(made.pieces, mimetype="application/zip")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(made.name)}"
    return response


@pages.get("/orders/<order_no>/voucher")
@requires(Permission.CASES_EXPORT)
def voucher(order_no: str) -> ResponseReturnValue:
    return _voucher_page(order_no)


@pages.post("/orders/<order_no>/voucher")
@requires(Permission.CASES_EXPORT)
def make_voucher(order_no: str) -> ResponseReturnValue:
    claim_id = request.form.get("claim") or None
    try:
        packs.make(
            services().database,
            services().blobs,
            actor=desk(),
            order_no=order_no,
            claim_id=claim_id,
            text=request.form.get("text", ""),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _voucher_page(order_no, refusal)
    return redirect(url_for("case_files.voucher", order_no=order_no, claim=claim_id))


@pages.get("/vouchers/<voucher_id>/<number>.jpg")
@requires(Permission.EVIDENCE_VIEW)
def voucher_file(voucher_id: str, number: str) -> Response:
    if not re.fullmatch("[1-9]", number):
        raise Refusal("voucher_unknown")
    found = voucher_pages.file_of(
        services().database,
        organisation_id=desk().organisation_id,
        voucher_id=voucher_id,
        number=int(number),
    )
    name = f"{found.order_no}-{number}.jpg" if "download" in request.args else None
    return blob_response(found.sha256, download_name=name)


@pages.get("/orders/<order_no>/share-video")
@requires(Permission.EVIDENCE_VIEW)
def share_video(order_no: str) -> Response:
    shown = _shown(order_no, None)
    if shown.video.sha256 is None:
        raise Refusal("not_found")
    return blob_response(shown.video.sha256, download_name=f"{order_no}.mp4")


def _shown(order_no: str, claim_id: str | None) -> voucher_pages.VoucherPage:
    return voucher_pages.page(
        services().database,
        services().settings.home,
        organisation_id=desk().organisation_id,
        order_no=order_no,
        claim_id=claim_id,
        now=services().clock.now(),
    )


def _voucher_page(order_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    claim_id = request.values.get("claim") or None
    shown = _shown(order_no, claim_id)
    page = render_template(
        "shares/voucher.html",
        shown=shown,
        text=request.form.get("text") or shown.text,
        claim_id=claim_id,
        least=LEAST_TEXT,
        most=MOST_TEXT,
        problem=None if refusal is None else errors.sentence(refusal),
        now=services().clock.now(),
    )
    return page, 200 if refusal is None else errors.status_of(refusal)

"""Job links: what the desk makes, lists and ends; and the page that the holder of one opens."""

from __future__ import annotations

import base64
import io
from contextlib import ExitStack
from typing import IO, cast

import qrcode
from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from qrcode.image.pil import PilImage
from werkzeug.datastructures import FileStorage
from werkzeug.formparser import FormDataParser

from webapp.adapters.incoming_file import IncomingFile
from webapp.domain.labels import printed_code
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import job_links
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.order_page import back_to_order
from webapp.web.pages_orders import public_url
from webapp.web.pictures import blob_response
from webapp.web.services import services

pages = Blueprint("job_links", __name__)
open_pages = Blueprint("jobs", __name__)
"""Takes no cookie as a right: the token in the path is all, so these forms carry no CSRF token."""

_FORM_ROOM = 1 << 20
"""More than one piece that Werkzeug reads (64 KiB) with what it held back of the last: else files fail by chance."""
_MOST_PARTS = 40
_PLAYED = ("image/jpeg", "image/png", "image/webp", "video/mp4", "video/webm")


@pages.post("/orders/<order_no>/parcels/<parcel_id>/job-links")
@requires(Permission.ORDERS_EDIT)
def make(order_no: str, parcel_id: str) -> ResponseReturnValue:
    """Shows the link once, as text and as a QR; only its hash is kept."""
    token, expires_at = job_links.make(
        services().database,
        actor=desk(),
        order_no=order_no,
        parcel_id=parcel_id,
        hours=request.form.get("hours", 24, type=int),
        now=services().clock.now(),
    )
    link = f"{public_url()}/job/{token}"
    return render_template(
        "jobs/link.html", link=link, picture=_qr_data_url(link), expires_at=expires_at, order_no=order_no
    )


@pages.post("/job-links/<handle>/revoke")
@requires(Permission.ORDERS_EDIT)
def revoke(handle: str) -> ResponseReturnValue:
    order_no = job_links.revoke(services().database, actor=desk(), handle=handle, now=services().clock.now())
    return redirect(url_for("orders.board")) if order_no is None else back_to_order(order_no, "parcels")


@pages.get("/job-captures/<capture_id>")
@requires(Permission.EVIDENCE_VIEW)
def original(capture_id: str) -> Response:
    """The bytes as they came. What browsers do not show is an attachment."""
    shown = job_links.capture(
        services().database, organisation_id=desk().organisation_id, capture_id=capture_id
    )
    ending = shown.mime.rpartition("/")[2]
    name = None if shown.mime in _PLAYED else f"job-{shown.id}.{ending}"
    return blob_response(shown.sha256, download_name=name)


@pages.get("/job-captures/<capture_id>/thumbnail")
@requires(Permission.EVIDENCE_VIEW)
def thumbnail(capture_id: str) -> Response:
    sha256 = job_links.thumbnail(
        services().database, organisation_id=desk().organisation_id, capture_id=capture_id
    )
    return blob_response(sha256, download_name=None)


@open_pages.get("/job/<token>")
@requires(Permission.PUBLIC)
def show(token: str) -> ResponseReturnValue:
    """Consumes nothing: chats open links by themselves."""
    g.first_language = "zh_CN"
    try:
        return _page(token)
    except Refusal as refusal:
        return _closed(refusal)


@open_pages.post("/job/<token>")
@requires(Permission.PUBLIC)
def send(token: str) -> ResponseReturnValue:
    g.first_language = "zh_CN"
    try:
        kept = _receive(token)
    except Refusal as refusal:
        if _wants_json():
            return jsonify({"error": {"code": refusal.code, "message": errors.sentence(refusal)}}), (
                errors.status_of(refusal)
            )
        try:
            return errors.refused_page(_page(token, problem=errors.sentence(refusal)), refusal)
        except Refusal as closed:
            return _closed(closed)
    if _wants_json():
        return jsonify({"kept": [{"sha256": one.sha256, "bytes": one.bytes} for one in kept]}), 201
    return redirect(url_for("jobs.show", token=token, kept=len(kept)), 303)


def _receive(token: str) -> list[job_links.Capture]:
    now = services().clock.now()
    job_links.allow_sending(
        services().database, services().blobs, token, size=request.content_length or 0, now=now
    )
    request.max_content_length = job_links.MOST_BYTES + _FORM_ROOM
    with ExitStack() as open_files:

        def store(*_: object, **__: object) -> IO[bytes]:
            file = IncomingFile(services().blobs, most=job_links.MOST_BYTES)
            return cast("IO[bytes]", open_files.enter_context(file))

        parser = FormDataParser(store, max_form_memory_size=_FORM_ROOM, max_form_parts=_MOST_PARTS)
        _, form, files = parser.parse(
            request.stream, request.mimetype, request.content_length, dict(request.mimetype_params)
        )
        sent: list[FileStorage] = [file for _, file in files.items(multi=True) if file.filename]
        if not sent:
            raise Refusal("job_file_missing")
        # All or none: a form with one bad file says so, and sending it again keeps nothing twice.
        incoming = [cast(IncomingFile, file.stream) for file in sent]
        if any(file.bytes == 0 for file in incoming):
            raise Refusal("job_file_missing")
        if any(file.mime is None for file in incoming):
            raise Refusal("job_file_type")
        return [
            job_links.keep_capture(
                services().database,
                services().blobs,
                token,
                incoming=file,
                note=form.get("note", ""),
                over_https=request.is_secure,
                now=services().clock.now(),
            )
            for file in incoming
        ]


def _page(token: str, problem: str = "") -> str:
    job = job_links.job(services().database, token, now=services().clock.now())
    return render_template(
        "jobs/job.html",
        job=job,
        label=printed_code(job.label) if job.label else None,
        insecure=not request.is_secure,
        kept=request.args.get("kept", 0, type=int),
        problem=problem,
    )


def _closed(refusal: Refusal) -> ResponseReturnValue:
    page = render_template("jobs/closed.html", sentence=errors.sentence(refusal))
    return errors.refused_page(page, refusal)


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _qr_data_url(text: str) -> str:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=8, border=4)
    code.add_data(text)
    out = io.BytesIO()
    code.make_image(image_factory=PilImage).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode("ascii")

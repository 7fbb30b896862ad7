"""The board and one order."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.locate import fonts_dir
from webapp.usecases import labels, pictures
from webapp.web.access import desk, requires
from webapp.web.order_page import order_page
from webapp.web.pages_board import board_page
from webapp.web.pages_find import LONGEST_QUERY
from webapp.web.pages_find import answer as find_answer
from webapp.web.pictures import picture_response
from webapp.web.services import services

pages = Blueprint("orders", __name__)


@pages.get("/")
@requires(Permission.ORDERS_READ)
def board() -> ResponseReturnValue:
    if request.args.get("q", "").strip():
        return find_answer(request.args["q"][:LONGEST_QUERY])
    return board_page()


@pages.get("/orders/<order_no>")
@requires(Permission.ORDERS_READ)
def show(order_no: str) -> ResponseReturnValue:
    return order_page(order_no)


@pages.post("/orders/<order_no>/labels")
@requires(Permission.LABELS_PRINT)
def print_labels(order_no: str) -> ResponseReturnValue:
    pdf, codes = labels.print_labels(
        services().database,
        organisation_id=desk().organisation_id,
        order_nos=[order_no],
        stock=request.form.get("stock", "100x150"),
        public_url=public_url(),
        fonts_dir=fonts_dir(),
        actor=f"user:{desk().id}",
        now=services().clock.now(),
    )
    response = send_file(
        io.BytesIO(pdf),
        mimetype="application/pdf",
        download_name=f"labels-{order_no}.pdf",
        as_attachment=True,
    )
    response.headers["Dockproof-Labels"] = " ".join(codes)
    return response


@pages.post("/orders/<order_no>/lines/<line_id>/picture")
@requires(Permission.ORDERS_EDIT)
def set_picture(order_no: str, line_id: str) -> ResponseReturnValue:
    file = request.files.get("picture")
    try:
        if file is None:
            raise Refusal("picture_unreadable")
        pictures.set_line_picture(
            services().database,
            services().blobs,
            actor=desk(),
            line_id=line_id,
            upload=file.stream,  # type: ignore[arg-type]
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return order_page(order_no, refusal)
    return redirect(url_for("orders.show", order_no=order_no) + f"#line-{line_id}")


@pages.get("/lines/<line_id>/picture")
@requires(Permission.ORDERS_READ)
def picture(line_id: str) -> Response:
    sha256 = pictures.line_picture(
        services().database, organisation_id=desk().organisation_id, line_id=line_id
    )
    return picture_response(sha256)


def public_url() -> str:
    """The configured address, else the one this request came to (a label with it prints a warning)."""
    parts = urlsplit(request.host_url)
    return services().settings.public_url or f"{parts.scheme}://{parts.netloc}"

"""The board and one order."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from webapp.adapters import label_sheets
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.locate import fonts_dir
from webapp.usecases import board as reading
from webapp.usecases import clocks, labels, pictures
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.pictures import picture_response
from webapp.web.services import services

pages = Blueprint("orders", __name__)


@pages.get("/")
@requires(Permission.ORDERS_READ)
def board() -> ResponseReturnValue:
    now = services().clock.now()
    search = request.args.get("q", "")[:200]
    page = request.args.get("page", "1")
    view = reading.board(
        services().database,
        services().rulebook,
        organisation_id=desk().organisation_id,
        page=int(page) if page.isascii() and page.isdigit() and 1 <= int(page) <= 100_000 else 1,
        search=search,
        now=now,
    )
    if search and len(view.rows) == 1:
        return redirect(url_for("orders.show", order_no=view.rows[0].order.order_no))
    return render_template("orders/board.html", board=view, search=search, now=now)


@pages.get("/orders/<order_no>")
@requires(Permission.ORDERS_READ)
def show(order_no: str) -> ResponseReturnValue:
    return _order_page(order_no)


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


@pages.post("/orders/<order_no>/milestones")
@requires(Permission.ORDERS_EDIT)
def state_milestone(order_no: str) -> ResponseReturnValue:
    try:
        clocks.state_milestone(
            services().database,
            services().rulebook,
            actor=desk(),
            order_no=order_no,
            said=clocks.Statement(request.form.get("kind", ""), request.form.get("at", "")),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _order_page(order_no, refusal)
    return redirect(url_for("orders.show", order_no=order_no) + "#clocks")


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
        return _order_page(order_no, refusal)
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


def _order_page(order_no: str, refusal: Refusal | None = None) -> ResponseReturnValue:
    """The order, with why the last step was refused. Raises ``order_unknown``."""
    now = services().clock.now()
    view = reading.order_view(
        services().database,
        services().rulebook,
        organisation_id=desk().organisation_id,
        order_no=order_no,
        now=now,
    )
    problem = None if refusal is None else errors.sentence(refusal)
    page = render_template(
        "orders/order.html",
        view=view,
        rulebook=services().rulebook,
        label_warnings=label_sheets.warnings(services().settings.public_url),
        problem=problem,
        now=now,
    )
    return page, 200 if refusal is None else errors.status_of(refusal)

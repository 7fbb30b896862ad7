"""Links to one case: made, listed and ended at the desk."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import shares
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.pages_orders import public_url
from webapp.web.services import services

pages = Blueprint("shares", __name__)


@pages.get("/orders/<order_no>/shares")
@requires(Permission.SHARES_MANAGE)
def show(order_no: str) -> ResponseReturnValue:
    return _page(order_no)


@pages.post("/orders/<order_no>/shares")
@requires(Permission.SHARES_MANAGE)
def make(order_no: str) -> ResponseReturnValue:
    """Shows the link once; only its hash is kept."""
    try:
        made = shares.make(
            services().database,
            actor=desk(),
            order_no=order_no,
            claim_id=request.form.get("claim") or None,
            audience=request.form.get("audience", "mediator"),
            language=request.form.get("language", "zh_CN"),
            days=request.form.get("days", 30, type=int),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _page(order_no, refusal=refusal)
    return _page(order_no, link=f"{public_url()}/s/{made.token}")


@pages.post("/shares/<link_id>/revoke")
@requires(Permission.SHARES_MANAGE)
def revoke(link_id: str) -> ResponseReturnValue:
    order_no = shares.revoke(services().database, actor=desk(), link_id=link_id, now=services().clock.now())
    if order_no is None:
        return redirect(url_for("agents.show"))
    return redirect(url_for("shares.show", order_no=order_no))


def _page(order_no: str, *, link: str = "", refusal: Refusal | None = None) -> ResponseReturnValue:
    now = services().clock.now()
    listed = shares.of_order(
        services().database, organisation_id=desk().organisation_id, order_no=order_no, now=now
    )
    page = render_template(
        "shares/shares.html",
        order_no=order_no,
        listed=listed,
        link=link,
        audiences=shares.AUDIENCES,
        days=shares.DAYS,
        claim_id=request.values.get("claim") or "",
        problem=None if refusal is None else errors.sentence(refusal),
        now=now,
    )
    return page, 200 if refusal is None else errors.status_of(refusal)

"""What the account holder must know at once: shown on the board and the order, marked as seen here."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import Permission
from webapp.usecases import notices
from webapp.web.access import can, desk, requires
from webapp.web.services import services

pages = Blueprint("notices", __name__)


@pages.post("/notices/<notice_id>/seen")
@requires(Permission.NOTICES_SEE)
def see(notice_id: str) -> ResponseReturnValue:
    order_no = notices.see(services().database, actor=desk(), notice_id=notice_id, now=services().clock.now())
    if request.form.get("from") == "order":
        return redirect(url_for("orders.show", order_no=order_no))
    return redirect(url_for("orders.board"))


def count_unseen() -> int:
    """For the navigation of every desk page; 0 for people who may not read orders."""
    if not can(Permission.ORDERS_READ):
        return 0
    return notices.count_unseen(services().database, organisation_id=desk().organisation_id)

"""Find: one question or a pasted arrival note; one answer goes straight to its order."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.finding import LONGEST_NOTE
from webapp.domain.permissions import Permission
from webapp.usecases.find import Kind, find
from webapp.web.access import desk, requires
from webapp.web.services import services

pages = Blueprint("find", __name__)

LONGEST_QUERY = 2_000
_SHORT = 80


@pages.get("/find")
@requires(Permission.ORDERS_READ)
def show() -> ResponseReturnValue:
    return answer(request.args.get("q", "")[:LONGEST_QUERY])


@pages.post("/find")
@requires(Permission.ORDERS_READ)
def note() -> ResponseReturnValue:
    """A note travels in the body: it may be long, and names people."""
    return answer(request.form.get("note", "")[:LONGEST_NOTE])


def answer(text: str) -> ResponseReturnValue:
    now = services().clock.now()
    found = None
    if text.strip():
        found = find(services().database, organisation_id=desk().organisation_id, text=text, now=now)
        if found.straight_to is not None:
            return redirect(url_for("orders.show", order_no=found.straight_to))
    is_note = request.method == "POST" or len(text) > _SHORT or "\n" in text.strip()
    return render_template(
        "orders/find.html",
        found=found,
        kinds=[*Kind],
        search="" if is_note else text.strip(),
        note=text if is_note else "",
        here=url_for("find.show") if request.method == "POST" else request.full_path.rstrip("?"),
        now=now,
    )

"""What the agent would ask for a return or an exchange, before anybody asks for one."""

from __future__ import annotations

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.fees import Request
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.domain.stakes import read_yuan
from webapp.usecases import fees
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.services import services

pages = Blueprint("fees", __name__)


@pages.get("/fees")
@requires(Permission.ORDERS_READ)
def show() -> ResponseReturnValue:
    found, refusal = None, None
    if request.args.get("skus"):
        try:
            found = fees.quote(
                services().database, organisation_id=desk().organisation_id, request=_request()
            )
        except Refusal as refused:
            refusal = refused
    page = render_template(
        "fees/fees.html",
        found=found,
        typed=request.args,
        problem=None if refusal is None else errors.sentence(refusal),
        here=url_for("fees.show"),
        now=services().clock.now(),
    )
    return page, 200 if refusal is None else errors.status_of(refusal)


def _request() -> Request:
    typed = request.args
    return Request(
        kind="exchange" if typed.get("kind") == "exchange" else "return",
        month_skus=_number("month_skus"),
        skus=_number("skus"),
        off_platform=typed.get("off_platform") == "1",
        late=typed.get("late") == "1",
        warranty=typed.get("case") == "warranty",
        intl_return=typed.get("case") == "intl_return",
        domestic_return=typed.get("case") == "domestic_return",
        to_seller_fen=_money("to_seller"),
        from_seller_fen=_money("from_seller"),
        reshipping_fen=_money("reshipping"),
    )


def _number(name: str) -> int:
    text = request.args.get(name, "").strip()
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise Refusal("fee_request")
    return int(text)


def _money(name: str) -> int | None:
    text = request.args.get(name, "").strip()
    if not text:
        return None
    fen = read_yuan(text)
    if fen is None:
        raise Refusal("amount_unreadable")
    return fen

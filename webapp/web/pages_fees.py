"""What the agent would ask for a return or an exchange, before anybody asks for one."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.fees import Request
from webapp.domain.permissions import Permission
from webapp.domain.quantities import plain_amount
from webapp.domain.refusals import Refusal
from webapp.usecases import fees
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.form_fields import typed_fen
from webapp.web.services import services

pages = Blueprint("fees", __name__)


@pages.get("/fees")
@requires(Permission.ORDERS_READ)
def show() -> ResponseReturnValue:
    """``claim``: a return or exchange that an agent is asked for; what the record knows of it stands in the form."""
    found, refusal = None, None
    typed: dict[str, str] = request.args.to_dict()
    known = fees.known(
        services().database,
        organisation_id=desk().organisation_id,
        claim_number=_claim(),
        now=services().clock.now(),
    )
    if known.request is not None and not typed.get("skus"):
        typed |= _as_typed(known.request)
    if typed.get("skus"):
        try:
            found = fees.quote(
                services().database,
                organisation_id=desk().organisation_id,
                request=_request(typed, known.used),
            )
        except Refusal as refused:
            refusal = refused
    page = render_template(
        "fees/fees.html",
        found=found,
        known=known,
        typed=typed,
        problem=None if refusal is None else errors.sentence(refusal),
        here=url_for("fees.show"),
        now=services().clock.now(),
    )
    return page, 200 if refusal is None else errors.status_of(refusal)


def _claim() -> int | None:
    text = request.args.get("claim", "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text) > 9:
        raise Refusal("claim_unknown")
    return int(text)


def _as_typed(known: Request) -> dict[str, str]:
    typed = {
        "kind": known.kind,
        "skus": str(known.skus),
        "off_platform": "1" if known.off_platform else "",
        "late": "1" if known.late else "",
        "to_seller": "" if known.to_seller_fen is None else plain_amount(known.to_seller_fen),
    }
    return {name: value for name, value in typed.items() if value}


def _request(typed: Mapping[str, str], used: int) -> Request:
    """``used``: SKUs of the month's earlier requests, which count unless somebody says another number."""
    skus = _number(typed.get("skus", ""))
    return Request(
        kind="exchange" if typed.get("kind") == "exchange" else "return",
        month_skus=_number(typed["month_skus"]) if typed.get("month_skus", "").strip() else used + skus,
        skus=skus,
        off_platform=typed.get("off_platform") == "1",
        late=typed.get("late") == "1",
        warranty=typed.get("case") == "warranty",
        intl_return=typed.get("case") == "intl_return",
        domestic_return=typed.get("case") == "domestic_return",
        to_seller_fen=typed_fen(typed.get("to_seller", "")),
        from_seller_fen=typed_fen(typed.get("from_seller", "")),
        reshipping_fen=typed_fen(typed.get("reshipping", "")),
    )


def _number(typed: str) -> int:
    text = typed.strip()
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise Refusal("fee_request")
    return int(text)

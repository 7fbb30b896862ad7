"""The board with its filters and saved views, its spreadsheet, and the rate that turns yuan into dong."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.board_filters import (
    OWNERS,
    SORTS,
    STARTS,
    URGENCIES,
    VERDICT_FILTERS,
    Filters,
    read_filters,
    yuan_typed,
)
from webapp.domain.csv_text import BOM, csv_line
from webapp.domain.permissions import Permission
from webapp.domain.progress import OrderState
from webapp.domain.refusals import Refusal
from webapp.domain.stakes import dong_of, dong_text, rate_text
from webapp.usecases import audit, exchange_rate, held_parcels, notices, views
from webapp.usecases import board as reading
from webapp.web import board_csv, errors
from webapp.web.access import can, desk, requires
from webapp.web.services import services
from webapp.web.words import instant

pages = Blueprint("board", __name__)

RULES = tuple(f"R-{n:02}" for n in range(1, 16))
"""The rules that the board filters by: those of every order, and those of its claims."""

MOST_PAGES = 100_000


def asked_filters() -> Filters:
    """The filters of this request, from its address or its form."""
    return read_filters(request.values, RULES)


def board_page(problem: Refusal | None = None) -> ResponseReturnValue:
    """The board under this request's filters, with why the last step was refused."""
    now = services().clock.now()
    page = request.args.get("page", "1")
    filters = asked_filters()
    board = reading.board(
        services().database,
        organisation_id=desk().organisation_id,
        filters=filters,
        page=int(page) if page.isascii() and page.isdigit() and 1 <= int(page) <= MOST_PAGES else 1,
        now=now,
    )
    html = render_template(
        "orders/board.html",
        board=board,
        filters=filters,
        query=filters.as_query(),
        typed_least="" if filters.least_fen is None else yuan_typed(filters.least_fen),
        views=views.saved_views(services().database, actor=desk()),
        choices={
            "owner": OWNERS,
            "urgency": URGENCIES,
            "start": STARTS,
            "sort": SORTS,
            "verdict": VERDICT_FILTERS,
            "state": [*OrderState],
        },
        notices=notices.unseen(services().database, organisation_id=desk().organisation_id),
        held_open=held_open(),
        rules=[services().rulebook.rule(rule) for rule in RULES],
        problem=None if problem is None else errors.sentence(problem),
        now=now,
        **stake_words(),
    )
    return html, 200 if problem is None else errors.status_of(problem)


def held_open() -> int:
    """Parcels that nobody knows at the own sites; 0 for who may not match them."""
    if not can(Permission.HELD_MATCH):
        return 0
    return held_parcels.count_open(services().database, organisation_id=desk().organisation_id)


def stake_words() -> dict[str, Any]:
    return {"dong_of": dong_of, "dong_text": dong_text, "rate_text": rate_text}


@pages.post("/views")
@requires(Permission.ORDERS_READ)
def save_view() -> ResponseReturnValue:
    filters = asked_filters()
    try:
        views.save_view(
            services().database,
            actor=desk(),
            name=request.form.get("name", ""),
            filters=filters,
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return board_page(refusal)
    return redirect(url_for("orders.board", **filters.as_query()))  # type: ignore[arg-type]


@pages.post("/views/<view_id>/delete")
@requires(Permission.ORDERS_READ)
def delete_view(view_id: str) -> ResponseReturnValue:
    views.delete_view(services().database, actor=desk(), view_id=view_id)
    return redirect(url_for("orders.board", **asked_filters().as_query()))  # type: ignore[arg-type]


@pages.get("/orders.csv")
@requires(Permission.ORDERS_READ)
def spreadsheet() -> Response:
    """What the board shows under these filters, all pages, a batch at a time."""
    now = services().clock.now()
    organisation_id = desk().organisation_id
    rate = exchange_rate.stated_rate(services().database, organisation_id=organisation_id)
    audit.note_export(services().database, actor=desk(), what="board", now=now)
    rows = reading.board_export(
        services().database,
        organisation_id=organisation_id,
        filters=asked_filters(),
        now=now,
    )

    def lines() -> Iterator[str]:
        yield BOM + csv_line(board_csv.header())
        for batch in rows:
            yield "".join(csv_line(board_csv.cells(row, rate.dong_e4 if rate else None)) for row in batch)

    day = instant(now, board_csv.VIETNAM)[:10]
    return Response(
        stream_with_context(lines()),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="dockproof-orders-{day}.csv"'},
    )


@pages.get("/exchange-rate")
@requires(Permission.ORDERS_READ)
def rate() -> ResponseReturnValue:
    return _rate_page()


@pages.post("/exchange-rate")
@requires(Permission.ORDERS_EDIT)
def state_rate() -> ResponseReturnValue:
    typed = request.form.get("rate", "")
    try:
        exchange_rate.state_rate(services().database, actor=desk(), typed=typed, now=services().clock.now())
    except Refusal as refusal:
        return _rate_page(typed[:40], refusal)
    return redirect(url_for("board.rate"))


def _rate_page(typed: str = "", problem: Refusal | None = None) -> ResponseReturnValue:
    html = render_template(
        "orders/rate.html",
        rate=exchange_rate.stated_rate(services().database, organisation_id=desk().organisation_id),
        typed=typed,
        problem=None if problem is None else errors.sentence(problem),
        here=url_for("board.rate"),
        **stake_words(),
    )
    return html, 200 if problem is None else errors.status_of(problem)

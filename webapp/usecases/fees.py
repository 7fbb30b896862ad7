"""What an agent would ask for a return or exchange, by the rulebook's bands and the importer's reading of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.domain.claim_states import CLOSED_STATES
from webapp.domain.fees import AGENT_1688ORDER, Bands, Quote, Request, bands_of, month_begins
from webapp.domain.fees import ImpossibleRequest as ImpossibleRequest
from webapp.domain.fees import quote as reckon
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.domain.switches import Switches
from webapp.store import agent_requests as rows
from webapp.store import orders as order_rows
from webapp.store.agent_requests import AgentRequest
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.store.schema_claims import Claim
from webapp.usecases import rulebooks
from webapp.usecases.order_terms import terms_of

MOST_SKUS: Final = 100_000
_BANDS: Final = "fee_band_a_return"


@dataclass(frozen=True)
class Reckoned:
    """``dated`` None: an undated source (AMB-24 binds only customers of that agent)."""

    quote: Quote
    bands: Bands
    switches: Switches
    source_title: str
    dated: str | None


@dataclass(frozen=True)
class Known:
    """What the record says of a month and of one request. ``used``: SKUs in returns and exchanges that the agent was
    asked for since ``since``, this request not among them. ``request``: of ``claim``, None without one.
    """

    used: int
    since: datetime
    open: list[AgentRequest]
    claim: Claim | None
    request: Request | None


def known(database: Database, *, organisation_id: str, claim_number: int | None, now: datetime) -> Known:
    """AMB-09 by the importer's reading of "a month". Raises ``claim_unknown``: no return through an agent."""
    with database.read() as session:
        switches = rulebooks.current(session, organisation_id).switches
        since = month_begins(now, switches.fee_month)
        asked = rows.requests(session, organisation_id)
        mine = next((one for one in asked if one.claim.number == claim_number), None)
        if claim_number is not None and mine is None:
            raise Refusal("claim_unknown")
        used = sum(
            rows.skus(session, one.claim)
            for one in asked
            if one is not mine and one.sent_at is not None and since <= one.sent_at <= now
        )
        waiting = [one for one in asked if one.claim.state not in CLOSED_STATES]
        request = None if mine is None else _request_of(session, mine.claim, used, now)
        return Known(used, since, waiting, mine.claim if mine else None, request)


def _request_of(session: Session, claim: Claim, used: int, now: datetime) -> Request:
    order = session.get_one(Order, claim.order_id)
    skus = rows.skus(session, claim)
    clocks = order_rows.deadlines(session, [order.id])
    late = any(
        one.rule_id == "R-01" and one.due_at is not None and (one.ended_at or now) >= one.due_at
        for one in clocks
        if one.ended in (None, "met")
    )
    return Request(
        kind="exchange" if claim.remedy == "exchange" or claim.path == "exchange" else "return",
        month_skus=used + skus,
        skus=skus,
        off_platform=terms_of(session, order.id).via_agent_platform == "no",
        late=late,
        to_seller_fen=claim.form.get("return_fen"),
    )


def quote(database: Database, *, organisation_id: str, request: Request) -> Reckoned:
    """By the organisation's edition. Raises ``fee_request``."""
    with database.read() as session:
        edition = rulebooks.current(session, organisation_id)
    return quote_by(edition.rulebook, edition.switches, request)


def quote_by(rulebook: Rulebook, switches: Switches, request: Request) -> Reckoned:
    """Raises ``fee_request``: more SKUs in the request than in its month, or none."""
    if request.month_skus > MOST_SKUS:
        raise Refusal("fee_request")
    profile = next(
        (one for one in rulebook.profiles if any(amount.id == _BANDS for amount in one.amounts)), None
    )
    try:
        bands = bands_of({one.id: one.value for one in profile.amounts}) if profile else AGENT_1688ORDER
        found = reckon(request, bands, boundary=switches.fee_boundary, reading=switches.fee_reading)
    except ImpossibleRequest:
        raise Refusal("fee_request") from None
    return Reckoned(
        found,
        bands,
        switches,
        profile.source_title if profile else "",
        profile.source_date.isoformat() if profile and profile.source_date else None,
    )

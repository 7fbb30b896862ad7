"""Clocks that a claim brings with it: the end of a warranty (R-12), the carrier's notice period (R-14)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.domain.order_clocks import CHINA
from webapp.store import claims as rows
from webapp.store import papers
from webapp.store.schema import Order
from webapp.store.schema_claims import Claim, FreightContract
from webapp.usecases import clock_events, rulebooks
from webapp.usecases.clock_reading import facts_of_orders
from webapp.usecases.handovers import FROM_CARRIER_SITE

QUALITY_CARD: Final = "quality_card"


def start_clocks(session: Session, claim: Claim, order: Order, *, by: str, now: datetime) -> None:
    """Of a claim that was just opened."""
    state_warranty(session, claim, by=by, now=now)
    _freight_notice(session, claim, order, by=by, now=now)


def warranty_ends(form: Mapping[str, str | int]) -> datetime | None:
    """The last second of the day that the form names, in China, where the agent counts (S2-12)."""
    said = form.get("warranty_end")
    if not isinstance(said, str):
        return None
    return datetime.combine(date.fromisoformat(said), time(23, 59, 59), ZoneInfo(CHINA))


def state_warranty(session: Session, claim: Claim, *, by: str, now: datetime) -> None:
    """R-12 from the form; proven once the quality card is filed. Said again with another date it is a correction."""
    ends = warranty_ends(claim.form) if claim.type == "warranty" else None
    if ends is None:
        return
    card = next(
        (
            one.id
            for one in papers.documents(session, claim.organisation_id, order_id=claim.order_id)
            if one.kind == QUALITY_CARD
        ),
        None,
    )
    known = [one for one in rows.clock_events_about(session, "claim", claim.id) if one.kind == "warranty_end"]
    latest = max(known, key=lambda one: one.recorded_at, default=None)
    if latest is not None and (latest.at, latest.document_id) == (ends, card):
        return
    edition = rulebooks.pinned(session, claim.edition_id)
    clock_events.add(
        session,
        edition.rulebook,
        organisation_id=claim.organisation_id,
        order_id=claim.order_id,
        kind="warranty_end",
        at=ends,
        subject=("claim", claim.id),
        source="desk",
        document_id=card,
        by=by,
        now=now,
    )


def _freight_notice(session: Session, claim: Claim, order: Order, *, by: str, now: datetime) -> None:
    """R-14 of a claim on the carrier, from the contract of its hand-over; an unknown period starts nothing (AMB-21)."""
    if claim.channel != "freight":
        return
    parcels = [parcel.id for parcel in order.parcels]
    handovers = {one.id: one for one in rows.handed_over(session, parcels).values()}
    arrived = rows.received_in_vietnam(session, parcels)
    for handover in handovers.values():
        contract = (
            rows.contract(session, claim.organisation_id, handover.contract_id)
            if handover.contract_id
            else None
        )
        start = None if contract is None else _notice_start(session, order, contract, arrived.values())
        if contract is None or contract.notice_hours is None or start is None:
            continue
        edition = rulebooks.pinned(session, claim.edition_id)
        clock_events.add(
            session,
            edition.rulebook,
            organisation_id=claim.organisation_id,
            order_id=order.id,
            kind="freight_notice_until",
            at=start + timedelta(hours=contract.notice_hours),
            subject=("handover", handover.id),
            source="handover",
            document_id=contract.document_id,
            claim_id=claim.id,
            by=by,
            now=now,
        )


def _notice_start(
    session: Session, order: Order, contract: FreightContract, arrived: Iterable[datetime]
) -> datetime | None:
    """What the contract counts from; the receipt stands in for a carrier's time that nobody stated (AMB-23)."""
    starts = []
    if contract.notice_from == FROM_CARRIER_SITE:
        facts = facts_of_orders(session, [order])[order.id].facts
        said = (facts.best(FROM_CARRIER_SITE, subject) for subject in facts.subjects(FROM_CARRIER_SITE))
        starts = [fact.at for fact in said if fact is not None]
    return min(starts or arrived, default=None)

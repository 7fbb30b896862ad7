"""SQL about what the dock knows that clocks start from or are met by; a few statements however many orders."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.store import claims
from webapp.store.schema import ParcelOrder, Site, Take
from webapp.store.schema_claims import Claim
from webapp.store.schema_dock import DockFact, Unidentified


@dataclass(frozen=True)
class SiteReceipt:
    """The order's first goods receipt at one site."""

    site_id: str
    zone: str
    at: datetime


@dataclass
class DockInput:
    """Of one order. ``receipts`` by site; ``looked_at``: (parcel, site) → when it was first counted or judged there;
    ``drawn``: lines of which a sample was drawn, ``inspected``: line → when its sample was finished last."""

    receipts: list[SiteReceipt] = field(default_factory=list)
    arrived: dict[str, set[str]] = field(default_factory=dict)  # site → parcels
    looked_at: dict[tuple[str, str], datetime] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)
    inspected: dict[str, datetime] = field(default_factory=dict)


def dock_inputs(session: Session, order_ids: Collection[str]) -> dict[str, DockInput]:
    found = {order_id: DockInput() for order_id in order_ids}
    parcels: dict[str, list[str]] = {}
    query = select(ParcelOrder.order_id, ParcelOrder.parcel_id).where(
        ParcelOrder.order_id.in_(list(order_ids))
    )
    for order_id, parcel_id in session.execute(query):
        parcels.setdefault(parcel_id, []).append(order_id)
    _arrivals(session, found, parcels)
    _counts(session, found, parcels)
    _judged(session, found, parcels)
    return found


def _arrivals(session: Session, found: dict[str, DockInput], parcels: dict[str, list[str]]) -> None:
    arrived = select(DockFact.parcel_id, DockFact.site_id, Site.zone, func.min(DockFact.at)).where(
        DockFact.kind == "arrival", DockFact.parcel_id.in_(list(parcels))
    )
    matched = (
        select(Unidentified.matched_parcel_id, DockFact.site_id, Site.zone, func.min(DockFact.at))
        .join(Unidentified, Unidentified.id == DockFact.id)
        .where(Unidentified.matched_parcel_id.in_(list(parcels)))
    )
    first: dict[tuple[str, str], SiteReceipt] = {}
    for query, parcel in ((arrived, DockFact.parcel_id), (matched, Unidentified.matched_parcel_id)):
        standing = query.join(Site, Site.id == DockFact.site_id).where(DockFact.gone_by.is_(None))
        for parcel_id, site_id, zone, at in session.execute(
            standing.group_by(parcel, DockFact.site_id, Site.zone)
        ):
            for order_id in parcels[parcel_id or ""]:
                found[order_id].arrived.setdefault(site_id, set()).add(parcel_id or "")
                have = first.get((order_id, site_id))
                if have is None or at < have.at:
                    first[order_id, site_id] = SiteReceipt(site_id, zone, at)
    for (order_id, _), receipt in sorted(first.items(), key=lambda item: (item[1].at, item[0])):
        found[order_id].receipts.append(receipt)


def _counts(session: Session, found: dict[str, DockInput], parcels: dict[str, list[str]]) -> None:
    query = (
        select(Take.parcel_id, Take.site_id, func.min(DockFact.at))
        .join(DockFact, DockFact.id == Take.close_record_id)
        .where(Take.parcel_id.in_(list(parcels)), Take.closed == "complete", DockFact.gone_by.is_(None))
        .where(Take.slot.is_(None) | Take.slot.in_(("EV-01", "EV-18")))
        .group_by(Take.parcel_id, Take.site_id)
    )
    for parcel_id, site_id, at in session.execute(query):
        _look(found, parcels, parcel_id, site_id, at)


def _look(
    found: dict[str, DockInput], parcels: dict[str, list[str]], parcel_id: str, site_id: str, at: datetime
) -> None:
    for order_id in parcels[parcel_id]:
        seen = found[order_id].looked_at
        seen[parcel_id, site_id] = min(at, seen.get((parcel_id, site_id), at))


def _judged(session: Session, found: dict[str, DockInput], parcels: dict[str, list[str]]) -> None:
    """Verdicts of who may decide, draws and finished samples."""
    facts = session.scalars(
        select(DockFact)
        .where(
            DockFact.parcel_id.in_(list(parcels)),
            DockFact.kind.in_(("verdict", "draw", "inspection")),
            DockFact.gone_by.is_(None),
        )
        .order_by(DockFact.at, DockFact.id)
    ).all()
    line_of = {fact.id: fact.line_id for fact in facts if fact.kind == "draw"}
    for fact in facts:
        if fact.kind == "verdict":
            if "worker_may_not" not in fact.findings:
                _look(found, parcels, fact.parcel_id or "", fact.site_id, fact.at)
            continue
        line = fact.line_id if fact.kind == "draw" else line_of.get(fact.said.get("draw") or "")
        for order_id in parcels[fact.parcel_id or ""]:
            if line is not None and fact.kind == "draw":
                found[order_id].drawn.add(line)
            elif line is not None:
                found[order_id].inspected[line] = fact.at


def handed_over(session: Session, parcel_ids: Collection[str]) -> dict[str, datetime]:
    """Parcel → when it went to an international forwarder."""
    return {parcel: handover.at for parcel, handover in claims.handed_over(session, parcel_ids).items()}


def edition_of_claims(session: Session, claim_ids: Collection[str]) -> dict[str, str]:
    """Claim → the edition of the rulebook that it was opened under."""
    query = select(Claim.id, Claim.edition_id).where(Claim.id.in_(list(claim_ids)))
    return {claim_id: edition_id for claim_id, edition_id in session.execute(query)}

"""SQL about claims, discrepancies, hand-overs and submissions. Every query names its organisation or its order."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from webapp.domain import site_kinds
from webapp.store.portions import portions
from webapp.store.schema import Deadline, LogEntry, Order, Parcel, ParcelOrder, Site, Take
from webapp.store.schema_claims import (
    Claim,
    ClaimEvent,
    ClaimExhibit,
    ClaimLine,
    Discrepancy,
    FreightContract,
    Handover,
    HandoverParcel,
    Submission,
    SubmissionProof,
)
from webapp.store.schema_desk import Document, DocumentOrder
from webapp.store.schema_dock import DockFact, Photo
from webapp.store.schema_rules import ClockEvent


def claim(session: Session, organisation_id: str, claim_id: str) -> Claim | None:
    return session.scalar(select(Claim).where(Claim.id == claim_id, Claim.organisation_id == organisation_id))


def claim_by_number(session: Session, organisation_id: str, number: int) -> Claim | None:
    return session.scalar(
        select(Claim).where(Claim.number == number, Claim.organisation_id == organisation_id)
    )


def claims_of_order(session: Session, order_id: str) -> list[Claim]:
    """Oldest first."""
    return list(session.scalars(select(Claim).where(Claim.order_id == order_id).order_by(Claim.number)))


def ids_in_states(session: Session, states: Collection[str]) -> list[str]:
    return list(
        session.scalars(select(Claim.id).where(Claim.state.in_(list(states))).order_by(Claim.opened_at))
    )


def ids_past_due(
    session: Session, states: Collection[str], rules: Collection[str], *, now: datetime
) -> list[str]:
    """Claims in these states whose order has one of these clocks run out: those worth a closer look."""
    query = (
        select(Claim.id)
        .join(Deadline, Deadline.order_id == Claim.order_id)
        .where(Claim.state.in_(list(states)), Deadline.rule_id.in_(list(rules)), Deadline.due_at <= now)
        .distinct()
    )
    return list(session.scalars(query.order_by(Claim.id)))


def ids_with_news(session: Session, states: Collection[str], *, since: datetime) -> list[str]:
    """Claims in these states for whose order a paper, a photo or a film came in since then."""
    papers = (
        select(DocumentOrder.order_id)
        .join(Document, Document.id == DocumentOrder.document_id)
        .where(Document.filed_at >= since)
    )
    captures = select(ParcelOrder.order_id).where(
        ParcelOrder.parcel_id.in_(
            select(DockFact.parcel_id)
            .outerjoin(Photo, Photo.id == DockFact.id)
            .where(or_(DockFact.received_at >= since, Photo.verified_at >= since))
        )
        | ParcelOrder.parcel_id.in_(select(Take.parcel_id).where(Take.verified_at >= since))
    )
    query = select(Claim.id).where(
        Claim.state.in_(list(states)), Claim.order_id.in_(papers) | Claim.order_id.in_(captures)
    )
    return list(session.scalars(query.order_by(Claim.id)))


def claims_at_parcels(
    session: Session, parcel_ids: Collection[str], states: Collection[str]
) -> list[tuple[str, Claim]]:
    """(parcel, claim in one of these states of an order that lies in it), oldest claim first."""
    found: list[tuple[str, Claim]] = []
    for some in portions(parcel_ids):
        query = (
            select(ParcelOrder.parcel_id, Claim)
            .join(Claim, Claim.order_id == ParcelOrder.order_id)
            .where(ParcelOrder.parcel_id.in_(some), Claim.state.in_(list(states)))
        )
        found += [(parcel_id, claim) for parcel_id, claim in session.execute(query)]
    return sorted(found, key=lambda one: (one[1].opened_at, one[1].id, one[0]))


def next_number(session: Session, organisation_id: str) -> int:
    """Call inside a write transaction: two claims never get one number."""
    latest = session.scalar(select(func.max(Claim.number)).where(Claim.organisation_id == organisation_id))
    return (latest or 0) + 1


def listed(
    session: Session, organisation_id: str, *, now: datetime, states: Collection[str] = (), limit: int = 200
) -> list[tuple[Claim, str, datetime | None]]:
    """Claims with their order's number and the earliest act-by that still burns for it, that one first."""
    act_by = _act_by(now).correlate(Claim).scalar_subquery()
    query = (
        select(Claim, Order.order_no, act_by.label("act_by"))
        .join(Order, Order.id == Claim.order_id)
        .where(Claim.organisation_id == organisation_id)
        .order_by(act_by.is_(None), act_by, Claim.number.desc())
        .limit(limit)
    )
    if states:
        query = query.where(Claim.state.in_(list(states)))
    return [(found, number, at) for found, number, at in session.execute(query)]


def _act_by(now: datetime) -> Select[Any]:
    """Of everything that still burns in the claim's order: what is lost for the order is lost for the claim."""
    return select(func.min(Deadline.act_by)).where(
        Deadline.order_id == Claim.order_id, Deadline.binding, Deadline.burns_until > now
    )


def lines_of(session: Session, claim_ids: Iterable[str]) -> dict[str, dict[str, int]]:
    """Claim → line → thousandths of the order's unit."""
    found: dict[str, dict[str, int]] = {}
    query = select(ClaimLine).where(ClaimLine.claim_id.in_(list(claim_ids)))
    for line in session.scalars(query):
        found.setdefault(line.claim_id, {})[line.line_id] = line.units_milli
    return found


def claim_lines(session: Session, claim_id: str) -> list[ClaimLine]:
    return list(session.scalars(select(ClaimLine).where(ClaimLine.claim_id == claim_id)))


def exhibits_ever(session: Session, claim_id: str) -> list[ClaimExhibit]:
    """Also what a person took out: it is not taken in again by itself."""
    return list(session.scalars(select(ClaimExhibit).where(ClaimExhibit.claim_id == claim_id)))


def events(session: Session, claim_id: str) -> list[ClaimEvent]:
    query = select(ClaimEvent).where(ClaimEvent.claim_id == claim_id).order_by(ClaimEvent.seq)
    return list(session.scalars(query))


def exhibits(session: Session, claim_id: str) -> list[ClaimExhibit]:
    """What is in the claim now, in the order in which it was taken in."""
    query = (
        select(ClaimExhibit)
        .where(ClaimExhibit.claim_id == claim_id, ClaimExhibit.removed_at.is_(None))
        .order_by(ClaimExhibit.added_at, ClaimExhibit.id)
    )
    return list(session.scalars(query))


def exhibit(session: Session, claim_id: str, source_kind: str, source_id: str) -> ClaimExhibit | None:
    """The one that is in the claim now."""
    return session.scalar(
        select(ClaimExhibit).where(
            ClaimExhibit.claim_id == claim_id,
            ClaimExhibit.source_kind == source_kind,
            ClaimExhibit.source_id == source_id,
            ClaimExhibit.removed_at.is_(None),
        )
    )


def submissions(session: Session, claim_id: str) -> list[Submission]:
    query = select(Submission).where(Submission.claim_id == claim_id).order_by(Submission.no)
    return list(session.scalars(query))


def proofs(session: Session, submission_ids: Collection[str]) -> dict[str, list[str]]:
    """Submission → its documents, oldest first."""
    query = (
        select(SubmissionProof)
        .where(SubmissionProof.submission_id.in_(list(submission_ids)))
        .order_by(SubmissionProof.stated_at)
    )
    found: dict[str, list[str]] = {}
    for proof in session.scalars(query):
        found.setdefault(proof.submission_id, []).append(proof.document_id)
    return found


def discrepancies(session: Session, order_id: str) -> list[Discrepancy]:
    """Every confirmed diagnosis, oldest first; the latest of its kind counts."""
    query = (
        select(Discrepancy)
        .where(Discrepancy.order_id == order_id)
        .order_by(Discrepancy.confirmed_at, Discrepancy.id)
    )
    return list(session.scalars(query))


def discrepancy(session: Session, organisation_id: str, discrepancy_id: str) -> Discrepancy | None:
    return session.scalar(
        select(Discrepancy).where(
            Discrepancy.id == discrepancy_id, Discrepancy.organisation_id == organisation_id
        )
    )


def handed_over(session: Session, parcel_ids: Collection[str]) -> dict[str, Handover]:
    """Parcel → the hand-over that stands; the earliest, should two be stated."""
    found: dict[str, Handover] = {}
    for some in portions(parcel_ids):
        query = (
            select(HandoverParcel.parcel_id, Handover)
            .join(Handover, Handover.id == HandoverParcel.handover_id)
            .where(HandoverParcel.parcel_id.in_(some), Handover.taken_back_at.is_(None))
            .order_by(Handover.at.desc(), Handover.id)
        )
        found |= {parcel_id: handover for parcel_id, handover in session.execute(query)}
    return found


def handovers_of_parcels(session: Session, parcel_ids: Collection[str]) -> list[Handover]:
    """Also those that were taken back, oldest first."""
    query = (
        select(Handover)
        .where(
            Handover.id.in_(
                select(HandoverParcel.handover_id).where(HandoverParcel.parcel_id.in_(list(parcel_ids)))
            )
        )
        .order_by(Handover.at, Handover.id)
    )
    return list(session.scalars(query))


def handovers_of_record(session: Session, record_id: str) -> list[Handover]:
    """One for each importer whose goods a phone's record handed over."""
    return list(session.scalars(select(Handover).where(Handover.record_id == record_id)))


def importer_of_handover(session: Session, record_id: str) -> str | None:
    """Whose goods a phone's record handed over; None: nobody's, or several importers': no paper is one's own."""
    owners = {one.organisation_id for one in handovers_of_record(session, record_id)}
    return owners.pop() if len(owners) == 1 else None


def photos_of_handovers(
    session: Session, handovers: Collection[Handover]
) -> list[tuple[Photo, DockFact, str]]:
    """(photo, fact, hand-over) of the freight slips that stand, photographed with these hand-overs on a phone."""
    by_record = {
        one.record_id: one.id
        for one in handovers
        if one.record_id is not None and importer_of_handover(session, one.record_id) == one.organisation_id
    }
    if not by_record:
        return []
    about = DockFact.said["about"].as_string()
    query = (
        select(Photo, DockFact)
        .join(DockFact, DockFact.id == Photo.id)
        .where(DockFact.parcel_id.is_(None), DockFact.gone_by.is_(None), about.in_(list(by_record)))
        .order_by(DockFact.at, Photo.id)
    )
    return [(photo, fact, by_record[fact.said["about"]]) for photo, fact in session.execute(query)]


def handover(session: Session, organisation_id: str, handover_id: str) -> Handover | None:
    return session.scalar(
        select(Handover).where(Handover.id == handover_id, Handover.organisation_id == organisation_id)
    )


def contracts(session: Session, organisation_id: str) -> list[FreightContract]:
    """The latest first."""
    query = (
        select(FreightContract)
        .where(FreightContract.organisation_id == organisation_id)
        .order_by(FreightContract.stated_at.desc(), FreightContract.id)
    )
    return list(session.scalars(query))


def contract(session: Session, organisation_id: str, contract_id: str) -> FreightContract | None:
    return session.scalar(
        select(FreightContract).where(
            FreightContract.id == contract_id, FreightContract.organisation_id == organisation_id
        )
    )


def parcels_of_order(session: Session, order_id: str) -> list[str]:
    return sorted(session.scalars(select(ParcelOrder.parcel_id).where(ParcelOrder.order_id == order_id)))


def sites_of_captures(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Take, photo or fact → the site where it was made."""
    found = {
        take_id: site_id
        for take_id, site_id in session.execute(select(Take.id, Take.site_id).where(Take.id.in_(list(ids))))
    }
    facts = select(DockFact.id, DockFact.site_id).where(DockFact.id.in_(list(ids)))
    return found | {fact_id: site_id for fact_id, site_id in session.execute(facts)}


def received_in_vietnam(session: Session, parcel_ids: Collection[str]) -> dict[str, datetime]:
    """Parcel → its earliest goods receipt or count at a Vietnam site."""
    query = (
        select(DockFact.parcel_id, func.min(DockFact.at))
        .join(Site, Site.id == DockFact.site_id)
        .where(
            DockFact.parcel_id.in_(list(parcel_ids)), Site.kind == site_kinds.VN, DockFact.gone_by.is_(None)
        )
        .group_by(DockFact.parcel_id)
    )
    found = {parcel_id: at for parcel_id, at in session.execute(query) if parcel_id}
    own = (
        select(Parcel.id, Parcel.received_at)
        .join(Site, Site.id == Parcel.received_site_id)
        .where(Parcel.id.in_(list(parcel_ids)), Site.kind == site_kinds.VN)
    )
    for parcel_id, at in session.execute(own):
        if at is not None:
            found[parcel_id] = min(at, found.get(parcel_id, at))
    return found


def clock_events_about(session: Session, subject_kind: str, subject_id: str) -> list[ClockEvent]:
    """Dated facts about one thing that nobody has taken back."""
    retracted = select(ClockEvent.retracts).where(ClockEvent.retracts.is_not(None))
    query = select(ClockEvent).where(
        ClockEvent.subject_kind == subject_kind,
        ClockEvent.subject_id == subject_id,
        ClockEvent.retracts.is_(None),
        ClockEvent.id.not_in(retracted),
    )
    return list(session.scalars(query))


def every_event(session: Session) -> Iterable[ClaimEvent]:
    return session.scalars(select(ClaimEvent).order_by(ClaimEvent.entry_index)).yield_per(500)


def every_submission(session: Session) -> Iterable[Submission]:
    return session.scalars(select(Submission).order_by(Submission.entry_index)).yield_per(500)


def claim_entries(session: Session) -> dict[int, str]:
    """The log's leaves about claims: index → text."""
    found = select(LogEntry.index, LogEntry.text).where(
        LogEntry.text.startswith("type claim-event\n") | LogEntry.text.startswith("type submission\n")
    )
    return {index: text for index, text in session.execute(found)}

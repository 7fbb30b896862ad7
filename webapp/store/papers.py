"""SQL about papers: agreements, payments, terms, messages, and the captures that exhibits are made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from webapp.store.held import facts_of_holds
from webapp.store.orders import not_closed
from webapp.store.schema import Derivative, Order, Parcel, ParcelOrder, Record, Supplier, Take, User
from webapp.store.schema_claims import Claim, ClaimEvent, FreightContract, Handover, HandoverParcel
from webapp.store.schema_desk import Document, DocumentOrder
from webapp.store.schema_dock import DockFact, Photo
from webapp.store.schema_doors import JobCapture
from webapp.store.schema_papers import (
    Agreement,
    Message,
    MessageWithdrawal,
    OrderTerms,
    Payment,
    PreFilingAnswers,
    SupplierAddress,
)
from webapp.store.schema_rules import ClockEvent


def order_of_organisation(session: Session, organisation_id: str, order_id: str) -> Order | None:
    return session.scalar(
        select(Order)
        .where(Order.id == order_id, Order.organisation_id == organisation_id)
        .options(
            selectinload(Order.lines),
            selectinload(Order.waybills),
            selectinload(Order.parcels).selectinload(Parcel.labels),
        )
    )


def closed_takes(session: Session, parcel_ids: Iterable[str]) -> list[Take]:
    """Closed films of these parcels that nobody withdrew, oldest first."""
    gone = select(DockFact.id).where(DockFact.id == Take.close_record_id, DockFact.gone_by.is_not(None))
    found = (
        select(Take)
        .where(Take.parcel_id.in_(list(parcel_ids)), Take.closed.is_not(None), ~gone.exists())
        .order_by(Take.opened_at, Take.id)
        .options(selectinload(Take.tallies))
    )
    return list(session.scalars(found))


def started_at(session: Session, take: Take) -> datetime:
    """By its closing record's time less its length; else when the server first heard of it."""
    fact = session.get(DockFact, take.close_record_id) if take.close_record_id else None
    if fact is None or take.duration_ms is None:
        return take.opened_at
    return fact.at - timedelta(milliseconds=take.duration_ms)


def ended_at(session: Session, take: Take) -> datetime:
    """By its closing record's time; else when the server heard that it was closed."""
    fact = session.get(DockFact, take.close_record_id) if take.close_record_id else None
    return fact.at if fact is not None else take.closed_at or take.opened_at


def arrivals(session: Session, parcel_id: str) -> list[DockFact]:
    """The first arrival at each site that stands, oldest first."""
    found = (
        select(DockFact)
        .where(DockFact.parcel_id == parcel_id, DockFact.kind == "arrival", DockFact.gone_by.is_(None))
        .order_by(DockFact.at, DockFact.id)
    )
    first: dict[str, DockFact] = {}
    for fact in session.scalars(found):
        first.setdefault(fact.site_id, fact)
    return list(first.values())


def inspections(session: Session, parcel_ids: Iterable[str]) -> list[tuple[DockFact, DockFact]]:
    """(inspection, its draw) that stand, oldest first."""
    wanted = list(parcel_ids)
    facts = session.scalars(
        select(DockFact)
        .where(
            DockFact.parcel_id.in_(wanted),
            DockFact.kind.in_(("inspection", "draw")),
            DockFact.gone_by.is_(None),
        )
        .order_by(DockFact.at, DockFact.id)
    ).all()
    draws = {fact.id: fact for fact in facts if fact.kind == "draw"}
    return [
        (fact, draws[str(fact.said["draw"])])
        for fact in facts
        if fact.kind == "inspection" and fact.said["draw"] in draws
    ]


def dated_events(session: Session, order_id: str) -> list[ClockEvent]:
    """What somebody stated of the order and nobody retracted, oldest first."""
    gone = select(ClockEvent.retracts).where(ClockEvent.retracts.is_not(None))
    found = select(ClockEvent).where(
        ClockEvent.order_id == order_id, ClockEvent.retracts.is_(None), ClockEvent.id.not_in(gone)
    )
    return list(session.scalars(found.order_by(ClockEvent.at, ClockEvent.id)))


def claim_events(session: Session, order_id: str) -> list[tuple[Claim, ClaimEvent]]:
    """Oldest first."""
    found = (
        select(Claim, ClaimEvent)
        .join(ClaimEvent, ClaimEvent.claim_id == Claim.id)
        .where(Claim.order_id == order_id)
        .order_by(ClaimEvent.at, ClaimEvent.seq)
    )
    return [(claim, event) for claim, event in session.execute(found)]


def handovers(session: Session, order_id: str) -> list[Handover]:
    """Hand-overs of the order's parcels to international freight that stand, oldest first."""
    parcels = select(ParcelOrder.parcel_id).where(ParcelOrder.order_id == order_id)
    found = (
        select(Handover)
        .join(HandoverParcel, HandoverParcel.handover_id == Handover.id)
        .where(HandoverParcel.parcel_id.in_(parcels), Handover.taken_back_at.is_(None))
        .order_by(Handover.at, Handover.id)
        .distinct()
    )
    return list(session.scalars(found))


def photos_of_parcels(session: Session, parcel_ids: Collection[str]) -> list[tuple[Photo, DockFact, str]]:
    """(photo, fact, parcel) that stand, also of parcels that were held before somebody knew them."""
    found = (
        select(Photo, DockFact)
        .join(DockFact, DockFact.id == Photo.id)
        .where(DockFact.parcel_id.in_(list(parcel_ids)), DockFact.gone_by.is_(None))
        .order_by(DockFact.at, Photo.id)
    )
    own = [(photo, fact, fact.parcel_id or "") for photo, fact in session.execute(found)]
    for fact, parcel_id in facts_of_holds(session, parcel_ids):
        photo = session.get(Photo, fact.id) if fact.kind == "photo" and fact.gone_by is None else None
        if photo is not None:
            own.append((photo, fact, parcel_id))
    return own


def form_facts(session: Session, parcel_ids: Iterable[str]) -> list[tuple[DockFact, Record]]:
    """Facts that stand and may fill a slot by themselves, with their signed text."""
    found = (
        select(DockFact, Record)
        .join(Record, (Record.id == DockFact.id) & (Record.device_id == DockFact.device_id))
        .where(
            DockFact.parcel_id.in_(list(parcel_ids)),
            DockFact.kind.in_(("condition", "inspection")),
            DockFact.gone_by.is_(None),
        )
        .order_by(DockFact.at, DockFact.id, Record.entry_index)
    )
    first: dict[str, tuple[DockFact, Record]] = {}
    for fact, record in session.execute(found):
        first.setdefault(fact.id, (fact, record))
    return list(first.values())


def job_captures(session: Session, parcel_ids: Iterable[str]) -> list[JobCapture]:
    found = select(JobCapture).where(JobCapture.parcel_id.in_(list(parcel_ids)))
    return list(session.scalars(found.order_by(JobCapture.received_at, JobCapture.id)))


def thumbnails(session: Session, hashes: Collection[str]) -> dict[str, str]:
    """Original → its small picture (a film's: its poster)."""
    found = (
        select(Derivative.of_sha256, Derivative.sha256)
        .where(Derivative.of_sha256.in_(list(hashes)), Derivative.kind.in_(("thumbnail", "poster")))
        .order_by(Derivative.kind)
    )
    return {of: sha256 for of, sha256 in session.execute(found)}


def documents(
    session: Session,
    organisation_id: str,
    *,
    order_id: str | None = None,
    supplier_id: str | None = None,
    query: str = "",
    hidden: bool = False,
    limit: int = 200,
) -> list[Document]:
    """Newest first; ``query`` looks into notes, file names and what a report is known by."""
    found = select(Document).where(Document.organisation_id == organisation_id)
    found = found.where(Document.hidden_at.is_not(None) if hidden else Document.hidden_at.is_(None))
    if order_id is not None:
        found = found.join(DocumentOrder, DocumentOrder.document_id == Document.id).where(
            DocumentOrder.order_id == order_id
        )
    if supplier_id is not None:
        found = found.where(Document.supplier_id == supplier_id)
    for word in query.split()[:8]:
        found = found.where(
            or_(
                Document.note.icontains(word, autoescape=True),
                Document.filename.icontains(word, autoescape=True),
                Document.firm.icontains(word, autoescape=True),
                Document.report_no.icontains(word, autoescape=True),
            )
        )
    return list(session.scalars(found.order_by(Document.filed_at.desc(), Document.id).limit(limit)))


def same_document(
    session: Session,
    organisation_id: str,
    kind: str,
    sha256: str,
    order_ids: Collection[str],
    supplier_id: str | None,
) -> Document | None:
    """The same bytes, filed under the same kind for all of these orders (without orders: for the supplier)."""
    found = select(Document).where(
        Document.organisation_id == organisation_id,
        Document.kind == kind,
        Document.sha256 == sha256,
        Document.hidden_at.is_(None),
    )
    for document in session.scalars(found.order_by(Document.filed_at)):
        served = set(
            session.scalars(select(DocumentOrder.order_id).where(DocumentOrder.document_id == document.id))
        )
        if set(order_ids) <= served and (order_ids or document.supplier_id == supplier_id):
            return document
    return None


def supplier(session: Session, organisation_id: str, supplier_id: str) -> Supplier | None:
    return session.scalar(
        select(Supplier).where(Supplier.id == supplier_id, Supplier.organisation_id == organisation_id)
    )


def suppliers(session: Session, organisation_id: str) -> list[Supplier]:
    found = select(Supplier).where(Supplier.organisation_id == organisation_id)
    return list(session.scalars(found.order_by(Supplier.company, Supplier.member)))


def orders_of_documents(session: Session, ids: Collection[str]) -> dict[str, list[Order]]:
    found: dict[str, list[Order]] = {}
    rows = session.execute(
        select(DocumentOrder.document_id, Order)
        .join(Order, Order.id == DocumentOrder.order_id)
        .where(DocumentOrder.document_id.in_(list(ids)))
        .order_by(Order.order_no)
    )
    for document_id, order in rows:
        found.setdefault(document_id, []).append(order)
    return found


def agreements(session: Session, order_id: str) -> list[Agreement]:
    """Those that stand, oldest first."""
    found = select(Agreement).where(Agreement.order_id == order_id, Agreement.withdrawn_at.is_(None))
    return list(session.scalars(found.order_by(Agreement.dated_on, Agreement.stated_at, Agreement.id)))


def agreement(session: Session, organisation_id: str, agreement_id: str) -> Agreement | None:
    return session.scalar(
        select(Agreement).where(Agreement.id == agreement_id, Agreement.organisation_id == organisation_id)
    )


def payments(session: Session, order_id: str) -> list[Payment]:
    """Those that stand, oldest first."""
    found = select(Payment).where(Payment.order_id == order_id, Payment.withdrawn_at.is_(None))
    return list(session.scalars(found.order_by(Payment.paid_on, Payment.stated_at, Payment.id)))


def payment(session: Session, organisation_id: str, payment_id: str) -> Payment | None:
    return session.scalar(
        select(Payment).where(Payment.id == payment_id, Payment.organisation_id == organisation_id)
    )


def latest_terms(session: Session, order_id: str) -> OrderTerms | None:
    found = select(OrderTerms).where(OrderTerms.order_id == order_id)
    return session.scalar(found.order_by(OrderTerms.stated_at.desc(), OrderTerms.id.desc()).limit(1))


def latest_address(session: Session, organisation_id: str, supplier_id: str) -> SupplierAddress | None:
    found = select(SupplierAddress).where(
        SupplierAddress.organisation_id == organisation_id, SupplierAddress.supplier_id == supplier_id
    )
    newest = found.order_by(SupplierAddress.stated_at.desc(), SupplierAddress.id.desc())
    return session.scalar(newest.limit(1))


def messages(session: Session, order_id: str) -> list[tuple[Message, MessageWithdrawal | None]]:
    """Oldest first, each with its withdrawal, if any."""
    rows = session.execute(
        select(Message, MessageWithdrawal)
        .outerjoin(MessageWithdrawal, MessageWithdrawal.message_id == Message.id)
        .where(Message.order_id == order_id)
        .order_by(Message.sent_at, Message.id)
    )
    return [(message, withdrawal) for message, withdrawal in rows]


def message(session: Session, organisation_id: str, message_id: str) -> Message | None:
    return session.scalar(
        select(Message).where(Message.id == message_id, Message.organisation_id == organisation_id)
    )


def latest_answers(session: Session, order_id: str, claim_id: str | None) -> PreFilingAnswers | None:
    """Of the claim, else what was answered for its order before the claim was opened."""
    found = select(PreFilingAnswers).where(PreFilingAnswers.order_id == order_id)
    of_claim = or_(PreFilingAnswers.claim_id == claim_id, PreFilingAnswers.claim_id.is_(None))
    newest = found.where(of_claim).order_by(
        PreFilingAnswers.claim_id.is_(None), PreFilingAnswers.answered_at.desc(), PreFilingAnswers.id.desc()
    )
    return session.scalar(newest.limit(1))


def events_of_message(session: Session, message_id: str) -> list[ClockEvent]:
    """Facts that rest on this message and were not retracted."""
    gone = select(ClockEvent.retracts).where(ClockEvent.retracts.is_not(None))
    found = select(ClockEvent).where(
        ClockEvent.subject_kind == "message",
        ClockEvent.subject_id == message_id,
        ClockEvent.retracts.is_(None),
        ClockEvent.id.not_in(gone),
    )
    return list(session.scalars(found.order_by(ClockEvent.id)))


def claim(session: Session, organisation_id: str, claim_id: str) -> Claim | None:
    return session.scalar(select(Claim).where(Claim.id == claim_id, Claim.organisation_id == organisation_id))


def amounts_since(
    session: Session, organisation_id: str, supplier_id: str, since: datetime
) -> list[int | None]:
    """Fen paid (None: not known) of each order placed with the supplier since then."""
    found = select(Order.paid_fen).where(
        Order.organisation_id == organisation_id, Order.supplier_id == supplier_id, Order.placed_at >= since
    )
    return list(session.scalars(found))


def contract_references(session: Session, handovers: Iterable[Handover]) -> list[str]:
    ids = [one.contract_id for one in handovers if one.contract_id]
    found = select(FreightContract.reference).where(
        FreightContract.id.in_(ids), FreightContract.reference != ""
    )
    return list(session.scalars(found.order_by(FreightContract.reference)))


def user_names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Names of desk people by id, also of those who have left."""
    return {row.id: row.name for row in session.scalars(select(User).where(User.id.in_(list(ids))))}


def newest_chat(session: Session, organisation_id: str, supplier_id: str) -> datetime | None:
    """When a chat paper of the supplier, or of one of its orders, was last filed."""
    of_orders = (
        select(DocumentOrder.document_id)
        .join(Order, Order.id == DocumentOrder.order_id)
        .where(Order.supplier_id == supplier_id)
    )
    return session.scalar(
        select(func.max(Document.filed_at)).where(
            Document.organisation_id == organisation_id,
            Document.kind == "chat",
            Document.hidden_at.is_(None),
            or_(Document.supplier_id == supplier_id, Document.id.in_(of_orders)),
        )
    )


def suppliers_with_living_orders(session: Session, organisation_id: str) -> list[tuple[Supplier, int]]:
    """Each supplier with how many of its orders are not closed yet."""
    found = (
        select(Supplier, func.count(Order.id))
        .join(Order, Order.supplier_id == Supplier.id)
        .where(Order.organisation_id == organisation_id, not_closed())
        .group_by(Supplier.id)
        .order_by(Supplier.company, Supplier.id)
    )
    return [(supplier, count) for supplier, count in session.execute(found)]


def recent_orders(session: Session, organisation_id: str, *, limit: int) -> list[Order]:
    """What somebody most likely files for now: the latest that came in or were placed."""
    found = select(Order).where(Order.organisation_id == organisation_id, not_closed())
    newest = func.coalesce(Order.received_at, Order.placed_at, Order.imported_at).desc()
    return list(session.scalars(found.order_by(newest, Order.order_no).limit(limit)))

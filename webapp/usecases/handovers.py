"""Goods given to an international carrier, stated at the desk; from then on 1688 has no authority (S0-39, AMB-03)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.order_cells import clean
from webapp.domain.order_clocks import CHINA
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.store import claims as rows
from webapp.store import dock, documents
from webapp.store import orders as order_rows
from webapp.store.audit import audit
from webapp.store.database import Database
from webapp.store.schema import Order, Parcel
from webapp.store.schema_claims import FreightContract, Handover, HandoverParcel
from webapp.usecases import clock_events
from webapp.usecases.document_filing import Kept, file_proof
from webapp.usecases.sessions import Desk

LONGEST = 200
LONGEST_TEXT = 4000
LONGEST_NOTICE_H = 24 * 365
FROM_CARRIER_SITE = "carrier_site_delivered"
NOTICE_FROM = ("vn_received", FROM_CARRIER_SITE)


PAPER = "other"
"""What a freight slip or a contract is filed as."""


@dataclass(frozen=True, slots=True)
class By:
    """Who states it, of whose goods. ``id``: as the row keeps it; ``actor``: as the audit does."""

    organisation_id: str
    id: str
    actor: str


@dataclass(frozen=True, slots=True)
class ContractSaid:
    """A freight contract as a person states it. ``notice_hours`` None: not known (AMB-21), shown as unknown."""

    carrier: str
    reference: str
    notice_hours: int | None
    notice_from: str
    terms: str
    document_id: str | None = None


@dataclass(frozen=True, slots=True)
class HandoverSaid:
    at: datetime
    carrier: str
    seals: str
    parcel_ids: Sequence[str]
    contract_id: str | None = None
    note: str = ""
    document_id: str | None = None


def state_contract(
    database: Database,
    *,
    actor: Desk,
    said: ContractSaid,
    order_no: str = "",
    proof: Kept | None = None,
    now: datetime,
) -> str:
    """Keeps a freight contract; returns its id. The very same again is the same contract.

    ``proof``: the contract's own paper, filed with it for the order ``order_no``. Raises ``contract_*``,
    ``order_unknown`` and ``document_unknown``.
    """
    carrier = clean(said.carrier)[:LONGEST]
    if not carrier:
        raise Refusal("contract_carrier_missing")
    if said.notice_from not in NOTICE_FROM:
        raise Refusal("contract_notice_from_unknown")
    if said.notice_hours is not None and not 0 < said.notice_hours <= LONGEST_NOTICE_H:
        raise Refusal("contract_notice_out_of_range", most=LONGEST_NOTICE_H)
    with database.write() as session:
        _own_document(session, actor, said.document_id)
        orders = [_order(session, actor, order_no)] if order_no else []
        paper = file_proof(session, proof, actor=actor, kind=PAPER, orders=orders, now=now)
        told = {
            "carrier": carrier,
            "reference": clean(said.reference)[:LONGEST],
            "notice_hours": said.notice_hours,
            "notice_from": said.notice_from,
            "terms": said.terms.strip()[:LONGEST_TEXT],
            "document_id": paper or said.document_id,
        }
        for known in rows.contracts(session, actor.organisation_id):
            if all(getattr(known, name) == value for name, value in told.items()):
                return known.id
        contract = FreightContract(
            id=new_id(),
            organisation_id=actor.organisation_id,
            stated_by=actor.id,
            stated_at=now,
            **told,
        )
        session.add(contract)
        _audit(session, _by(actor), "freight_contract.stated", contract.id, now, hours=said.notice_hours)
        return contract.id


def hand_over(
    database: Database,
    rulebook: Rulebook,
    *,
    actor: Desk,
    order_no: str,
    said: HandoverSaid,
    proof: Kept | None = None,
    now: datetime,
) -> str:
    """States one hand-over of parcels of an order, and of whatever else lies in them; returns its id.

    ``proof``: the freight slip, filed with it or not at all. Refusals: ``order_unknown``, ``handover_future``,
    ``handover_carrier_missing``, ``handover_parcels_missing``, ``handover_parcel_unknown``,
    ``handover_stated_before``, ``handover_before_receipt``, ``contract_unknown``.
    """
    if said.at > now:
        raise Refusal("handover_future")
    if not clean(said.carrier):
        raise Refusal("handover_carrier_missing")
    with database.write() as session:
        parcels = _parcels(_order(session, actor, order_no), said)
        if rows.handed_over(session, [parcel.id for parcel in parcels]):
            raise Refusal("handover_stated_before")
        if said.contract_id and rows.contract(session, actor.organisation_id, said.contract_id) is None:
            raise Refusal("contract_unknown")
        _own_document(session, actor, said.document_id)
        orders = orders_in(parcels)
        paper = file_proof(session, proof, actor=actor, kind=PAPER, orders=orders, now=now)
        told = replace(said, document_id=paper or said.document_id)
        return add(session, rulebook, by=_by(actor), said=told, parcels=parcels, now=now).id


def orders_in(parcels: Iterable[Parcel]) -> list[Order]:
    """Every order of which something lies in the parcels, each once."""
    return list({one.id: one for parcel in parcels for one in parcel.orders}.values())


def add(
    session: Session,
    rulebook: Rulebook,
    *,
    by: By,
    said: HandoverSaid,
    parcels: Sequence[Parcel],
    record_id: str | None = None,
    now: datetime,
) -> Handover:
    """Writes a hand-over that was judged before, in the caller's transaction; the orders' clocks follow."""
    handover = Handover(
        id=new_id(),
        organisation_id=by.organisation_id,
        at=said.at,
        carrier=clean(said.carrier)[:LONGEST],
        seals=clean(said.seals)[:LONGEST],
        contract_id=said.contract_id or None,
        note=said.note.strip()[:LONGEST_TEXT],
        document_id=said.document_id,
        record_id=record_id,
        stated_by=by.id,
        stated_at=now,
    )
    session.add(handover)
    session.flush()
    session.add_all(HandoverParcel(handover_id=handover.id, parcel_id=parcel.id) for parcel in parcels)
    session.flush()
    for order in orders_in(parcels):
        clock_events.add(
            session,
            rulebook,
            organisation_id=by.organisation_id,
            order_id=order.id,
            kind="handed_over",
            at=said.at,
            subject=("handover", handover.id),
            source="handover",
            document_id=said.document_id,
            by=by.actor,
            now=now,
        )
    _audit(session, by, "handover.stated", handover.id, now, parcels=len(parcels))
    return handover


def take_back(
    database: Database, rulebook: Rulebook, *, actor: Desk, handover_id: str, reason: str, now: datetime
) -> None:
    """A hand-over that was stated by mistake; both statements stay. Raises ``handover_unknown``, ``reason_missing``."""
    why = reason.strip()[:LONGEST_TEXT]
    if not why:
        raise Refusal("reason_missing")
    with database.write() as session:
        handover = rows.handover(session, actor.organisation_id, handover_id)
        if handover is None:
            raise Refusal("handover_unknown")
        undo(session, rulebook, handover, by=_by(actor), reason=why, now=now)


def undo(
    session: Session, rulebook: Rulebook, handover: Handover, *, by: By, reason: str, now: datetime
) -> None:
    """Takes a hand-over back in the caller's transaction; the clocks that it ended run again. Twice is once."""
    if handover.taken_back_at is not None:
        return
    handover.taken_back_at, handover.taken_back_by = now, by.id
    handover.taken_back_because = reason
    session.flush()
    for event in rows.clock_events_about(session, "handover", handover.id):
        clock_events.retract(
            session,
            rulebook,
            organisation_id=by.organisation_id,
            event_id=event.id,
            by=by.actor,
            now=now,
        )
    _audit(session, by, "handover.taken_back", handover.id, now)


def _order(session: Session, actor: Desk, order_no: str) -> Order:
    order = order_rows.order_by_no(session, actor.organisation_id, order_no)
    if order is None:
        raise Refusal("order_unknown", order_no=order_no)
    return order


def _parcels(order: Order, said: HandoverSaid) -> list[Parcel]:
    own = {parcel.id: parcel for parcel in order.parcels}
    wanted = list(dict.fromkeys(said.parcel_ids))
    if not wanted:
        raise Refusal("handover_parcels_missing")
    if not set(wanted) <= set(own):
        raise Refusal("handover_parcel_unknown")
    found = [own[one] for one in wanted]
    if any(received_after(parcel, said.at) for parcel in found):
        raise Refusal("handover_before_receipt")
    return found


def received_after(parcel: Parcel, at: datetime) -> bool:
    """It came to China only later, so it cannot have left at ``at``."""
    here = parcel.received_at is not None and parcel.received_zone == CHINA
    return here and parcel.received_at is not None and parcel.received_at > at


def _own_document(session: Session, actor: Desk, document_id: str | None) -> None:
    if document_id and documents.document(session, actor.organisation_id, document_id) is None:
        raise Refusal("document_unknown")


def _by(actor: Desk) -> By:
    return By(actor.organisation_id, actor.id, actor.actor)


def _audit(session: Session, by: By, action: str, subject: str, now: datetime, **details: object) -> None:
    audit(
        session,
        at=now,
        actor=by.actor,
        action=action,
        subject=subject,
        organisation_id=by.organisation_id,
        **details,
    )


@dataclass(frozen=True)
class HandoverView:
    """``standing``: parcel id → its hand-over. ``all``: also those that were taken back.

    ``slips``: hand-over → photos of its freight slip made on the phone; ``workers``: hand-over → who stated it there.
    """

    order: Order
    all: list[Handover]
    standing: dict[str, Handover]
    contracts: list[FreightContract]
    slips: dict[str, list[str]]
    workers: dict[str, str]


def view(database: Database, *, organisation_id: str, order_no: str) -> HandoverView:
    """Raises ``order_unknown``, also for another organisation's."""
    with database.read() as session:
        order = order_rows.order_by_no(session, organisation_id, order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=order_no)
        ids = [parcel.id for parcel in order.parcels]
        found = rows.handovers_of_parcels(session, ids)
        slips: dict[str, list[str]] = {}
        for photo, _, handover_id in rows.photos_of_handovers(session, found):
            slips.setdefault(handover_id, []).append(photo.id)
        on_phones = [one for one in found if one.record_id]
        names = dock.worker_names(session, {one.stated_by for one in on_phones})
        return HandoverView(
            order,
            found,
            rows.handed_over(session, ids),
            rows.contracts(session, organisation_id),
            slips,
            {one.id: names.get(one.stated_by, "") for one in on_phones},
        )

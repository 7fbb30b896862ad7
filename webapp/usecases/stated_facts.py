"""A dated fact that a person states on an order's page: what happened when, about what, and what shows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.adapters.blobs import Blobs
from webapp.domain.clock_facts import KINDS, Subject
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.store import claims
from webapp.store import documents as document_rows
from webapp.store import orders as order_rows
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.store.schema_claims import Submission
from webapp.store.schema_desk import DocumentOrder
from webapp.usecases import clock_events
from webapp.usecases.clocks import MILESTONES
from webapp.usecases.document_filing import Kept, Upload, file_document, keep
from webapp.usecases.documents import StatedTimes, state_times
from webapp.usecases.people import Desk

_PAPER: Final = {
    "carrier_site_delivered": "carrier_page",
    "courier_signed": "carrier_page",
    "package_received": "carrier_page",
    "shipped": "order_status",
    "receiving_time": "order_status",
    "completed": "order_status",
    "warranty_end": "quality_card",
    "service_window": "label_protection",
}
"""What a screenshot of this fact is filed as; of everything else as proof of a filing."""

MOST_HOURS: Final = 24 * 90
OFFERED: Final = tuple(
    kind
    for kind in KINDS
    # What a document, a message, a claim or the hand-over page says is stated there, with what belongs to it.
    if kind not in ("handed_over", "withdrawn", "claim_closed", "planned_close", "load_unit_closed")
)
"""Kinds of the order page's form, starts before what meets a clock."""


@dataclass(frozen=True)
class FactSaid:
    """``about``: ``""`` for the order, else ``parcel:<id>`` or ``claim:<id>``. ``upload`` or ``document_id`` (filed
    before) shows it; without either it is stated, not proven. ``hours``: what a service label promises."""

    kind: str
    at: datetime
    about: str = ""
    upload: Upload | None = None
    document_id: str = ""
    hours: int | None = None


def state(
    database: Database,
    blobs: Blobs,
    rulebook: Rulebook,
    *,
    actor: Desk,
    order_no: str,
    said: FactSaid,
    now: datetime,
) -> None:
    """Keeps the fact, files its screenshot, and the order's clocks follow.

    Refusals: ``order_unknown``, ``clock_kind_unknown``, ``clock_subject_unknown``, ``clock_future``, ``clock_hours``,
    ``document_unknown``, those of the image, and of ``in_stock`` and ``platform_delivered`` as in ``state_times``.
    """
    if said.kind in MILESTONES:
        times = StatedTimes(said.kind, {order_no: said.at}, said.upload, said.document_id)
        state_times(database, blobs, rulebook, actor=actor, said=times, now=now)
        return
    if said.kind not in OFFERED:
        raise Refusal("clock_kind_unknown")
    if said.hours is not None and not 0 < said.hours <= MOST_HOURS:
        raise Refusal("clock_hours", most=MOST_HOURS)
    kept = None if said.upload is None else keep(database, blobs, actor, said.upload)
    with database.write() as session:
        order = order_rows.order_by_no(session, actor.organisation_id, order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=order_no)
        subject, claim_id = _subject(session, order, said)
        clock_events.add(
            session,
            rulebook,
            organisation_id=actor.organisation_id,
            order_id=order.id,
            kind=said.kind,
            at=said.at,
            subject=subject,
            claim_id=claim_id,
            source="desk",
            document_id=_document(session, order, said, kept, actor, now),
            hours=said.hours if said.kind == "service_window" else None,
            by=f"user:{actor.id}",
            now=now,
        )


def retract(database: Database, rulebook: Rulebook, *, actor: Desk, event_id: str, now: datetime) -> None:
    """Takes a stated fact back; both stay readable. Raises ``clock_event_unknown``, ``clock_event_retracted``."""
    with database.write() as session:
        clock_events.retract(
            session,
            rulebook,
            organisation_id=actor.organisation_id,
            event_id=event_id,
            by=f"user:{actor.id}",
            now=now,
        )


def _subject(session: Session, order: Order, said: FactSaid) -> tuple[Subject, str | None]:
    """A submission's times belong to the latest submission of the claim, where there is one."""
    if not said.about:
        return ("order", order.id), None
    kind, _, subject_id = said.about.partition(":")
    if kind == "parcel" and any(parcel.id == subject_id for parcel in order.parcels):
        return ("parcel", subject_id), None
    if kind == "claim" and any(claim.id == subject_id for claim in claims.claims_of_order(session, order.id)):
        sent: list[Submission] = claims.submissions(session, subject_id) if said.kind == "submitted" else []
        if sent:
            return ("submission", max(sent, key=lambda one: one.no).id), subject_id
        return ("claim", subject_id), subject_id
    raise Refusal("clock_subject_unknown")


def _document(
    session: Session, order: Order, said: FactSaid, kept: Kept | None, actor: Desk, now: datetime
) -> str | None:
    if kept is not None:
        kind = _PAPER.get(said.kind, "filing_proof")
        return file_document(session, kept, actor=actor, kind=kind, links={order.id: None}, now=now).id
    if not said.document_id:
        return None
    document = document_rows.document(session, actor.organisation_id, said.document_id)
    if document is None:
        raise Refusal("document_unknown")
    if not document_rows.serves(session, document.id, order.id):
        session.add(DocumentOrder(document_id=document.id, order_id=order.id, line_id=None))
        session.flush()
    return document.id

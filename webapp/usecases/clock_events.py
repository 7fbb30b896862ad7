"""Dated facts that start, meet or end the clocks of an order. Each is kept for ever; clocks follow at once.

Claims, messages, documents and hand-overs call ``add`` in their own transaction; people state facts on the order's page
(usecases/stated_facts.py).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.clock_facts import AHEAD, KINDS, RECORDED, SUBJECTS, Subject
from webapp.domain.deadlines import require_aware
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook, is_zone
from webapp.store import people
from webapp.store import rules as rows
from webapp.store.schema import Order
from webapp.store.schema_rules import ClockEvent
from webapp.usecases.clocks import recompute_deadlines

RETRACTION = "retraction"


def add(
    session: Session,
    rulebook: Rulebook,
    *,
    organisation_id: str,
    order_id: str,
    kind: str,
    at: datetime,
    zone: str | None = None,
    subject: Subject | None = None,
    source: str,
    proven: bool = False,
    document_id: str | None = None,
    claim_id: str | None = None,
    hours: int | None = None,
    by: str,
    now: datetime,
) -> str:
    """Keeps one fact, recomputes the order's clocks and logs how they moved; returns the fact's id.

    ``kind``: one of domain/clock_facts.KINDS. ``subject``: the order if left out. ``claim_id``: the claim in whose
    course it happened; of a fact about a claim it is that claim, of a submission the caller names it (R-15 overrides
    R-04 and R-05 of the same claim, and a closed claim ends their clocks). ``source``: who said so (``desk``, or one of
    RECORDED: then the fact is its own proof); with a document it is proven, too. ``by``: ``user:<id>`` and the like.
    ``hours``: only of ``service_window``.
    Refusals: ``clock_kind_unknown``, ``clock_subject_unknown``, ``clock_future``, ``zone_unknown``, ``instant_naive``,
    ``order_unknown``.
    """
    subject, at = subject or ("order", order_id), require_aware(at)
    _check(kind, at, zone, subject, now)
    order = session.get(Order, order_id)
    if order is None or order.organisation_id != organisation_id:
        raise Refusal("order_unknown", order_no="")
    row = ClockEvent(
        id=new_id(),
        organisation_id=organisation_id,
        order_id=order_id,
        kind=kind,
        at=at,
        zone=zone,
        subject_kind=subject[0],
        subject_id=subject[1],
        claim_id=claim_id or (subject[1] if subject[0] == "claim" else None),
        hours=hours,
        source=source,
        proven=proven or document_id is not None or source in RECORDED,
        document_id=document_id,
        retracts=None,
        by=by,
        recorded_at=now,
    )
    _keep(session, rulebook, row, cause=kind)
    return row.id


def _check(kind: str, at: datetime, zone: str | None, subject: Subject, now: datetime) -> None:
    if kind not in KINDS:
        raise Refusal("clock_kind_unknown")
    if subject[0] not in SUBJECTS:
        raise Refusal("clock_subject_unknown")
    if kind not in AHEAD and at > now:
        raise Refusal("clock_future")
    if zone is not None and not is_zone(zone):
        raise Refusal("zone_unknown", zone=zone)


def retract(
    session: Session, rulebook: Rulebook, *, organisation_id: str, event_id: str, by: str, now: datetime
) -> str:
    """Takes a fact back by a row of its own; the fact stays readable. Returns the retraction's id.

    Raises ``clock_event_unknown``, ``clock_event_retracted``.
    """
    old = rows.event(session, organisation_id, event_id)
    if old is None or old.kind == RETRACTION:
        raise Refusal("clock_event_unknown")
    if rows.is_retracted(session, old.id):
        raise Refusal("clock_event_retracted")
    row = ClockEvent(
        id=new_id(),
        organisation_id=organisation_id,
        order_id=old.order_id,
        kind=RETRACTION,
        at=old.at,
        zone=None,
        subject_kind=old.subject_kind,
        subject_id=old.subject_id,
        claim_id=old.claim_id,
        hours=None,
        source=old.source,
        proven=False,
        document_id=None,
        retracts=old.id,
        by=by,
        recorded_at=now,
    )
    _keep(session, rulebook, row, cause=RETRACTION)
    return row.id


def _keep(session: Session, rulebook: Rulebook, row: ClockEvent, *, cause: str) -> None:
    session.add(row)
    session.flush()
    people.audit(
        session,
        at=row.recorded_at,
        actor=row.by if ":" in row.by else f"user:{row.by}",
        action=f"clock.{cause}",
        subject=row.order_id,
        organisation_id=row.organisation_id,
        event=row.retracts or row.id,
        about=row.subject_kind,
        stated=row.at.isoformat(),
        document=row.document_id,
    )
    recompute_deadlines(session, rulebook, {row.order_id}, cause=cause, now=row.recorded_at)

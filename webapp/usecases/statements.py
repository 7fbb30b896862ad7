"""What a person stated about an order and may take back: agreements and payments. The row stays, with the reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.refusals import Refusal
from webapp.store import people
from webapp.store.schema import Order
from webapp.store.schema_papers import Agreement, Payment
from webapp.usecases.people import Desk


def withdraw(
    session: Session, actor: Desk, row: Agreement | Payment | None, *, called: str, reason: str, now: datetime
) -> str:
    """Returns the order number. ``called``: ``agreement`` or ``payment``. Raises ``<called>_unknown``,
    ``reason_missing``."""
    if not reason.strip():
        raise Refusal("reason_missing")
    if row is None or row.withdrawn_at is not None:
        raise Refusal(f"{called}_unknown")
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = now, actor.id, reason.strip()[:500]
    note(session, actor, f"{called}.withdrawn", row.id, now)
    return session.get_one(Order, row.order_id).order_no


def note(session: Session, actor: Desk, action: str, subject: str, now: datetime) -> None:
    people.audit(
        session,
        at=now,
        actor=actor.actor,
        action=action,
        subject=subject,
        organisation_id=actor.organisation_id,
    )

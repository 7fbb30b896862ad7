"""Whether an order's goods may go back without a reason, from what is on record (S1-03, S1-04, S1-17, S1-18)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.domain.taobao import DEFAULT_WINDOW, ChangedMind, blocked_by, window_ends
from webapp.store import papers as rows
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.usecases.exhibits import exhibits_of_order
from webapp.usecases.order_terms import terms_of

_ANSWERS = {"yes": True, "no": False}


@dataclass(frozen=True)
class ChangedMindView:
    """``blocked``: codes of domain.taobao, empty when the path is open. ``ends``: of the label's window."""

    blocked: tuple[str, ...]
    ends: datetime | None


def of_order(database: Database, *, order_id: str, now: datetime) -> ChangedMindView:
    """Of an order whose owner the caller has checked."""
    with database.read() as session:
        return judged(session, session.get_one(Order, order_id), now)


def judged(session: Session, order: Order, now: datetime) -> ChangedMindView:
    """In the caller's transaction. Evidence is clean when something of the goods is verified here."""
    terms = terms_of(session, order.id)
    filed = rows.documents(session, order.organisation_id, order_id=order.id)
    shown = exhibits_of_order(session, order.organisation_id, order.id)
    case = ChangedMind(
        platform=order.platform,
        category=terms.category,
        label=_ANSWERS.get(terms.label_no_reason),
        label_filed=any(one.kind == "label_protection" for one in filed),
        received_at=order.received_at,
        window=timedelta(hours=int(terms.no_reason_hours)) if terms.no_reason_hours else DEFAULT_WINDOW,
        unused=_ANSWERS.get(terms.unused),
        promised=_ANSWERS.get(terms.returns_promised),
        evidence_clean=any(one.source_kind in ("photo", "take") and one.verified for one in shown),
    )
    ends = window_ends(case) if order.platform in ("taobao", "tmall") else None
    return ChangedMindView(blocked_by(case, now), ends)

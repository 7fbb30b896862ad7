"""SQL about returns and exchanges that an agent was asked for: which SKUs, and when (S2-06, S2-07)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from webapp.domain.remedies import GOES_BACK
from webapp.store.schema import Order, OrderLine
from webapp.store.schema_claims import Claim, ClaimLine, Submission


@dataclass(frozen=True, slots=True)
class AgentRequest:
    """``sent_at``: when the agent was first asked; None: not yet."""

    claim: Claim
    order_no: str
    sent_at: datetime | None


def requests(session: Session, organisation_id: str) -> list[AgentRequest]:
    """Claims by which goods go back through an agent, newest first; nothing withdrawn."""
    first = (
        select(Submission.claim_id, func.min(Submission.sent_at).label("at"))
        .group_by(Submission.claim_id)
        .subquery()
    )
    found = (
        select(Claim, Order.order_no, first.c.at)
        .join(Order, Order.id == Claim.order_id)
        .outerjoin(first, first.c.claim_id == Claim.id)
        .where(
            Claim.organisation_id == organisation_id,
            Claim.state != "withdrawn",
            or_(Claim.channel == "agent", Claim.filer == "agent"),
            or_(Claim.path.in_(GOES_BACK), Claim.remedy.in_(GOES_BACK)),
        )
        .order_by(Claim.number.desc())
    )
    return [AgentRequest(claim, order_no, at) for claim, order_no, at in session.execute(found)]


def skus(session: Session, claim: Claim) -> int:
    """Distinct SKUs of the claim's lines, of a claim without lines those of the whole order; a line without a SKU id is
    one of its own (S2-07: SKUs, not units).
    """
    asked = select(ClaimLine.line_id).where(ClaimLine.claim_id == claim.id)
    own = session.scalars(asked).all()
    lines = select(OrderLine.id, OrderLine.sku_id).where(OrderLine.order_id == claim.order_id)
    found = session.execute(lines.where(OrderLine.id.in_(own)) if own else lines)
    return len({sku_id or line_id for line_id, sku_id in found})

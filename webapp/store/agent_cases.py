"""SQL about the cases of one agent: claims of orders that were bought in its accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.store.schema import Deadline, Order, PlatformAccount
from webapp.store.schema_claims import Claim, ClaimEvent
from webapp.store.schema_shares import Agent


def cases(session: Session, agent: Agent) -> list[tuple[Claim, Order]]:
    """Claims that the agent files on a platform, and what is asked of its own service; the newest first."""
    found = (
        select(Claim, Order)
        .join(Order, Order.id == Claim.order_id)
        .join(PlatformAccount, PlatformAccount.id == Order.account_id)
        .where(
            Claim.organisation_id == agent.organisation_id,
            or_(Claim.filer == "agent", Claim.channel == "agent"),
            PlatformAccount.agent_id == agent.id,
        )
        .order_by(Claim.number.desc())
    )
    return [(claim, order) for claim, order in session.execute(found)]


def burning(session: Session, order_id: str, now: datetime) -> list[Deadline]:
    """Clocks of the order that run and can still be met, the nearest first."""
    found = select(Deadline).where(
        Deadline.order_id == order_id,
        Deadline.binding,
        Deadline.ended.is_(None),
        Deadline.due_at > now,
        Deadline.act_by.is_not(None),
    )
    return list(session.scalars(found.order_by(Deadline.act_by, Deadline.rule_id)))


def events(session: Session, claim_id: str) -> list[ClaimEvent]:
    return list(
        session.scalars(select(ClaimEvent).where(ClaimEvent.claim_id == claim_id).order_by(ClaimEvent.seq))
    )

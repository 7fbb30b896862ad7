"""SQL about the cases of one agent: claims of orders that were bought in its accounts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from webapp.domain.claim_states import AGENT_CHANNELS
from webapp.store.schema import Deadline, Order, PlatformAccount
from webapp.store.schema_claims import Claim, ClaimEvent, Submission
from webapp.store.schema_shares import Agent


def cases(session: Session, agent: Agent) -> list[tuple[Claim, Order]]:
    """Claims in which the agent acts (domain/claim_states.py `acts`); the newest first."""
    found = (
        select(Claim, Order)
        .join(Order, Order.id == Claim.order_id)
        .join(PlatformAccount, PlatformAccount.id == Order.account_id)
        .where(
            Claim.organisation_id == agent.organisation_id,
            or_(Claim.filer == "agent", Claim.channel.in_(AGENT_CHANNELS)),
            PlatformAccount.agent_id == agent.id,
        )
        .order_by(Claim.number.desc())
    )
    return [(claim, order) for claim, order in session.execute(found)]


def burning(session: Session, claim: Claim, now: datetime) -> list[Deadline]:
    """Clocks of the claim's order that can still be met, the nearest first; of other claims of the order none.

    Also those whose act-by passed while their window is open, and R-05, which only opens at its own (``burns_until``).
    """
    submissions = select(Submission.id).where(Submission.claim_id == claim.id)
    found = select(Deadline).where(
        Deadline.order_id == claim.order_id,
        Deadline.binding,
        Deadline.ended.is_(None),
        Deadline.act_by.is_not(None),
        or_(Deadline.burns_until > now, and_(Deadline.due_at > now, Deadline.rule_id != "R-05")),
        or_(
            Deadline.subject_kind.not_in(("claim", "submission")),
            and_(Deadline.subject_kind == "claim", Deadline.subject_id == claim.id),
            and_(Deadline.subject_kind == "submission", Deadline.subject_id.in_(submissions)),
        ),
    )
    return list(session.scalars(found.order_by(Deadline.act_by, Deadline.rule_id)))


def events(session: Session, claim_id: str) -> list[ClaimEvent]:
    return list(
        session.scalars(select(ClaimEvent).where(ClaimEvent.claim_id == claim_id).order_by(ClaimEvent.seq))
    )

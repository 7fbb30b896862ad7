"""SQL for one statistic: claims lost or slowed in agents' accounts, beside those in own accounts (S0-09)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.domain.claim_states import EXPIRES_BY
from webapp.store.schema import Deadline, Order, PlatformAccount
from webapp.store.schema_claims import Claim


@dataclass(frozen=True)
class Losses:
    """Claims of one kind of account. ``lost``: a window closed before anybody filed. ``slowed``: asked only after the
    safe time of a window. ``waiting``: money that landed at the agent and was not passed back yet.
    """

    claims: int = 0
    lost: int = 0
    slowed: int = 0
    waiting: int = 0


def losses(session: Session, organisation_id: str) -> dict[str, Losses]:
    """Owner (self, agent, unknown) → its counts."""
    slow = (
        select(Deadline.order_id)
        .where(
            Deadline.order_id == Claim.order_id,
            Deadline.rule_id.in_(EXPIRES_BY),
            Deadline.ended == "met",
            Deadline.ended_at > Deadline.act_by,
        )
        .exists()
    )
    found = (
        select(
            PlatformAccount.owner,
            func.count(Claim.id),
            func.count(Claim.id).filter(Claim.state == "expired"),
            func.count(Claim.id).filter(Claim.state != "expired", slow),
            func.count(Claim.id).filter(Claim.state == "landed_at_agent"),
        )
        .join(Order, Order.id == Claim.order_id)
        .join(PlatformAccount, PlatformAccount.id == Order.account_id)
        .where(Claim.organisation_id == organisation_id)
        .group_by(PlatformAccount.owner)
    )
    return {owner: Losses(*counts) for owner, *counts in session.execute(found)}

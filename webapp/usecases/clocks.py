"""Keeps the deadline rows of orders true to the facts (style: the instant is stored and indexed, never swept for)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.deadlines import OrderClock, OrderFacts, order_clocks
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.store import orders as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema import Deadline, Milestone, Order
from webapp.usecases.people import Desk

CHINA = ZoneInfo("Asia/Shanghai")
MILESTONES = ("in_stock", "platform_delivered")


def order_facts(order: Order, milestones: Iterable[Milestone]) -> OrderFacts:
    """The latest statement of each milestone counts; earlier ones stay on record (AMB-02)."""
    latest = {milestone.kind: milestone for milestone in milestones if milestone.order_id == order.id}
    delivered = latest.get("platform_delivered")
    in_stock = latest.get("in_stock")
    return OrderFacts(
        platform=order.platform,
        account_owner=order.account.owner,
        platform_delivered_at=delivered.at if delivered else None,
        platform_delivered_proven=delivered.proven if delivered else False,
        in_stock_at=in_stock.at if in_stock else None,
        first_received_at=order.received_at,
        site_zone=order.received_zone,
    )


def clocks_of(rulebook: Rulebook, order: Order, milestones: Iterable[Milestone]) -> tuple[OrderClock, ...]:
    return order_clocks(rulebook, order_facts(order, milestones))


def recompute_deadlines(session: Session, rulebook: Rulebook, order_ids: set[str]) -> None:
    """Call inside the transaction of the fact that changed a start."""
    if not order_ids:
        return
    session.flush()
    stated = rows.milestones(session, order_ids)
    known = {(row.order_id, row.rule_id): row for row in rows.deadlines(session, order_ids)}
    for order in rows.orders_by_id(session, order_ids):
        for clock in clocks_of(rulebook, order, stated):
            row = known.pop((order.id, clock.rule.id), None)
            if row is None:
                row = Deadline(order_id=order.id, rule_id=clock.rule.id)
                session.add(row)
            _fill(row, clock)
    for gone in known.values():
        session.delete(gone)


def _fill(row: Deadline, clock: OrderClock) -> None:
    row.profile_id = clock.rule.profile_id
    row.start_source = clock.start_source
    row.assumed = clock.assumed
    row.binding = clock.binding
    deadline = clock.deadline
    row.zone = deadline.zone if deadline else clock.rule.zone
    row.start_at = deadline.start if deadline else None
    row.due_at = deadline.due if deadline else None
    row.act_by = deadline.act_by if deadline else None


@dataclass(frozen=True)
class Statement:
    """What a person at the desk says about an order; it is not proof (EV-21 would be)."""

    kind: str
    local_time: str


def state_milestone(
    database: Database, rulebook: Rulebook, *, actor: Desk, order_no: str, said: Statement, now: datetime
) -> None:
    """Records in_stock or platform_delivered as stated, in China time. Raises ``order_unknown``, ``milestone_*``."""
    if said.kind not in MILESTONES:
        raise Refusal("milestone_unknown")
    try:
        at = datetime.fromisoformat(said.local_time.strip())
    except ValueError:
        raise Refusal("milestone_time") from None
    at = at.replace(tzinfo=CHINA) if at.tzinfo is None else at
    if at > now:
        raise Refusal("milestone_future")
    with database.write() as session:
        order = rows.order_by_no(session, actor.organisation_id, order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=order_no)
        session.add(
            Milestone(
                id=new_id(),
                order_id=order.id,
                kind=said.kind,
                at=at,
                proven=False,
                stated_by=actor.id,
                stated_at=now,
            )
        )
        recompute_deadlines(session, rulebook, {order.id})
        people.audit(
            session,
            at=now,
            actor=f"user:{actor.id}",
            action=f"milestone.{said.kind}",
            subject=order.id,
            organisation_id=actor.organisation_id,
            stated=at.isoformat(),
        )

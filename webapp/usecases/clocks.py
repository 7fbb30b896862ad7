"""Keeps the deadline rows of orders true to the facts (style: the instant is stored and indexed, never swept for)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.deadlines import OrderClock, OrderFacts, order_clocks
from webapp.domain.rulebook import Rulebook
from webapp.domain.trade_status import trade_closed
from webapp.store import orders as rows
from webapp.store import people
from webapp.store.schema import Deadline, Milestone, Order
from webapp.usecases.people import Desk

MILESTONES = ("in_stock", "platform_delivered")


def counting(milestones: Iterable[Milestone], kind: str) -> Milestone | None:
    """Of one order's statements, oldest first, the one that counts: the latest; but a word never displaces a
    screenshot (AMB-02). The others stay on record.
    """
    said = [milestone for milestone in milestones if milestone.kind == kind]
    return max(said, key=lambda one: (one.proven, said.index(one)), default=None)


def order_facts(order: Order, milestones: Iterable[Milestone]) -> OrderFacts:
    own = [milestone for milestone in milestones if milestone.order_id == order.id]
    delivered = counting(own, "platform_delivered")
    in_stock = counting(own, "in_stock")
    return OrderFacts(
        platform=order.platform,
        account_owner=order.account.owner,
        platform_delivered_at=delivered.at if delivered else None,
        platform_delivered_proven=delivered.proven if delivered else False,
        in_stock_at=in_stock.at if in_stock else None,
        in_stock_proven=in_stock.proven if in_stock else False,
        first_received_at=order.received_at,
        site_zone=order.received_zone,
        closed=trade_closed(order.status_raw),
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


def add_milestones(
    session: Session,
    rulebook: Rulebook,
    *,
    actor: Desk,
    kind: str,
    times: Mapping[Order, datetime],
    document_id: str | None,
    now: datetime,
) -> None:
    """Adds what a person states about orders, in the caller's transaction. A screenshot makes it proven (EV-21)."""
    for order, at in times.items():
        session.add(
            Milestone(
                id=new_id(),
                order_id=order.id,
                kind=kind,
                at=at,
                proven=document_id is not None,
                stated_by=actor.id,
                stated_at=now,
                document_id=document_id,
            )
        )
        people.audit(
            session,
            at=now,
            actor=f"user:{actor.id}",
            action=f"milestone.{kind}",
            subject=order.id,
            organisation_id=actor.organisation_id,
            stated=at.isoformat(),
            document=document_id,
        )
    recompute_deadlines(session, rulebook, {order.id for order in times})

"""Keeps the deadline rows of orders true to the facts (style: the instant is stored and indexed, never swept for).

How a clock moved, and why, is kept beside it: nobody has to remember what a page said last week.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.order_clocks import OrderClock
from webapp.domain.rulebook import Rulebook
from webapp.store import orders as rows
from webapp.store import people
from webapp.store.schema import Deadline, Milestone, Order
from webapp.store.schema_rules import DeadlineChange
from webapp.usecases.clock_reading import clocks_of_orders
from webapp.usecases.people import Desk

MILESTONES = ("in_stock", "platform_delivered")
_BATCH = 400


def counting(milestones: Iterable[Milestone], kind: str) -> Milestone | None:
    """Of one order's statements, oldest first, the one that counts: the latest; but a word never displaces a
    screenshot (AMB-02). The others stay on record.
    """
    said = [milestone for milestone in milestones if milestone.kind == kind]
    return max(said, key=lambda one: (one.proven, said.index(one)), default=None)


def recompute_deadlines(
    session: Session,
    rulebook: Rulebook,
    order_ids: Iterable[str],
    *,
    cause: str = "dock",
    now: datetime | None = None,
) -> None:
    """Call inside the transaction of the fact that changed a start or met a clock.

    ``cause``: the kind of that fact, for the log of changes. Without ``now`` nothing is logged: a projection is filled
    anew. ``rulebook`` is what the program ships; the organisation's edition in force is read from the database.
    """
    wanted = sorted(set(order_ids))
    if not wanted:
        return
    session.flush()
    for start in range(0, len(wanted), _BATCH):
        _recompute(session, wanted[start : start + _BATCH], cause, now)
    session.flush()


def _recompute(session: Session, ids: list[str], cause: str, now: datetime | None) -> None:
    known = {_key(row): row for row in rows.deadlines(session, ids)}
    orders = {order.id: order for order in rows.orders_by_id(session, ids)}
    for order_id, clocks in clocks_of_orders(session, orders.values()).items():
        for clock in clocks:
            key = (order_id, clock.rule.id, *clock.subject)
            row = known.pop(key, None)
            before = None if row is None else _said(row)
            if row is None:
                row = Deadline(
                    order_id=order_id,
                    rule_id=clock.rule.id,
                    subject_kind=clock.subject[0],
                    subject_id=clock.subject[1],
                )
                session.add(row)
            _fill(row, clock)
            _log(session, orders[order_id], row, before, _said(row), cause, now)
    for row in known.values():
        if row.order_id in orders:
            _log(session, orders[row.order_id], row, _said(row), None, cause, now)
        session.delete(row)


def _key(row: Deadline) -> tuple[str, str, str, str]:
    return row.order_id, row.rule_id, row.subject_kind, row.subject_id


def _fill(row: Deadline, clock: OrderClock) -> None:
    deadline = clock.deadline
    row.profile_id = clock.rule.profile_id
    row.edition_id = clock.edition_id
    row.start_source = clock.start_source
    row.assumed = clock.assumed
    row.proven = clock.proven
    row.binding = clock.binding
    row.zone = deadline.zone if deadline else clock.rule.zone
    row.start_at = deadline.start if deadline else None
    row.due_at = deadline.due if deadline else None
    row.act_by = deadline.act_by if deadline else None
    row.burns_until = clock.burns_until
    row.who = clock.who
    row.towards = clock.rule.towards
    row.note = clock.note
    row.ended = clock.ended
    row.ended_at = clock.ended_at


def _said(row: Deadline) -> dict[str, Any]:
    """What people are told of a clock; only a difference in it is a change."""

    def text(at: datetime | None) -> str | None:
        return None if at is None else at.isoformat()

    return {
        "start": text(row.start_at),
        "source": row.start_source,
        "due": text(row.due_at),
        "act_by": text(row.act_by),
        "assumed": row.assumed,
        "proven": row.proven,
        "ended": row.ended,
    }


def _log(
    session: Session,
    order: Order,
    row: Deadline,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
    cause: str,
    now: datetime | None,
) -> None:
    unborn = before is None and after is not None and after["start"] is None
    if now is None or before == after or unborn:
        return
    session.add(
        DeadlineChange(
            organisation_id=order.organisation_id,
            order_id=order.id,
            rule_id=row.rule_id,
            subject_kind=row.subject_kind,
            subject_id=row.subject_id,
            at=now,
            cause=cause,
            before=before,
            after=after,
        )
    )


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
    recompute_deadlines(session, rulebook, {order.id for order in times}, cause=kind, now=now)

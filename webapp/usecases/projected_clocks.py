"""Clocks as boards show them: read from the deadline projection, one statement however many orders there are.

An order's own page reckons its clocks from the facts (usecases/clock_reading.py), with everything that leads to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from sqlalchemy.orm import Session

from webapp.domain import deadlines as domain
from webapp.domain.order_clocks import Ended, OrderClock, by_act_by
from webapp.store import orders as rows
from webapp.store.schema import Deadline, Order
from webapp.usecases import rulebooks


def projected_clocks(session: Session, orders: Iterable[Order]) -> dict[str, tuple[OrderClock, ...]]:
    """Order id → its clocks, earliest act-by first."""
    listed = {order.id: order for order in orders}
    found: dict[str, list[Deadline]] = {order_id: [] for order_id in listed}
    for row in rows.deadlines(session, listed):
        found[row.order_id].append(row)
    return {
        order_id: by_act_by(_clock(session, listed[order_id], row, _hard_close(own)) for row in own)
        for order_id, own in found.items()
    }


def _hard_close(own: Iterable[Deadline]) -> datetime | None:
    return next((row.due_at for row in own if row.rule_id == "R-03"), None)


def _clock(session: Session, order: Order, row: Deadline, hard_close: datetime | None) -> OrderClock:
    edition = rulebooks.pinned(session, row.edition_id) if row.edition_id else rulebooks.unedited()
    rule = edition.rulebook.for_agent(order.account.agent_id).rule(row.rule_id)
    deadline = None
    if row.start_at is not None and row.due_at is not None and row.act_by is not None:
        deadline = domain.Deadline(row.rule_id, row.start_at, row.start_at, row.due_at, row.act_by, row.zone)
    return OrderClock(
        rule,
        deadline,
        row.start_source,
        row.assumed,
        row.binding,
        row.who,
        row.note,
        row.proven,
        (row.subject_kind, row.subject_id),
        row.subject_id if row.subject_kind == "claim" else None,
        row.edition_id,
        cast("Ended | None", row.ended),
        row.ended_at,
        still_until=row.burns_until
        if rule.kind == "opening"
        else hard_close
        if row.rule_id == "R-02"
        else None,
    )

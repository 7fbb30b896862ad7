"""Which plan applies to an order now: the decisions in force, and what the supplier's history says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from webapp.domain.receiving_plan import Decision, Plan, PlannedOrder, clean_streak, plan_for
from webapp.domain.reconciliation import CountState, ParcelCount, line_count
from webapp.domain.sampling_choice import read_sampling
from webapp.store import documents
from webapp.store import orders as order_rows
from webapp.store import plans as rows
from webapp.store.schema import Order, Take
from webapp.store.schema_desk import ReceivingPlan

MOST_RECEIPTS = 50
"""How far back a supplier's history is looked at."""


def in_force(session: Session, organisation_ids: Iterable[str]) -> dict[str, list[Decision]]:
    """The decisions that apply now, by organisation; every organisation asked for is a key."""
    found: dict[str, list[Decision]] = {organisation_id: [] for organisation_id in organisation_ids}
    current = rows.plans_in_force(session, found)
    names = documents.user_names(session, {row.decided_by for row in current}) if current else {}
    for row in current:
        found[row.organisation_id].append(decision_of_row(row, names))
    return found


def plans_of_orders(session: Session, orders: Iterable[Order]) -> dict[str, Plan]:
    """Order id → the plan that applies to it now."""
    listed = list(orders)
    decisions = in_force(session, {order.organisation_id for order in listed})
    every = [decision for found in decisions.values() for decision in found]
    streaks = clean_streaks(session, every, {order.supplier_id for order in listed})
    return {
        order.id: plan_for(
            decisions[order.organisation_id],
            PlannedOrder(order.id, order.supplier_id, order.paid_fen, streaks.get(order.supplier_id, 0)),
        )
        for order in listed
    }


def clean_streaks(
    session: Session, decisions: Iterable[Decision], suppliers: Iterable[str]
) -> Mapping[str, int]:
    """Clean receipts in a row by supplier; nothing is read while no decision looks at history."""
    if not any(decision.scope == "history" for decision in decisions):
        return {}
    received = rows.received_orders_of_suppliers(session, suppliers, each=MOST_RECEIPTS)
    lines = [line.id for orders in received.values() for order in orders for line in order.lines]
    tallies = order_rows.latest_tallies(session, lines)
    return {
        supplier: clean_streak(_is_clean(order, tallies) for order in orders)
        for supplier, orders in received.items()
    }


def _is_clean(order: Order, tallies: Mapping[str, list[tuple[Take, int]]]) -> bool | None:
    """None: not (wholly, verifiably) counted, so it says nothing about the supplier."""
    states = set()
    for line in order.lines:
        latest = {
            take.parcel_id: ParcelCount(units, take.file_state == "verified")
            for take, units in tallies.get(line.id, [])
        }
        states.add(line_count(line.quantity_milli, list(latest.values()), parcels=len(order.parcels)).state)
    if states & {CountState.SHORT, CountState.OVER}:
        return False
    return True if states == {CountState.MATCHES} else None


def decision_of_row(row: ReceivingPlan, names: Mapping[str, str]) -> Decision:
    return Decision(
        id=row.id,
        scope=row.scope,
        depth=row.depth,
        reason=row.reason,
        decided_by=names.get(row.decided_by, row.decided_by),
        decided_at=row.decided_at,
        order_id=row.order_id,
        supplier_id=row.supplier_id,
        least_fen=row.least_fen,
        clean_receipts=row.clean_receipts,
        sampling=read_sampling(row.sampling),
    )

"""Keeps ``order.state`` and its parcel counters true to the facts, inside the transaction of the fact that moved them.

Call `recompute_progress` wherever an order's lines, parcels, receipts, tallies, films or platform status change, and
`recompute_waiting` wherever a receiving plan does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sqlalchemy.orm import Session

from webapp.domain.progress import OrderProgress, OrderState, order_progress
from webapp.domain.reconciliation import LineCount, ParcelCount, line_count
from webapp.domain.rulebook import Rulebook
from webapp.domain.trade_status import trade_closed
from webapp.store import board as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.usecases.applied_plans import in_force, plans_of_orders
from webapp.usecases.clocks import recompute_deadlines

_BATCH = 500  # an import touches more orders than one statement takes variables


CountsRead = Callable[[list[Order], dict[str, LineCount]], None]
"""Hears of orders, a batch at a time, what stands counted of their lines: line id → ordered against counted."""


def recompute_progress(
    session: Session, order_ids: Iterable[str], *, counts_read: CountsRead | None = None
) -> None:
    """``counts_read``: for who needs the counts of these orders too, once their progress is written."""
    wanted = set(order_ids)
    _recompute(session, wanted, counts_read)
    # What is counted now may be the clean receipt after which a supplier's other orders are asked less.
    _recompute(session, set(_by_history(session, wanted)) - wanted)


def recompute_waiting(session: Session, organisation_id: str) -> None:
    """After a decision about plans: of what is here and not counted, what is asked may have changed."""
    session.flush()
    _recompute(session, rows.waiting_orders(session, organisation_id))


def _by_history(session: Session, order_ids: Iterable[str]) -> list[str]:
    """The uncounted orders of the same suppliers, in organisations with a decision that looks at history."""
    suppliers = rows.suppliers_of(session, order_ids)
    decisions = in_force(session, suppliers)
    found = []
    for organisation_id, some in suppliers.items():
        if any(decision.scope == "history" for decision in decisions[organisation_id]):
            found += rows.waiting_orders(session, organisation_id, some)
    return found


def _recompute(session: Session, order_ids: Iterable[str], counts_read: CountsRead | None = None) -> None:
    session.flush()
    wanted = sorted(set(order_ids))
    for start in range(0, len(wanted), _BATCH):
        ids = wanted[start : start + _BATCH]
        orders = rows.orders_for_progress(session, ids)
        counted = rows.counted_parcels(session, ids)
        counts = counts_of_lines(session, orders)
        found = {order.id: _progress(order, counts, counted) for order in orders}
        # Only what waits for a count needs its plan, and plans may read a supplier's whole history.
        plans = plans_of_orders(
            session, [order for order in orders if found[order.id].state is OrderState.TO_COUNT]
        )
        for order in orders:
            progress = found[order.id]
            if order.id in plans and not plans[order.id].asks("count"):
                progress = _progress(order, counts, counted, count_asked=False)
            order.arrived_parcels, order.expected_parcels = progress.arrived, progress.expected
            order.state = progress.state
        if counts_read is not None:
            counts_read(orders, counts)
    session.flush()


def counts_of_lines(session: Session, orders: Iterable[Order]) -> dict[str, LineCount]:
    """Line id → ordered against counted; one statement for all the orders, whose lines and parcels are loaded."""
    listed = list(orders)
    found: dict[str, list[ParcelCount]] = {}
    for row in rows.latest_counts(session, [line.id for order in listed for line in order.lines]):
        found.setdefault(row.line_id, []).append(ParcelCount(row.units, row.verified))
    return {
        line.id: line_count(line.quantity_milli, found.get(line.id, []), parcels=len(order.parcels))
        for order in listed
        for line in order.lines
    }


def fill_missing_progress(database: Database, rulebook: Rulebook) -> int:
    """Orders from before these projections existed get them, and clocks; returns how many. Cheap if none."""
    filled = 0
    with database.read() as session:
        organisations = [organisation.id for organisation in people.organisations(session)]
    for organisation_id in organisations:
        while True:
            with database.read() as session:
                ids = rows.orders_without_state(session, organisation_id, _BATCH)
            if not ids:
                break
            with database.write() as session:
                recompute_progress(session, ids)
                recompute_deadlines(session, rulebook, set(ids))
            filled += len(ids)
    return filled


def _progress(
    order: Order, counts: dict[str, LineCount], counted: set[str], *, count_asked: bool = True
) -> OrderProgress:
    here = [parcel.received_at is not None or parcel.id in counted for parcel in order.parcels]
    return order_progress(
        here,
        [counts[line.id] for line in order.lines],
        closed=trade_closed(order.status_raw),
        count_asked=count_asked,
    )

"""Keeps ``order.state`` and its parcel counters true to the facts, inside the transaction of the fact that moved them.

Call `recompute_progress` wherever an order's lines, parcels, receipts, tallies or films change.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from webapp.domain.progress import OrderProgress, order_progress
from webapp.domain.reconciliation import LineCount, ParcelCount, line_count
from webapp.store import board as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema import Order

_BATCH = 500  # an import touches more orders than one statement takes variables


def recompute_progress(session: Session, order_ids: Iterable[str]) -> None:
    session.flush()
    wanted = sorted(set(order_ids))
    for start in range(0, len(wanted), _BATCH):
        ids = wanted[start : start + _BATCH]
        orders = rows.orders_for_progress(session, ids)
        counted = rows.counted_parcels(session, ids)
        counts = counts_of_lines(session, orders)
        for order in orders:
            progress = _progress(order, counts, counted)
            order.arrived_parcels, order.expected_parcels = progress.arrived, progress.expected
            order.state = progress.state
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


def fill_missing_progress(database: Database) -> int:
    """Orders from before this projection existed get it; returns how many. Cheap when there are none."""
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
            filled += len(ids)
    return filled


def _progress(order: Order, counts: dict[str, LineCount], counted: set[str]) -> OrderProgress:
    here = [parcel.received_at is not None or parcel.id in counted for parcel in order.parcels]
    return order_progress(here, [counts[line.id] for line in order.lines])

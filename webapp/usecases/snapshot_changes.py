"""What a change touches: the orders and parcels of which phones may have to be told something else now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.store import board
from webapp.store import snapshot as rows
from webapp.store.portions import portions
from webapp.usecases.applied_plans import in_force


@dataclass(frozen=True)
class Touched:
    """May name more than what differs, never less. ``parts``: names of parts that are told whole."""

    orders: set[str]
    parcels: set[str]
    parts: set[str]


def touched_by(session: Session, changes: Iterable[tuple[str, str]], site_id: str) -> Touched | None:
    """``changes``: (what, subject) as the database's triggers wrote them (migration 0010). None: everything."""
    by: dict[str, set[str]] = {}
    for what, subject in changes:
        by.setdefault(what, set()).add(subject)
    if "everything" in by or site_id in by.get("site", ()):
        return None
    orders, parcels = by.get("order", set()), by.get("parcel", set())
    orders |= rows.orders_of_organisations(session, by.get("organisation", ()))
    orders |= _asked_by_history(session, orders | rows.orders_of_parcels(session, parcels))
    # Whether a parcel is told hangs on the parcels beside it, and an order on its parcels.
    parcels |= rows.parcels_of_orders(session, orders)
    orders |= rows.orders_of_parcels(session, parcels)
    parcels |= rows.parcels_of_orders(session, orders)
    orders |= rows.orders_of_parcels(session, parcels)
    listings = by.get("goods", set()) | rows.listings_of_orders(
        session, rows.orders_of_parcels(session, by.get("weight", ()))
    )
    parcels |= rows.parcels_of_listings(session, listings)
    parts = by.keys() & {"blanks"}
    if site_id in by.get("aliases", ()):
        parts |= {"aliases"}
    if site_id in by.get("holds", ()):
        parts |= {"holds"}
    return Touched(orders, parcels, parts)


def _asked_by_history(session: Session, order_ids: set[str]) -> set[str]:
    """The other orders of the same suppliers, where a decision looks at a supplier's clean receipts."""
    suppliers: dict[str, set[str]] = {}
    for some in portions(sorted(order_ids)):
        for organisation_id, found in board.suppliers_of(session, some).items():
            suppliers.setdefault(organisation_id, set()).update(found)
    decisions = in_force(session, suppliers)
    looked_at = {
        supplier
        for organisation_id, found in suppliers.items()
        if any(decision.scope == "history" for decision in decisions[organisation_id])
        for supplier in found
    }
    return rows.orders_of_suppliers(session, looked_at)

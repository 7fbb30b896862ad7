"""The order's verdict as the board shows it, kept true to the verdicts that stand."""

from __future__ import annotations

from sqlalchemy.orm import Session

from webapp.domain.verdicts import Given, worst
from webapp.store import dock as rows
from webapp.store.schema import Order
from webapp.store.schema_dock import DockFact


def recompute(session: Session, fact: DockFact) -> None:
    """After a verdict, or a withdrawal that may have taken one back."""
    orders = [fact.order_id] if fact.order_id else []
    if not orders and fact.parcel_id:
        orders = rows.orders_of_parcel(session, fact.parcel_id)
    for order_id in orders:
        session.get_one(Order, order_id).verdict = order_verdict(session, order_id)
    session.flush()


def order_verdict(session: Session, order_id: str) -> str | None:
    facts = [row for row in rows.facts_of_order(session, order_id) if decides(row)]
    return worst(Given(row.line_id, row.parcel_id, row.said["tranche"], row.said["verdict"]) for row in facts)


def decides(fact: DockFact) -> bool:
    """A verdict that stands, by somebody who may decide: a receiver's is kept and shown, and changes nothing."""
    return fact.kind == "verdict" and fact.gone_by is None and "worker_may_not" not in fact.findings

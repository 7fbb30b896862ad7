"""The order's verdict as the board shows it, kept true to the verdicts that stand."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from webapp.domain.tranches import Lot
from webapp.domain.verdicts import Given, latest, worst
from webapp.store import dock as rows
from webapp.store.schema import Order
from webapp.store.schema_dock import DockFact
from webapp.usecases.draw_lots import lots_by_draw


def recompute(session: Session, fact: DockFact) -> None:
    """After a verdict or a draw, or a withdrawal that may have taken one back."""
    orders = [fact.order_id] if fact.order_id else []
    if not orders and fact.parcel_id:
        orders = rows.orders_of_parcel(session, fact.parcel_id)
    for order_id in orders:
        session.get_one(Order, order_id).verdict = order_verdict(session, order_id)
    session.flush()


def order_verdict(session: Session, order_id: str) -> str | None:
    return worst(_given(session, order_id))


def still_bad(session: Session, order_id: str, *, line_id: str | None, parcel_id: str | None) -> bool:
    """Whether a tranche of the line, or without a line the parcel, is on hold or rejected as decided last."""
    return any(
        one.verdict != "passed"
        for one in latest(_given(session, order_id))
        if one.line == line_id and (line_id is not None or one.parcel == parcel_id)
    )


def _given(session: Session, order_id: str) -> list[Given]:
    """Oldest first."""
    facts = [row for row in rows.verdicts_of_order(session, order_id) if _by_who_may(row)]
    lots = lots_by_draw(rows.draws_of_order(session, order_id))
    return [Given(row.line_id, row.parcel_id, _tranche(row, lots), row.said["verdict"]) for row in facts]


def _tranche(verdict: DockFact, lots: Mapping[str, Lot]) -> str | None:
    """None: about all of the line. A draw that is not known here leaves only the number."""
    number: str | None = verdict.said["tranche"]
    lot = lots.get(verdict.said["draw"] or "")
    return number if number is None or lot is None else lot.label


def _by_who_may(verdict: DockFact) -> bool:
    """A receiver's is kept and shown, and changes nothing."""
    return "worker_may_not" not in verdict.findings

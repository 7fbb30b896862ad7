"""What the account holder must hear at once: the goods still lie on the table (issue "Receiving on the phone", G-6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.reconciliation import CountState, LineCount
from webapp.store import dock as rows
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.store.schema_dock import DockFact, Notice

_TOLD_VERDICTS = frozenset({"hold", "rejected"})


def raise_for(session: Session, fact: DockFact, *, now: datetime) -> None:
    """A damaged parcel, a stated discrepancy, a hold or a rejection."""
    kind = _kind_of(fact)
    if kind is None:
        return
    orders = [fact.order_id] if fact.order_id else []
    if not orders and fact.parcel_id:
        orders = rows.orders_of_parcel(session, fact.parcel_id)
    units = fact.said.get("units")
    for order_id in orders:
        _raise(
            session,
            order_id=order_id,
            parcel_id=fact.parcel_id,
            line_id=fact.line_id,
            kind=kind,
            units=None if units is None else int(units),
            record_id=fact.id,
            now=now,
        )


def raise_counts(
    session: Session, orders: Iterable[Order], counts: dict[str, LineCount], *, record_id: str, now: datetime
) -> None:
    """Lines short or over once every parcel was counted; a recount that clears one takes its unread notice back."""
    for order in orders:
        wrong: dict[tuple[str, str], int] = {}
        for line in order.lines:
            count = counts[line.id]
            if count.counted is None or count.state is CountState.PARTLY:
                continue
            difference = count.difference_milli or 0
            if difference < 0:
                wrong[(line.id, "short_count")] = -difference // 1000
            elif difference > 0:
                wrong[(line.id, "surplus")] = difference // 1000
        rows.drop_unseen_counts(session, order.id, wrong.keys())
        for (line_id, kind), units in wrong.items():
            _raise(
                session,
                order_id=order.id,
                parcel_id=None,
                line_id=line_id,
                kind=kind,
                units=units,
                record_id=record_id,
                now=now,
            )


def unseen(database: Database, *, organisation_id: str) -> list[Notice]:
    """Newest first."""
    with database.read() as session:
        return rows.notices_of(session, organisation_id, unseen=True)


def see(database: Database, *, organisation_id: str, notice_id: str, actor: str, now: datetime) -> bool:
    """Marks one as read; False when it is not this organisation's."""
    with database.write() as session:
        notice = session.get(Notice, notice_id)
        if notice is None or notice.organisation_id != organisation_id:
            return False
        if notice.seen_at is None:
            notice.seen_at, notice.seen_by = now, actor
        return True


def _kind_of(fact: DockFact) -> str | None:
    said = fact.said
    if fact.kind == "discrepancy":
        return str(said["type"])
    if fact.kind == "condition" and (said["outer"] != "intact" or said["tape"] == "broken"):
        return "damaged"
    if fact.kind == "verdict" and said["verdict"] in _TOLD_VERDICTS:
        return str(said["verdict"])
    if fact.kind == "delivery" and said["outcome"] == "refused":
        return "refused"
    return None


def _raise(
    session: Session,
    *,
    order_id: str,
    parcel_id: str | None,
    line_id: str | None,
    kind: str,
    units: int | None,
    record_id: str,
    now: datetime,
) -> None:
    known = rows.notice(session, order_id=order_id, parcel_id=parcel_id, line_id=line_id, kind=kind)
    if known is not None:
        if known.units != units:
            known.units, known.record_id, known.raised_at = units, record_id, now
            known.seen_at = known.seen_by = None
        session.flush()
        return
    session.add(
        Notice(
            id=new_id(),
            organisation_id=rows.organisation_of_order(session, order_id),
            order_id=order_id,
            parcel_id=parcel_id,
            kind=kind,
            line_id=line_id,
            units=units,
            record_id=record_id,
            raised_at=now,
        )
    )
    session.flush()

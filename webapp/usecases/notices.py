"""What the account holder must hear at once: the goods still lie on the table (issue "Receiving on the phone", G-6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.reconciliation import CountState, LineCount
from webapp.domain.refusals import Refusal
from webapp.store import dock as rows
from webapp.store import people, plans
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.store.schema_dock import DockFact, Notice
from webapp.usecases import verdicts
from webapp.usecases.people import Desk

_TOLD_VERDICTS: Final = frozenset({"hold", "rejected"})
_COUNTS: Final = ("short_count", "surplus")


@dataclass(frozen=True)
class _About:
    """What is told once."""

    order_id: str
    parcel_id: str | None
    line_id: str | None
    kind: str


@dataclass(frozen=True)
class Told:
    """A notice as the desk shows it; ``goods`` is the line's title, "" when it is about the whole parcel."""

    notice: Notice
    order_no: str
    goods: str


def raise_for(session: Session, fact: DockFact, *, now: datetime) -> None:
    """A damaged parcel, a stated discrepancy, a refused delivery, a hold or a rejection; a pass ends the latter two."""
    orders = [fact.order_id] if fact.order_id else []
    if not orders and fact.parcel_id:
        orders = rows.orders_of_parcel(session, fact.parcel_id)
    if fact.kind == "verdict" and fact.said["verdict"] == "passed" and "worker_may_not" not in fact.findings:
        for order_id in orders:
            if verdicts.still_bad(session, order_id, line_id=fact.line_id, parcel_id=fact.parcel_id):
                continue  # another tranche of the line
            rows.drop_unseen(
                session, order_id, _TOLD_VERDICTS, parcel_id=fact.parcel_id, line_id=fact.line_id
            )
    kind = _kind_of(fact)
    if kind is None:
        return
    # Short or over is about a line of the order, whatever parcel lay on the table when it was said.
    parcel_id = None if fact.line_id and kind in _COUNTS else fact.parcel_id
    units = fact.said.get("units")
    for order_id in orders:
        about = _About(order_id, parcel_id, fact.line_id, kind)
        _raise(session, about, units=None if units is None else int(units), record_id=fact.id, now=now)


def raise_counts(
    session: Session, orders: Iterable[Order], counts: dict[str, LineCount], *, record_id: str, now: datetime
) -> None:
    """Lines short or over once every parcel was counted; a recount that clears one takes its unread notice back."""
    for order in orders:
        wrong: dict[tuple[str, str], int] = {}
        counted = set()
        for line in order.lines:
            count = counts[line.id]
            if count.counted is None or count.state is CountState.PARTLY:
                continue
            counted.add(line.id)
            difference = count.difference_milli or 0
            if difference:
                # A counted piece is whole; of 2.5 ordered and 2 counted, something is missing.
                kind, units = "short_count" if difference < 0 else "surplus", -(-abs(difference) // 1000)
                wrong[(line.id, kind)] = units
        rows.drop_unseen_counts(session, order.id, keep=wrong.keys(), counted=counted)
        for (line_id, kind), units in wrong.items():
            _raise(session, _About(order.id, None, line_id, kind), units=units, record_id=record_id, now=now)


def take_back(session: Session, record_id: str) -> None:
    """A withdrawn or corrected record: what it told and nobody has read is told no more."""
    rows.drop_unseen_of_record(session, record_id)


def unseen(database: Database, *, organisation_id: str, order_id: str | None = None) -> list[Told]:
    """Newest first."""
    with database.read() as session:
        found = rows.notices_of(session, organisation_id, unseen=True, order_id=order_id)
        numbers = plans.order_numbers(session, {one.order_id for one in found})
        goods = rows.line_titles(session, {one.line_id for one in found if one.line_id})
        return [Told(one, numbers[one.order_id], goods.get(one.line_id or "", "")) for one in found]


def count_unseen(database: Database, *, organisation_id: str) -> int:
    with database.read() as session:
        return rows.count_unseen(session, organisation_id)


def see(database: Database, *, actor: Desk, notice_id: str, now: datetime) -> str:
    """Marks one as read; returns the order's number. Seeing twice is once. Raises ``notice_unknown``."""
    with database.write() as session:
        notice = session.get(Notice, notice_id)
        if notice is None or notice.organisation_id != actor.organisation_id:
            raise Refusal("notice_unknown")
        if notice.seen_at is None:
            notice.seen_at, notice.seen_by = now, actor.id
            people.audit(
                session,
                at=now,
                actor=f"user:{actor.id}",
                action="notice.seen",
                subject=notice.id,
                organisation_id=actor.organisation_id,
                order=notice.order_id,
                kind=notice.kind,
            )
        return plans.order_numbers(session, [notice.order_id])[notice.order_id]


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


def _raise(session: Session, about: _About, *, units: int | None, record_id: str, now: datetime) -> None:
    known = rows.notice(
        session,
        order_id=about.order_id,
        parcel_id=about.parcel_id,
        line_id=about.line_id,
        kind=about.kind,
    )
    if known is not None:
        if units is not None and known.units != units:
            known.units, known.record_id, known.raised_at = units, record_id, now
            known.seen_at = known.seen_by = None
        session.flush()
        return
    session.add(
        Notice(
            id=new_id(),
            organisation_id=rows.organisation_of_order(session, about.order_id),
            order_id=about.order_id,
            parcel_id=about.parcel_id,
            kind=about.kind,
            line_id=about.line_id,
            units=units,
            record_id=record_id,
            raised_at=now,
        )
    )
    session.flush()

"""SQL about alerts, their targets and deliveries, calendar feeds, and the clocks that burn."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from webapp.domain.alerts import PASSED
from webapp.store.schema import Deadline, Order, Supplier, User
from webapp.store.schema_alerts import Alert, AlertDelivery, AlertTarget, CalendarLink


@dataclass(frozen=True, slots=True)
class Burning:
    """A binding clock with an act-by that has not ended, and whose order it is of."""

    clock: Deadline
    order_no: str
    organisation_id: str
    supplier: str


def burning(
    session: Session,
    *,
    organisation_id: str,
    since: datetime,
    limit: int | None = None,
) -> list[Burning]:
    """Earliest act-by first, from ``since`` on."""
    query = (
        select(Deadline, Order.order_no, Order.organisation_id, Supplier.company)
        .join(Order, Order.id == Deadline.order_id)
        .join(Supplier, Supplier.id == Order.supplier_id)
        .where(
            Order.organisation_id == organisation_id,
            Deadline.binding,
            Deadline.ended.is_(None),
            Deadline.act_by >= since,
        )
        .order_by(Deadline.act_by, Deadline.rule_id, Deadline.order_id, Deadline.subject_id)
    )
    rows = session.execute(query if limit is None else query.limit(limit))
    return [
        Burning(clock, order_no, organisation, supplier) for clock, order_no, organisation, supplier in rows
    ]


def to_sweep(session: Session, organisation_id: str, *, since: datetime, until: datetime) -> list[Deadline]:
    """As `burning`, without those whose last rung has fired: nothing of them is left to tell."""
    over = (
        select(Alert.id)
        .where(
            Alert.order_id == Deadline.order_id,
            Alert.rule_id == Deadline.rule_id,
            Alert.subject_kind == Deadline.subject_kind,
            Alert.subject_id == Deadline.subject_id,
            Alert.act_by == Deadline.act_by,
            Alert.rung_hours == PASSED,
        )
        .exists()
    )
    query = (
        select(Deadline)
        .join(Order, Order.id == Deadline.order_id)
        .where(
            Order.organisation_id == organisation_id,
            Deadline.binding,
            Deadline.ended.is_(None),
            Deadline.act_by.between(since, until),
            ~over,
        )
        .order_by(Deadline.act_by, Deadline.rule_id, Deadline.order_id, Deadline.subject_id)
    )
    return list(session.scalars(query))


def fired(
    session: Session, organisation_id: str, *, since: datetime, until: datetime
) -> set[tuple[str, str, str, str, datetime, int]]:
    """Every rung that fired for an act-by in this time: order, rule, subject kind and id, act-by, hours."""
    columns = (
        Alert.order_id,
        Alert.rule_id,
        Alert.subject_kind,
        Alert.subject_id,
        Alert.act_by,
        Alert.rung_hours,
    )
    found = session.execute(
        select(*columns).where(Alert.organisation_id == organisation_id, Alert.act_by.between(since, until))
    )
    return {(a, b, c, d, e, f) for a, b, c, d, e, f in found}


def targets(session: Session, organisation_id: str, *, user_id: str | None = None) -> list[AlertTarget]:
    """Those in force, oldest first; of one person, or of the whole organisation."""
    query = (
        select(AlertTarget)
        .join(User, User.id == AlertTarget.user_id)
        .where(
            AlertTarget.organisation_id == organisation_id,
            AlertTarget.ended_at.is_(None),
            User.left_at.is_(None),
        )
        .order_by(AlertTarget.made_at, AlertTarget.id)
    )
    return list(session.scalars(query if user_id is None else query.where(AlertTarget.user_id == user_id)))


def target(session: Session, user_id: str, target_id: str) -> AlertTarget | None:
    return session.scalar(
        select(AlertTarget).where(AlertTarget.id == target_id, AlertTarget.user_id == user_id)
    )


def waiting(session: Session, now: datetime, limit: int) -> list[tuple[AlertDelivery, Alert, AlertTarget]]:
    """Deliveries that are due, those of one target together."""
    query = (
        select(AlertDelivery, Alert, AlertTarget)
        .join(Alert, Alert.id == AlertDelivery.alert_id)
        .join(AlertTarget, AlertTarget.id == AlertDelivery.target_id)
        .where(
            AlertDelivery.sent_at.is_(None),
            AlertDelivery.given_up_at.is_(None),
            AlertDelivery.next_at <= now,
        )
        .order_by(AlertTarget.id, Alert.act_by, Alert.rung_hours)
        .limit(limit)
    )
    return [(delivery, alert, to) for delivery, alert, to in session.execute(query)]


def still_burning(session: Session, alert_ids: Collection[str]) -> set[str]:
    """Of these alerts those whose clock has neither ended nor got another act-by since they fired."""
    query = (
        select(Alert.id)
        .join(
            Deadline,
            and_(
                Deadline.order_id == Alert.order_id,
                Deadline.rule_id == Alert.rule_id,
                Deadline.subject_kind == Alert.subject_kind,
                Deadline.subject_id == Alert.subject_id,
                Deadline.act_by == Alert.act_by,
            ),
        )
        .where(Alert.id.in_(list(alert_ids)), Deadline.binding, Deadline.ended.is_(None))
    )
    return set(session.scalars(query))


def calendar_link(session: Session, token_hash: str) -> CalendarLink | None:
    return session.get(CalendarLink, token_hash)


def calendar_links(session: Session, user_id: str) -> list[CalendarLink]:
    query = select(CalendarLink).where(CalendarLink.user_id == user_id, CalendarLink.ended_at.is_(None))
    return list(session.scalars(query.order_by(CalendarLink.made_at)))


def order_numbers(session: Session, order_ids: Collection[str]) -> dict[str, str]:
    query = select(Order.id, Order.order_no).where(Order.id.in_(list(order_ids)))
    return {order_id: number for order_id, number in session.execute(query)}

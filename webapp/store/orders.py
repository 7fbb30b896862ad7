"""SQL about orders, lines, waybills, parcels and labels. Every query names its organisation or site."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, selectinload

from webapp.domain.progress import OrderState
from webapp.store.portions import portions
from webapp.store.schema import (
    Deadline,
    Label,
    Milestone,
    Order,
    OrderLine,
    Parcel,
    ParcelOrder,
    SiteOrganisation,
    Take,
    Tally,
)


def not_closed() -> ColumnElement[bool]:
    """Orders whose trade still lives, or of which that is not reckoned yet."""
    return or_(Order.state.is_(None), Order.state != OrderState.CLOSED)


def order_by_no(session: Session, organisation_id: str, order_no: str) -> Order | None:
    return session.scalar(
        select(Order)
        .where(Order.organisation_id == organisation_id, Order.order_no == order_no)
        .options(
            selectinload(Order.lines),
            selectinload(Order.waybills),
            selectinload(Order.parcels).selectinload(Parcel.labels),
            selectinload(Order.parcels).selectinload(Parcel.orders).selectinload(Order.lines),
        )
    )


def orders_by_no_anywhere(session: Session, order_no: str) -> list[Order]:
    """For the command line, which belongs to who owns the machine."""
    return list(session.scalars(select(Order).where(Order.order_no == order_no)))


def orders_by_id(session: Session, ids: Iterable[str]) -> list[Order]:
    return list(
        session.scalars(
            select(Order)
            .where(Order.id.in_(list(ids)))
            .options(selectinload(Order.parcels), selectinload(Order.lines))
            .execution_options(populate_existing=True)
        )
    )


def milestones(session: Session, order_ids: Iterable[str]) -> list[Milestone]:
    return list(
        session.scalars(
            select(Milestone).where(Milestone.order_id.in_(list(order_ids))).order_by(Milestone.stated_at)
        )
    )


def deadlines(session: Session, order_ids: Iterable[str]) -> list[Deadline]:
    return list(session.scalars(select(Deadline).where(Deadline.order_id.in_(list(order_ids)))))


def act_by_of_rule(session: Session, rule_id: str, order_ids: Collection[str]) -> dict[str, datetime]:
    """Order → the rule's act-by for its first receipt, of the orders for which it is known."""
    found: dict[str, datetime] = {}
    for some in portions(order_ids):
        query = select(Deadline.order_id, Deadline.act_by).where(
            Deadline.order_id.in_(some), Deadline.rule_id == rule_id, Deadline.subject_kind == "order"
        )
        found |= {order_id: at for order_id, at in session.execute(query) if at is not None}
    return found


def latest_tallies(session: Session, line_ids: Iterable[str]) -> dict[str, list[tuple[Take, int]]]:
    """Per line: every closed take that counted it, oldest first, with what the take goes on from."""
    found: dict[str, list[tuple[Take, int]]] = {}
    query = (
        select(Tally.line_id, Take, Tally.counted)
        .join(Take, Take.id == Tally.take_id)
        .where(Tally.line_id.in_(list(line_ids)), Take.closed.is_not(None))
        .order_by(Take.opened_at, Take.id)
    )
    for line_id, take, units in session.execute(query):
        if units is not None:
            found.setdefault(line_id, []).append((take, units))
    return found


def takes_of_parcels(session: Session, parcel_ids: Iterable[str]) -> list[Take]:
    return list(
        session.scalars(
            select(Take)
            .where(Take.parcel_id.in_(list(parcel_ids)))
            .order_by(Take.opened_at)
            .options(selectinload(Take.tallies))
        )
    )


def take_of_organisation(session: Session, organisation_id: str, take_id: str) -> Take | None:
    return session.scalar(
        select(Take)
        .join(Parcel, Parcel.id == Take.parcel_id)
        .where(Take.id == take_id, Parcel.organisation_id == organisation_id)
        .options(selectinload(Take.tallies))
    )


def line_of_organisation(session: Session, organisation_id: str, line_id: str) -> OrderLine | None:
    return session.scalar(
        select(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.id == line_id, Order.organisation_id == organisation_id)
    )


def site_shows_picture(session: Session, site_id: str, sha256: str) -> bool:
    return (
        session.scalar(
            select(OrderLine.id)
            .join(Order, Order.id == OrderLine.order_id)
            .join(SiteOrganisation, SiteOrganisation.organisation_id == Order.organisation_id)
            .where(SiteOrganisation.site_id == site_id, OrderLine.picture_sha256 == sha256)
            .limit(1)
        )
        is not None
    )


def all_orders(session: Session) -> list[Order]:
    return list(session.scalars(select(Order).order_by(Order.order_no)))


def order_no_of_label(session: Session, organisation_id: str, code: str) -> str | None:
    return session.scalar(
        select(Order.order_no)
        .join(ParcelOrder, ParcelOrder.order_id == Order.id)
        .join(Label, Label.parcel_id == ParcelOrder.parcel_id)
        .where(Label.code == code, Order.organisation_id == organisation_id)
        .order_by(Order.order_no)
        .limit(1)
    )

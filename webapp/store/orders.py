"""SQL about orders, lines, waybills, parcels and labels. Every query names its organisation or site."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from webapp.store.schema import (
    Deadline,
    Label,
    Milestone,
    Order,
    OrderLine,
    OrderWaybill,
    Parcel,
    ParcelOrder,
    PlatformAccount,
    SiteOrganisation,
    Supplier,
    Take,
    Tally,
    Waybill,
)


def account(session: Session, organisation_id: str, platform: str, name: str) -> PlatformAccount | None:
    return session.scalar(
        select(PlatformAccount).where(
            PlatformAccount.organisation_id == organisation_id,
            PlatformAccount.platform == platform,
            PlatformAccount.name == name,
        )
    )


def supplier(session: Session, organisation_id: str, company: str, member: str) -> Supplier | None:
    return session.scalar(
        select(Supplier).where(
            Supplier.organisation_id == organisation_id,
            Supplier.company == company,
            Supplier.member == member,
        )
    )


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


def order_count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Order)) or 0


def waybill(session: Session, organisation_id: str, number_norm: str) -> Waybill | None:
    return session.scalar(
        select(Waybill).where(Waybill.organisation_id == organisation_id, Waybill.number_norm == number_norm)
    )


def has_waybill(session: Session, order_id: str, waybill_id: str) -> bool:
    return session.get(OrderWaybill, (order_id, waybill_id)) is not None


def parcel_of_waybill(session: Session, waybill_id: str) -> Parcel | None:
    return session.scalar(select(Parcel).where(Parcel.waybill_id == waybill_id))


def bare_parcel_of_order(session: Session, order_id: str) -> Parcel | None:
    """The parcel that stands for an order whose waybill is not known yet."""
    return session.scalar(
        select(Parcel)
        .join(ParcelOrder, ParcelOrder.parcel_id == Parcel.id)
        .where(ParcelOrder.order_id == order_id, Parcel.waybill_id.is_(None))
        .limit(1)
    )


def has_parcel_order(session: Session, parcel_id: str, order_id: str) -> bool:
    return session.get(ParcelOrder, (parcel_id, order_id)) is not None


def milestones(session: Session, order_ids: Iterable[str]) -> list[Milestone]:
    return list(
        session.scalars(
            select(Milestone).where(Milestone.order_id.in_(list(order_ids))).order_by(Milestone.stated_at)
        )
    )


def deadlines(session: Session, order_ids: Iterable[str]) -> list[Deadline]:
    return list(session.scalars(select(Deadline).where(Deadline.order_id.in_(list(order_ids)))))


def board_page(
    session: Session, organisation_id: str, *, now: datetime, limit: int, offset: int
) -> tuple[list[Order], int]:
    """Orders by nearest act-by that can still be met, then orders without a running clock, newest first."""
    nearest = (
        select(Deadline.order_id, func.min(Deadline.act_by).label("act_by"))
        .where(Deadline.act_by > now, Deadline.binding.is_(True))
        .group_by(Deadline.order_id)
        .subquery()
    )
    query = (
        select(Order)
        .outerjoin(nearest, nearest.c.order_id == Order.id)
        .where(Order.organisation_id == organisation_id)
        .order_by(nearest.c.act_by.is_(None), nearest.c.act_by, Order.placed_at.desc(), Order.order_no)
        .options(selectinload(Order.lines), selectinload(Order.parcels))
        .limit(limit)
        .offset(offset)
    )
    total = session.scalar(
        select(func.count()).select_from(Order).where(Order.organisation_id == organisation_id)
    )
    return list(session.scalars(query)), total or 0


def latest_tallies(session: Session, line_ids: Iterable[str]) -> dict[str, list[tuple[Take, int]]]:
    """Per line: every closed take that counted it, oldest first."""
    found: dict[str, list[tuple[Take, int]]] = {}
    query = (
        select(Tally.line_id, Take, Tally.units)
        .join(Take, Take.id == Tally.take_id)
        .where(Tally.line_id.in_(list(line_ids)), Take.closed.is_not(None))
        .order_by(Take.opened_at, Take.id)
    )
    for line_id, take, units in session.execute(query):
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


def site_parcels(session: Session, site_id: str) -> Sequence[Parcel]:
    """Every parcel of every organisation that the site serves."""
    return session.scalars(
        select(Parcel)
        .join(SiteOrganisation, SiteOrganisation.organisation_id == Parcel.organisation_id)
        .where(SiteOrganisation.site_id == site_id)
        .options(selectinload(Parcel.labels), selectinload(Parcel.orders).selectinload(Order.lines))
        .order_by(Parcel.created_at)
    ).all()


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


def search(
    session: Session, organisation_id: str, *, text: str, waybill_norm: str, code: str | None
) -> list[Order]:
    """Orders by exact order number, waybill or label code, or by a part of the supplier's name."""
    query = (
        select(Order)
        .outerjoin(OrderWaybill, OrderWaybill.order_id == Order.id)
        .outerjoin(Waybill, Waybill.id == OrderWaybill.waybill_id)
        .outerjoin(ParcelOrder, ParcelOrder.order_id == Order.id)
        .outerjoin(Label, Label.parcel_id == ParcelOrder.parcel_id)
        .join(Supplier, Supplier.id == Order.supplier_id)
        .where(
            Order.organisation_id == organisation_id,
            or_(
                Order.order_no == text,
                Waybill.number_norm == waybill_norm,
                Label.code == (code or "-"),
                Supplier.company.contains(text, autoescape=True),
            ),
        )
        .distinct()
        .limit(50)
    )
    return list(session.scalars(query))


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

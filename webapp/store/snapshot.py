"""SQL about what a phone is told: which parcels are still told, and what of it changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from webapp.domain import site_kinds
from webapp.domain.progress import OrderState
from webapp.store.portions import portions
from webapp.store.schema import (
    Label,
    Order,
    OrderLine,
    Parcel,
    ParcelOrder,
    Site,
    SiteOrganisation,
    Take,
    Tally,
)
from webapp.store.schema_dock import DockFact, SnapshotChange

_UNFINISHED = (
    OrderState.NOT_RECEIVED,
    OrderState.PARTLY_ARRIVED,
    OrderState.TO_COUNT,
    OrderState.NOT_VERIFIED,
)


# -- which parcels ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """``recent``: whatever moved since then is told. ``waiting``: what is unfinished here is, from then on."""

    recent: datetime
    waiting: datetime


def told_parcels(session: Session, site: Site, window: Window, among: Collection[str] | None) -> set[str]:
    """Parcels that phones of the site are told, of these or all: the site's own, and with each those of its orders."""
    if among is None:
        own = set(session.scalars(_own_parcels(site, window)))
        return own | parcels_beside(session, own)
    beside = {parcel: set[str]() for parcel in among}
    for parcel, other in _beside(session, among):
        beside[parcel].add(other)
    own = set()
    for some in portions(set(among).union(*beside.values())):
        own |= set(session.scalars(_own_parcels(site, window).where(Parcel.id.in_(some))))
    return {parcel for parcel, others in beside.items() if parcel in own or others & own}


def _served(site_id: str) -> ColumnElement[bool]:
    organisations = select(SiteOrganisation.organisation_id).where(SiteOrganisation.site_id == site_id)
    return Parcel.organisation_id.in_(organisations)


def _own_parcels(site: Site, window: Window) -> Select[str]:
    """New, received, labelled or worked on at the site lately; or longer ago, and still to be done here."""
    since = window.recent
    lately = or_(
        Parcel.created_at >= since,
        Parcel.received_at >= since,
        exists().where(Label.parcel_id == Parcel.id, Label.printed_at >= since),
        exists().where(DockFact.parcel_id == Parcel.id, DockFact.site_id == site.id, DockFact.at >= since),
        exists().where(
            Take.parcel_id == Parcel.id,
            Take.site_id == site.id,
            or_(Take.opened_at >= since, Take.closed_at >= since),
        ),
    )
    # What China finished is still on its way to Vietnam.
    unfinished = (
        Order.state != OrderState.CLOSED if site.kind == site_kinds.VN else Order.state.in_(_UNFINISHED)
    )
    to_do = exists(
        select(ParcelOrder.order_id)
        .join(Order, Order.id == ParcelOrder.order_id)
        .where(ParcelOrder.parcel_id == Parcel.id, or_(Order.state.is_(None), unfinished))
    )
    waits = and_(or_(Parcel.created_at >= window.waiting, Parcel.received_at >= window.waiting), to_do)
    return select(Parcel.id).where(_served(site.id), or_(lately, waits))


def _beside(session: Session, parcel_ids: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(parcel, another parcel of one of its orders)."""
    other = ParcelOrder.__table__.alias()
    for some in portions(parcel_ids):
        query = (
            select(ParcelOrder.parcel_id, other.c.parcel_id)
            .join(other, other.c.order_id == ParcelOrder.order_id)
            .where(ParcelOrder.parcel_id.in_(some), other.c.parcel_id != ParcelOrder.parcel_id)
        )
        yield from ((parcel, beside) for parcel, beside in session.execute(query))


def parcels_beside(session: Session, parcel_ids: Iterable[str]) -> set[str]:
    return {other for _, other in _beside(session, parcel_ids)}


# -- what they hang together with ------------------------------------------------------------------------------------


def _scalars(
    session: Session, query: Select[str], column: InstrumentedAttribute[str], ids: Iterable[str]
) -> set[str]:
    found: set[str] = set()
    for some in portions(ids):
        found |= set(session.scalars(query.where(column.in_(some))))
    return found


def orders_of_parcels(session: Session, parcel_ids: Iterable[str]) -> set[str]:
    return _scalars(session, select(ParcelOrder.order_id), ParcelOrder.parcel_id, parcel_ids)


def parcels_of_orders(session: Session, order_ids: Iterable[str]) -> set[str]:
    return _scalars(session, select(ParcelOrder.parcel_id), ParcelOrder.order_id, order_ids)


def orders_of_organisations(session: Session, ids: Iterable[str]) -> set[str]:
    return _scalars(session, select(Order.id), Order.organisation_id, ids)


def orders_of_suppliers(session: Session, ids: Iterable[str]) -> set[str]:
    return _scalars(session, select(Order.id), Order.supplier_id, ids)


def listings_of_orders(session: Session, order_ids: Iterable[str]) -> set[str]:
    """The listing numbers of their lines, where they have one."""
    query = select(OrderLine.offer_id).where(OrderLine.offer_id != "")
    return _scalars(session, query, OrderLine.order_id, order_ids)


def parcels_of_listings(session: Session, offer_ids: Iterable[str]) -> set[str]:
    query = select(ParcelOrder.parcel_id).join(OrderLine, OrderLine.order_id == ParcelOrder.order_id)
    return _scalars(session, query, OrderLine.offer_id, offer_ids)


# -- what changed ----------------------------------------------------------------------------------------------------


def last_change(session: Session) -> tuple[int, str]:
    """(number, mark); (0, "") before the first."""
    row = session.execute(
        select(SnapshotChange.seq, SnapshotChange.mark).order_by(SnapshotChange.seq.desc()).limit(1)
    ).first()
    return (0, "") if row is None else (row.seq, row.mark)


def changes_after(session: Session, seq: int, mark: str) -> set[tuple[str, str]] | None:
    """(what, subject) of all later changes; None: that change is forgotten, or of another database."""
    if (seq, mark) != (0, "") and not session.scalar(
        select(exists().where(SnapshotChange.seq == seq, SnapshotChange.mark == mark))
    ):
        return None
    oldest = session.scalar(select(func.min(SnapshotChange.seq)))
    if oldest is not None and oldest > seq + 1:
        return None
    query = select(SnapshotChange.what, SnapshotChange.subject).where(SnapshotChange.seq > seq).distinct()
    return {(what, subject) for what, subject in session.execute(query)}


# -- rows to tell ----------------------------------------------------------------------------------------------------


def orders_to_tell(session: Session, ids: Iterable[str]) -> list[Order]:
    found: list[Order] = []
    for some in portions(ids):
        query = select(Order).where(Order.id.in_(some)).options(selectinload(Order.lines))
        found += session.scalars(query)
    return found


def parcels_to_tell(session: Session, ids: Iterable[str]) -> list[Parcel]:
    found: list[Parcel] = []
    for some in portions(ids):
        query = (
            select(Parcel)
            .where(Parcel.id.in_(some))
            .options(selectinload(Parcel.labels), selectinload(Parcel.orders).selectinload(Order.lines))
        )
        found += session.scalars(query)
    return found


def parts_of_orders(session: Session, order_ids: Iterable[str]) -> dict[str, int]:
    """How many parcels each of them has."""
    found: dict[str, int] = {}
    for some in portions(order_ids):
        query = (
            select(ParcelOrder.order_id, func.count())
            .where(ParcelOrder.order_id.in_(some))
            .group_by(ParcelOrder.order_id)
        )
        found |= {order_id: parcels for order_id, parcels in session.execute(query)}
    return found


def sku_labels(session: Session, line_ids: Iterable[str]) -> list[tuple[str, str]]:
    """(line, code) of the valid labels of goods that stand in a parcel."""
    found: list[tuple[str, str]] = []
    for some in portions(line_ids):
        query = select(Label.line_id, Label.code).where(
            Label.kind == "sku",
            Label.line_id.in_(some),
            Label.parcel_id.is_not(None),
            Label.voided_at.is_(None),
        )
        found += [(line_id, code) for line_id, code in session.execute(query) if line_id is not None]
    return found


def stage_counts(
    session: Session, line_ids: Iterable[str], *, vietnam: bool, complete: bool = False
) -> list[tuple[str, str, int]]:
    """(line, parcel, units) by the latest closed take at sites of one stage; ``complete``: whole counts alone.

    China and Vietnam count for themselves: neither phone is told the other's count before its own is done.
    """
    stage = Site.kind == site_kinds.VN if vietnam else Site.kind != site_kinds.VN
    closed = Take.closed == "complete" if complete else Take.closed.is_not(None)
    found: list[tuple[str, str, int]] = []
    for some in portions(line_ids):
        ranked = (
            select(
                Tally.line_id,
                Take.parcel_id,
                Tally.counted.label("units"),
                func.row_number()
                .over(
                    partition_by=(Tally.line_id, Take.parcel_id),
                    order_by=(Take.opened_at.desc(), Take.id.desc()),
                )
                .label("age"),
            )
            .join(Take, Take.id == Tally.take_id)
            .join(Site, Site.id == Take.site_id)
            .where(Tally.line_id.in_(some), stage, closed, Tally.counted.is_not(None))
            .subquery()
        )
        latest = select(ranked.c.line_id, ranked.c.parcel_id, ranked.c.units).where(ranked.c.age == 1)
        found += [(line, parcel_id, units) for line, parcel_id, units in session.execute(latest)]
    return found

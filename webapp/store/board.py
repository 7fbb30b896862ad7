"""SQL of the board: filtered, sorted pages over projections and indexed deadlines. It never reads records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from webapp.domain import site_kinds
from webapp.domain.board_filters import DIFFERS, UNDECIDED, Filters
from webapp.domain.progress import OrderState
from webapp.domain.urgency import RECEIVERS_RULE, SOON_HOURS, urgent_within
from webapp.store.schema import (
    Deadline,
    Order,
    ParcelOrder,
    PlatformAccount,
    Site,
    Supplier,
    Take,
    Tally,
    User,
)
from webapp.store.schema_desk import ExchangeRate

_AT_ONCE = 500  # SQLite's oldest limit of bound values is 999

_Query = TypeVar("_Query", bound=Select[*tuple[Any, ...]])

AT_STAKE = case(
    (Order.state == OrderState.CLOSED, 0),
    else_=func.coalesce(
        Order.paid_fen, Order.goods_fen + Order.freight_fen + func.coalesce(Order.adjust_fen, 0)
    ),
)
"""domain.stakes.at_stake_fen in SQL; a test holds one against the other."""


@dataclass(frozen=True)
class Sums:
    """How many orders, fen at stake where known, how many amounts are unknown, how many orders are closed."""

    orders: int
    known_fen: int
    unknown: int
    closed: int = 0


@dataclass(frozen=True)
class CountRow:
    """What the latest closed take of one parcel counted for one line."""

    line_id: str
    parcel_id: str
    units: int
    verified: bool


def board_page(
    session: Session, organisation_id: str, filters: Filters, *, now: datetime, limit: int, offset: int
) -> list[Order]:
    """Orders with lines and parcels, in the order asked for; four statements however many there are."""
    ids = session.scalars(_ids(organisation_id, filters, now).limit(limit).offset(offset)).all()
    return _in_order(session, ids, selectinload(Order.lines), selectinload(Order.parcels))


def board_batches(
    session: Session, organisation_id: str, filters: Filters, *, now: datetime, size: int
) -> Iterator[list[Order]]:
    """All pages of the board as one consistent reading, ``size`` orders at a time, with lines, parcels and waybills."""
    query = _ids(organisation_id, filters, now).execution_options(yield_per=size)
    for ids in session.scalars(query).partitions(size):
        belongings = (Order.lines, Order.parcels, Order.waybills)
        yield _in_order(session, ids, *(selectinload(belonging) for belonging in belongings))
        session.expunge_all()  # otherwise the session keeps every order of the export


def _in_order(session: Session, ids: Sequence[str], *loaded: ORMOption) -> list[Order]:
    # Ids first: sorting the whole rows costs several times as much.
    found = {
        order.id: order for order in session.scalars(select(Order).where(Order.id.in_(ids)).options(*loaded))
    }
    return [found[order_id] for order_id in ids]


def sums_by_state(
    session: Session, organisation_id: str, filters: Filters, *, now: datetime
) -> dict[str, Sums]:
    """By state, under all filters but the state's own."""
    state_of = func.coalesce(Order.state, OrderState.NOT_RECEIVED)
    rows = session.execute(
        _filtered(
            select(
                state_of,
                func.count(),
                func.coalesce(func.sum(AT_STAKE), 0),
                func.count() - func.count(AT_STAKE),
            ).where(Order.organisation_id == organisation_id),
            filters,
            now,
        ).group_by(state_of)
    )
    return {
        state: Sums(orders, int(known), unknown, orders if state == OrderState.CLOSED else 0)
        for state, orders, known, unknown in rows
    }


def counted_at(session: Session, order_ids: Iterable[str]) -> dict[str, set[str]]:
    """Order → in which countries (cn, vn) anything of it was counted on film."""
    vietnam = (Site.kind == site_kinds.VN).label("vietnam")
    query = (
        select(ParcelOrder.order_id, vietnam)
        .join(Take, Take.parcel_id == ParcelOrder.parcel_id)
        .join(Tally, Tally.take_id == Take.id)
        .join(Site, Site.id == Take.site_id)
        .where(ParcelOrder.order_id.in_(list(order_ids)), Take.closed.is_not(None))
        .distinct()
    )
    found: dict[str, set[str]] = {}
    for order_id, in_vietnam in session.execute(query):
        found.setdefault(order_id, set()).add("vn" if in_vietnam else "cn")
    return found


def latest_counts(session: Session, line_ids: Iterable[str]) -> list[CountRow]:
    """The latest take of a parcel stands, with what it goes on from; a retake that did not close counts nothing."""
    ranked = (
        select(
            Tally.line_id,
            Take.parcel_id,
            Tally.counted.label("units"),
            (Take.file_state == "verified").label("verified"),
            func.row_number()
            .over(
                partition_by=(Tally.line_id, Take.parcel_id),
                # China's count decides what the supplier owes; Vietnam's stands in where there is none (DT-3).
                order_by=(Site.kind == site_kinds.VN, Take.opened_at.desc(), Take.id.desc()),
            )
            .label("age"),
        )
        .join(Take, Take.id == Tally.take_id)
        .join(Site, Site.id == Take.site_id)
        .where(Tally.line_id.in_(list(line_ids)), Take.closed.is_not(None), Tally.counted.is_not(None))
        .subquery()
    )
    latest = select(ranked.c.line_id, ranked.c.parcel_id, ranked.c.units, ranked.c.verified)
    return [CountRow(*row) for row in session.execute(latest.where(ranked.c.age == 1))]


def counted_parcels(session: Session, order_ids: Iterable[str]) -> set[str]:
    """Parcels of these orders that a closed take counted."""
    return set(
        session.scalars(
            select(Take.parcel_id)
            .join(ParcelOrder, ParcelOrder.parcel_id == Take.parcel_id)
            .where(
                ParcelOrder.order_id.in_(list(order_ids)),
                Take.closed.is_not(None),
                exists().where(Tally.take_id == Take.id),
            )
            .distinct()
        )
    )


def orders_for_progress(session: Session, order_ids: Sequence[str]) -> list[Order]:
    return list(
        session.scalars(
            select(Order)
            .where(Order.id.in_(order_ids))
            .options(selectinload(Order.lines), selectinload(Order.parcels))
            .execution_options(populate_existing=True)
        )
    )


def suppliers_of(session: Session, order_ids: Iterable[str]) -> dict[str, set[str]]:
    """Organisation → its suppliers among these orders."""
    found: dict[str, set[str]] = {}
    listed = list(order_ids)
    for start in range(0, len(listed), _AT_ONCE):
        query = select(Order.organisation_id, Order.supplier_id).where(
            Order.id.in_(listed[start : start + _AT_ONCE])
        )
        for organisation_id, supplier_id in session.execute(query.distinct()):
            found.setdefault(organisation_id, set()).add(supplier_id)
    return found


def waiting_orders(
    session: Session, organisation_id: str, supplier_ids: Iterable[str] | None = None
) -> list[str]:
    """Orders of which everything is here and not everything is counted, asked or not."""
    query = select(Order.id).where(
        Order.organisation_id == organisation_id,
        Order.state.in_([OrderState.TO_COUNT, OrderState.NOT_ASKED]),
    )
    if supplier_ids is None:
        return list(session.scalars(query))
    wanted = set(supplier_ids)
    rows = session.execute(query.with_only_columns(Order.id, Order.supplier_id))
    return [order_id for order_id, supplier_id in rows if supplier_id in wanted]


def orders_without_state(session: Session, organisation_id: str, limit: int) -> list[str]:
    query = select(Order.id).where(Order.organisation_id == organisation_id, Order.state.is_(None))
    return list(session.scalars(query.limit(limit)))


def next_act_by(
    session: Session, order_ids: Iterable[str], *, now: datetime
) -> dict[str, tuple[str, datetime]]:
    """Order → rule and instant of the nearest binding act-by that can still be met."""
    # SQLite takes the other columns of a group from the row that has the minimum.
    rows = session.execute(
        select(Deadline.order_id, Deadline.rule_id, func.min(Deadline.act_by))
        .where(Deadline.order_id.in_(list(order_ids)), Deadline.burns_until > now, Deadline.binding.is_(True))
        .group_by(Deadline.order_id)
    )
    return {order_id: (rule_id, act_by) for order_id, rule_id, act_by in rows if act_by is not None}


def supplier_names(session: Session, organisation_id: str, limit: int) -> list[str]:
    query = select(Supplier.company).where(
        Supplier.organisation_id == organisation_id, Supplier.company != ""
    )
    return list(session.scalars(query.distinct().order_by(Supplier.company).limit(limit)))


def latest_rate(session: Session, organisation_id: str) -> tuple[ExchangeRate, str] | None:
    """The stated rate that counts and the name of who stated it."""
    row = session.execute(
        select(ExchangeRate, User.name)
        .outerjoin(User, User.id == ExchangeRate.stated_by)
        .where(ExchangeRate.organisation_id == organisation_id)
        .order_by(ExchangeRate.stated_at.desc(), ExchangeRate.id.desc())
        .limit(1)
    ).first()
    return None if row is None else (row[0], row[1] or "")


def _ids(organisation_id: str, filters: Filters, now: datetime) -> Select[str]:
    return _sorted(_orders(organisation_id, filters, now), filters, now)


def _orders(organisation_id: str, filters: Filters, now: datetime) -> Select[str]:
    query = _filtered(select(Order.id).where(Order.organisation_id == organisation_id), filters, now)
    if filters.state == DIFFERS:
        return query.where(Order.state.in_([OrderState.SHORT, OrderState.OVER]))
    if filters.state == OrderState.NOT_RECEIVED:
        return query.where(or_(Order.state == OrderState.NOT_RECEIVED, Order.state.is_(None)))
    return query.where(Order.state == filters.state) if filters.state else query


def _filtered(query: _Query, filters: Filters, now: datetime) -> _Query:
    """All filters but the state."""
    if filters.supplier:
        part = filters.supplier
        query = query.join(Supplier, Supplier.id == Order.supplier_id).where(
            or_(
                Supplier.company.icontains(part, autoescape=True),
                Supplier.member.icontains(part, autoescape=True),
            )
        )
    if filters.owner:
        query = query.join(PlatformAccount, PlatformAccount.id == Order.account_id).where(
            PlatformAccount.owner == filters.owner
        )
    for condition in (*_clock_conditions(filters, now), *_order_conditions(filters)):
        query = query.where(condition)
    return query


def _order_conditions(filters: Filters) -> Iterator[ColumnElement[bool]]:
    first, after = filters.placed_range()
    if first is not None:
        yield Order.placed_at >= first
    if after is not None:
        yield Order.placed_at < after
    if filters.least_fen is not None:
        yield filters.least_fen <= AT_STAKE
    if filters.verdict == UNDECIDED:
        yield and_(Order.verdict.is_(None), Order.received_at.is_not(None))
    elif filters.verdict:
        yield Order.verdict == filters.verdict


def _clock_conditions(filters: Filters, now: datetime) -> Iterator[ColumnElement[bool]]:
    binding = and_(Deadline.order_id == Order.id, Deadline.binding.is_(True))
    ahead = and_(binding, Deadline.burns_until > now)
    if filters.rule:
        yield exists().where(binding, Deadline.rule_id == filters.rule, Deadline.due_at > now)
    if filters.start == "assumed":
        yield exists().where(ahead, Deadline.assumed.is_(True))
    elif filters.start == "proven":
        yield and_(exists().where(ahead), ~exists().where(ahead, Deadline.assumed.is_(True)))
    others = Deadline.rule_id != RECEIVERS_RULE
    urgent = or_(
        and_(others, Deadline.act_by < now + urgent_within("")),
        and_(~others, Deadline.act_by < now + urgent_within(RECEIVERS_RULE)),
    )
    soon = Deadline.act_by < now + timedelta(hours=SOON_HOURS)
    if filters.urgency == "late":
        yield exists().where(binding, Deadline.act_by <= now, Deadline.due_at > now)
    elif filters.urgency == "urgent":
        yield exists().where(ahead, urgent)
    elif filters.urgency == "soon":
        yield and_(exists().where(ahead, soon), ~exists().where(ahead, urgent))
    elif filters.urgency == "calm":
        yield and_(exists().where(ahead), ~exists().where(ahead, soon))
    elif filters.urgency == "none":
        yield ~exists().where(ahead)


def _sorted(query: Select[str], filters: Filters, now: datetime) -> Select[str]:
    newest = (Order.placed_at.desc(), Order.order_no)
    if filters.sort == "stake":
        return query.order_by(case((AT_STAKE.is_(None), 1), else_=0), AT_STAKE.desc(), *newest)
    if filters.sort == "placed":
        return query.order_by(case((Order.placed_at.is_(None), 1), else_=0), *newest)
    # Materialised, so that only what lies ahead is read, by its index; grouped at once, every clock ever would be.
    ahead = (
        select(Deadline.order_id, Deadline.act_by)
        .where(Deadline.burns_until > now, Deadline.binding.is_(True))
        .cte("ahead")
        .prefix_with("MATERIALIZED")
    )
    nearest = (
        select(ahead.c.order_id, func.min(ahead.c.act_by).label("act_by"))
        .group_by(ahead.c.order_id)
        .subquery()
    )
    # Orders without a running clock follow, newest first; closed ones, about which nothing is to do, come last.
    return query.outerjoin(nearest, nearest.c.order_id == Order.id).order_by(
        nearest.c.act_by.is_(None),
        nearest.c.act_by,
        case((Order.state == OrderState.CLOSED, 1), else_=0),
        *newest,
    )

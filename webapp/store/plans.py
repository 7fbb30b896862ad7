"""SQL about standing decisions (how deep to receive) and special checks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, selectinload

from webapp.store.orders import not_closed
from webapp.store.portions import portions
from webapp.store.schema import Order, OrderLine, Parcel, ParcelOrder, Supplier
from webapp.store.schema_desk import OrderCheck, ReceivingPlan


def plans(session: Session, organisation_id: str) -> list[ReceivingPlan]:
    """Every decision, ended ones too, newest first."""
    return list(
        session.scalars(
            select(ReceivingPlan)
            .where(ReceivingPlan.organisation_id == organisation_id)
            .order_by(ReceivingPlan.decided_at.desc(), ReceivingPlan.id)
        )
    )


def plans_in_force(session: Session, organisation_ids: Iterable[str]) -> list[ReceivingPlan]:
    return list(
        session.scalars(
            select(ReceivingPlan).where(
                ReceivingPlan.organisation_id.in_(list(organisation_ids)), ReceivingPlan.ended_at.is_(None)
            )
        )
    )


def plan(session: Session, organisation_id: str, plan_id: str) -> ReceivingPlan | None:
    return session.scalar(
        select(ReceivingPlan).where(
            ReceivingPlan.id == plan_id, ReceivingPlan.organisation_id == organisation_id
        )
    )


def suppliers(session: Session, organisation_id: str) -> list[Supplier]:
    return list(
        session.scalars(
            select(Supplier)
            .where(Supplier.organisation_id == organisation_id)
            .order_by(Supplier.company, Supplier.member)
        )
    )


def supplier_of_organisation(session: Session, organisation_id: str, supplier_id: str) -> Supplier | None:
    return session.scalar(
        select(Supplier).where(Supplier.id == supplier_id, Supplier.organisation_id == organisation_id)
    )


def order_numbers(session: Session, ids: Iterable[str]) -> dict[str, str]:
    rows = session.execute(select(Order.id, Order.order_no).where(Order.id.in_(list(ids))))
    return {order_id: order_no for order_id, order_no in rows}


def order_facts(session: Session, organisation_id: str) -> list[tuple[str, str, int | None]]:
    """(order, supplier, paid fen) of the orders of which a parcel is still to come, or that have no parcel."""
    some_parcel = exists().where(ParcelOrder.order_id == Order.id)
    outstanding = exists().where(
        and_(
            ParcelOrder.order_id == Order.id,
            ParcelOrder.parcel_id == Parcel.id,
            Parcel.received_at.is_(None),
        )
    )
    rows = session.execute(
        select(Order.id, Order.supplier_id, Order.paid_fen).where(
            Order.organisation_id == organisation_id, not_closed(), or_(outstanding, ~some_parcel)
        )
    )
    return [(order_id, supplier_id, paid) for order_id, supplier_id, paid in rows]


def received_orders_of_suppliers(
    session: Session, supplier_ids: Iterable[str], *, each: int
) -> dict[str, list[Order]]:
    """The last ``each`` received orders of every supplier, newest first, with lines and parcels."""
    newest = (
        select(
            Order.id,
            func.row_number()
            .over(partition_by=Order.supplier_id, order_by=(Order.received_at.desc(), Order.id))
            .label("place"),
        )
        .where(Order.supplier_id.in_(list(supplier_ids)), Order.received_at.is_not(None))
        .subquery()
    )
    found: dict[str, list[Order]] = {}
    query: Sequence[Order] = session.scalars(
        select(Order)
        .join(newest, newest.c.id == Order.id)
        .where(newest.c.place <= each)
        .options(selectinload(Order.lines), selectinload(Order.parcels))
        .order_by(Order.received_at.desc(), Order.id)
    ).all()
    for order in query:
        found.setdefault(order.supplier_id, []).append(order)
    return found


def checks_of(session: Session, order_ids: Iterable[str]) -> list[OrderCheck]:
    """Checks that still stand, in the order in which they were asked."""
    found: list[OrderCheck] = []
    for some in portions(order_ids):
        found += session.scalars(
            select(OrderCheck).where(OrderCheck.order_id.in_(some), OrderCheck.ended_at.is_(None))
        )
    return sorted(found, key=lambda check: (check.asked_at, check.id))


def check_of_organisation(session: Session, organisation_id: str, check_id: str) -> OrderCheck | None:
    return session.scalar(
        select(OrderCheck)
        .join(Order, Order.id == OrderCheck.order_id)
        .where(OrderCheck.id == check_id, Order.organisation_id == organisation_id)
    )


def line_in_order(session: Session, order_id: str, line_id: str) -> OrderLine | None:
    return session.scalar(select(OrderLine).where(OrderLine.id == line_id, OrderLine.order_id == order_id))

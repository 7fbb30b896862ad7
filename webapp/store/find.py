"""SQL that finds orders by what people know of them. One statement a kind, whatever the length of a note."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from webapp.store.schema import (
    Label,
    Order,
    OrderLine,
    OrderWaybill,
    Organisation,
    Parcel,
    ParcelOrder,
    Supplier,
    Waybill,
)
from webapp.store.schema_claims import Claim
from webapp.store.schema_desk import LabelAlias, LabelRoll, LoadUnit


@dataclass(frozen=True)
class LabelHit:
    """``order`` and ``parcel`` are None while a blank label is not bound; a load unit's label has neither."""

    label: Label
    parcel: Parcel | None
    order: Order | None
    load_unit: LoadUnit | None


def orders_numbered(session: Session, organisation_id: str, numbers: Collection[str]) -> list[Order]:
    if not numbers:
        return []
    query = select(Order).where(Order.organisation_id == organisation_id, Order.order_no.in_(list(numbers)))
    return list(session.scalars(query.order_by(Order.order_no)))


def waybills_numbered(
    session: Session, organisation_id: str, keys: Collection[str]
) -> list[tuple[Waybill, Parcel | None, Order | None]]:
    """A row for each order of each waybill: suppliers pack several orders together."""
    if not keys:
        return []
    query = (
        select(Waybill, Parcel, Order)
        .outerjoin(Parcel, Parcel.waybill_id == Waybill.id)
        .outerjoin(OrderWaybill, OrderWaybill.waybill_id == Waybill.id)
        .outerjoin(Order, Order.id == OrderWaybill.order_id)
        .where(Waybill.organisation_id == organisation_id, Waybill.number_norm.in_(list(keys)))
        .order_by(Waybill.number_norm, Order.order_no)
    )
    return [(waybill, parcel, order) for waybill, parcel, order in session.execute(query)]


def labels_coded(session: Session, organisation_id: str, codes: Collection[str]) -> list[LabelHit]:
    """Labels of any kind, voided ones too. A label on another organisation's things does not exist."""
    if not codes:
        return []
    of_line = aliased(Order)
    query = (
        select(Label, Parcel, Order, of_line, LoadUnit)
        .outerjoin(Parcel, Parcel.id == Label.parcel_id)
        .outerjoin(ParcelOrder, ParcelOrder.parcel_id == Parcel.id)
        .outerjoin(Order, Order.id == ParcelOrder.order_id)
        .outerjoin(OrderLine, OrderLine.id == Label.line_id)
        .outerjoin(of_line, of_line.id == OrderLine.order_id)
        .outerjoin(LoadUnit, LoadUnit.id == Label.load_unit_id)
        .outerjoin(LabelRoll, LabelRoll.id == Label.roll_id)
        .where(
            Label.code.in_(list(codes)),
            or_(
                Parcel.organisation_id == organisation_id,
                of_line.organisation_id == organisation_id,
                LoadUnit.organisation_id == organisation_id,
                # A blank roll belongs to who printed it until its label is on somebody's parcel.
                and_(Label.parcel_id.is_(None), LabelRoll.organisation_id == organisation_id),
            ),
        )
        .order_by(Label.code, Order.order_no)
    )
    hits: dict[tuple[str, str | None], LabelHit] = {}
    for label, parcel, order, line_order, load_unit in session.execute(query):
        found = line_order or order
        hits[label.code, found.id if found else None] = LabelHit(label, parcel, found, load_unit)
    return list(hits.values())


def stickers(
    session: Session, organisation_id: str, keys: Collection[str]
) -> list[tuple[LabelAlias, Parcel, Order | None]]:
    """Forwarders' own stickers that were bound to a parcel."""
    if not keys:
        return []
    query = (
        select(LabelAlias, Parcel, Order)
        .join(Parcel, Parcel.id == LabelAlias.parcel_id)
        .outerjoin(ParcelOrder, ParcelOrder.parcel_id == Parcel.id)
        .outerjoin(Order, Order.id == ParcelOrder.order_id)
        .where(
            Parcel.organisation_id == organisation_id,
            LabelAlias.text_norm.in_(list(keys)),
            LabelAlias.ended_at.is_(None),
        )
        .order_by(LabelAlias.text_norm, Order.order_no)
    )
    return [(alias, parcel, order) for alias, parcel, order in session.execute(query)]


def orders_of_suppliers(
    session: Session, organisation_id: str, parts: Iterable[str], limit: int
) -> list[Order]:
    """Orders of suppliers whose company or member name contains one of the parts, newest first."""
    named = [
        column.icontains(part, autoescape=True)
        for part in parts
        for column in (Supplier.company, Supplier.member)
    ]
    if not named:
        return []
    query = (
        select(Order)
        .join(Supplier, Supplier.id == Order.supplier_id)
        .where(Order.organisation_id == organisation_id, or_(*named))
        .order_by(Order.placed_at.desc(), Order.order_no)
        .limit(limit)
    )
    return list(session.scalars(query))


def orders_of_goods(session: Session, organisation_id: str, part: str, limit: int) -> list[Order]:
    """Orders with goods whose title contains the words, newest first."""
    named = select(OrderLine.order_id).where(OrderLine.title.icontains(part, autoescape=True))
    query = select(Order).where(Order.organisation_id == organisation_id, Order.id.in_(named))
    return list(session.scalars(query.order_by(Order.placed_at.desc(), Order.order_no).limit(limit)))


def orders_of_claims(
    session: Session, organisation_id: str, number: int | None, external_id: str
) -> list[Order]:
    """By the importer's own number of a claim, or the one that the platform gave it."""
    named = [func.lower(Claim.external_id) == external_id.lower()] if external_id.strip() else []
    named += [Claim.number == number] if number is not None else []
    claims = select(Claim.order_id).where(Claim.organisation_id == organisation_id, or_(*named))
    query = select(Order).where(Order.organisation_id == organisation_id, Order.id.in_(claims))
    return list(session.scalars(query.order_by(Order.placed_at.desc(), Order.order_no)))


def orders_of_day(
    session: Session, organisation_id: str, start: datetime, end: datetime, limit: int
) -> list[Order]:
    """Placed, or of which a parcel was received, from ``start`` until before ``end``; newest first."""
    received = (
        select(ParcelOrder.order_id)
        .join(Parcel, Parcel.id == ParcelOrder.parcel_id)
        .where(
            Parcel.organisation_id == organisation_id, Parcel.received_at >= start, Parcel.received_at < end
        )
    )
    placed = and_(Order.placed_at >= start, Order.placed_at < end)
    query = select(Order).where(Order.organisation_id == organisation_id, or_(placed, Order.id.in_(received)))
    return list(session.scalars(query.order_by(Order.placed_at.desc(), Order.order_no).limit(limit)))


def newest_orders(session: Session, organisation_id: str, limit: int) -> list[Order]:
    query = select(Order).where(Order.organisation_id == organisation_id)
    return list(session.scalars(query.order_by(Order.placed_at.desc(), Order.order_no).limit(limit)))


def customer_code(session: Session, organisation_id: str) -> str:
    return session.get_one(Organisation, organisation_id).customer_code

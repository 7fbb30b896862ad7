"""SQL about labels, rolls of blank ones, other people's stickers and load units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, selectinload

from webapp.store.orders import not_closed
from webapp.store.portions import portions
from webapp.store.schema import Label, Order, Organisation, Parcel, ParcelOrder, Site
from webapp.store.schema_desk import LabelAlias, LabelRoll, LoadUnit


def orders_to_print(
    session: Session, organisation_id: str, order_nos: Sequence[str]
) -> dict[str, list[Order]]:
    """By number (two platforms may use the same one), with everything that a label shows of them."""
    found: dict[str, list[Order]] = {}
    for some in portions(order_nos):
        query = (
            select(Order)
            .where(Order.organisation_id == organisation_id, Order.order_no.in_(some))
            .order_by(Order.order_no, Order.platform)
            .options(
                selectinload(Order.lines),
                selectinload(Order.parcels).selectinload(Parcel.orders).selectinload(Order.lines),
            )
        )
        for order in session.scalars(query):
            found.setdefault(order.order_no, []).append(order)
    return found


def orders_without_label(session: Session, organisation_id: str, limit: int) -> list[Order]:
    """Newest first: orders with a parcel that has no valid label of its own."""
    labelled = select(Label.code).where(
        Label.parcel_id == Parcel.id, Label.voided_at.is_(None), Label.kind.in_(("parcel", "blank"))
    )
    bare = (
        select(ParcelOrder.order_id)
        .join(Parcel, Parcel.id == ParcelOrder.parcel_id)
        .where(Parcel.organisation_id == organisation_id, ~labelled.exists())
    )
    query = (
        select(Order)
        .where(Order.organisation_id == organisation_id, not_closed(), Order.id.in_(bare))
        .order_by(Order.placed_at.desc(), Order.order_no)
        .options(selectinload(Order.parcels))
        .limit(limit)
    )
    return list(session.scalars(query))


def void_parcel_labels(
    session: Session, parcel_ids: Sequence[str], kind: str, *, now: datetime, carton_no: int | None = None
) -> None:
    """Voids earlier prints of one kind; of one carton when ``carton_no`` is given."""
    more = [] if carton_no is None else [Label.carton_no == carton_no]
    for some in portions(parcel_ids):
        _void(session, now, Label.kind == kind, Label.parcel_id.in_(some), *more)


def void_line_labels(session: Session, line_ids: Sequence[str], *, now: datetime) -> None:
    for some in portions(line_ids):
        _void(session, now, Label.kind == "sku", Label.line_id.in_(some))


def void_unit_labels(session: Session, load_unit_id: str, *, now: datetime) -> None:
    _void(session, now, Label.kind == "load_unit", Label.load_unit_id == load_unit_id)


def _void(session: Session, now: datetime, *which: ColumnElement[bool]) -> None:
    session.execute(update(Label).where(Label.voided_at.is_(None), *which).values(voided_at=now))


def label_to_bind(session: Session, code: str) -> Label | None:
    """Locked, so that of two phones at once one is first."""
    return session.get(Label, code, with_for_update=True)


def roll(session: Session, roll_id: str) -> LabelRoll:
    return session.get_one(LabelRoll, roll_id)


def alias(session: Session, site_id: str, text_norm: str) -> LabelAlias | None:
    return session.get(LabelAlias, (site_id, text_norm))


def aliases_at(session: Session, site_id: str) -> dict[str, str]:
    """A sticker's key → the parcel that it was bound to."""
    query = select(LabelAlias.text_norm, LabelAlias.parcel_id).where(
        LabelAlias.site_id == site_id, LabelAlias.ended_at.is_(None)
    )
    return {key: parcel_id for key, parcel_id in session.execute(query)}


def blanks_at(
    session: Session, site_id: str, organisation_ids: Sequence[str]
) -> Iterator[tuple[str | None, str]]:
    """(customer code of the roll's owner, or None for anybody's; code) of every label that waits for its parcel."""
    here = (LabelRoll.site_id == site_id) | (
        LabelRoll.site_id.is_(None) & LabelRoll.organisation_id.in_(organisation_ids)
    )
    query = (
        select(Organisation.customer_code, Label.code)
        .select_from(Label)
        .join(LabelRoll, LabelRoll.id == Label.roll_id)
        .outerjoin(Organisation, Organisation.id == LabelRoll.organisation_id)
        .where(here, Label.parcel_id.is_(None), Label.voided_at.is_(None))
        .order_by(Organisation.customer_code, Label.code)
    )
    for row in session.execute(query):
        yield row.customer_code, row.code


def rolls_of(session: Session, organisation_id: str, limit: int) -> list[tuple[LabelRoll, int]]:
    """Newest first, each with how many of its labels are bound."""
    query = (
        select(LabelRoll, func.count(Label.parcel_id))
        .outerjoin(Label, Label.roll_id == LabelRoll.id)
        .where(LabelRoll.organisation_id == organisation_id)
        .group_by(LabelRoll.id)
        .order_by(LabelRoll.printed_at.desc(), LabelRoll.id)
        .limit(limit)
    )
    return [(found, bound) for found, bound in session.execute(query)]


def load_unit(session: Session, organisation_id: str, kind: str, number: str) -> LoadUnit | None:
    return session.scalar(
        select(LoadUnit).where(
            LoadUnit.organisation_id == organisation_id, LoadUnit.kind == kind, LoadUnit.number == number
        )
    )


def sites(session: Session) -> list[Site]:
    """Every site of the instance: only for who owns the machine."""
    return list(session.scalars(select(Site).order_by(Site.created_at, Site.id)))


def organisation(session: Session, organisation_id: str) -> Organisation:
    return session.get_one(Organisation, organisation_id)


def customer_codes(session: Session, organisation_ids: Iterable[str]) -> dict[str, str]:
    query = select(Organisation.id, Organisation.customer_code)
    return {
        organisation_id: code
        for some in portions(organisation_ids)
        for organisation_id, code in session.execute(query.where(Organisation.id.in_(some)))
    }

"""SQL about records, their side files and the takes they tell of."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from webapp.store.schema import (
    Blob,
    Order,
    OrderLine,
    ParcelOrder,
    Record,
    SideFile,
    SiteOrganisation,
    Take,
    Tally,
)


def records_with_id(session: Session, record_id: str) -> list[Record]:
    return list(session.scalars(select(Record).where(Record.id == record_id).order_by(Record.entry_index)))


def records_at(session: Session, device_id: str, seq: int) -> list[Record]:
    """More than one when a device's history was forked."""
    found = select(Record).where(Record.device_id == device_id, Record.seq == seq)
    return list(session.scalars(found.order_by(Record.entry_index)))


def last_seq(session: Session, device_id: str) -> int:
    """0 before the first record."""
    return session.scalar(select(func.max(Record.seq)).where(Record.device_id == device_id)) or 0


def site_serves(session: Session, site_id: str, organisation_id: str) -> bool:
    return session.get(SiteOrganisation, (site_id, organisation_id)) is not None


def order_ids_of_parcel(session: Session, parcel_id: str) -> set[str]:
    return set(session.scalars(select(ParcelOrder.order_id).where(ParcelOrder.parcel_id == parcel_id)))


def orders_of_parcel(session: Session, parcel_id: str) -> list[Order]:
    found = select(Order).join(ParcelOrder, ParcelOrder.order_id == Order.id)
    return list(session.scalars(found.where(ParcelOrder.parcel_id == parcel_id).order_by(Order.id)))


def order_of_each_line(session: Session, line_ids: Iterable[str]) -> dict[str, str]:
    """Line id → order id, for the lines that exist."""
    rows = session.execute(select(OrderLine.id, OrderLine.order_id).where(OrderLine.id.in_(list(line_ids))))
    return {line_id: order_id for line_id, order_id in rows}


def drop_tallies(session: Session, take_id: str) -> None:
    session.execute(delete(Tally).where(Tally.take_id == take_id))


def other_take_of_file(session: Session, sha256: str, take_id: str) -> bool:
    found = select(Take.id).where(Take.file_sha256 == sha256, Take.id != take_id).limit(1)
    return session.scalar(found) is not None


def blob(session: Session, sha256: str) -> Blob | None:
    return session.get(Blob, sha256)


def side_file(session: Session, sha256: str) -> SideFile | None:
    return session.get(SideFile, sha256)

"""SQL about job links and what came by them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.store.schema import Order, Parcel, ParcelOrder
from webapp.store.schema_doors import JobCapture, JobLink


def link(session: Session, token_hash: str) -> JobLink | None:
    return session.get(JobLink, token_hash)


def open_links(session: Session, organisation_id: str, now: datetime) -> list[JobLink]:
    """The newest first."""
    return list(
        session.scalars(
            select(JobLink)
            .where(
                JobLink.organisation_id == organisation_id,
                JobLink.revoked_at.is_(None),
                JobLink.expires_at > now,
            )
            .order_by(JobLink.made_at.desc(), JobLink.token_hash)
        )
    )


def open_links_of_parcels(session: Session, parcel_ids: Collection[str], now: datetime) -> list[JobLink]:
    """The newest first."""
    return list(
        session.scalars(
            select(JobLink)
            .where(JobLink.parcel_id.in_(parcel_ids), JobLink.revoked_at.is_(None), JobLink.expires_at > now)
            .order_by(JobLink.made_at.desc(), JobLink.token_hash)
        )
    )


def parcel_of_order(session: Session, organisation_id: str, order_no: str, parcel_id: str) -> Parcel | None:
    return session.scalar(
        select(Parcel)
        .join(ParcelOrder, ParcelOrder.parcel_id == Parcel.id)
        .join(Order, Order.id == ParcelOrder.order_id)
        .where(
            Parcel.id == parcel_id,
            Parcel.organisation_id == organisation_id,
            Order.order_no == order_no,
            Order.organisation_id == organisation_id,
        )
    )


def order_numbers_of_parcel(session: Session, parcel_id: str) -> list[str]:
    return list(
        session.scalars(
            select(Order.order_no)
            .join(ParcelOrder, ParcelOrder.order_id == Order.id)
            .where(ParcelOrder.parcel_id == parcel_id)
            .order_by(Order.order_no)
        )
    )


def captures_of_parcels(session: Session, parcel_ids: Collection[str]) -> list[JobCapture]:
    """In the order in which they came."""
    return list(
        session.scalars(
            select(JobCapture)
            .where(JobCapture.parcel_id.in_(parcel_ids))
            .order_by(JobCapture.received_at, JobCapture.id)
        )
    )


def capture_of_organisation(session: Session, organisation_id: str, capture_id: str) -> JobCapture | None:
    return session.scalar(
        select(JobCapture)
        .join(Parcel, Parcel.id == JobCapture.parcel_id)
        .where(JobCapture.id == capture_id, Parcel.organisation_id == organisation_id)
    )


def same_capture(session: Session, link_hash: str, sha256: str) -> JobCapture | None:
    """The same bytes by the same link: an answer was lost and the phone sent them again."""
    return session.scalar(
        select(JobCapture).where(JobCapture.link_hash == link_hash, JobCapture.sha256 == sha256)
    )


def captures_by_link(session: Session, link_hash: str) -> int:
    count = session.scalar(
        select(func.count()).select_from(JobCapture).where(JobCapture.link_hash == link_hash)
    )
    return count or 0

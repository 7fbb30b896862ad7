"""SQL about how many bytes of films, photos and documents are whose."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from webapp.store.schema import Device, Organisation, Parcel, Record, Site, Upload
from webapp.store.schema_desk import Document
from webapp.store.schema_doors import JobCapture


def _bytes() -> ColumnElement[int]:
    """An upload under way counts with its announced length, one that ended with what came of it."""
    under_way = Upload.ended_at.is_(None) & (func.coalesce(Upload.length, 0) > Upload.offset)
    return func.coalesce(func.sum(case((under_way, Upload.length), else_=Upload.offset)), 0)


def of_organisation(session: Session, organisation_id: str) -> int:
    """Bytes that phones and job links sent for the organisation's parcels, and of the documents that it filed."""
    about = (
        select(Record.id)
        .join(Parcel, Parcel.id == Record.parcel_id)
        .where(
            Parcel.organisation_id == organisation_id,
            Record.id == Upload.record_id,
            Record.device_id == Upload.device_id,
        )
    )
    sent = session.scalar(select(_bytes()).where(about.exists())) or 0
    by_links = (
        select(func.coalesce(func.sum(JobCapture.bytes), 0))
        .join(Parcel, Parcel.id == JobCapture.parcel_id)
        .where(Parcel.organisation_id == organisation_id)
    )
    filed = select(func.coalesce(func.sum(Document.bytes), 0)).where(
        Document.organisation_id == organisation_id
    )
    return sent + (session.scalar(by_links) or 0) + (session.scalar(filed) or 0)


def of_site(session: Session, site_id: str) -> int:
    """Bytes that the site's phones sent, revoked ones too."""
    at_site = select(Device.id).where(Device.site_id == site_id)
    return session.scalar(select(_bytes()).where(Upload.device_id.in_(at_site))) or 0


def of_phone_since(session: Session, device_id: str, since: datetime) -> int:
    """Bytes of the uploads that the phone began after ``since``."""
    found = select(_bytes()).where(Upload.device_id == device_id, Upload.created_at > since)
    return session.scalar(found) or 0


def organisation_of_record(session: Session, record_id: str, device_id: str) -> Organisation | None:
    """Whose parcel the record is about."""
    found = (
        select(Organisation)
        .join(Parcel, Parcel.organisation_id == Organisation.id)
        .join(Record, Record.parcel_id == Parcel.id)
        .where(Record.id == record_id, Record.device_id == device_id)
        .order_by(Record.entry_index)
        .limit(1)
    )
    return session.scalars(found).first()


def organisations(session: Session) -> list[Organisation]:
    return list(session.scalars(select(Organisation).order_by(Organisation.customer_code)))


def sites(session: Session) -> list[Site]:
    return list(session.scalars(select(Site).order_by(Site.name, Site.id)))

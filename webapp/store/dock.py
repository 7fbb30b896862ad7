"""SQL about facts from the table, photos, held parcels and notices."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.orm import Session

from webapp.domain import site_kinds
from webapp.store.schema import (
    Order,
    Parcel,
    ParcelOrder,
    Record,
    Site,
    SiteOrganisation,
    Take,
    Tally,
    Worker,
)
from webapp.store.schema_dock import DockFact, Notice, Photo, Unidentified


def first_opening(session: Session, parcel_id: str, site_id: str) -> datetime | None:
    """When the parcel was first cut open at this site, by the facts that stand."""
    return session.scalar(
        select(func.min(DockFact.at)).where(
            DockFact.parcel_id == parcel_id,
            DockFact.site_id == site_id,
            DockFact.kind == "opening",
            DockFact.gone_by.is_(None),
        )
    )


def facts_of_parcels(
    session: Session, parcel_ids: Iterable[str], *, site_id: str | None = None
) -> list[DockFact]:
    """Every fact, also those that were taken back, oldest first."""
    found = select(DockFact).where(DockFact.parcel_id.in_(list(parcel_ids)))
    if site_id is not None:
        found = found.where(DockFact.site_id == site_id)
    return list(session.scalars(found.order_by(DockFact.at, DockFact.id)))


def facts_of_order(session: Session, order_id: str) -> list[DockFact]:
    """Facts of the order's parcels and lines, oldest first."""
    parcels = select(ParcelOrder.parcel_id).where(ParcelOrder.order_id == order_id)
    found = select(DockFact).where(
        or_(
            DockFact.order_id == order_id,
            and_(DockFact.order_id.is_(None), DockFact.parcel_id.in_(parcels)),
        )
    )
    return list(session.scalars(found.order_by(DockFact.at, DockFact.id)))


def standing(session: Session, kind: str, *, order_id: str) -> list[DockFact]:
    found = select(DockFact).where(
        DockFact.kind == kind, DockFact.order_id == order_id, DockFact.gone_by.is_(None)
    )
    return list(session.scalars(found.order_by(DockFact.at, DockFact.id)))


def arrivals_of_parcel(session: Session, parcel_id: str) -> list[DockFact]:
    """Those that stand, earliest first."""
    found = select(DockFact).where(
        DockFact.parcel_id == parcel_id, DockFact.kind == "arrival", DockFact.gone_by.is_(None)
    )
    return list(session.scalars(found.order_by(DockFact.at, DockFact.id)))


def arrivals_since(session: Session, site_id: str, since: datetime) -> int:
    """Parcels received at the site since then."""
    return (
        session.scalar(
            select(func.count(func.distinct(DockFact.parcel_id))).where(
                DockFact.site_id == site_id,
                DockFact.kind == "arrival",
                DockFact.at >= since,
                DockFact.gone_by.is_(None),
            )
        )
        or 0
    )


def photos(session: Session, ids: Collection[str]) -> dict[str, Photo]:
    return {row.id: row for row in session.scalars(select(Photo).where(Photo.id.in_(list(ids))))}


def photos_of_file(session: Session, sha256: str) -> list[Photo]:
    return list(session.scalars(select(Photo).where(Photo.file_sha256 == sha256)))


def other_photo_of_file(session: Session, sha256: str, photo_id: str) -> bool:
    found = select(Photo.id).where(Photo.file_sha256 == sha256, Photo.id != photo_id).limit(1)
    return session.scalar(found) is not None


def photo_expects_bytes(session: Session, record_id: str, device_id: str) -> bool:
    """Whether this device committed a photo under that id."""
    found = select(Record.sha256).where(
        Record.id == record_id, Record.device_id == device_id, Record.kind == "photo"
    )
    return session.scalar(found.limit(1)) is not None


def organisation_of_order(session: Session, order_id: str) -> str:
    return session.scalars(select(Order.organisation_id).where(Order.id == order_id)).one()


def orders_of_parcel(session: Session, parcel_id: str) -> list[str]:
    return list(session.scalars(select(ParcelOrder.order_id).where(ParcelOrder.parcel_id == parcel_id)))


def notices_of(session: Session, organisation_id: str, *, unseen: bool) -> list[Notice]:
    """Newest first."""
    found = select(Notice).where(Notice.organisation_id == organisation_id)
    if unseen:
        found = found.where(Notice.seen_at.is_(None))
    return list(session.scalars(found.order_by(Notice.raised_at.desc(), Notice.id)))


def notice(
    session: Session, *, order_id: str, parcel_id: str | None, line_id: str | None, kind: str
) -> Notice | None:
    """One subject is told of once."""
    return session.scalar(
        select(Notice)
        .where(
            Notice.order_id == order_id,
            Notice.parcel_id.is_(None) if parcel_id is None else Notice.parcel_id == parcel_id,
            Notice.line_id.is_(None) if line_id is None else Notice.line_id == line_id,
            Notice.kind == kind,
        )
        .limit(1)
    )


def drop_unseen_counts(session: Session, order_id: str, keep: Collection[tuple[str, str]]) -> None:
    """A recount that cleared a difference nobody has read of takes its notice away. ``keep``: (line, kind)."""
    for row in session.scalars(
        select(Notice).where(
            Notice.order_id == order_id,
            Notice.kind.in_(("short_count", "surplus")),
            Notice.seen_at.is_(None),
            Notice.line_id.is_not(None),
        )
    ):
        if (row.line_id or "", row.kind) not in keep:
            session.execute(delete(Notice).where(Notice.id == row.id))


def held(session: Session, site_ids: Iterable[str], *, open_only: bool) -> list[Unidentified]:
    found = select(Unidentified).where(Unidentified.site_id.in_(list(site_ids)))
    if open_only:
        found = found.where(Unidentified.matched_at.is_(None))
    return list(session.scalars(found.order_by(Unidentified.held_at, Unidentified.id)))


def stage_counts(session: Session, site_id: str, *, vietnam: bool) -> list[tuple[str, str, int]]:
    """(line, parcel, units) by the latest closed take at sites of one stage, for whom this site works.

    China and Vietnam count for themselves: neither phone is told the other's count.
    """
    stage = Site.kind == site_kinds.VN if vietnam else Site.kind != site_kinds.VN
    ranked = (
        select(
            Tally.line_id,
            Take.parcel_id,
            Tally.units,
            func.row_number()
            .over(
                partition_by=(Tally.line_id, Take.parcel_id), order_by=(Take.opened_at.desc(), Take.id.desc())
            )
            .label("age"),
        )
        .join(Take, Take.id == Tally.take_id)
        .join(Site, Site.id == Take.site_id)
        .join(Parcel, Parcel.id == Take.parcel_id)
        .join(SiteOrganisation, SiteOrganisation.organisation_id == Parcel.organisation_id)
        .where(SiteOrganisation.site_id == site_id, stage, Take.closed.is_not(None))
        .subquery()
    )
    latest = select(ranked.c.line_id, ranked.c.parcel_id, ranked.c.units).where(ranked.c.age == 1)
    return [(line, parcel_id, units) for line, parcel_id, units in session.execute(latest)]


def facts_at(session: Session, site_id: str, since: datetime) -> list[DockFact]:
    """What was recorded at the site since then, oldest first."""
    found = select(DockFact).where(DockFact.site_id == site_id, DockFact.at >= since)
    return list(session.scalars(found.order_by(DockFact.at, DockFact.id)))


def open_takes_at(session: Session, site_id: str, since: datetime) -> list[Take]:
    """Begun and not closed: somebody's unfinished take."""
    found = select(Take).where(Take.site_id == site_id, Take.closed.is_(None), Take.opened_at >= since)
    return list(session.scalars(found.order_by(Take.opened_at, Take.id)))


def closed_takes_at(session: Session, site_id: str, since: datetime) -> list[Take]:
    found = select(Take).where(Take.site_id == site_id, Take.closed.is_not(None), Take.opened_at >= since)
    return list(session.scalars(found.order_by(Take.opened_at, Take.id)))


def worker_names(session: Session, ids: Collection[str]) -> dict[str, str]:
    found = select(Worker.id, Worker.name).where(Worker.id.in_(list(ids)))
    return {worker_id: name for worker_id, name in session.execute(found)}

"""SQL about parcels that nobody knew at the dock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from webapp.store.schema import Parcel, SiteOrganisation, Worker
from webapp.store.schema_dock import DockFact, Unidentified


def facts_of_holds(session: Session, parcel_ids: Iterable[str]) -> list[tuple[DockFact, str]]:
    """(fact, parcel) of the holds that were matched to these parcels, and of the photos made of them."""
    matched = {
        row.id: row.matched_parcel_id
        for row in session.scalars(
            select(Unidentified).where(Unidentified.matched_parcel_id.in_(list(parcel_ids)))
        )
    }
    if not matched:
        return []
    about = DockFact.said["about"].as_string()
    found = select(DockFact).where(
        or_(
            DockFact.id.in_(list(matched)),
            and_(DockFact.kind == "photo", DockFact.parcel_id.is_(None), about.in_(list(matched))),
        )
    )
    facts = session.scalars(found.order_by(DockFact.at, DockFact.id))
    return [(fact, matched.get(fact.id) or matched[str(fact.said["about"])] or "") for fact in facts]


def hold_of(session: Session, record_id: str) -> Unidentified | None:
    return session.get(Unidentified, record_id)


def held(session: Session, site_ids: Iterable[str], *, open_only: bool) -> list[Unidentified]:
    found = select(Unidentified).where(Unidentified.site_id.in_(list(site_ids)))
    if open_only:
        found = found.where(Unidentified.matched_at.is_(None))
    return list(session.scalars(found.order_by(Unidentified.held_at, Unidentified.id)))


def open_holds(session: Session, site_id: str, since: datetime) -> list[tuple[Unidentified, str | None]]:
    """(hold, name of who held it) of what nobody matched nor took back, oldest first."""
    found = (
        select(Unidentified, Worker.name)
        .join(DockFact, DockFact.id == Unidentified.id)
        .outerjoin(Worker, Worker.id == DockFact.worker_id)
        .where(
            Unidentified.site_id == site_id,
            Unidentified.held_at >= since,
            Unidentified.matched_at.is_(None),
            DockFact.gone_by.is_(None),
        )
        .order_by(Unidentified.held_at, Unidentified.id)
    )
    return [(hold, name) for hold, name in session.execute(found)]


def matched_since(session: Session, organisation_id: str, since: datetime) -> list[Unidentified]:
    """Those matched to the organisation's parcels, newest first."""
    found = (
        select(Unidentified)
        .join(Parcel, Parcel.id == Unidentified.matched_parcel_id)
        .where(Parcel.organisation_id == organisation_id, Unidentified.matched_at >= since)
    )
    return list(session.scalars(found.order_by(Unidentified.matched_at.desc(), Unidentified.id)))


def count_held(session: Session, organisation_id: str) -> int:
    """Open holds at the sites that serve the organisation."""
    found = (
        select(func.count())
        .select_from(Unidentified)
        .join(DockFact, DockFact.id == Unidentified.id)
        .join(SiteOrganisation, SiteOrganisation.site_id == Unidentified.site_id)
        .where(
            SiteOrganisation.organisation_id == organisation_id,
            Unidentified.matched_at.is_(None),
            DockFact.gone_by.is_(None),
        )
    )
    return session.scalar(found) or 0


def sites_serving(session: Session, organisation_id: str) -> set[str]:
    found = select(SiteOrganisation.site_id).where(SiteOrganisation.organisation_id == organisation_id)
    return set(session.scalars(found))


def serves(session: Session, site_id: str, organisation_id: str) -> bool:
    return session.get(SiteOrganisation, (site_id, organisation_id)) is not None

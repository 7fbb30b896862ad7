"""SQL about what revoked phones still sent."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.store.schema import Device, Organisation, Parcel, Record, Site, SiteOrganisation
from webapp.store.schema_doors import Quarantine


def held(session: Session, device_id: str, sha256: str) -> Quarantine | None:
    found = select(Quarantine).where(Quarantine.device_id == device_id, Quarantine.sha256 == sha256)
    return session.scalar(found.limit(1))


def count_of(session: Session, device_id: str) -> int:
    found = select(func.count()).select_from(Quarantine).where(Quarantine.device_id == device_id)
    return session.scalar(found) or 0


def is_accepted(session: Session, sha256: str) -> bool:
    return session.get(Record, sha256) is not None


def at_sites_of(
    session: Session, organisation_id: str, *, item_id: str | None = None, device_id: str | None = None
) -> list[tuple[Quarantine, Device, Site]]:
    """What came from phones of the sites that serve the organisation, newest first; one item or one phone's only."""
    query = (
        select(Quarantine, Device, Site)
        .join(Device, Device.id == Quarantine.device_id)
        .join(Site, Site.id == Device.site_id)
        .join(SiteOrganisation, SiteOrganisation.site_id == Site.id)
        .where(SiteOrganisation.organisation_id == organisation_id)
        .order_by(Quarantine.received_at.desc(), Quarantine.id)
    )
    if item_id is not None:
        query = query.where(Quarantine.id == item_id)
    if device_id is not None:
        query = query.where(Quarantine.device_id == device_id)
    return [(row, device, site) for row, device, site in session.execute(query)]


def organisations_of_parcels(session: Session, parcel_ids: set[str]) -> dict[str, str]:
    """Parcel id → organisation id, for the parcels that exist."""
    rows = session.execute(
        select(Parcel.id, Organisation.id)
        .join(Organisation, Organisation.id == Parcel.organisation_id)
        .where(Parcel.id.in_(parcel_ids))
    )
    return {parcel: organisation for parcel, organisation in rows}

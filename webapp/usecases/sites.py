"""Places: a site serves one or many organisations. Only an administrator or the command line links them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy.orm import Session

from webapp.adapters.catalogues import LANGUAGES
from webapp.adapters.secrets import new_id
from webapp.domain.refusals import Refusal
from webapp.store import people as rows
from webapp.store.database import Database
from webapp.store.schema import Organisation, Site, SiteOrganisation

KINDS = {"cn_warehouse": ("Asia/Shanghai", "zh_CN"), "vn_warehouse": ("Asia/Ho_Chi_Minh", "vi")}
"""What a site is, with the zone and language that it usually has."""


@dataclass(frozen=True)
class SiteView:
    site: Site
    organisations: list[Organisation]
    others: list[Organisation]
    """Those that the site does not serve."""
    workers: int
    phones: int
    """Enrolled and not revoked."""


def sites(database: Database) -> list[SiteView]:
    with database.read() as session:
        known = rows.organisations(session)
        return [_view(session, site, known) for site in rows.sites(session)]


def add_site(
    database: Database,
    *,
    actor: str,
    name: str,
    kind: str,
    zone: str | None = None,
    language: str | None = None,
    now: datetime,
) -> str:
    """The id of the new site. Raises ``name_missing``, ``site_kind_unknown``, ``zone_unknown``, ``site_exists``."""
    if not name.strip():
        raise Refusal("name_missing")
    if kind not in KINDS:
        raise Refusal("site_kind_unknown")
    zone, language = zone or KINDS[kind][0], language or KINDS[kind][1]
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refusal("zone_unknown", zone=zone) from None
    with database.write() as session:
        if any(site.name == name.strip() for site in rows.sites(session)):
            raise Refusal("site_exists")
        site = Site(
            id=new_id(),
            name=name.strip()[:100],
            kind=kind,
            zone=zone,
            language=language if language in LANGUAGES else "en",
            created_at=now,
        )
        session.add(site)
        rows.audit(session, at=now, actor=actor, action="site.added", subject=site.id)
        return site.id


def serve_organisation(
    database: Database, *, actor: str, site_id: str, organisation_id: str, now: datetime
) -> None:
    """Phones at the site find the organisation's parcels from their next snapshot. Raises ``site_unknown``,
    ``organisation_not_found``.
    """
    with database.write() as session:
        _both(session, site_id, organisation_id)
        if rows.site_link(session, site_id, organisation_id) is not None:
            return
        session.add(SiteOrganisation(site_id=site_id, organisation_id=organisation_id))
        _audit(session, actor, "site.serves", site_id, organisation_id, now)


def stop_serving(
    database: Database, *, actor: str, site_id: str, organisation_id: str, now: datetime
) -> None:
    """What the site has recorded stays. Raises ``site_unknown``, ``organisation_not_found``."""
    with database.write() as session:
        _both(session, site_id, organisation_id)
        link = rows.site_link(session, site_id, organisation_id)
        if link is None:
            return
        session.delete(link)
        _audit(session, actor, "site.stopped_serving", site_id, organisation_id, now)


def site_named(database: Database, name: str) -> str:
    """Raises ``site_unknown``."""
    with database.read() as session:
        for site in rows.sites(session):
            if site.name == name:
                return site.id
    raise Refusal("site_unknown")


def _view(session: Session, site: Site, known: list[Organisation]) -> SiteView:
    served = set(rows.organisations_at(session, site.id))
    return SiteView(
        site,
        [one for one in known if one.id in served],
        [one for one in known if one.id not in served],
        len(rows.workers_at(session, site.id)),
        sum(device.revoked_at is None for device in rows.devices_at(session, [site.id])),
    )


def _both(session: Session, site_id: str, organisation_id: str) -> None:
    if rows.site(session, site_id) is None:
        raise Refusal("site_unknown")
    if rows.organisation(session, organisation_id) is None:
        raise Refusal("organisation_not_found")


def _audit(
    session: Session, actor: str, action: str, site_id: str, organisation_id: str, now: datetime
) -> None:
    rows.audit(session, at=now, actor=actor, action=action, subject=site_id, organisation_id=organisation_id)

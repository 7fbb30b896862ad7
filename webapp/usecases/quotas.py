"""How many bytes of films, photos and files of the desk an organisation and a site may keep here, and a phone may send
in a day.

Not set means no limit. Refused before an upload begins: one that has begun is brought to its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from webapp.domain.refusals import Refusal
from webapp.store import people
from webapp.store import quotas as rows
from webapp.store.database import Database
from webapp.store.schema import Device, Organisation, Site

PHONE_DAY: Final = timedelta(hours=24)


@dataclass(frozen=True)
class Use:
    """Bytes kept here and the limit on them; ``limit`` None: not set."""

    id: str
    name: str
    used: int
    limit: int | None

    @property
    def reached(self) -> bool:
        return self.limit is not None and self.used >= self.limit


@dataclass(frozen=True)
class SiteUse(Use):
    """``phone_day``: bytes that one phone may send in 24 hours; None: not set."""

    phone_day: int | None


def allow_upload(session: Session, *, device_id: str, record_id: str, size: int, now: datetime) -> None:
    """Before an upload of ``size`` bytes (0: not known yet) is made.

    Raises ``quota_organisation``, ``quota_site``, ``quota_phone_day``.
    """
    organisation = rows.organisation_of_record(session, record_id, device_id)
    if organisation is not None:
        allow_organisation(session, organisation, size)
    site = session.get_one(Site, session.get_one(Device, device_id).site_id)
    if site.quota_bytes is not None and _over(rows.of_site(session, site.id), size, site.quota_bytes):
        raise Refusal("quota_site")
    if site.phone_day_bytes is not None:
        sent = rows.of_phone_since(session, device_id, now - PHONE_DAY)
        if _over(sent, size, site.phone_day_bytes):
            raise Refusal("quota_phone_day")


def allow_organisation(session: Session, organisation: Organisation, size: int) -> None:
    """Raises ``quota_organisation``."""
    limit = organisation.quota_bytes
    if limit is not None and _over(rows.of_organisation(session, organisation.id), size, limit):
        raise Refusal("quota_organisation")


def allow_desk(session: Session, organisation_id: str, size: int, *, beside: int = 0) -> None:
    """Before a file of the desk is kept. ``beside``: bytes of imports that wait for a yes. Raises ``quota_desk``."""
    limit = session.get_one(Organisation, organisation_id).quota_bytes
    if limit is not None and _over(rows.of_organisation(session, organisation_id) + beside, size, limit):
        raise Refusal("quota_desk")


def _over(used: int, size: int, limit: int) -> bool:
    # A film whose length is not known yet needs room for at least one byte.
    return used + max(size, 1) > limit


def organisation_uses(session: Session) -> list[Use]:
    return [
        Use(one.id, one.customer_code, rows.of_organisation(session, one.id), one.quota_bytes)
        for one in rows.organisations(session)
    ]


def site_uses(session: Session) -> list[SiteUse]:
    return [
        SiteUse(one.id, one.name, rows.of_site(session, one.id), one.quota_bytes, one.phone_day_bytes)
        for one in rows.sites(session)
    ]


def limit_organisation(database: Database, *, organisation_id: str, limit: int | None, now: datetime) -> None:
    """``limit`` None: no limit. Raises ``organisation_not_found``, ``limit_zero``."""
    _not_zero(limit)
    with database.write() as session:
        organisation = people.organisation(session, organisation_id)
        if organisation is None:
            raise Refusal("organisation_not_found")
        organisation.quota_bytes = limit
        people.audit(
            session,
            at=now,
            actor="cli",
            action="organisation.limited",
            subject=organisation_id,
            organisation_id=organisation_id,
            **_told(bytes=limit),
        )


def limit_site(
    database: Database, *, site_id: str, limit: int | None, phone_day: int | None, now: datetime
) -> None:
    """None: no limit. Raises ``site_unknown``, ``limit_zero``."""
    _not_zero(limit)
    _not_zero(phone_day)
    with database.write() as session:
        site = people.site(session, site_id)
        if site is None:
            raise Refusal("site_unknown")
        site.quota_bytes, site.phone_day_bytes = limit, phone_day
        people.audit(
            session,
            at=now,
            actor="cli",
            action="site.limited",
            subject=site_id,
            **_told(bytes=limit, phone_day_bytes=phone_day),
        )


def _told(**limits: int | None) -> dict[str, Any]:
    return {name: limit for name, limit in limits.items() if limit is not None}


def _not_zero(limit: int | None) -> None:
    if limit is not None and limit < 1:
        raise Refusal("limit_zero")

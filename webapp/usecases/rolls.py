"""Rolls of blank labels: printed before anybody knows for which parcel, bound one by one at the first scan."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.label_sheets import ParcelLabel
from webapp.adapters.secrets import new_id
from webapp.domain.refusals import Refusal
from webapp.store import labels as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema import Site
from webapp.store.schema_desk import LabelRoll
from webapp.usecases.label_print import MOST_LABELS, Planned, Sheet, new_code, print_and_keep

_SHOWN_ROLLS = 20


def print_roll(
    database: Database,
    *,
    organisation_id: str | None,
    site_id: str | None,
    count: int,
    sheet: Sheet,
    actor: str,
    now: datetime,
) -> tuple[bytes, list[str]]:
    """``count`` blank labels for a site (None: all sites of the organisation) and their codes.

    Without an organisation the labels may be bound to any parcel that the site handles; only the machine's owner
    prints such a roll. Raises ``label_count_wrong``, ``site_unknown`` and what ``parcel_labels_pdf`` refuses.
    """
    if not 1 <= count <= MOST_LABELS:
        raise Refusal("label_count_wrong", most=MOST_LABELS)
    with database.read() as session:
        site = _site(session, organisation_id, site_id)
        name, zone = (site.name, site.zone) if site else ("", None)
        owner = None if organisation_id is None else rows.organisation(session, organisation_id)
        customer_code = owner.customer_code if owner else ""
    roll_id = new_id()
    planned = [
        Planned(ParcelLabel(new_code(), (), customer_code, name, (), (), None, "blank"), roll_id=roll_id)
        for _ in range(count)
    ]

    def before(session: Session) -> None:
        session.add(
            LabelRoll(
                id=roll_id,
                organisation_id=organisation_id,
                site_id=site_id,
                stock=sheet.stock,
                count=count,
                printed_at=now,
                printed_by=actor,
            )
        )
        people.audit(
            session,
            at=now,
            actor=actor,
            action="labels.roll_printed",
            subject=roll_id,
            organisation_id=organisation_id,
            count=count,
            stock=sheet.stock,
        )

    return print_and_keep(database, planned, sheet, zone=zone, actor=actor, now=now, before=before)


def site_for_roll(database: Database, *, organisation_id: str | None, name: str | None) -> str | None:
    """A site's id from its name (or its id); the organisation's first site without one. Raises ``site_unknown``."""
    with database.read() as session:
        known = rows.sites(session) if organisation_id is None else people.sites_of(session, organisation_id)
        if name is None:
            return known[0].id if known and organisation_id is not None else None
        for site in known:
            if name in (site.id, site.name):
                return site.id
    raise Refusal("site_unknown")


def sites_for_rolls(database: Database, *, organisation_id: str) -> list[tuple[str, str]]:
    """(id, name) of the organisation's sites, the first one first."""
    with database.read() as session:
        return [(site.id, site.name) for site in people.sites_of(session, organisation_id)]


def rolls(database: Database, *, organisation_id: str) -> list[tuple[LabelRoll, int]]:
    """The newest rolls, each with how many of its labels are bound."""
    with database.read() as session:
        return rows.rolls_of(session, organisation_id, _SHOWN_ROLLS)


def _site(session: Session, organisation_id: str | None, site_id: str | None) -> Site | None:
    if site_id is None and organisation_id is not None:
        return None
    known = rows.sites(session) if organisation_id is None else people.sites_of(session, organisation_id)
    for site in known:
        if site.id == site_id:
            return site
    raise Refusal("site_unknown")

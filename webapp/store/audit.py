"""SQL about the audit: who did what at the desk, at the doors and with phones. Append-only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from webapp.store.schema import AuditEvent, Device, Order, Organisation, Site, SiteOrganisation, User, Worker


def audit(
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    organisation_id: str | None = None,
    **details: object,
) -> None:
    """``actor``: ``user:``, ``worker:`` or ``device:`` and an id, or ``cli``. ``details`` hold no secret and no text
    that a person typed: they stay for ever.
    """
    session.add(
        AuditEvent(
            at=at,
            actor=actor,
            organisation_id=organisation_id,
            action=action,
            subject=subject,
            details=details,
        )
    )


def audit_at_site(
    session: Session, *, site_id: str, at: datetime, actor: str, action: str, subject: str, **details: object
) -> None:
    """What happened at a site belongs to the organisation that it serves, and to nobody when it serves several."""
    served = session.scalars(
        select(SiteOrganisation.organisation_id).where(SiteOrganisation.site_id == site_id)
    ).all()
    audit(
        session,
        at=at,
        actor=actor,
        action=action,
        subject=subject,
        organisation_id=served[0] if len(served) == 1 else None,
        **details,
    )


@dataclass(frozen=True)
class AuditFilter:
    """``actions``: exact names or prefixes that end in a dot; empty means all. ``before``: an event's id."""

    actions: tuple[str, ...] = ()
    actor: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None


def events(
    session: Session, *, organisation_id: str | None, instance_wide: bool, wanted: AuditFilter, limit: int
) -> list[AuditEvent]:
    """Newest first: the organisation's events, and with ``instance_wide`` those that belong to none."""
    visible = []
    if organisation_id is not None:
        visible.append(AuditEvent.organisation_id == organisation_id)
    if instance_wide:
        visible.append(AuditEvent.organisation_id.is_(None))
    query = select(AuditEvent).where(or_(*visible)).order_by(AuditEvent.id.desc()).limit(limit)
    if wanted.actions:
        query = query.where(
            or_(
                *(
                    AuditEvent.action.startswith(name, autoescape=True)
                    if name.endswith(".")
                    else AuditEvent.action == name
                    for name in wanted.actions
                )
            )
        )
    if wanted.actor:
        query = query.where(AuditEvent.actor == wanted.actor)
    if wanted.since is not None:
        query = query.where(AuditEvent.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEvent.at < wanted.until)
    if wanted.before is not None:
        query = query.where(AuditEvent.id < wanted.before)
    return list(session.scalars(query))


def names_of(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Id → what people call it, for the people, phones, places and orders among the ids."""
    found: dict[str, str] = {}
    columns: Sequence[tuple[type, str]] = (
        (User, "name"),
        (Worker, "name"),
        (Device, "name"),
        (Site, "name"),
        (Organisation, "name"),
        (Order, "order_no"),
    )
    for entity, name in columns:
        column = getattr(entity, name)
        found.update(
            session.execute(select(entity.id, column).where(entity.id.in_(ids))).all()  # type: ignore[attr-defined]
        )
    return found

"""Reading the audit: who did what and when, as far as the reader may know. Exports are noted here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.permissions import Permission, Role, may
from webapp.store import audit as rows
from webapp.store import doors
from webapp.store.audit import AuditFilter
from webapp.store.database import Database
from webapp.store.schema import AuditEvent
from webapp.usecases.sessions import Desk

PAGE = 50

GROUPS: dict[str, tuple[str, ...]] = {
    "doors": ("signed_in", "signed_out", "sign_in.", "session.", "sessions.", "password.", "passkey."),
    "people": ("invitation.", "reset_link.", "person.", "worker.", "organisation.", "site.", "policy."),
    "phones": ("device.", "enrolment_code.", "shift.", "quarantine.", "queue.", "job_link."),
    "orders": (
        "orders.",
        "line.",
        "check.",
        "plan.",
        "document.",
        "milestone.",
        "account.",
        "exchange_rate.",
        "notice.",
        "held.",
        "agreement.",
        "payment.",
        "message.",
        "terms.",
        "supplier.",
        "pre_filing.",
    ),
    "outgoing": ("labels.", "label.", "share.", "export.", "case_file.", "backup."),
}
"""What a reader may ask for together: actions, or prefixes that end in a dot."""


@dataclass(frozen=True)
class Line:
    """``actor`` and ``subject`` are names where there are any, else the kind or the id as stored."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    facts: list[tuple[str, str]]


@dataclass(frozen=True)
class Reading:
    lines: list[Line]
    older: int | None
    """Pass as ``before`` for the next page; None at the end."""


def note_export(database: Database, *, actor: Desk, what: str, now: datetime) -> None:
    """Somebody takes data out of the instance; noted before the first byte goes. ``what``: a word of ours."""
    with database.write() as session:
        rows.audit(
            session,
            at=now,
            actor=actor.actor,
            action=f"export.{what}",
            subject=actor.organisation_id,
            organisation_id=actor.organisation_id,
        )


def read(
    database: Database,
    *,
    actor: Desk,
    group: str = "",
    person: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
) -> Reading:
    """Newest first. An owner sees the organisation's events, an administrator those that belong to none.

    An unknown group filters nothing.
    """
    wanted = AuditFilter(
        actions=GROUPS.get(group, ()),
        actor=f"user:{person}" if person else "",
        since=since,
        until=until,
        before=before,
    )
    with database.read() as session:
        found = rows.events(
            session,
            organisation_id=actor.organisation_id if Role.OWNER in actor.roles else None,
            instance_wide=may(actor.roles, Permission.SITES_MANAGE),
            wanted=wanted,
            limit=PAGE + 1,
        )
        lines = _named(session, found[:PAGE])
    return Reading(lines, lines[-1].id if len(found) > PAGE else None)


def people_to_ask_for(database: Database, *, actor: Desk) -> list[tuple[str, str]]:
    """(id, name) of everybody who is or was at the organisation's desk."""
    with database.read() as session:
        return [(user.id, user.name) for user in doors.team(session, actor.organisation_id)]


def _named(session: Session, events: list[AuditEvent]) -> list[Line]:
    ids = {event.subject for event in events} | {event.actor.partition(":")[2] for event in events}
    names = rows.names_of(session, ids - {""})
    return [
        Line(
            event.id,
            event.at,
            names.get(event.actor.partition(":")[2]) or event.actor.partition(":")[0],
            event.action,
            names.get(event.subject, event.subject),
            [(key, _text(value)) for key, value in sorted(event.details.items())],
        )
        for event in events
    ]


def _text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value[:10]) + (" …" if len(value) > 10 else "")
    return str(value)[:200]

"""Signed-in browsers at a desk: opened, listed, ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_token, token_hash
from webapp.domain.browsers import browser_note
from webapp.domain.people import DESK_SESSION_LIFE, FRESH_SIGN_IN, SEEN_EVERY
from webapp.domain.permissions import DESK_ROLES, Role
from webapp.domain.refusals import Refusal
from webapp.store import doors as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema import DeskSession, User

_HANDLE = 16


@dataclass(frozen=True)
class Desk:
    """A signed-in person at a desk. ``session`` names the browser's session and opens nothing."""

    id: str
    name: str
    roles: frozenset[Role]
    language: str
    organisation_id: str
    session: str = field(default="", compare=False)
    signed_in_at: datetime | None = field(default=None, compare=False)

    @property
    def actor(self) -> str:
        return f"user:{self.id}"


@dataclass(frozen=True)
class SessionView:
    handle: str
    browser: str
    opened_at: datetime
    seen_at: datetime
    current: bool


def open_session(
    session: Session, user: User, *, now: datetime, user_agent: str = "", replaces: str = "", how: str
) -> str:
    """A new token for this browser. ``replaces``: the token that it carried until now, which ends here.

    ``how``: password | passkey | link.
    """
    old = rows.desk_session(session, token_hash(replaces)) if replaces else None
    if old is not None and old.ended_at is None:
        old.ended_at = now
    token = new_token()
    session.add(
        DeskSession(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=now,
            seen_at=now,
            expires_at=now + DESK_SESSION_LIFE,
            device_note=browser_note(user_agent),
        )
    )
    people.audit(
        session,
        at=now,
        actor=f"user:{user.id}",
        action="signed_in",
        subject=user.id,
        organisation_id=user.organisation_id,
        how=how,
    )
    return token


def session_user(database: Database, token: str, *, now: datetime) -> Desk | None:
    """Who carries this token, or None: unknown, ended, expired, or the person has left."""
    hashed = token_hash(token)
    with database.read() as session:
        row = rows.desk_session(session, hashed)
        if row is None or row.ended_at is not None or row.expires_at <= now:
            return None
        user = people.user(session, row.user_id)
        if user is None or user.left_at is not None:
            return None
        desk = Desk(
            user.id,
            user.name,
            user.roles & DESK_ROLES,
            user.language,
            user.organisation_id,
            hashed[:_HANDLE],
            row.created_at,
        )
        seen = row.seen_at
    if seen is None or now - seen >= SEEN_EVERY:
        with database.write() as session:
            again = rows.desk_session(session, hashed)
            if again is not None:
                again.seen_at = now
    return desk


def sessions_of(database: Database, *, actor: Desk, now: datetime) -> list[SessionView]:
    with database.read() as session:
        return [
            SessionView(
                row.token_hash[:_HANDLE],
                row.device_note,
                row.created_at,
                row.seen_at or row.created_at,
                row.token_hash.startswith(actor.session) if actor.session else False,
            )
            for row in rows.live_sessions(session, actor.id, now)
        ]


def sign_out(database: Database, token: str, *, now: datetime) -> None:
    with database.write() as session:
        row = rows.desk_session(session, token_hash(token))
        if row is not None and row.ended_at is None:
            row.ended_at = now
            user = people.user(session, row.user_id)
            people.audit(
                session,
                at=now,
                actor=f"user:{row.user_id}",
                action="signed_out",
                subject=row.user_id,
                organisation_id=None if user is None else user.organisation_id,
            )


def end_session(database: Database, *, actor: Desk, handle: str, now: datetime) -> None:
    """Signs one of the actor's own browsers out. Raises ``session_unknown``."""
    with database.write() as session:
        for row in rows.live_sessions(session, actor.id, now):
            if len(handle) == _HANDLE and row.token_hash.startswith(handle):
                row.ended_at = now
                people.audit(
                    session,
                    at=now,
                    actor=actor.actor,
                    action="session.ended",
                    subject=actor.id,
                    organisation_id=actor.organisation_id,
                )
                return
    raise Refusal("session_unknown")


def end_own_sessions(database: Database, *, actor: Desk, now: datetime) -> int:
    """Sign out everywhere, this browser too; returns how many ended."""
    with database.write() as session:
        return end_sessions_in(
            session,
            user_id=actor.id,
            actor=actor.actor,
            organisation_id=actor.organisation_id,
            now=now,
        )


def end_sessions_in(
    session: Session, *, user_id: str, actor: str, organisation_id: str, now: datetime, keep: str = ""
) -> int:
    """Ends each session of the person but the one with the handle ``keep``, inside a caller's transaction."""
    ended = 0
    for row in rows.live_sessions(session, user_id, now):
        if keep and row.token_hash.startswith(keep):
            continue
        row.ended_at = now
        ended += 1
    people.audit(
        session,
        at=now,
        actor=actor,
        action="sessions.ended",
        subject=user_id,
        organisation_id=organisation_id,
        count=ended,
    )
    return ended


def require_fresh(actor: Desk, now: datetime) -> None:
    """Raises ``sign_in_again`` when the sign-in is older than half an hour."""
    if actor.signed_in_at is None or now - actor.signed_in_at > FRESH_SIGN_IN:
        raise Refusal("sign_in_again")

"""One-time links: a new person joins an organisation, or a person gets a new password.

Only a link's hash is kept; reading it consumes nothing; it ends by use, by time or by revocation.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_token, token_hash
from webapp.domain.passwords import fold_login, login_problem
from webapp.domain.people import INVITATION_LIFE, RESET_LINK_LIFE
from webapp.domain.permissions import INVITABLE_ROLES, Role, ordered
from webapp.domain.refusals import Refusal
from webapp.store import doors as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema import User
from webapp.store.schema_doors import Invitation
from webapp.usecases import rates
from webapp.usecases.people import add_user, hash_password
from webapp.usecases.sessions import Desk, end_sessions_in, open_session

_HANDLE = 16


@dataclass(frozen=True)
class LinkView:
    """What a link does, for the page that it opens. ``login`` is empty until a person has one."""

    purpose: str
    organisation: str
    name: str
    login: str
    roles: list[Role]
    expires_at: datetime


@dataclass(frozen=True)
class OpenLink:
    """An unused link in the owner's list. ``handle`` names it and opens nothing."""

    handle: str
    purpose: str
    name: str
    roles: list[Role]
    made_at: datetime
    expires_at: datetime


def invite(database: Database, *, actor: Desk, name: str, roles: Collection[str], now: datetime) -> str:
    """The token of a link that lives seven days. Raises ``role_unknown``, ``name_missing``, ``too_many_requests``."""
    rates.spend(database, f"links:{actor.id}", rates.LINKS, now=now)
    held = desk_roles(roles, INVITABLE_ROLES)
    return make_invitation(
        database,
        organisation_id=actor.organisation_id,
        actor=actor.actor,
        name=name,
        roles=held,
        now=now,
    )


def make_invitation(
    database: Database,
    *,
    organisation_id: str,
    actor: str,
    name: str,
    roles: frozenset[Role],
    now: datetime,
) -> str:
    """The same for the command line, which may hand out every desk role."""
    if not name.strip():
        raise Refusal("name_missing")
    token = new_token()
    with database.write() as session:
        session.add(
            Invitation(
                token_hash=token_hash(token),
                organisation_id=organisation_id,
                purpose="join",
                roles=roles,
                name=name.strip(),
                made_by=actor,
                made_at=now,
                expires_at=now + INVITATION_LIFE,
            )
        )
        people.audit(
            session,
            at=now,
            actor=actor,
            action="invitation.made",
            subject=organisation_id,
            organisation_id=organisation_id,
            roles=ordered(roles),
        )
    return token


def make_reset_link(session: Session, *, user: User, actor: str, now: datetime) -> str:
    """The token of a link to a new password, which lives a day and voids the person's earlier ones."""
    for older in rows.open_links_of(session, user.id):
        older.revoked_at = now
    token = new_token()
    session.add(
        Invitation(
            token_hash=token_hash(token),
            organisation_id=user.organisation_id,
            purpose="reset",
            user_id=user.id,
            roles=user.roles,
            name=user.name,
            made_by=actor,
            made_at=now,
            expires_at=now + RESET_LINK_LIFE,
        )
    )
    people.audit(
        session,
        at=now,
        actor=actor,
        action="reset_link.made",
        subject=user.id,
        organisation_id=user.organisation_id,
    )
    return token


def link(database: Database, token: str, *, now: datetime) -> LinkView:
    """Raises ``link_unknown``."""
    with database.read() as session:
        row, user = _open(session, token, now)
        organisation = people.organisation(session, row.organisation_id)
        return LinkView(
            row.purpose,
            "" if organisation is None else organisation.name,
            row.name if user is None else user.name,
            "" if user is None else user.login,
            ordered(row.roles),
            row.expires_at,
        )


def open_links(database: Database, *, actor: Desk, now: datetime) -> list[OpenLink]:
    with database.read() as session:
        return [
            OpenLink(
                row.token_hash[:_HANDLE],
                row.purpose,
                row.name,
                ordered(row.roles),
                row.made_at,
                row.expires_at,
            )
            for row in rows.open_invitations(session, actor.organisation_id, now)
        ]


def revoke(database: Database, *, actor: Desk, handle: str, now: datetime) -> None:
    """Raises ``link_unknown``, also for another organisation's link."""
    with database.write() as session:
        for row in rows.open_invitations(session, actor.organisation_id, now):
            if len(handle) == _HANDLE and row.token_hash.startswith(handle):
                row.revoked_at = now
                people.audit(
                    session,
                    at=now,
                    actor=actor.actor,
                    action="invitation.revoked",
                    subject=row.user_id or row.organisation_id,
                    organisation_id=actor.organisation_id,
                )
                return
    raise Refusal("link_unknown")


def accept(
    database: Database,
    token: str,
    *,
    name: str,
    login: str,
    password: str,
    language: str,
    now: datetime,
    user_agent: str = "",
    replaces: str = "",
) -> str:
    """Consumes an invitation, makes the person and signs in; returns a session token.

    Raises ``link_unknown``, ``login_format``, ``login_taken``, ``name_missing``, ``password_*``.
    """
    with database.read() as session:  # a slow hash only for who holds a link
        _open(session, token, now, "join")
    if problem := login_problem(fold_login(login)):
        raise Refusal(problem)
    password_hash = hash_password(password, login=login)
    with database.write() as session:
        row, _ = _open(session, token, now, "join")
        user = add_user(
            session,
            organisation_id=row.organisation_id,
            name=name,
            login=login,
            roles=row.roles,
            language=language,
            password_hash=password_hash,
            actor=None,
            action="invitation.accepted",
            now=now,
        )
        row.used_at, row.user_id = now, user.id
        return open_session(session, user, now=now, user_agent=user_agent, replaces=replaces, how="link")


def set_password(
    database: Database, token: str, *, password: str, now: datetime, user_agent: str = "", replaces: str = ""
) -> str:
    """Consumes a reset link: a new password, every session of the person ended, and a new one here.

    Raises ``link_unknown``, ``password_*``.
    """
    with database.read() as session:
        _, user = _open(session, token, now, "reset")
        login = "" if user is None else user.login
    password_hash = hash_password(password, login=login)
    with database.write() as session:
        row, user = _open(session, token, now, "reset")
        if user is None:
            raise Refusal("link_unknown")
        row.used_at = now
        user.password_hash, user.password_failures, user.locked_until = password_hash, 0, None
        people.audit(
            session,
            at=now,
            actor=f"user:{user.id}",
            action="password.reset",
            subject=user.id,
            organisation_id=user.organisation_id,
        )
        end_sessions_in(
            session,
            user_id=user.id,
            actor=f"user:{user.id}",
            organisation_id=user.organisation_id,
            now=now,
        )
        return open_session(session, user, now=now, user_agent=user_agent, replaces=replaces, how="link")


def desk_roles(roles: Collection[str], grantable: frozenset[Role]) -> frozenset[Role]:
    """Raises ``role_unknown`` for no role, or for one that is not to be handed out."""
    if not roles or not set(roles) <= grantable:
        raise Refusal("role_unknown")
    return frozenset(Role(role) for role in roles)


def _open(
    session: Session, token: str, now: datetime, purpose: str | None = None
) -> tuple[Invitation, User | None]:
    row = rows.invitation(session, token_hash(token))
    if (
        row is None
        or row.used_at is not None
        or row.revoked_at is not None
        or row.expires_at <= now
        or purpose not in (None, row.purpose)
    ):
        raise Refusal("link_unknown")
    user = None if row.user_id is None else people.user(session, row.user_id)
    if row.purpose == "reset" and (user is None or user.left_at is not None):
        raise Refusal("link_unknown")
    return row, user

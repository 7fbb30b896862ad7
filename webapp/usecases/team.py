"""The desk people of one organisation: who is there, what they may, how they leave."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.permissions import (
    DESK_ROLES,
    INVITABLE_ROLES,
    Permission,
    Role,
    may,
    may_manage_person,
    ordered,
)
from webapp.domain.refusals import Refusal
from webapp.store import doors as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema import User
from webapp.usecases import rates
from webapp.usecases.invitations import desk_roles, make_reset_link
from webapp.usecases.sessions import Desk, end_sessions_in


@dataclass(frozen=True)
class Member:
    id: str
    name: str
    login: str
    roles: list[Role]
    language: str
    seen_at: datetime | None
    passkeys: int
    left_at: datetime | None
    manageable: bool


def members(database: Database, *, actor: Desk) -> list[Member]:
    with database.read() as session:
        return _members(session, actor.organisation_id, actor.roles, actor.id)


def members_for_cli(database: Database, *, organisation_id: str) -> list[Member]:
    with database.read() as session:
        return _members(session, organisation_id, DESK_ROLES, "")


def _members(session: Session, organisation_id: str, roles: Collection[Role], actor_id: str) -> list[Member]:
    team = rows.team(session, organisation_id)
    ids = [user.id for user in team]
    seen, passkeys = rows.last_seen(session, ids), rows.passkey_counts(session, ids)
    return [
        Member(
            user.id,
            user.name,
            user.login,
            ordered(user.roles & DESK_ROLES),
            user.language,
            seen.get(user.id),
            passkeys.get(user.id, 0),
            user.left_at,
            user.left_at is None and user.id != actor_id and may_manage_person(roles, user.roles),
        )
        for user in team
    ]


def set_roles(
    database: Database, *, actor: Desk, user_id: str, roles: Collection[str], now: datetime
) -> None:
    """Raises ``role_unknown``, ``person_unknown``, ``person_out_of_reach``, ``last_owner``."""
    wanted = desk_roles(roles, INVITABLE_ROLES)
    with database.write() as session:
        user = _managed(session, actor, user_id)
        if Role.OWNER not in wanted:
            _not_the_last_owner(session, user)
        # A role that an owner cannot hand out, an owner cannot take away either.
        user.roles = wanted | (user.roles - INVITABLE_ROLES)
        if not may(user.roles, Permission.TEAM_MANAGE):
            _void_what_they_made(session, user, now)
        _audit(session, actor.actor, "person.roles_changed", user, now, roles=ordered(user.roles))


def reset_link(database: Database, *, actor: Desk, user_id: str, now: datetime) -> str:
    """The token of a link by which the person chooses a new password, within a day."""
    rates.spend(database, f"links:{actor.id}", rates.LINKS, now=now)
    with database.write() as session:
        return make_reset_link(session, user=_managed(session, actor, user_id), actor=actor.actor, now=now)


def sign_out_everywhere(database: Database, *, actor: Desk, user_id: str, now: datetime) -> int:
    with database.write() as session:
        user = _managed(session, actor, user_id)
        return end_sessions_in(
            session,
            user_id=user.id,
            actor=actor.actor,
            organisation_id=user.organisation_id,
            now=now,
        )


def leave(database: Database, *, actor: Desk, user_id: str, now: datetime) -> None:
    """The person is out at the next click; what they did stays with their name."""
    with database.write() as session:
        leave_in(session, user=_managed(session, actor, user_id), actor=actor.actor, now=now)


def leave_in(session: Session, *, user: User, actor: str, now: datetime) -> None:
    _not_the_last_owner(session, user)
    user.left_at = now
    end_sessions_in(session, user_id=user.id, actor=actor, organisation_id=user.organisation_id, now=now)
    for passkey in rows.passkeys_of(session, user.id):
        passkey.ended_at = now
    for link in rows.open_links_of(session, user.id):
        link.revoked_at = now
    _void_what_they_made(session, user, now)
    _audit(session, actor, "person.left", user, now)


def _void_what_they_made(session: Session, user: User, now: datetime) -> None:
    """Links and codes that were handed out beforehand would be a way back in."""
    actor = f"user:{user.id}"
    for link in rows.open_links_made_by(session, actor):
        link.revoked_at = now
    for code in rows.unused_codes_made_by(session, actor):
        code.used_at = now


def leave_by_login(database: Database, *, login: str, now: datetime) -> str:
    """From the command line; returns the login as it is kept. Raises ``person_unknown``, ``last_owner``."""
    with database.write() as session:
        user = _by_login(session, login)
        leave_in(session, user=user, actor="cli", now=now)
        return user.login


def reset_link_by_login(database: Database, *, login: str, now: datetime) -> str:
    """From the command line; returns the link's token. Raises ``person_unknown``."""
    with database.write() as session:
        return make_reset_link(session, user=_by_login(session, login), actor="cli", now=now)


def _by_login(session: Session, login: str) -> User:
    user = people.user_by_login(session, login)
    if user is None or user.left_at is not None:
        raise Refusal("person_unknown")
    return user


def _managed(session: Session, actor: Desk, user_id: str) -> User:
    user = people.user(session, user_id)
    if user is None or user.organisation_id != actor.organisation_id or user.left_at is not None:
        raise Refusal("person_unknown")
    if not may_manage_person(actor.roles, user.roles):
        raise Refusal("person_out_of_reach")
    return user


def _not_the_last_owner(session: Session, user: User) -> None:
    """An organisation without an owner can invite nobody."""
    if Role.OWNER not in user.roles:
        return
    owners = [
        one
        for one in rows.team(session, user.organisation_id)
        if Role.OWNER in one.roles and one.left_at is None
    ]
    if len(owners) == 1:
        raise Refusal("last_owner")


def _audit(session: Session, actor: str, action: str, user: User, now: datetime, **details: object) -> None:
    people.audit(
        session,
        at=now,
        actor=actor,
        action=action,
        subject=user.id,
        organisation_id=user.organisation_id,
        **details,
    )

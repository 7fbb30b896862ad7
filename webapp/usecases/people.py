"""Desk people: the first owner, sign-in, sessions; sites and workers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id, new_token, slow_hash, slow_verify, token_hash
from webapp.domain.people import DESK_SESSION_LIFE, SIGN_IN_LINK_LIFE, Tries, password_problem, pin_problem
from webapp.domain.permissions import WORKER_ROLES, Role
from webapp.domain.refusals import Refusal
from webapp.store import people as rows
from webapp.store.database import Database
from webapp.store.schema import (
    DeskSession,
    Organisation,
    SignInLink,
    Site,
    SiteOrganisation,
    User,
    Worker,
)


@dataclass(frozen=True)
class Desk:
    """A signed-in person at a desk."""

    id: str
    name: str
    role: Role
    language: str
    organisation_id: str


def make_sign_in_link(database: Database, *, demo: bool, now: datetime) -> str | None:
    """A fresh one-time token for the first owner, or None once an owner exists; in the demo always one."""
    with database.write() as session:
        if rows.owner_exists(session) and not demo:
            return None
        purpose = "demo" if demo else "first_owner"
        rows.void_sign_in_links(session, purpose, now=now)
        token = new_token()
        session.add(
            SignInLink(
                token_hash=token_hash(token),
                purpose=purpose,
                created_at=now,
                expires_at=now + SIGN_IN_LINK_LIFE,
            )
        )
        return token


def link_purpose(database: Database, token: str, *, now: datetime) -> str:
    """What a sign-in link does; reading it consumes nothing (chat apps open links by themselves)."""
    with database.read() as session:
        return _open_link(session, token, now).purpose


def sign_in_demo(database: Database, token: str, *, now: datetime) -> str:
    """Signs in the demo's owner; the demo link may be used again while it lives."""
    with database.write() as session:
        if _open_link(session, token, now).purpose != "demo":
            raise Refusal("link_unknown")
        owner = rows.first_owner(session)
        if owner is None:
            raise Refusal("link_unknown")
        return _open_session(session, owner, now)


def become_first_owner(
    database: Database,
    token: str,
    *,
    organisation: str,
    customer_code: str,
    name: str,
    login: str,
    password: str,
    language: str,
    now: datetime,
) -> str:
    """Consumes the printed link, makes the organisation and its first owner; returns a session token."""
    if problem := password_problem(password):
        raise Refusal(problem)
    with database.write() as session:
        link = _open_link(session, token, now)
        if link.purpose != "first_owner" or rows.owner_exists(session):
            raise Refusal("link_unknown")
        link.used_at = now
        owner = add_organisation(
            session,
            organisation=organisation,
            customer_code=customer_code,
            owner=name,
            login=login,
            password=password,
            language=language,
            now=now,
        )
        return _open_session(session, owner, now)


def add_organisation(
    session: Session,
    *,
    organisation: str,
    customer_code: str,
    owner: str,
    login: str,
    password: str | None,
    language: str,
    now: datetime,
) -> User:
    importer = rows.organisation_without_owner(session) or make_organisation(session, now=now)
    importer.name, importer.customer_code = organisation, customer_code
    user = User(
        id=new_id(),
        organisation_id=importer.id,
        name=owner,
        login=login,
        role=Role.OWNER,
        language=language,
        password_hash=None if password is None else slow_hash(password),
        created_at=now,
    )
    session.add(user)
    session.flush()
    rows.audit(
        session,
        at=now,
        actor=f"user:{user.id}",
        action="organisation.made",
        subject=importer.id,
        organisation_id=importer.id,
    )
    return user


def make_organisation(session: Session, *, now: datetime) -> Organisation:
    """An importer without people yet, served by one China site; the first owner names it."""
    importer = Organisation(id=new_id(), name="-", customer_code=f"C-{new_id()[:6].upper()}", created_at=now)
    site = Site(
        id=new_id(), name="CN-1", kind="cn_warehouse", zone="Asia/Shanghai", language="zh_CN", created_at=now
    )
    session.add_all([importer, site])
    session.flush()
    session.add(SiteOrganisation(site_id=site.id, organisation_id=importer.id))
    session.flush()
    return importer


def organisation_for_cli(database: Database, *, customer_code: str | None, now: datetime) -> str:
    """The id of the named organisation, or of the only one; a fresh instance gets its first.

    Raises ``organisation_unknown`` or ``organisation_needed`` (there are several).
    """
    with database.write() as session:
        known = rows.organisations(session)
        if customer_code is not None:
            for organisation in known:
                if organisation.customer_code == customer_code:
                    return organisation.id
            raise Refusal("organisation_unknown", customer_code=customer_code)
        if len(known) > 1:
            raise Refusal("organisation_needed", known=", ".join(row.customer_code for row in known))
        return known[0].id if known else make_organisation(session, now=now).id


def sign_in(database: Database, *, login: str, password: str, now: datetime) -> str:
    """Returns a session token. Raises ``sign_in_wrong`` or ``sign_in_locked``; both count in the database."""
    with database.write() as session:
        user = rows.user_by_login(session, login)
        if user is None or user.left_at is not None:
            slow_verify(None, password)
            raise Refusal("sign_in_wrong")
        tries = Tries(user.password_failures, user.locked_until)
        if tries.locked(now):
            raise Refusal("sign_in_locked")
        if slow_verify(user.password_hash, password):
            user.password_failures, user.locked_until = 0, None
            return _open_session(session, user, now)
        tries = tries.failed(now)
        user.password_failures, user.locked_until = tries.failures, tries.locked_until
    raise Refusal("sign_in_wrong")


def session_user(database: Database, token: str, *, now: datetime) -> Desk | None:
    with database.read() as session:
        row = rows.desk_session(session, token_hash(token))
        if row is None or row.ended_at is not None or row.expires_at <= now:
            return None
        user = rows.user(session, row.user_id)
        if user is None or user.left_at is not None:
            return None
        return Desk(user.id, user.name, Role(user.role), user.language, user.organisation_id)


def sign_out(database: Database, token: str, *, now: datetime) -> None:
    with database.write() as session:
        row = rows.desk_session(session, token_hash(token))
        if row is not None and row.ended_at is None:
            row.ended_at = now
            rows.audit(session, at=now, actor=f"user:{row.user_id}", action="signed_out", subject=row.user_id)


def add_worker(
    database: Database, *, actor: Desk, site_id: str, name: str, role: str, pin: str, now: datetime
) -> str:
    """A worker of one of the actor's sites. Raises ``pin_*``, ``site_unknown``, ``role_unknown``, ``name_missing``."""
    if problem := pin_problem(pin):
        raise Refusal(problem)
    if role not in WORKER_ROLES:
        raise Refusal("role_unknown")
    if not name.strip():
        raise Refusal("name_missing")
    with database.write() as session:
        if site_id not in {site.id for site in rows.sites_of(session, actor.organisation_id)}:
            raise Refusal("site_unknown")
        worker = Worker(
            id=new_id(),
            site_id=site_id,
            name=name.strip(),
            role=role,
            pin_hash=slow_hash(pin),
            created_at=now,
        )
        session.add(worker)
        rows.audit(
            session,
            at=now,
            actor=f"user:{actor.id}",
            action="worker.added",
            subject=worker.id,
            organisation_id=actor.organisation_id,
        )
        return worker.id


def _open_link(session: Session, token: str, now: datetime) -> SignInLink:
    link = rows.sign_in_link(session, token_hash(token))
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise Refusal("link_unknown")
    return link


def _open_session(session: Session, user: User, now: datetime) -> str:
    token = new_token()
    session.add(
        DeskSession(
            token_hash=token_hash(token), user_id=user.id, created_at=now, expires_at=now + DESK_SESSION_LIFE
        )
    )
    rows.audit(
        session,
        at=now,
        actor=f"user:{user.id}",
        action="signed_in",
        subject=user.id,
        organisation_id=user.organisation_id,
    )
    return token

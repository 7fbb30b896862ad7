"""Desk people: the first owner, sign-in by password, the person's own name, language and password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.catalogues import LANGUAGES
from webapp.adapters.common_passwords import common_passwords
from webapp.adapters.secrets import new_id, new_token, slow_hash, slow_verify, token_hash
from webapp.domain.passwords import fold_login, login_problem, password_problem
from webapp.domain.people import SIGN_IN_LINK_LIFE, Tries
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.store import people as rows
from webapp.store.database import Database
from webapp.store.schema import Organisation, SignInLink, Site, SiteOrganisation, User
from webapp.usecases import rates
from webapp.usecases.sessions import Desk as Desk
from webapp.usecases.sessions import end_sessions_in, open_session

FIRST_OWNER_ROLES = frozenset({Role.OWNER, Role.ADMINISTRATOR})
"""Who holds the printed link runs the machine: the first owner is its administrator too."""


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


def sign_in_demo(
    database: Database, token: str, *, language: str, now: datetime, user_agent: str = "", replaces: str = ""
) -> str:
    """Signs in the demo's owner, who reads ``language``; the demo link may be used again while it lives."""
    with database.write() as session:
        if _open_link(session, token, now).purpose != "demo":
            raise Refusal("link_unknown")
        owner = rows.first_owner(session)
        if owner is None:
            raise Refusal("link_unknown")
        if language in LANGUAGES:
            owner.language = language
        return open_session(session, owner, now=now, user_agent=user_agent, replaces=replaces, how="link")


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
    user_agent: str = "",
) -> str:
    """Consumes the printed link, makes the organisation and its first owner; returns a session token."""
    password_hash = hash_password(password, login=login)
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
            password_hash=password_hash,
            language=language,
            roles=FIRST_OWNER_ROLES,
            now=now,
        )
        return open_session(session, owner, now=now, user_agent=user_agent, how="link")


def add_organisation(
    session: Session,
    *,
    organisation: str,
    customer_code: str,
    owner: str,
    login: str,
    password_hash: str | None,
    language: str,
    now: datetime,
    roles: frozenset[Role] = frozenset({Role.OWNER}),
) -> User:
    importer = rows.organisation_without_owner(session) or make_organisation(session, now=now)
    taken = rows.organisation_by_code(session, customer_code)
    if taken is not None and taken.id != importer.id:
        raise Refusal("customer_code_taken", customer_code=customer_code)
    importer.name, importer.customer_code = organisation, customer_code
    return add_user(
        session,
        organisation_id=importer.id,
        name=owner,
        login=login,
        roles=roles,
        language=language,
        password_hash=password_hash,
        actor=None,
        action="organisation.made",
        now=now,
    )


def add_user(
    session: Session,
    *,
    organisation_id: str,
    name: str,
    login: str,
    roles: frozenset[Role],
    language: str,
    password_hash: str | None,
    actor: str | None,
    action: str,
    now: datetime,
) -> User:
    """Raises ``login_format``, ``login_taken``, ``name_missing``. ``actor`` None: the person did it."""
    folded = fold_login(login)
    if problem := login_problem(folded):
        raise Refusal(problem)
    if not name.strip():
        raise Refusal("name_missing")
    if rows.user_by_login(session, folded) is not None:
        raise Refusal("login_taken")
    user = User(
        id=new_id(),
        organisation_id=organisation_id,
        name=name.strip(),
        login=folded,
        roles=roles,
        language=language if language in LANGUAGES else "en",
        password_hash=password_hash,
        created_at=now,
    )
    session.add(user)
    session.flush()
    rows.audit(
        session,
        at=now,
        actor=actor or f"user:{user.id}",
        action=action,
        subject=user.id,
        organisation_id=organisation_id,
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


def sign_in(
    database: Database,
    *,
    login: str,
    password: str,
    now: datetime,
    user_agent: str = "",
    replaces: str = "",
) -> str:
    """Returns a session token. Raises ``sign_in_wrong``, ``sign_in_locked``, ``too_many_requests``.

    A try is counted before it is judged, and judged outside of any transaction: guesses in parallel all count, and
    a slow hash holds no lock of the database.
    """
    rates.spend(database, f"login:{token_hash(fold_login(login))}", rates.SIGN_IN, now=now)
    known = _count_try(database, login, now)
    if known is None:
        _count_nobody(database, login, now)
    right = slow_verify(None if known is None else known[1], password)
    if known is None:
        raise Refusal("sign_in_wrong")
    user_id, password_hash = known
    if not right:
        _audit_failure(database, user_id, now)
        raise Refusal("sign_in_wrong")
    with database.write() as session:
        user = rows.user(session, user_id)
        # Changed or gone while the hash was computed: then this password is no longer the right one.
        if user is None or user.left_at is not None or user.password_hash != password_hash:
            raise Refusal("sign_in_wrong")
        user.password_failures, user.locked_until = 0, None
        return open_session(session, user, now=now, user_agent=user_agent, replaces=replaces, how="password")


def _count_try(database: Database, login: str, now: datetime) -> tuple[str, str] | None:
    """The person's id and password hash, with this try counted as failed; None if nobody can sign in by it."""
    with database.write() as session:
        user = rows.user_by_login(session, login)
        if user is None or user.left_at is not None or user.password_hash is None:
            return None
        tries = Tries(user.password_failures, user.locked_until)
        if tries.locked(now):
            raise Refusal("sign_in_locked")
        tries = tries.failed(now)
        user.password_failures, user.locked_until = tries.failures, tries.locked_until
        return user.id, user.password_hash


def _count_nobody(database: Database, login: str, now: datetime) -> None:
    """A login that nobody has is locked like one that somebody has: the answer must not say which it is."""
    try:
        rates.spend(database, f"nobody:{token_hash(fold_login(login))}", rates.NOBODY, now=now)
    except Refusal:
        raise Refusal("sign_in_locked") from None


def _audit_failure(database: Database, user_id: str, now: datetime) -> None:
    """Whose door it was, never what was typed."""
    with database.write() as session:
        user = rows.user(session, user_id)
        if user is not None:
            rows.audit(
                session,
                at=now,
                actor="unknown",
                action="sign_in.failed",
                subject=user.id,
                organisation_id=user.organisation_id,
            )


def choose_language(database: Database, *, actor: Desk, language: str) -> None:
    """Kept with the person, for every browser. An unknown language changes nothing."""
    if language not in LANGUAGES or language == actor.language:
        return
    with database.write() as session:
        user = rows.user(session, actor.id)
        if user is not None:
            user.language = language


def change_password(database: Database, *, actor: Desk, current: str, new: str, now: datetime) -> None:
    """Ends every other session of the person. Raises ``password_wrong``, ``password_*``, ``too_many_requests``."""
    rates.spend(database, f"password:{actor.id}", rates.PASSWORD_CHANGE, now=now)
    with database.read() as session:
        user = rows.user(session, actor.id)
        login, before = ("", None) if user is None else (user.login, user.password_hash)
    if not slow_verify(before, current):
        raise Refusal("password_wrong")
    password_hash = hash_password(new, login=login)
    with database.write() as session:
        user = rows.user(session, actor.id)
        if user is None or user.password_hash != before:
            raise Refusal("password_wrong")
        user.password_hash = password_hash
        rows.audit(
            session,
            at=now,
            actor=actor.actor,
            action="password.changed",
            subject=actor.id,
            organisation_id=actor.organisation_id,
        )
        end_sessions_in(
            session,
            user_id=actor.id,
            actor=actor.actor,
            organisation_id=actor.organisation_id,
            keep=actor.session,
            now=now,
        )


def hash_password(password: str, *, login: str) -> str:
    """Raises ``password_*``. Slow: call it outside of any transaction."""
    if problem := password_problem(password, login=login, common=common_passwords()):
        raise Refusal(problem)
    return slow_hash(password)


def _open_link(session: Session, token: str, now: datetime) -> SignInLink:
    link = rows.sign_in_link(session, token_hash(token))
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise Refusal("link_unknown")
    return link

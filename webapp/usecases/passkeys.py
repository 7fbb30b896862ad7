"""Passkeys of desk people: registered when freshly signed in, several a person; signing in needs no login."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from webapp.adapters import webauthn_ceremony as ceremony
from webapp.adapters.secrets import token_hash
from webapp.adapters.webauthn_ceremony import RelyingParty as RelyingParty
from webapp.domain.people import PASSKEY_CEREMONY_LIFE
from webapp.domain.refusals import Refusal
from webapp.store import doors as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema_doors import Passkey
from webapp.usecases import rates
from webapp.usecases.sessions import Desk, open_session, require_fresh

_MOST = 20
_ONCE = rates.Limit(1, PASSKEY_CEREMONY_LIFE * 4)


@dataclass(frozen=True)
class Ceremony:
    """What was asked of this browser, as its signed cookie remembers it."""

    challenge: bytes
    asked_at: datetime


@dataclass(frozen=True)
class PasskeyView:
    id: str
    name: str
    made_at: datetime
    used_at: datetime | None


def passkeys(database: Database, *, actor: Desk) -> list[PasskeyView]:
    with database.read() as session:
        return [
            PasskeyView(row.credential_id, row.name, row.made_at, row.used_at)
            for row in rows.passkeys_of(session, actor.id)
        ]


def registration_options(
    database: Database, party: RelyingParty, *, actor: Desk, challenge: bytes, now: datetime
) -> str:
    """JSON for the browser. Raises ``sign_in_again``, ``passkeys_too_many``."""
    require_fresh(actor, now)
    with database.read() as session:
        user = people.user(session, actor.id)
        known = [row.credential_id for row in rows.passkeys_of(session, actor.id)]
    if user is None or len(known) >= _MOST:
        raise Refusal("passkeys_too_many")
    return ceremony.registration_options(
        party, challenge=challenge, user_id=user.id, login=user.login, name=user.name, known=known
    )


def register(
    database: Database,
    party: RelyingParty,
    *,
    actor: Desk,
    asked: Ceremony,
    answer: str,
    name: str,
    now: datetime,
) -> None:
    """Raises ``passkey_refused``, ``passkey_known``, ``passkeys_too_many``, ``sign_in_again``."""
    require_fresh(actor, now)
    _still_asked(asked, now)
    try:
        key = ceremony.verify_registration(party, challenge=asked.challenge, answer=answer)
    except ceremony.CeremonyFailed:
        raise Refusal("passkey_refused") from None
    _only_once(database, asked, now)
    with database.write() as session:
        if len(rows.passkeys_of(session, actor.id)) >= _MOST:
            raise Refusal("passkeys_too_many")
        if rows.passkey(session, key.credential_id) is not None:
            raise Refusal("passkey_known")
        session.add(
            Passkey(
                credential_id=key.credential_id,
                user_id=actor.id,
                public_key=key.public_key,
                sign_count=key.sign_count,
                name=name.strip()[:80],
                made_at=now,
            )
        )
        people.audit(
            session,
            at=now,
            actor=actor.actor,
            action="passkey.added",
            subject=actor.id,
            organisation_id=actor.organisation_id,
        )


def remove(database: Database, *, actor: Desk, credential_id: str, now: datetime) -> None:
    """Raises ``passkey_unknown``, also for somebody else's; ``sign_in_again``."""
    require_fresh(actor, now)
    with database.write() as session:
        row = rows.passkey(session, credential_id)
        if row is None or row.user_id != actor.id or row.ended_at is not None:
            raise Refusal("passkey_unknown")
        row.ended_at = now
        people.audit(
            session,
            at=now,
            actor=actor.actor,
            action="passkey.removed",
            subject=actor.id,
            organisation_id=actor.organisation_id,
        )


def sign_in_options(party: RelyingParty, *, challenge: bytes) -> str:
    return ceremony.authentication_options(party, challenge=challenge)


def sign_in(
    database: Database,
    party: RelyingParty,
    *,
    asked: Ceremony,
    answer: str,
    now: datetime,
    user_agent: str = "",
    replaces: str = "",
) -> str:
    """Returns a session token. Raises ``passkey_refused``: unknown or removed key, wrong signature, too late, twice."""
    _still_asked(asked, now)
    with database.read() as session:
        row = rows.passkey(session, _credential_id(answer))
        user = None if row is None else people.user(session, row.user_id)
    if row is None or row.ended_at is not None or user is None or user.left_at is not None:
        raise Refusal("passkey_refused")
    compared = row.sign_count
    try:
        sign_count = ceremony.verify_sign_in(
            party,
            challenge=asked.challenge,
            answer=answer,
            public_key=row.public_key,
            sign_count=row.sign_count,
        )
    except ceremony.CeremonyFailed:
        raise Refusal("passkey_refused") from None
    _only_once(database, asked, now)
    with database.write() as session:
        row = rows.passkey(session, row.credential_id)
        user = None if row is None else people.user(session, row.user_id)
        if row is None or row.ended_at is not None or user is None or user.left_at is not None:
            raise Refusal("passkey_refused")
        # Another answer came in between: of two with one count, one is a copied key's.
        if row.sign_count not in (compared, 0) and sign_count <= row.sign_count:
            raise Refusal("passkey_refused")
        row.sign_count, row.used_at = sign_count, now
        return open_session(session, user, now=now, user_agent=user_agent, replaces=replaces, how="passkey")


def _still_asked(asked: Ceremony, now: datetime) -> None:
    if not asked.asked_at <= now <= asked.asked_at + PASSKEY_CEREMONY_LIFE:
        raise Refusal("passkey_refused")


def _only_once(database: Database, asked: Ceremony, now: datetime) -> None:
    """A challenge is good for one answer, though the cookie that remembers it could be sent again.

    Counted by the instant of asking, so that both tries fall into one window.
    """
    try:
        rates.spend(database, f"challenge:{token_hash(asked.challenge.hex())}", _ONCE, now=asked.asked_at)
    except Refusal:
        raise Refusal("passkey_refused") from None


def _credential_id(answer: str) -> str:
    """The key's id in the browser's answer, base64url without padding; empty when there is none."""
    try:
        given = json.loads(answer)
    except (ValueError, RecursionError):
        return ""
    found = given.get("id") if isinstance(given, dict) else None
    return found if isinstance(found, str) else ""

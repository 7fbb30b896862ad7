"""Passkeys: what is let in, and everything that is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.support.authenticator import PRESENT, Authenticator
from tests.usecases.test_people_and_phones import sign_up
from webapp.adapters import webauthn_ceremony as ceremony
from webapp.domain.refusals import Refusal
from webapp.store.database import Database
from webapp.usecases import invitations, passkeys, sessions, team
from webapp.usecases.passkeys import Ceremony, RelyingParty

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PARTY = RelyingParty("dock.example", "https://dock.example")
FIRST, SECOND = b"1" * 32, b"2" * 32


@pytest.fixture
def chi(database: Database) -> sessions.Desk:
    return sign_up(database)


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(PARTY.id, PARTY.origin)


def register(
    database: Database,
    actor: sessions.Desk,
    device: Authenticator,
    challenge: bytes = FIRST,
    now: datetime = NOW,
) -> None:
    asked = Ceremony(challenge, NOW)
    passkeys.register(
        database, PARTY, actor=actor, asked=asked, answer=device.create(challenge), name="laptop", now=now
    )


def sign_in(
    database: Database, answer: str, challenge: bytes = SECOND, now: datetime = NOW
) -> sessions.Desk | None:
    token = passkeys.sign_in(database, PARTY, asked=Ceremony(challenge, NOW), answer=answer, now=now)
    return sessions.session_user(database, token, now=now)


def test_a_passkey_signs_in_without_a_login(
    database: Database, chi: sessions.Desk, device: Authenticator
) -> None:
    register(database, chi, device)
    assert sign_in(database, device.get(SECOND)) == chi
    assert [(key.name, key.used_at) for key in passkeys.passkeys(database, actor=chi)] == [("laptop", NOW)]


def test_one_challenge_is_good_for_one_answer(
    database: Database, chi: sessions.Desk, device: Authenticator
) -> None:
    """The cookie that remembers the challenge may be sent again; the database remembers that it was spent."""
    register(database, chi, device)
    assert sign_in(database, device.get(SECOND)) == chi
    with pytest.raises(Refusal, match="passkey_refused"):
        sign_in(database, device.get(SECOND))
    with pytest.raises(Refusal, match="passkey_refused"):
        register(database, chi, device, FIRST)


def bent(**changes: object) -> Callable[[Authenticator], None]:
    def bend(device: Authenticator) -> None:
        for name, value in changes.items():
            setattr(device, name, value)

    return bend


@pytest.mark.parametrize(
    "bend",
    [
        bent(origin="https://dock.example.evil"),
        bent(origin="http://dock.example"),
        bent(rp_id="evil.example"),
        bent(flags=PRESENT),
        bent(key=Authenticator("", "").key),
        bent(credential_id=b"a stranger's key"),
        bent(count=-1),
    ],
    ids=[
        "origin",
        "scheme",
        "relying party",
        "not verified",
        "other key",
        "unknown key",
        "count stands still",
    ],
)
def test_what_is_not_quite_the_passkey_opens_nothing(
    database: Database, chi: sessions.Desk, device: Authenticator, bend: Callable[[Authenticator], None]
) -> None:
    device.count = 5
    register(database, chi, device)
    bend(device)
    with pytest.raises(Refusal, match="passkey_refused"):
        sign_in(database, device.get(SECOND))


@pytest.mark.parametrize(
    "answer", ["", "null", "[]", "{}", '{"id": 7}', '{"id": "x"}', "[" * 100_000, "\x00"]
)
def test_nonsense_is_refused(database: Database, chi: sessions.Desk, answer: str) -> None:
    with pytest.raises(Refusal, match="passkey_refused"):
        sign_in(database, answer)
    with pytest.raises(Refusal, match="passkey_refused"):
        passkeys.register(
            database, PARTY, actor=chi, asked=Ceremony(FIRST, NOW), answer=answer, name="", now=NOW
        )


def test_another_challenge_or_a_late_answer_is_refused(
    database: Database, chi: sessions.Desk, device: Authenticator
) -> None:
    register(database, chi, device)
    with pytest.raises(Refusal, match="passkey_refused"):
        sign_in(database, device.get(FIRST))
    with pytest.raises(Refusal, match="passkey_refused"):
        sign_in(database, device.get(SECOND), now=NOW + timedelta(minutes=6))


def test_a_removed_passkey_and_a_person_who_left_open_nothing(
    database: Database, chi: sessions.Desk, device: Authenticator
) -> None:
    register(database, chi, device)
    passkeys.remove(database, actor=chi, credential_id=device.id, now=NOW)
    with pytest.raises(Refusal, match="passkey_refused"):
        sign_in(database, device.get(SECOND))
    token = invitations.invite(database, actor=chi, name="An", roles=["clerk"], now=NOW)
    joined = invitations.accept(
        database, token, name="An", login="an", password="a long password", language="vi", now=NOW
    )
    an = sessions.session_user(database, joined, now=NOW)
    assert an is not None
    hers = Authenticator(PARTY.id, PARTY.origin, credential_id=b"passkey of an 01")
    register(database, an, hers, b"3" * 32)
    team.leave(database, actor=chi, user_id=an.id, now=NOW)
    with pytest.raises(Refusal, match="passkey_refused"):
        sign_in(database, hers.get(SECOND))


def test_a_browser_left_open_cannot_make_itself_a_key(
    database: Database, chi: sessions.Desk, device: Authenticator
) -> None:
    with pytest.raises(Refusal, match="sign_in_again"):
        register(database, chi, device, now=NOW + timedelta(minutes=31))
    register(database, chi, device)
    with pytest.raises(Refusal, match="sign_in_again"):
        passkeys.remove(database, actor=chi, credential_id=device.id, now=NOW + timedelta(minutes=31))


def test_somebody_elses_passkey_is_not_removed(
    database: Database, chi: sessions.Desk, device: Authenticator
) -> None:
    register(database, chi, device)
    token = invitations.invite(database, actor=chi, name="An", roles=["owner"], now=NOW)
    joined = invitations.accept(
        database, token, name="An", login="an", password="a long password", language="vi", now=NOW
    )
    an = sessions.session_user(database, joined, now=NOW)
    assert an is not None
    with pytest.raises(Refusal, match="passkey_unknown"):
        passkeys.remove(database, actor=an, credential_id=device.id, now=NOW)
    with pytest.raises(Refusal, match="passkey_known"):
        register(database, an, device, b"4" * 32)


def test_a_copied_key_that_answers_at_the_same_moment_stays_out(
    database: Database, chi: sessions.Desk, device: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both answers carry one count, and both were compared with the count before either was kept."""
    register(database, chi, device)
    device.get(FIRST)
    copy = replace(device)
    third = b"3" * 32
    rightful, copied = device.get(SECOND), copy.get(third)
    verify = ceremony.verify_sign_in

    def meanwhile(*arguments: Any, **named: Any) -> int:
        count = verify(*arguments, **named)
        monkeypatch.setattr(ceremony, "verify_sign_in", verify)
        assert sign_in(database, rightful) == chi
        return count

    # Verified outside of the transaction: a place where another request gets in between.
    monkeypatch.setattr(ceremony, "verify_sign_in", meanwhile)
    with pytest.raises(Refusal, match="passkey_refused"):
        sign_in(database, copied, challenge=third)

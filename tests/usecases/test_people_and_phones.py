"""Getting in: the first owner, sign-in, enrolment of a phone, a shift by PIN."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.domain.signatures import der_to_raw, encode_base64url
from webapp.store.database import Database
from webapp.store.schema import AuditEvent, Device, Site
from webapp.usecases import people, phones, sessions, workers

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PASSWORD = "a long password"


@pytest.fixture
def chi(database: Database) -> people.Desk:
    return sign_up(database)


def sign_up(database: Database) -> people.Desk:
    token = people.make_sign_in_link(database, demo=False, now=NOW)
    assert token is not None
    session = people.become_first_owner(
        database,
        token,
        organisation="Chi Import",
        customer_code="CHI",
        name="Chi",
        login="chi",
        password=PASSWORD,
        language="vi",
        now=NOW,
    )
    desk = sessions.session_user(database, session, now=NOW)
    assert desk is not None
    return desk


def site_of(database: Database) -> str:
    with database.read() as session:
        return session.scalars(select(Site.id)).one()


class Key:
    """A phone's key pair and what it sends to enrol."""

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        spki = self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        self.public = base64.b64encode(spki).decode()

    def proof(self, code: str) -> str:
        signed = f"dockproof-enrol-1\n{code}\n{self.public}\n".encode()
        return encode_base64url(der_to_raw(self.private.sign(signed, ec.ECDSA(hashes.SHA256()))))


def enrol(database: Database, code: str, key: Key, now: datetime = NOW) -> phones.Enrolment:
    return phones.enrol(
        database, code=code, device_name="An's phone", public_key=key.public, proof=key.proof(code), now=now
    )


def test_the_printed_link_ends_with_the_first_owner(database: Database) -> None:
    token = people.make_sign_in_link(database, demo=False, now=NOW)
    assert token is not None
    assert people.link_purpose(database, token, now=NOW) == "first_owner"
    sign_up(database)
    assert people.make_sign_in_link(database, demo=False, now=NOW) is None
    with pytest.raises(Refusal, match="link_unknown"):
        people.link_purpose(database, token, now=NOW)


def test_a_newer_link_voids_the_older_and_an_old_one_expires(database: Database) -> None:
    first = people.make_sign_in_link(database, demo=False, now=NOW)
    second = people.make_sign_in_link(database, demo=False, now=NOW)
    assert first is not None and second is not None
    with pytest.raises(Refusal, match="link_unknown"):
        people.link_purpose(database, first, now=NOW)
    with pytest.raises(Refusal, match="link_unknown"):
        people.link_purpose(database, second, now=NOW + timedelta(days=8))


def test_wrong_passwords_lock_and_the_lock_ends(database: Database, chi: people.Desk) -> None:
    for _ in range(5):
        with pytest.raises(Refusal, match="sign_in_wrong"):
            people.sign_in(database, login="chi", password="guess", now=NOW)
    with pytest.raises(Refusal, match="sign_in_locked"):
        people.sign_in(database, login="chi", password=PASSWORD, now=NOW + timedelta(minutes=4))
    token = people.sign_in(database, login="chi", password=PASSWORD, now=NOW + timedelta(minutes=6))
    assert sessions.session_user(database, token, now=NOW + timedelta(minutes=6)) == chi


def test_a_session_ends_by_sign_out_and_by_time(database: Database, chi: people.Desk) -> None:
    token = people.sign_in(database, login="chi", password=PASSWORD, now=NOW)
    assert sessions.session_user(database, token, now=NOW + timedelta(days=15)) is None
    sessions.sign_out(database, token, now=NOW)
    assert sessions.session_user(database, token, now=NOW) is None


def test_a_code_lets_one_phone_in_once(database: Database, chi: people.Desk) -> None:
    code = phones.make_enrolment_code(database, actor=chi, site_id=site_of(database), now=NOW)
    an, dung = Key(), Key()
    first = enrol(database, code, an)
    # The answer was lost on the way: the same phone asks again and gets the same place.
    assert enrol(database, code, an, NOW + timedelta(hours=2)).device_id == first.device_id
    with pytest.raises(Refusal, match="enrolment_code_unknown"):
        enrol(database, code, dung)
    with database.read() as session:
        assert len(session.scalars(select(Device)).all()) == 1


def test_a_code_typed_with_spaces_and_small_letters_works(database: Database, chi: people.Desk) -> None:
    code = phones.make_enrolment_code(database, actor=chi, site_id=site_of(database), now=NOW)
    enrol(database, f" {code[:5].lower()} {code[5:]}", Key())


@pytest.mark.parametrize("minutes, lets_in", [(29, True), (30, False)])
def test_a_code_expires(database: Database, chi: people.Desk, minutes: int, lets_in: bool) -> None:
    code = phones.make_enrolment_code(database, actor=chi, site_id=site_of(database), now=NOW)
    later = NOW + timedelta(minutes=minutes)
    if lets_in:
        enrol(database, code, Key(), later)
    else:
        with pytest.raises(Refusal, match="enrolment_code_unknown"):
            enrol(database, code, Key(), later)


def test_a_key_that_its_sender_does_not_hold_is_refused(database: Database, chi: people.Desk) -> None:
    code = phones.make_enrolment_code(database, actor=chi, site_id=site_of(database), now=NOW)
    an, dung = Key(), Key()
    with pytest.raises(Refusal, match="enrolment_key_bad"):
        phones.enrol(
            database, code=code, device_name="x", public_key=an.public, proof=dung.proof(code), now=NOW
        )
    enrol(database, code, an)  # the failed try consumed nothing


def test_a_shift_starts_by_pin_and_five_wrong_ones_lock_it(database: Database, chi: people.Desk) -> None:
    site = site_of(database)
    worker = workers.add_worker(
        database, actor=chi, site_id=site, name="An", roles=[Role.CN_RECEIVER], pin="2468", now=NOW
    )
    code = phones.make_enrolment_code(database, actor=chi, site_id=site, now=NOW)
    device = enrol(database, code, Key()).device_id

    def try_pin(pin: str, now: datetime = NOW) -> str:
        return phones.start_shift(database, device_id=device, worker_id=worker, pin=pin, now=now).name

    assert try_pin("2468") == "An"
    for _ in range(5):
        with pytest.raises(Refusal, match="pin_wrong"):
            try_pin("1357")
    with pytest.raises(Refusal, match="pin_locked"):
        try_pin("2468", NOW + timedelta(minutes=4))
    assert try_pin("2468", NOW + timedelta(minutes=5)) == "An"


@pytest.mark.parametrize(
    "pin, problem", [("123", "pin_format"), ("12a4", "pin_format"), ("1111", "pin_too_simple")]
)
def test_a_pin_that_protects_nothing_is_refused(
    database: Database, chi: people.Desk, pin: str, problem: str
) -> None:
    with pytest.raises(Refusal, match=problem):
        workers.add_worker(
            database, actor=chi, site_id=site_of(database), name="An", roles=["cn_qc"], pin=pin, now=NOW
        )


def test_audit_keeps_no_secret(database: Database, chi: people.Desk) -> None:
    code = phones.make_enrolment_code(database, actor=chi, site_id=site_of(database), now=NOW)
    enrol(database, code, Key())
    with database.read() as session:
        events = session.scalars(select(AuditEvent)).all()
    assert {"organisation.made", "signed_in", "enrolment_code.made", "device.enrolled"} <= {
        e.action for e in events
    }
    assert code not in repr([(e.actor, e.action, e.subject, e.details) for e in events])

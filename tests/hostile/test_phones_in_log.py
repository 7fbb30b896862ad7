"""A phone is let in and shut out: both are leaves of the log, and the doctor compares them with the rows."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from tests.support.rig import Rig, rigged
from tests.support.world import START, key_of, public_key_of
from webapp.domain.signatures import der_to_raw, encode_base64url
from webapp.store.schema import Device, LogEntry
from webapp.usecases import phones
from webapp.usecases.doctor_log import check_log
from webapp.usecases.enrolled_devices import key_name

NOW = START + timedelta(days=2)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as rig:
        yield rig


def enrol(rig: Rig, name: str) -> str:
    """A phone comes in by a code from the command line; its id."""
    database = rig.services.database
    code = phones.make_code_for_site(database, site_id=rig.world.dongguan, now=NOW)
    spki = base64.b64encode(public_key_of(name)).decode()
    said = f"dockproof-enrol-1\n{code}\n{spki}\n".encode()
    proof = encode_base64url(der_to_raw(key_of(name).sign(said, ec.ECDSA(hashes.SHA256()))))
    given = {"code": code, "device_name": name, "public_key": spki, "proof": proof}
    first = phones.enrol(database, **given, now=NOW)
    # The answer was lost, and the phone asks again.
    assert phones.enrol(database, **given, now=NOW).device_id == first.device_id
    return first.device_id


def leaves(rig: Rig) -> list[str]:
    with rig.services.database.read() as session:
        return list(session.scalars(select(LogEntry.text).order_by(LogEntry.index)))


def found(rig: Rig) -> set[tuple[str, str]]:
    """What the doctor says of the log, but for the phones of the small world: they came before it was logged."""
    with rig.services.database.read() as session:
        check = check_log(session, rig.services.settings.home)
        old = {f"device {one.id}" for one in session.scalars(select(Device)) if one.enrolled_at < NOW}
    notes = {one.where for one in check.findings if one.code == "enrolment_not_logged"}
    assert notes == old, "told as a note, honestly, and no leaf is made up"
    return {(one.code, one.where) for one in check.findings if one.code != "enrolment_not_logged"}


def test_an_enrolment_and_a_revocation_are_one_leaf_each(rig: Rig) -> None:
    device = enrol(rig, "new phone")
    for _ in range(2):
        phones.revoke_from_cli(rig.services.database, device_id=device, now=NOW + timedelta(hours=1))
    key = key_name(public_key_of("new phone"))
    assert leaves(rig) == [
        f"type enrol\nreceived 2026-11-22T02:00:00.000Z\ndevice {device}\nsite {rig.world.dongguan}\n"
        f"key sha256:{key}\nby cli\n",
        f"type revoke\nreceived 2026-11-22T03:00:00.000Z\ndevice {device}\nby cli\n",
    ]
    assert found(rig) == set()


def let_in_behind_the_log(session: Session, device: Device) -> None:
    session.add(
        Device(id="f" * 32, site_id=device.site_id, name="x", public_key=public_key_of("x"), enrolled_at=NOW)
    )


def another_key(session: Session, device: Device) -> None:
    device.public_key = public_key_of("stranger")


def gone(session: Session, device: Device) -> None:
    session.execute(text("PRAGMA defer_foreign_keys=ON"))
    session.execute(text("UPDATE enrolment_code SET device_id = NULL"))
    session.execute(delete(Device).where(Device.id == device.id))


def let_in_again(session: Session, device: Device) -> None:
    device.revoked_at = None


def another_time(session: Session, device: Device) -> None:
    device.revoked_at = NOW + timedelta(days=1)


def shut_out_behind_the_log(session: Session, device: Device) -> None:
    session.get_one(Device, "70686f6e65".ljust(32, "0")).revoked_at = NOW + timedelta(hours=2)


@pytest.mark.parametrize(
    ("tamper", "codes"),
    [
        (let_in_behind_the_log, {"enrolment_without_entry"}),
        (another_key, {"entry_without_enrolment", "enrolment_without_entry"}),
        (gone, {"entry_without_enrolment", "entry_without_revocation"}),
        (let_in_again, {"entry_without_revocation"}),
        (another_time, {"entry_without_revocation", "revocation_without_entry"}),
        (shut_out_behind_the_log, {"revocation_without_entry"}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_rows_that_tell_otherwise_are_named(
    rig: Rig, tamper: Callable[[Session, Device], None], codes: set[str]
) -> None:
    device = enrol(rig, "new phone")
    phones.revoke_from_cli(rig.services.database, device_id=device, now=NOW + timedelta(hours=1))
    with rig.services.database.write() as session:
        tamper(session, session.get_one(Device, device))
    assert {code for code, _ in found(rig)} == codes


def test_what_was_before_the_log_knew_of_it_is_a_note(rig: Rig) -> None:
    """An instance that was migrated: phones let in and shut out earlier, and no leaf about any."""
    with rig.services.database.write() as session:
        session.get_one(Device, rig.world.phone).revoked_at = START
    assert found(rig) == {("revocation_not_logged", f"device {rig.world.phone}")}
    enrol(rig, "new phone")
    assert found(rig) == {("revocation_not_logged", f"device {rig.world.phone}")}

"""A phone changes its key: the new one signs from then on, the old one keeps proving what it had signed."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.phone import Answer, Phone, SignedRecord
from tests.support.rig import Rig, rigged
from tests.support.world import START, key_of, opaque, public_key_of
from webapp.domain.refusals import Refusal
from webapp.store.schema import AuditEvent, Device, LogEntry, Record
from webapp.store.schema_doors import DeviceKey
from webapp.usecases.device_keys import rotate
from webapp.usecases.doctor_log import check_log

KEYS = "/api/v1/keys"
NOTHING: Mapping[str, Any] = {}


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as rig:
        yield rig


def statement(phone: Phone, new: str, last_seq: int, changes: Mapping[str, Any] = NOTHING) -> bytes:
    """What the phone sends; ``new`` names the new key."""
    public = base64.b64encode(public_key_of(new)).decode()
    holder = Phone(phone.world, new)
    proof = holder.sign(f"dockproof-key-1\n{phone.device}\n{last_seq}\n{public}\n")
    return json.dumps({"public_key": public, "proof": proof, "last_seq": last_seq, **changes}).encode()


def change(phone: Phone, new: str, last_seq: int, changes: Mapping[str, Any] = NOTHING) -> Answer:
    return phone.request("POST", KEYS, statement(phone, new, last_seq, changes))


def with_new_key(phone: Phone, new: str) -> None:
    phone._key = key_of(new)


def sent(phone: Phone, record: SignedRecord) -> dict[str, Any]:
    (receipt,) = phone.send([record])
    return receipt


def test_the_new_key_signs_and_the_old_one_no_longer_opens_anything(rig: Rig) -> None:
    phone = rig.phone()
    assert sent(phone, phone.arrival("before", START))["findings"] == []
    answer = change(phone, "new key", 1)
    assert (answer.status, answer.json) == (
        200,
        {"device": phone.device, "since": "2026-11-20T02:00:00.000Z"},
    )
    assert phone.request("GET", "/api/v1/snapshot").json["error"]["code"] == "authorization_wrong"
    with_new_key(phone, "new key")
    assert sent(phone, phone.arrival("after", START))["findings"] == []
    with rig.services.database.read() as session:
        assert session.get_one(Device, phone.device).public_key == public_key_of("new key")
        kept = session.scalars(select(DeviceKey)).one()
        audited = session.scalars(select(AuditEvent).where(AuditEvent.action == "device.key_changed")).one()
    assert (kept.public_key, kept.last_seq) == (public_key_of("phone"), 1)
    assert audited.details["last_seq"] == 1


def test_a_change_stands_in_the_log_in_its_place(rig: Rig) -> None:
    phone = rig.phone()
    sent(phone, phone.arrival("before", START))
    change(phone, "new key", 1)
    change(phone, "new key", 1)  # as the old key: refused, and nothing is written
    with_new_key(phone, "new key")
    change(phone, "new key", 1)  # a repeated answer is no second change
    sent(phone, phone.arrival("after", START))
    old, new = (hashlib.sha256(public_key_of(name)).hexdigest() for name in ("phone", "new key"))
    with rig.services.database.read() as session:
        entries = session.scalars(select(LogEntry).order_by(LogEntry.index)).all()
        checked = check_log(session, rig.services.settings.home)
    assert [entry.text.splitlines()[0] for entry in entries] == ["type record", "type key", "type record"]
    assert entries[1].text == (
        "type key\nreceived 2026-11-20T02:00:00.000Z\n"
        f"device {phone.device}\nold sha256:{old}\nnew sha256:{new}\nlast-seq 1\n"
    )
    assert (checked.ok, checked.facts["entries"]) == (True, 3)


def test_the_doctor_compares_changes_of_keys_with_the_log(rig: Rig) -> None:
    phone = rig.phone()
    change(phone, "new key", 4)
    with rig.services.database.write() as session:
        session.scalars(select(DeviceKey)).one().last_seq = 9
    with rig.services.database.read() as session:
        found = check_log(session, rig.services.settings.home).counts
    # The small world's phones came before enrolments were logged.
    assert found.pop("enrolment_not_logged") == rig.count(Device)
    assert found == {"entry_without_key_change": 1, "key_change_without_entry": 1}


def test_a_key_given_up_between_check_and_change_changes_nothing(rig: Rig) -> None:
    """A thief with the old key and the phone ask at once: both signatures were good when they were looked at."""
    phone = rig.phone()
    change(phone, "new key", 0)
    late = json.loads(statement(phone, "thief's key", 0))
    with pytest.raises(Refusal, match="authorization_wrong"):
        rotate(
            rig.services.database,
            device_id=phone.device,
            **late,
            signed_by=public_key_of("phone"),
            now=START,
        )
    with rig.services.database.read() as session:
        assert session.get_one(Device, phone.device).public_key == public_key_of("new key")
    assert rig.count(DeviceKey) == rig.count(LogEntry) == 1


def test_what_the_old_key_had_signed_and_comes_late_is_accepted(rig: Rig) -> None:
    phone = rig.phone()
    offline = [phone.arrival(f"offline {n}", START) for n in (1, 2)]
    change(phone, "new key", 2)
    with_new_key(phone, "new key")
    receipts = phone.send([*offline, phone.arrival("after", START)])
    assert [(receipt["state"], receipt["findings"]) for receipt in receipts] == [("accepted", [])] * 3


def test_what_the_old_key_signs_after_the_change_is_kept_with_a_finding(rig: Rig) -> None:
    phone = rig.phone()
    sent(phone, phone.arrival("before", START))
    change(phone, "new key", 1)
    forged = phone.arrival("by the old key", START)
    with_new_key(phone, "new key")
    receipt = sent(phone, forged)
    assert receipt["state"] == "accepted"
    assert [finding["code"] for finding in receipt["findings"]] == ["key_given_up"]
    assert receipt["findings"][0]["message"]


def test_a_lost_answer_is_repeated_under_the_new_key(rig: Rig) -> None:
    phone = rig.phone()
    first = change(phone, "new key", 0)
    with_new_key(phone, "new key")
    rig.clock.at += timedelta(minutes=5)
    again = change(phone, "new key", 0)
    assert (again.status, again.json) == (200, first.json)
    assert rig.count(DeviceKey) == 1


def test_two_changes_at_one_instant_keep_both_keys(rig: Rig) -> None:
    phone = rig.phone()
    offline = phone.arrival("offline", START)
    change(phone, "second key", 1)
    with_new_key(phone, "second key")
    change(phone, "third key", 1)
    with_new_key(phone, "third key")
    assert rig.count(DeviceKey) == 2
    assert sent(phone, offline)["findings"] == []


def test_a_key_that_was_given_up_does_not_come_back(rig: Rig) -> None:
    phone = rig.phone()
    change(phone, "new key", 0)
    with_new_key(phone, "new key")
    answer = change(phone, "phone", 0)
    assert (answer.status, answer.json["error"]["code"]) == (409, "key_known")


@pytest.mark.parametrize(
    "changes",
    [
        {"proof": "A" * 86},
        {"proof": "not base64 !"},
        {"last_seq": 7},
        {"public_key": base64.b64encode(public_key_of("stranger")).decode()},
        {"public_key": "????"},
        {"public_key": base64.b64encode(b"\x30\x00").decode()},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_without_proof_of_the_new_key_nothing_changes(rig: Rig, changes: dict[str, Any]) -> None:
    phone = rig.phone()
    answer = change(phone, "new key", 0, changes)
    assert (answer.status, answer.json["error"]["code"]) == (400, "enrolment_key_bad")
    assert rig.count(DeviceKey) == 0


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"public_key": 1, "proof": "", "last_seq": "0"}'])
def test_a_body_of_another_shape_is_refused(rig: Rig, body: bytes) -> None:
    assert rig.phone().request("POST", KEYS, body).json["error"]["code"] == "bad_request"


def test_a_proof_for_one_phone_does_not_serve_another(rig: Rig) -> None:
    body = statement(rig.phone(), "new key", 0)
    answer = rig.phone("second phone").request("POST", KEYS, body)
    assert answer.json["error"]["code"] == "enrolment_key_bad"


def test_a_blocked_phone_gets_no_new_key(rig: Rig) -> None:
    phone = rig.phone()
    with rig.services.database.write() as session:
        session.get_one(Device, phone.device).revoked_at = START
    assert change(phone, "new key", 0).json["error"]["code"] == "device_revoked"
    assert rig.count(DeviceKey) == rig.count(Record) == 0
    assert opaque("phone") == phone.device

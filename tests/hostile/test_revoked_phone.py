"""A phone that the desk has blocked: it reads nothing and changes nothing; what it sends is kept for the desk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.dock import SLICES
from tests.support.instance import Instance, make_instance
from tests.support.phone import Phone
from tests.support.rig import Rig, rigged
from tests.support.world import START, opaque
from webapp.domain.permissions import Role
from webapp.store.schema import AuditEvent, Device, LogEntry, MalformedRecord, Record, Take, Upload
from webapp.store.schema_doors import Quarantine
from webapp.usecases import quarantine

RECORDS = "/api/v1/records"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as rig:
        yield rig


def revoke(rig: Rig, phone: Phone) -> None:
    with rig.services.database.write() as session:
        session.get_one(Device, phone.device).revoked_at = rig.clock.at


def test_in_mid_shift_it_is_stopped_at_once_and_what_it_sends_is_set_aside(rig: Rig) -> None:
    phone = rig.phone()
    phone.send([phone.arrival("before", START), phone.take_open("open", START)])
    path = phone.create_upload(opaque("open"), 20).headers["location"]
    revoke(rig, phone)
    counted = (rig.count(LogEntry), rig.count(Record), rig.count(Take))

    after = phone.take("close", START, opens="open", slices=SLICES, counts=(12, 3))
    receipts = phone.send([after])

    assert [receipt["state"] for receipt in receipts] == ["quarantined"]
    assert receipts[0]["id"] == opaque("close") and receipts[0]["entry"] is None
    assert (receipts[0]["file"], receipts[0]["findings"]) == (None, [])
    assert (rig.count(LogEntry), rig.count(Record), rig.count(Take)) == counted
    with rig.services.database.read() as session:
        kept = session.scalars(select(Quarantine)).one()
        assert session.get_one(Take, opaque("open")).closed_at is None
    assert (kept.text, kept.device_id) == (after.text, phone.device)
    assert set(kept.side) == {"chunks.txt", "events.txt"}, "its tally is in its side files"
    for method, refused in (("GET", "/api/v1/snapshot"), ("GET", "/api/v1/pictures/" + "0" * 64)):
        assert phone.request(method, refused).json["error"]["code"] == "device_revoked"
    assert phone.tus("PATCH", path, b"bytes", Upload_Offset="0").status == 401
    assert phone.tus("DELETE", path).status == 401
    assert phone.create_upload(opaque("open"), 20).json["error"]["code"] == "device_revoked"
    with rig.services.database.read() as session:
        assert session.scalars(select(Upload)).one().offset == 0


def test_a_retry_is_kept_once_and_an_accepted_record_not_at_all(rig: Rig) -> None:
    phone = rig.phone()
    before, after = phone.arrival("before", START), phone.arrival("after", START)
    phone.send([before])
    revoke(rig, phone)
    for _ in range(2):
        states = [receipt["state"] for receipt in phone.send([before, after])]
        assert states == ["accepted", "quarantined"], "the phone learns what became of its own records"
    assert (rig.count(Quarantine), rig.count(Record)) == (1, 1)


def test_a_revocation_between_the_check_and_the_record_holds(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request was let in while the phone was still trusted; the transaction looks again."""
    phone = rig.phone()
    phone.start_session()
    first, second = phone.arrival("one", START), phone.arrival("two", START)
    loads = json.loads

    def revoke_meanwhile(data: bytes) -> object:
        revoke(rig, phone)
        return loads(data)

    # The body is parsed after the signature was checked: a place where another request gets in between.
    monkeypatch.setattr("webapp.web.api_records.json.loads", revoke_meanwhile)
    assert [receipt["state"] for receipt in phone.send([first, second])] == ["quarantined"] * 2
    assert rig.count(Record) == 0


@pytest.mark.parametrize("text", ["junk", "lone \ud800 and \0", "format 1\n" * 10_000])
def test_junk_from_a_blocked_phone_is_kept_within_bounds(rig: Rig, text: str) -> None:
    phone = rig.phone()
    revoke(rig, phone)
    body = json.dumps({"records": [{"text": text, "signature": "x"}]}).encode()
    answer = phone.request("POST", RECORDS, body)
    assert (answer.status, answer.json["receipts"][0]["state"]) == (200, "quarantined")
    with rig.services.database.read() as session:
        assert len(session.scalars(select(Quarantine)).one().text) <= 65_536
    assert rig.count(MalformedRecord) == 0


def test_a_stolen_phone_cannot_fill_the_database(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarantine, "MOST_PER_DEVICE", 3)
    phone = rig.phone()
    revoke(rig, phone)
    phone.send([phone.arrival(f"r{n}", START) for n in range(3)])
    body = json.dumps({"records": [phone.arrival("one more", START).item()]}).encode()
    answer = phone.request("POST", RECORDS, body)
    assert (answer.status, answer.json["error"]["code"]) == (429, "quarantine_full")
    assert rig.count(Quarantine) == 3


def test_whoever_is_not_the_phone_cannot_send_in_its_name(rig: Rig) -> None:
    phone = rig.phone()
    revoke(rig, phone)
    thief = rig.phone("second phone")
    thief.device = phone.device
    body = json.dumps({"records": [phone.arrival("x", START).item()]}).encode()
    assert thief.request("POST", RECORDS, body).json["error"]["code"] == "authorization_wrong"
    assert rig.count(Quarantine) == 0


# -- at the desk -----------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return make_instance(tmp_path_factory.mktemp("quarantine"), NOW)


def hold(instance: Instance, *, parcel: str | None, text: str | None = None) -> str:
    """Puts one record of the first organisation's phone into quarantine; returns its text."""
    with instance.services.database.write() as session:
        device = session.scalars(select(Device).order_by(Device.enrolled_at)).first()
        record = session.scalars(select(Record).where(Record.kind == "arrival")).first()
        assert device is not None and record is not None
        held = text or record.text.replace(f"parcel {record.parcel_id}", f"parcel {parcel or '-'}")
        quarantine.keep(session, device_id=device.id, text=held, signature="x", side={}, now=NOW)
    return held


def test_the_desk_sees_a_count_and_the_items(instance: Instance) -> None:
    owner = instance.client(Role.OWNER)
    assert "/phones/quarantine" not in owner.get("/phones").text
    hold(instance, parcel=None)
    hold(instance, parcel=None, text="<script>alert(1)</script>")
    hold(instance, parcel=opaque("strange"))
    page = owner.get("/phones/quarantine")
    assert page.status_code == 200
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page.text and "<script>alert" not in page.text
    assert "Sent by blocked phones: 3" in owner.get("/phones").text


def test_another_organisation_at_another_site_sees_nothing(instance: Instance) -> None:
    other = instance.client(Role.OWNER, organisation="Dung")
    assert "Nothing has come from a blocked phone." in other.get("/phones/quarantine").text


def test_the_desks_button_blocks_at_once_and_is_audited(instance: Instance) -> None:
    owner = instance.client(Role.OWNER)
    with instance.services.database.read() as session:
        device = session.scalars(select(Device).where(Device.revoked_at.is_(None))).first()
        assert device is not None
    answer = owner.post(f"/phones/{device.id}/revoke", data={"csrf_token": instance.csrf(owner)})
    assert answer.status_code == 302
    with instance.services.database.read() as session:
        assert session.get_one(Device, device.id).revoked_at == NOW
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "device.revoked")).one()
    assert event.subject == device.id

"""Who may speak to the phone's API, and what a batch of records is answered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.phone import Phone
from tests.support.rig import Rig, rigged
from tests.support.world import START, opaque
from webapp.domain.signatures import encode_base64url
from webapp.store.schema import Deadline, Device, LogEntry

RECORDS = "/api/v1/records"


class OnePhoneRig(Rig):
    @cached_property
    def an(self) -> Phone:
        """An's phone, the one that most of these tests are about."""
        return self.phone()


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[OnePhoneRig]:
    with rigged(tmp_path) as bare:
        yield OnePhoneRig(bare.app, bare.services, bare.clock, bare.world)


def sent(phone: Phone, *names: str) -> bytes:
    return json.dumps({"records": [phone.arrival(name, START).item() for name in names]}).encode()


def authorized(phone: Phone, body: bytes, method: str = "POST", path: str = RECORDS) -> dict[str, str]:
    if not phone._session:
        phone.start_session()
    return {
        "Authorization": phone.authorization(method, path, hashlib.sha256(body).hexdigest()),
        "Content-Type": "application/json",
    }


def test_a_goods_receipt_starts_the_orders_clocks(rig: OnePhoneRig) -> None:
    receipts = rig.an.send([rig.an.arrival("arrival", START)])
    assert receipts == [
        {
            "id": opaque("arrival"),
            "state": "accepted",
            "record": receipts[0]["record"],
            "entry": 0,
            "received": "2026-11-20T02:00:00.000Z",
            "findings": [],
            "file": None,
        }
    ]
    with rig.services.database.read() as session:
        started = session.scalars(select(Deadline).where(Deadline.start_at == START)).all()
    assert started


def test_findings_and_errors_come_in_the_workers_language(rig: OnePhoneRig) -> None:
    phone = rig.an
    wrong = phone.arrival("arrival", START, label="0000000000").item()
    body = json.dumps({"records": [wrong, {"text": "format 1\n", "signature": ""}]}).encode()
    headers = {**authorized(phone, body), "Accept-Language": "vi"}
    receipts = rig("POST", RECORDS, headers, body).json["receipts"]
    assert receipts[0]["findings"] == [{"code": "label_unknown", "message": "Không có nhãn này."}]
    assert receipts[1]["error"]["code"] == "record_key"
    assert receipts[1]["error"]["message"].startswith("Các dòng")


def test_a_stale_session_is_renewed_and_the_work_goes_on(rig: OnePhoneRig) -> None:
    rig.an.send([rig.an.arrival("one", START)])
    rig.clock.at = START + timedelta(hours=24)
    body = sent(rig.an, "two")
    answer = rig("POST", RECORDS, authorized(rig.an, body), body)
    assert (answer.status, answer.json["error"]["code"]) == (401, "session_stale")
    assert answer.json["server_time_ms"] == round(rig.clock.at.timestamp() * 1000)
    rig.an._session = answer.json["session"]
    assert rig("POST", RECORDS, authorized(rig.an, body), body).status == 200


def test_a_session_from_another_instance_or_the_future_is_stale(rig: OnePhoneRig) -> None:
    body = sent(rig.an, "one")
    for session in ("Nzk4LjE.forged", "0"):
        rig.an._session = session
        answer = rig("POST", RECORDS, authorized(rig.an, body), body)
        assert answer.json["error"]["code"] == "session_stale"
    rig.clock.at = START + timedelta(minutes=1)
    rig.an.start_session()
    rig.clock.at = START
    assert rig("POST", RECORDS, authorized(rig.an, body), body).json["error"]["code"] == "session_stale"


def changed(rig: OnePhoneRig, body: bytes, what: str) -> tuple[str, str, dict[str, str], bytes]:
    """A good request with one thing altered on the way: method, path, headers, body."""
    headers = authorized(rig.an, body)
    authorization = headers["Authorization"]
    match what:
        case "no header":
            del headers["Authorization"]
        case "bearer":
            headers["Authorization"] = "Bearer x"
        case "spaces around commas":
            headers["Authorization"] = authorization.replace(",", ", ")
        case "trailing text":
            headers["Authorization"] = authorization + ",x=1"
        case "other body":
            return "POST", RECORDS, headers, body.replace(b"records", b"Records")
        case "no body":
            return "POST", RECORDS, headers, b""
        case "other body as an upload":
            headers["Content-Type"] = "application/offset+octet-stream"
            return "POST", RECORDS, headers, body.replace(b"records", b"Records")
        case "other path":
            return "POST", "/api/v1/challenges", headers, body
        case "query added":
            return "POST", RECORDS + "?x=1", headers, body
        case "other device":
            headers["Authorization"] = authorization.replace(rig.an.device, rig.an.world.second_phone)
        case "unknown device":
            headers["Authorization"] = authorization.replace(rig.an.device, opaque("nobody"))
        case "other session":
            fresh = rig("POST", "/api/v1/sessions", {}, b"").json["session"]
            headers["Authorization"] = authorization.replace(rig.an._session, fresh[:-1] + "_")
        case "signature of zeros":
            zeros = encode_base64url(bytes(64))
            headers["Authorization"] = authorization.rpartition("=")[0] + "=" + zeros
    return "POST", RECORDS, headers, body


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [
        ("no header", 401, "authorization_missing"),
        ("bearer", 401, "authorization_missing"),
        ("spaces around commas", 401, "authorization_missing"),
        ("trailing text", 401, "authorization_missing"),
        ("other body", 400, "body_hash_wrong"),
        ("no body", 400, "body_hash_wrong"),
        ("other body as an upload", 400, "body_hash_wrong"),
        ("other path", 401, "authorization_wrong"),
        ("query added", 401, "authorization_wrong"),
        ("other device", 401, "authorization_wrong"),
        ("unknown device", 401, "device_unknown"),
        ("other session", 401, "authorization_wrong"),
        ("signature of zeros", 401, "authorization_wrong"),
    ],
)
def test_a_request_altered_on_the_way_changes_nothing(
    rig: OnePhoneRig, what: str, status: int, code: str
) -> None:
    answer = rig(*changed(rig, sent(rig.an, "one"), what))
    assert (answer.status, answer.json["error"]["code"]) == (status, code)
    assert answer.json["error"]["message"] not in ("", f"error.{code}")
    assert rig.count(LogEntry) == 0


def test_a_revoked_phone_is_stopped_at_once(rig: OnePhoneRig) -> None:
    rig.an.send([rig.an.arrival("one", START)])
    with rig.services.database.write() as session:
        session.get_one(Device, rig.an.device).revoked_at = START
    answer = rig.an.request("GET", "/api/v1/snapshot")
    assert (answer.status, answer.json["error"]["code"]) == (401, "device_revoked")
    # What it still sends is kept for the desk (tests/hostile/test_revoked_phone.py), and enters nothing.
    answer = rig.an.request("POST", RECORDS, sent(rig.an, "two"))
    assert [receipt["state"] for receipt in answer.json["receipts"]] == ["quarantined"]
    assert rig.count(LogEntry) == 1


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"records": {}}', b'{"record": []}', b"\xff", b'{"records": null}', b"[" * 100_000],
    ids=lambda body: body[:16].decode("latin-1"),
)
def test_what_is_not_a_batch_is_refused(rig: OnePhoneRig, body: bytes) -> None:
    answer = rig.an.request("POST", RECORDS, body)
    assert (answer.status, answer.json["error"]["code"]) == (400, "request_malformed")


def test_too_many_records_are_refused_before_any_is_kept(rig: OnePhoneRig) -> None:
    item = rig.an.arrival("one", START).item()
    answer = rig.an.request("POST", RECORDS, json.dumps({"records": [item] * 201}).encode())
    assert (answer.status, answer.json["error"]["code"]) == (413, "too_many_records")
    assert rig.count(LogEntry) == 0


def test_the_limit_for_forms_is_none_for_films(rig: OnePhoneRig) -> None:
    rig.an.send([rig.an.take_open("open", START)])
    rig.app.config["MAX_CONTENT_LENGTH"] = 10
    assert rig.an.upload(opaque("open"), b"longer than ten bytes").status == 204


@pytest.mark.parametrize(
    "item",
    [
        None,
        7,
        "text",
        {},
        {"text": 1, "signature": "x"},
        {"text": "format 1\n", "signature": None},
        {"text": "lone \ud800", "signature": "x"},
        {"text": "x", "signature": "x", "side": [{"name": "events.txt"}]},
        {"text": "x" * 70_000, "signature": "x"},
    ],
    ids=lambda item: str(item)[:40].encode("ascii", "replace").decode(),
)
def test_an_item_of_the_wrong_shape_does_not_hold_up_the_others(rig: OnePhoneRig, item: Any) -> None:
    good = rig.an.arrival("one", START).item()
    answer = rig.an.request("POST", RECORDS, json.dumps({"records": [item, good]}).encode())
    assert [receipt["state"] for receipt in answer.json["receipts"]] == ["malformed", "accepted"]
    assert answer.json["receipts"][0]["error"]["message"]

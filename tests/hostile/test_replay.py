"""Requests sent twice, out of order, too late or changed on the way."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest

from tests.support.dock import SLICES
from tests.support.instance import Instance, make_instance
from tests.support.phone import Phone
from tests.support.rig import Rig, rigged
from tests.support.upload_dock import DATA
from tests.support.world import START, key_of, opaque, public_key_of
from webapp.domain.permissions import Role
from webapp.store.schema import Device, LogEntry, Record, Tally, Upload
from webapp.usecases import people, phones

RECORDS = "/api/v1/records"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as rig:
        yield rig


def test_a_captured_request_changes_nothing_when_it_is_sent_again(rig: Rig) -> None:
    phone = rig.phone()
    phone.start_session()
    body = json.dumps({"records": [phone.arrival("one", START).item()]}).encode()
    captured: list[tuple[str, str, dict[str, str], bytes]] = []

    def wire(method: str, path: str, headers: object, sent: bytes) -> object:
        captured.append((method, path, dict(headers), sent))  # type: ignore[call-overload]
        return rig(method, path, headers, sent)  # type: ignore[arg-type]

    phone._transport = wire  # type: ignore[assignment]
    first = phone.request("POST", RECORDS, body)
    for _ in range(3):
        again = rig(*captured[-1])
        assert again.json["receipts"] == first.json["receipts"]
    assert (rig.count(Record), rig.count(LogEntry)) == (1, 1)
    rig.clock.at += timedelta(hours=25)
    assert rig(*captured[-1]).json["error"]["code"] == "session_stale"


def test_records_in_any_order_end_in_the_same_facts(tmp_path: Path) -> None:
    """An arrival and a take, sent one by one in every order: the same take, tally and goods receipt."""
    ends = set()
    for number, order in enumerate(permutations(range(3))):
        home = tmp_path / str(number)
        home.mkdir()
        with rigged(home) as rig:
            phone = rig.phone()
            records = [phone.arrival("arrival", START), phone.take_open("open", START)]
            records.append(phone.take("close", START, opens="open", slices=SLICES, counts=(12, 3)))
            for index in order:
                (receipt,) = phone.send([records[index]])
                assert receipt["state"] == "accepted"
            with rig.services.database.read() as session:
                tallies = tuple(sorted((row.line_id, row.units) for row in session.query(Tally)))
                ends.add((tallies, rig.count(Record)))
    assert len(ends) == 1


def test_a_piece_of_a_film_sent_again_or_early_is_refused_and_named(rig: Rig) -> None:
    phone = rig.phone()
    phone.send([phone.take_open("open", START)])
    path = phone.create_upload(opaque("open"), len(DATA)).headers["location"]
    assert phone.tus("PATCH", path, DATA[:5], Upload_Offset="0").status == 204
    for offset in ("0", "9", str(2**50)):
        answer = phone.tus("PATCH", path, DATA[5:7], Upload_Offset=offset)
        assert (answer.status, answer.headers.get("upload-offset")) == (409, "5"), offset
    assert phone.tus("PATCH", path, DATA[5:], Upload_Offset="5").status == 204
    assert phone.tus("PATCH", path, DATA[5:], Upload_Offset="5").status in (403, 409)
    assert rig.count(Upload) == 1


def test_another_phones_upload_does_not_exist(rig: Rig) -> None:
    phone, thief = rig.phone(), rig.phone("second phone")
    phone.send([phone.take_open("open", START)])
    path = phone.create_upload(opaque("open"), len(DATA)).headers["location"]
    for method in ("PATCH", "DELETE"):
        body = b"evil" if method == "PATCH" else None
        assert thief.tus(method, path, body, Upload_Offset="0").json["error"]["code"] == "upload_unknown"
    assert thief.create_upload(opaque("open"), 4).json["error"]["code"] == "record_unknown"


# -- enrolment -------------------------------------------------------------------------------------------------------


def enrolment(code: str, name: str) -> bytes:
    public = base64.b64encode(public_key_of(name)).decode()
    holder = Phone.__new__(Phone)
    holder._key = key_of(name)
    proof = holder.sign(f"dockproof-enrol-1\n{code}\n{public}\n")
    given = {"code": code, "device_name": name, "public_key": public, "proof": proof}
    return json.dumps(given).encode()


def test_a_code_lets_one_phone_in_once_and_only_while_it_lasts(rig: Rig) -> None:
    database = rig.services.database
    code, late = (
        phones.make_code_for_site(database, site_id=rig.world.dongguan, now=rig.clock.at) for _ in "ab"
    )
    before = rig.count(Device)
    assert rig("POST", "/api/v1/enrolments", {}, enrolment(code, "new")).status == 201
    assert rig("POST", "/api/v1/enrolments", {}, enrolment(code, "new")).status == 201, "a lost answer"
    for body in (enrolment(code, "thief"), enrolment("AAAAAAAAAA", "thief"), enrolment("", "thief")):
        assert 400 <= rig("POST", "/api/v1/enrolments", {}, body).status < 500
    swapped = json.loads(enrolment(late, "thief"))
    swapped["public_key"] = base64.b64encode(public_key_of("other")).decode()
    assert rig("POST", "/api/v1/enrolments", {}, json.dumps(swapped).encode()).status == 400
    rig.clock.at += timedelta(minutes=31)
    assert rig("POST", "/api/v1/enrolments", {}, enrolment(late, "late")).status == 404
    assert rig.count(Device) == before + 1


# -- links and sessions of the desk ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return make_instance(tmp_path_factory.mktemp("links"), NOW)


def test_a_changed_or_late_sign_in_link_opens_nothing(instance: Instance) -> None:
    token = people.make_sign_in_link(instance.services.database, demo=True, now=NOW)
    assert token is not None
    stranger = instance.client(Role.ANONYMOUS)
    csrf = instance.csrf(stranger)
    changed = [
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        token[:-1],
        token + "A",
        token.swapcase(),
        "x",
    ]
    for wrong in changed:
        assert stranger.get(f"/welcome/{wrong}").status_code == 404
        answer = stranger.post(f"/welcome/{wrong}", data={"csrf_token": csrf})
        assert answer.status_code == 404 and not signed_in(stranger)
    instance.clock.pass_time(days=400)
    assert stranger.get(f"/welcome/{token}").status_code == 404
    instance.clock.pass_time(days=-400)


def signed_in(client: object) -> bool:
    return client.get("/phones").status_code == 200  # type: ignore[attr-defined]


def test_a_changed_or_late_session_opens_nothing(instance: Instance) -> None:
    owner = instance.client(Role.OWNER)
    assert signed_in(owner)
    (cookie,) = [cookie for cookie in owner._cookies.values() if "session" in cookie.key]
    for wrong in (cookie.value[:-1], cookie.value + "A", cookie.value.swapcase(), "", "0" * 43, "\x00"):
        other = instance.client(Role.ANONYMOUS)
        other.set_cookie(cookie.key, wrong)
        assert not signed_in(other), wrong
    instance.clock.pass_time(days=2)
    assert not signed_in(owner)
    instance.clock.pass_time(days=-2)


def test_a_form_of_one_browser_is_no_use_in_another(instance: Instance) -> None:
    owner, other = instance.client(Role.OWNER), instance.client(Role.OWNER)
    stolen = instance.csrf(other)
    instance.csrf(owner)
    answer = owner.post("/phones/codes", data={"csrf_token": stolen})
    assert answer.status_code == 400
    assert not re.search(r"[A-Z0-9]{5}-[A-Z0-9]{5}", answer.text)

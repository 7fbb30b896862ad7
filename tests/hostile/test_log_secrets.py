"""After a hostile session the log says what was refused, and holds no secret and nothing personal."""

from __future__ import annotations

import io
import json
import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from tests.support.instance import Instance, make_instance
from tests.support.rig import rigged
from webapp.adapters import log_format
from webapp.domain.permissions import Permission, Role
from webapp.usecases import people
from webapp.web.access import requires
from webapp.web.request_log import REQUEST_HEADER

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PIN = "73915"
PASSWORD = "correct-horse-Qx7"
PHONE_NUMBER = "13912345678"
ADDRESS = "东莞市长安镇88号"
NAME = "Nguyễn Thị Bí Mật"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    log_format.install(stream)
    yield stream
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if handler.name == "dockproof"]:
        root.removeHandler(handler)


@pytest.fixture
def instance(tmp_path: Path) -> Instance:
    return make_instance(tmp_path, NOW)


def lines(log: io.StringIO) -> list[str]:
    return log.getvalue().splitlines()


def test_a_hostile_session_leaves_codes_and_no_secrets(tmp_path: Path, log: io.StringIO) -> None:
    instance = make_instance(tmp_path / "desk", NOW)
    token = people.make_sign_in_link(instance.services.database, demo=True, now=NOW)
    assert token is not None
    stranger, owner = instance.client(Role.ANONYMOUS), instance.client(Role.OWNER)
    csrf = instance.csrf(stranger)
    stranger.get(f"/welcome/{token}x")
    stranger.post("/sign-in", data={"csrf_token": csrf, "login": NAME, "password": PASSWORD})
    stranger.post("/sign-in", data={"csrf_token": "forged", "login": NAME, "password": PASSWORD})
    stranger.get(f"/{PHONE_NUMBER}/{ADDRESS}?name={NAME}")
    owner.get(f"/orders/{PHONE_NUMBER}?address={ADDRESS}")
    owner.get(f"/takes/{PASSWORD}")
    own = {
        "csrf_token": instance.csrf(owner),
        "name": NAME,
        "pin": "1",
        "role": ADDRESS,
        "site": PHONE_NUMBER,
    }
    owner.post("/phones/workers", data=own)
    secrets = [token, csrf, own["csrf_token"]]
    (tmp_path / "dock").mkdir()
    with rigged(tmp_path / "dock") as rig:
        phone = rig.phone()
        body = json.dumps({"worker": rig.world.an, "pin": PIN}).encode()
        phone.request("POST", "/api/v1/shifts", body)
        phone.request("POST", "/api/v1/records", b'{"records": "' + PIN.encode() + b'"}')
        enrol = {"code": "SECRETCODE", "device_name": NAME, "public_key": "x", "proof": "x"}
        rig("POST", "/api/v1/enrolments", {}, json.dumps(enrol).encode())
        rig("POST", "/api/v1/shifts", {"Authorization": f"Bearer {PASSWORD}"}, body)
        secrets += [phone._session, rig.services.secret.hex()]
    said = log.getvalue()
    for secret in (*secrets, PIN, PASSWORD, PHONE_NUMBER, ADDRESS, NAME, "SECRETCODE", "Bearer", "127.0.0.1"):
        assert secret not in said, secret
    assert re.search(r"route=/welcome/<token> status=404 code=link_unknown", said)
    assert re.search(r"method=POST route=/api/v1/shifts status=40[13] code=", said)
    assert re.search(r"route=- status=404 code=not_found", said)
    for line in lines(log):
        assert re.match(r"\d{4}-\d\d-\d\dT[\d:.]+Z (INFO|WARNING|ERROR) [\w.]+ ", line), line


def test_a_request_that_worked_leaves_no_line(instance: Instance, log: io.StringIO) -> None:
    assert instance.client(Role.OWNER).get("/").status_code == 200
    assert lines(log) == []


def test_the_answer_names_its_line(instance: Instance, log: io.StringIO) -> None:
    answer = instance.client(Role.OWNER).get("/orders/nowhere")
    (line,) = lines(log)
    assert f"id={answer.headers[REQUEST_HEADER]} " in line


def test_a_crash_is_one_line_without_its_message(instance: Instance, log: io.StringIO) -> None:
    """Messages quote values: a name, a statement's parameters."""

    def crash() -> str:
        try:
            int(PHONE_NUMBER + "x")
        except ValueError as error:
            raise RuntimeError(f"cannot read {NAME}\nforged line") from error
        return ""

    def database() -> str:
        with instance.services.database.read() as session:
            session.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": NAME})
        return ""

    for endpoint, view in (("crash", crash), ("database", database)):
        instance.app.add_url_rule(f"/{endpoint}/<word>", endpoint, lambda word, view=view: view())
        instance.app.view_functions[endpoint] = requires(Permission.PUBLIC)(
            instance.app.view_functions[endpoint]
        )
    client = instance.client(Role.OWNER)
    answers = [client.get(f"/{name}/{PASSWORD}") for name in ("crash", "database")]
    assert [answer.status_code for answer in answers] == [500, 500]
    said = lines(log)
    assert len(said) == 2
    assert "raised=RuntimeError from ValueError at test_log_secrets.py:" in said[0]
    assert "raised=OperationalError" in said[1] and "route=/database/<word>" in said[1]
    for secret in (NAME, PHONE_NUMBER, PASSWORD, "forged", "nowhere"):
        assert secret not in log.getvalue()
    # (its own address a page may repeat to whoever asked for it)
    assert not [answer for answer in answers if NAME in answer.text or PHONE_NUMBER in answer.text]
    assert answers[0].headers[REQUEST_HEADER] in answers[0].text


def test_a_statement_never_shows_its_values(instance: Instance) -> None:
    with pytest.raises(StatementError) as caught, instance.services.database.read() as session:
        session.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": NAME})
    assert NAME not in str(caught.value)


def test_a_stranger_cannot_write_lines_of_his_own(instance: Instance, log: io.StringIO) -> None:
    client = instance.client(Role.ANONYMOUS)
    client.open("/x\r\n2026-01-01T00:00:00Z INFO forged", method="FORGED\r\nX")
    client.get("/orders/%0a2026-01-01%20forged")
    assert "forged" not in log.getvalue().lower().replace("route=", "")


def test_health_tells_a_stranger_one_word_each(instance: Instance) -> None:
    answer = instance.client(Role.ANONYMOUS).get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"ok": True, "database": "ok", "disk": "ok", "jobs": "ok"}


def test_health_says_so_when_disk_or_database_fail_and_when_jobs_are_late(instance: Instance) -> None:
    stranger = instance.client(Role.ANONYMOUS)
    blobs = instance.services.blobs
    floor, blobs._floor = blobs._floor, 1 << 62
    assert (stranger.get("/healthz").status_code, stranger.get("/healthz").json["disk"]) == (503, "full")
    blobs._floor = floor
    with instance.services.database.write() as session:
        session.execute(text("UPDATE work SET done_at = NULL, run_after = 0"))
    late = stranger.get("/healthz")
    assert (late.status_code, late.json["jobs"]) == (200, "late")
    with instance.services.database.write() as session:
        session.execute(text("ALTER TABLE work RENAME TO gone"))
    broken = stranger.get("/healthz")
    assert (broken.status_code, broken.json["database"], broken.json["jobs"]) == (503, "failed", "unknown")

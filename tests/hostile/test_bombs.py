"""Small bodies that claim to be large, and large ones that are announced: refused early, in bounded time and memory."""

from __future__ import annotations

import io
import json
import socket
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.instance import Instance, make_instance
from tests.support.rig import Rig, rigged
from tests.support.server import Server, status_of
from tests.support.world import START, opaque
from webapp.domain.permissions import Role
from webapp.store.schema import LogEntry, MalformedRecord, OrderLine, Upload

RECORDS = "/api/v1/records"
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
TEN_GB = 10 * 2**30


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as rig:
        yield rig


# -- JSON ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 500_000,
        b'{"records":' + b"[" * 500_000 + b"]" * 500_000 + b"}",
        b'{"records":' * 200_000,
        b'{"records": [' + b"1" * 5_000_000 + b"]}",
        b'{"records": NaN}',
        b'{"records": [], "records": 7}',
        b"\xef\xbb\xbf{}",
        b'{"records": "\xed\xa0\x80"}',
    ],
    ids=["open", "deep", "objects", "long number", "NaN", "key twice", "byte order mark", "surrogate bytes"],
)
def test_json_that_wants_to_hurt_the_parser_is_one_refusal(rig: Rig, body: bytes) -> None:
    answer = rig.phone().request("POST", RECORDS, body, {"Content-Type": "application/json"})
    assert (answer.status, answer.json["error"]["code"]) == (400, "request_malformed")
    assert rig.count(LogEntry) == 0


@pytest.mark.parametrize(
    "item",
    [
        b'{"text": "a\\ud800b", "signature": "x"}',
        b'{"text": NaN, "signature": Infinity}',
        b'{"text": "a", "text": "b", "signature": "x"}',
        b"1e999999",
        b"[" * 900 + b"]" * 900,
    ],
    ids=["lone surrogate", "NaN", "key twice", "infinite", "nested"],
)
def test_a_strange_item_is_malformed_and_its_neighbour_accepted(rig: Rig, item: bytes) -> None:
    phone = rig.phone()
    good = json.dumps(phone.arrival("good", START).item()).encode()
    answer = phone.request("POST", RECORDS, b'{"records": [' + item + b"," + good + b"]}")
    assert [receipt["state"] for receipt in answer.json["receipts"]] == ["malformed", "accepted"]
    assert rig.count(MalformedRecord) == 1


@pytest.mark.parametrize("path", ["enrolments", "shifts", "challenges", "keys"])
@pytest.mark.parametrize(
    "body", [b"[" * 300_000, b'{"n": 1e9999}', b"\xff\xfe", b'{"pin": "\\ud800", "worker": "\\u0000"}']
)
def test_other_json_bodies_too(rig: Rig, path: str, body: bytes) -> None:
    answer = rig.phone().request("POST", f"/api/v1/{path}", body, {"Content-Type": "application/json"})
    assert 400 <= answer.status < 500


def test_a_stranger_cannot_make_the_server_hold_a_large_body(rig: Rig) -> None:
    answer = rig("POST", "/api/v1/enrolments", {"Content-Type": "application/json"}, b" " * (1 << 20))
    assert (answer.status, answer.json["error"]["code"]) == (413, "too_large")


# -- files at the desk -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Instance:
    return make_instance(tmp_path_factory.mktemp("bombs"), NOW)


@pytest.fixture(scope="module")
def owner(instance: Instance) -> FlaskClient:
    return instance.client(Role.OWNER)


def zip_bomb() -> bytes:
    """A workbook of about 1 MB whose one sheet unpacks to 1 GiB."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/workbook.xml", "<workbook/>")
        with packed.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(1024):
                sheet.write(b" " * 2**20)
    return out.getvalue()


def pixel_bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is ``width`` × ``height``."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def peak_of(call: object) -> int:
    tracemalloc.start()
    try:
        call()  # type: ignore[operator]
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_zip_bomb_at_the_import_is_refused_in_bounded_memory(
    instance: Instance, owner: FlaskClient
) -> None:
    bomb = zip_bomb()
    assert len(bomb) < 2 << 20
    answers: list[int] = []

    def send() -> None:
        form = {
            "csrf_token": instance.csrf(owner),
            "account": "main",
            "owner": "self",
            "file": (io.BytesIO(bomb), "orders.xlsx"),
        }
        answers.append(owner.post("/orders/import", data=form).status_code)

    assert peak_of(send) < 200 << 20
    assert 200 <= answers[0] < 500


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (2**31 - 1, 1), (65_535, 65_535)])
def test_a_pixel_bomb_is_refused_before_it_is_decoded(
    instance: Instance, owner: FlaskClient, width: int, height: int
) -> None:
    path = f"/orders/{instance.names['order_no']}/lines/{instance.names['line']}/picture"
    answers: list[int] = []

    def send() -> None:
        form = {
            "csrf_token": instance.csrf(owner),
            "picture": (io.BytesIO(pixel_bomb(width, height)), "p.png"),
        }
        answers.append(owner.post(path, data=form).status_code)

    assert peak_of(send) < 100 << 20
    assert 400 <= answers[0] < 500
    with instance.services.database.read() as session:
        line = session.get_one(OrderLine, instance.names["line"])
    assert owner.get(f"/lines/{line.id}/picture").status_code in (200, 404)


def test_a_form_with_too_many_or_too_large_fields_is_refused(owner: FlaskClient) -> None:
    many = b"&".join(b"f%d=x" % n for n in range(200_000))
    for body in (many, b"login=" + b"x" * (3 << 20)):
        answer = owner.post("/sign-in", data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (400, 413)


# -- a real server: announced sizes and headers ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Rig, Server]]:
    home = tmp_path_factory.mktemp("served")
    server = Server(home)
    with rigged(home) as rig:
        # The server has the real clock: what the phone writes must not lie in its future.
        server.start()
        yield rig, server
        server.kill()


def test_ten_gigabytes_announced_as_json_or_form_are_refused_unread(served: tuple[Rig, Server]) -> None:
    rig, server = served
    phone = rig.phone()
    phone._transport = server
    phone.start_session()
    signed = {
        "Authorization": phone.authorization("POST", RECORDS, "0" * 64),
        "Content-Type": "application/json",
    }
    for method, path, headers in (
        ("POST", RECORDS, signed),
        ("POST", "/sign-in", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("POST", "/api/v1/enrolments", {"Content-Type": "application/json"}),
    ):
        connection = server.begin(method, path, headers, TEN_GB)
        assert status_of(connection) in (400, 413, None), path
        connection.close()
    assert server("GET", "/healthz", {}, b"").status == 200


def test_an_upload_larger_than_the_disk_is_refused_before_a_byte(served: tuple[Rig, Server]) -> None:
    rig, server = served
    phone = rig.phone()
    phone._transport = server
    phone.send([phone.take_open("open", START)])
    length = 2**53 - 1
    answer = phone.create_upload(opaque("open"), length)
    assert (answer.status, answer.json["error"]["code"]) == (507, "disk_full")
    path = phone.create_upload(opaque("open"), None).headers["location"]
    checksum = "sha256 " + "A" * 43 + "="
    headers = {
        "Authorization": phone.authorization("PATCH", path, "0" * 64),
        "Tus-Resumable": "1.0.0",
        "Upload-Offset": "0",
        "Upload-Checksum": checksum,
        "Content-Type": "application/offset+octet-stream",
    }
    connection = server.begin("PATCH", path, headers, length)
    assert status_of(connection) == 507
    connection.close()
    with rig.services.database.read() as session:
        assert {row.offset for row in session.scalars(select(Upload))} == {0}


@pytest.mark.parametrize(
    "header",
    [b"X-Long: " + b"x" * (1 << 20), b"".join(b"X-%d: x\r\n" % n for n in range(5_000)) + b"X-End: x"],
    ids=["long", "many"],
)
def test_huge_headers_end_the_connection_and_nothing_else(served: tuple[Rig, Server], header: bytes) -> None:
    _, server = served
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    with suppress(OSError):  # closed on us in the middle: fine
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n" + header + b"\r\n\r\n")
    assert status_of(connection) in (400, 431, None)
    connection.close()
    assert server("GET", "/healthz", {}, b"").status == 200

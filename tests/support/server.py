"""Real servers for tests: a process on a free port, killed like a power cut; and raw sockets that misbehave."""

from __future__ import annotations

import http.client
import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from tests.support.phone import Answer

ROOT = Path(__file__).parents[2]
PATIENCE = 30
"""Seconds until a test gives up on a process."""


# Below the ports that the kernel gives to outgoing connections, and elsewhere for each process that runs tests:
# between the look and the server's own bind, nobody else takes what was free.
_PORTS = itertools.cycle(range(20_000 + os.getpid() % 100 * 100, 20_100 + os.getpid() % 100 * 100))


def free_port() -> int:
    for port in _PORTS:
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError


class Server:
    """``granian`` as ``dockproof serve`` runs it, or ``gunicorn``, on the instance in ``home``."""

    def __init__(self, home: Path, kind: str = "granian") -> None:
        self.port = 0
        self._home = home
        self._kind = kind
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        # A new port each time: a dying worker may hold the old one for a moment longer.
        self.port = free_port()
        address = f"127.0.0.1:{self.port}"
        command = {
            "granian": [
                *("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(self.port)),
                *("--workers", "1", "--blocking-threads", "32", "--http1-buffer-size", "262144", "--no-ws"),
                *("--log-level", "error", "webapp.wsgi:app"),
            ],
            "gunicorn": ["gunicorn", "-k", "gthread", "--threads", "16", "-b", address, "webapp.wsgi:app"],
        }[self._kind]
        self._process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env={**os.environ, "DOCKPROOF_HOME": str(self._home)},
            # Its own group: granian's and gunicorn's workers must die with it.
            start_new_session=True,
        )
        until(self._answers, f"{self._kind} on {address}")

    def kill(self) -> None:
        """SIGKILL to the whole group: no handler runs."""
        if self._process is not None:
            os.killpg(self._process.pid, 9)
            self._process.wait(PATIENCE)
            self._process = None

    def _answers(self) -> bool:
        assert self._process is not None and self._process.poll() is None, "the server has died"
        try:
            return self("OPTIONS", "/api/v1/files", {}, b"").status == 204
        except (OSError, http.client.HTTPException):
            return False

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """A transport for ``Phone``: one connection a request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body or None, {"Content-Length": str(len(body)), **headers})
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())
        finally:
            connection.close()

    def begin(self, method: str, path: str, headers: Mapping[str, str], length: int) -> socket.socket:
        """A connection on which a body of ``length`` bytes is announced and nothing of it sent."""
        head = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {length}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        connection.sendall("\r\n".join([*head, "", ""]).encode("ascii"))
        return connection


def status_of(connection: socket.socket) -> int | None:
    """The status that came back on a raw connection, None when it was closed without one."""
    try:
        line = connection.makefile("rb").readline()
    except OSError:
        return None
    return int(line.split(b" ")[1]) if line else None


def until(condition: Callable[[], object], what: str) -> None:
    """Waits for another process; fails after ``PATIENCE`` seconds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"still waiting for {what}"
        time.sleep(0.01)

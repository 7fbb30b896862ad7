"""A real `dockproof serve` in a process group of its own, on a free port, in a temporary home."""

from __future__ import annotations

import os
import re
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

_START_SECONDS = 60


class Served:
    def __init__(
        self, home: Path, *arguments: str, port: int = 0, environ: dict[str, str] | None = None
    ) -> None:
        self.home = home
        self.lines: list[str] = []
        self._ready = threading.Event()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("DOCKPROOF_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "webapp.cli.main", "serve", "--port", str(port), *arguments],
            env={**inherited, "DOCKPROOF_HOME": str(home), **(environ or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        if not self._ready.wait(_START_SECONDS):
            self.kill()
            raise AssertionError("serve did not start:\n" + "\n".join(self.lines))
        self._answer()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if line.startswith("Stop with"):
                self._ready.set()
        self._ready.set()

    def _answer(self) -> None:
        """Returns when the server answers: the printed address comes a moment before."""
        self._poll(self.address)

    def _poll(self, address: str, verify: ssl.SSLContext | bool = True) -> None:
        until_end = time.monotonic() + _START_SECONDS
        # Not httpx's own retries: they wait twice as long each time, and for a dead server for ever.
        with httpx.Client(verify=verify, timeout=30) as client:
            while True:
                try:
                    assert client.get(f"{address}/healthz").status_code == 200
                    return
                except httpx.TransportError as trouble:
                    if self.process.poll() is not None or time.monotonic() > until_end:
                        self.kill()
                        raise AssertionError("serve does not answer:\n" + "\n".join(self.lines)) from trouble
                time.sleep(0.02)

    @property
    def address(self) -> str:
        return self._said("address: ")

    @property
    def sign_in_link(self) -> str:
        return self._said("sign-in link: ")

    @property
    def port(self) -> int:
        match = re.search(r":(\d+)$", self.address)
        assert match is not None
        return int(match.group(1))

    def kill(self) -> None:
        """As the power fails: every process of the group at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def _said(self, start: str) -> str:
        for line in self.lines:
            if line.startswith(start):
                return line.removeprefix(start)
        raise AssertionError(f"serve did not print {start!r}:\n" + "\n".join(self.lines))


@contextmanager
def serving(home: Path, *arguments: str, environ: dict[str, str] | None = None) -> Iterator[Served]:
    served = Served(home, *arguments, environ=environ)
    try:
        yield served
    finally:
        served.kill()

"""A real `dockproof serve` in a process group of its own, on a free port, in a temporary home."""

from __future__ import annotations

import os
import re
import signal
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

from tests.support.templates import lay_database
from tests.support.warm import start

_START_SECONDS = 60


class Served:
    """Starts at once. ``environ``: its settings beside the home."""

    def __init__(
        self, home: Path, *arguments: str, port: int = 0, environ: Mapping[str, str] | None = None
    ) -> None:
        self.home = home
        self.lines: list[str] = []
        self._ready = threading.Event()
        self._process, said = start(home, ("serve", "--port", str(port), *arguments), environ or {})
        threading.Thread(target=self._read, args=(said,), daemon=True).start()
        if not self._ready.wait(_START_SECONDS):
            self.kill()
            raise AssertionError("serve did not start:\n" + "\n".join(self.lines))
        self._answer()

    def _read(self, said: int) -> None:
        with os.fdopen(said, encoding="utf-8") as lines:
            for line in lines:
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
                    if not self._process.is_alive() or time.monotonic() > until_end:
                        self.kill()
                        raise AssertionError("serve does not answer:\n" + "\n".join(self.lines)) from trouble
                # Nobody tells when a port begins to listen; a process that ends is told at once.
                self._process.join(0.02)

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
        assert self._process.pid is not None
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()  # one that has not come as far as a group of its own
        self._process.join()

    def _said(self, start: str) -> str:
        for line in self.lines:
            if line.startswith(start):
                return line.removeprefix(start)
        raise AssertionError(f"serve did not print {start!r}:\n" + "\n".join(self.lines))


@contextmanager
def serving(home: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> Iterator[Served]:
    """A new home gets an empty, migrated database: migrations take their time, and have tests of their own."""
    lay_database(home / "dockproof.db")
    served = Served(home, *arguments, environ=environ)
    try:
        yield served
    finally:
        served.kill()

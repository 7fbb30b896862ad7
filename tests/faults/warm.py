"""A real `dockproof serve` that starts in a moment: forked from a process that has its imports done.

Only the imports are warm. Settings, migrations, granian and its worker process are those of the command.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx

from webapp.cli.main import run

_START_SECONDS = 60
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["webapp.cli.main", "webapp.web.app", "tests.faults.dying"])


def _command(home: str, arguments: tuple[str, ...], said: Connection) -> None:
    """In the forked process, which must hold nothing of the test's environment."""
    os.setsid()
    # A forked child would say "forkserver", and granian would start its worker anew instead of forking it.
    multiprocessing.set_start_method("fork", force=True)
    for name in [name for name in os.environ if name.startswith("DOCKPROOF_")]:
        del os.environ[name]
    os.environ["DOCKPROOF_HOME"] = home
    os.dup2(said.fileno(), 1)
    os.dup2(said.fileno(), 2)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1, closefd=False)
    os._exit(run(arguments, sys.stdout, sys.stderr))


def _start(home: Path, arguments: tuple[str, ...]) -> tuple[BaseProcess, int]:
    """The process, and the descriptor on which to read what it prints."""
    read, write = os.pipe()
    with Connection(write, readable=False) as said:
        process = FORKS.Process(target=_command, args=(str(home), arguments, said))
        process.start()
    return process, read


def command(home: Path, *arguments: str) -> tuple[int, str]:
    """One `dockproof` command to its end: its exit code, and all that it printed."""
    process, read = _start(home, arguments)
    with os.fdopen(read, encoding="utf-8") as said:
        text = said.read()
    process.join()
    return process.exitcode or 0, text


class Server:
    """Starts at once; ``kill`` is SIGKILL to all of it, as when the power fails."""

    def __init__(self, home: Path, *arguments: str) -> None:
        self.lines: list[str] = []
        self.port = 0
        self._ready = threading.Event()
        self.process, read = _start(home, ("serve", "--port", "0", *arguments))
        threading.Thread(target=self._listen, args=(read,), daemon=True).start()
        if not self._ready.wait(_START_SECONDS) or self.port == 0:
            self.kill()
            raise AssertionError("serve did not start:\n" + "\n".join(self.lines))
        self._answer()

    def _listen(self, read: int) -> None:
        with os.fdopen(read, encoding="utf-8") as said:
            for line in said:
                self.lines.append(line.rstrip("\n"))
                if line.startswith("address: "):
                    self.port = int(line.rpartition(":")[2])
                if line.startswith("Stop with"):
                    self._ready.set()
        self._ready.set()

    def _answer(self) -> None:
        """Returns when the server answers: the printed address comes a moment before."""
        with httpx.Client(transport=httpx.HTTPTransport(retries=40), timeout=30) as client:
            assert client.get(f"{self.address}/healthz").status_code == 200

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid or 0, signal.SIGKILL)
        self.process.join()


@contextmanager
def serving(home: Path, *arguments: str) -> Iterator[Server]:
    server = Server(home, *arguments)
    try:
        yield server
    finally:
        server.kill()

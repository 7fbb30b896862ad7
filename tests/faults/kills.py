"""The server dies by SIGKILL again and again while phones bring their captures, and starts on the same home."""

from __future__ import annotations

import os
import random
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from tests.faults.crew import Crew
from tests.faults.judge import Verdict, judge
from tests.faults.lines import Line, Moment
from tests.faults.yard import make_yard
from tests.support.serving import Served

PHONES = 4
_MOST_LOOKS = 20_000
"""Looks at the files until a kill that waits for a write happens without one."""

When: TypeAlias = Literal["half", "sent", "written", "answered"]


@dataclass(frozen=True)
class Kill:
    """After so many more exchanges at the ``when`` of one of them; ``written``: after that many looks at the files
    since one of them changed."""

    after: int
    when: When
    looks: int


def plan(kills: int, seed: int) -> list[Kill]:
    chance = random.Random(f"kills {seed}")
    whens: tuple[When, ...] = ("half", "sent", "written", "written", "answered")
    return [Kill(chance.randrange(1, 14), chance.choice(whens), chance.randrange(120)) for _ in range(kills)]


class Killed:
    """A server that somebody keeps killing. ``port`` waits while it is down."""

    def __init__(self, home: Path, kills: list[Kill], *arguments: str) -> None:
        self._home = home
        self._arguments = arguments
        self._kills = list(kills)
        self._up = threading.Condition()
        self._exchanges = 0
        self._aiming = False
        self.all_done = threading.Event()
        self._server = Served(home, *arguments)

    def port(self) -> int:
        with self._up:
            return self._server.port

    def line(self) -> Line:
        return Line(self.port, self.watch)

    def watch(self, moment: Moment) -> None:
        """Called by every line at every moment; the thread that meets the next kill's moment does it."""
        with self._up:
            self._exchanges += moment == "begun"
            kill = self._next(moment)
            self._aiming = self._aiming or kill is not None
        if kill is None:
            return
        if kill.when == "written":
            self._look(kill.looks)
        with self._up:
            # Who asks for the port meanwhile waits here.
            self._server.kill()
            self._server = Served(self._home, *self._arguments)
            self._kills.pop(0)
            self._exchanges, self._aiming = 0, False
            if not self._kills:
                self.all_done.set()

    def _next(self, moment: Moment) -> Kill | None:
        if not self._kills or self._aiming or self._exchanges < self._kills[0].after:
            return None
        wanted = "sent" if self._kills[0].when == "written" else self._kills[0].when
        return self._kills[0] if moment == wanted else None

    def _look(self, looks: int) -> None:
        """Until database or spool change under the request just sent, and a little longer."""
        before = self._trace()
        for _ in range(_MOST_LOOKS):
            if self._trace() != before:
                break
        for _ in range(looks):
            self._trace()

    def _trace(self) -> tuple[int, int]:
        wal = self._home / "dockproof.db-wal"
        changed = wal.stat().st_mtime_ns if wal.exists() else 0
        return changed, os.stat(self._home / "spool").st_mtime_ns

    def stop(self) -> None:
        self._server.kill()


def run(home: Path, *, kills: int, seed: int, jobs: bool = False) -> Verdict:
    yard = make_yard(home, phones=PHONES, boxes=12)
    server = Killed(home, plan(kills, seed), *(() if jobs else ("--no-jobs",)))
    try:
        crew = Crew(yard, server.line, seed=seed)
        crew.over = server.all_done
        crew.work()
        assert server.all_done.is_set()
        crew.ask_again()
        return judge(yard, crew.couriers)
    finally:
        server.stop()
        yard.database.engine.dispose()

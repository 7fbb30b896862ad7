"""Phones bring their captures through a proxy that misbehaves, to a server that nobody kills."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from tests.faults.crew import Crew
from tests.faults.judge import Verdict, judge
from tests.faults.lines import Line
from tests.faults.proxy import Proxy
from tests.faults.yard import make_yard
from tests.support.serving import serving

PHONES = 4
PATIENCE = 2.0
"""Seconds that a phone waits here: a silent proxy must not cost a test half a minute."""


def run(home: Path, *, exchanges: int, seed: int, jobs: bool = False) -> tuple[Verdict, Counter[str]]:
    """The verdict, and how often each fault came."""
    yard = make_yard(home, phones=PHONES, boxes=12)
    try:
        with (
            serving(home, *(() if jobs else ("--no-jobs",))) as server,
            Proxy(server.port, faulty=exchanges, seed=seed) as proxy,
        ):
            crew = Crew(yard, lambda: Line(lambda: proxy.port, patience=PATIENCE), seed=seed)
            crew.over = proxy.calm
            crew.work()
            crew.ask_again()
            return judge(yard, crew.couriers), proxy.seen
    finally:
        yard.database.engine.dispose()

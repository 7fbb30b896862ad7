"""The server dies at every single call in which it meets the disk. Suite: every third, by kill, and
every third, by power cut; `make soak`: each in both ways."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.faults.dying import deaths
from tests.support.warm import FORKS


def test_a_death_at_any_edge_loses_and_doubles_nothing(fast_path: Path) -> None:
    parts = [(fast_path / "kill", 0, 3, False), (fast_path / "power", 2, 3, True)]
    with ProcessPoolExecutor(len(parts), mp_context=FORKS) as pool:
        results = [pool.submit(deaths, *part) for part in parts]
        for counted, wrong in (result.result() for result in results):
            assert counted > 60, "the story has become too short to show much"
            assert not wrong, "\n".join(wrong)

"""The server dies at every single call in which it meets the disk. Suite: each once, by kill and by power cut in turn;
`make soak`: each in both ways."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.faults.dying import deaths
from tests.faults.warm import FORKS


def test_a_death_at_any_edge_loses_and_doubles_nothing(tmp_path: Path) -> None:
    halves = [(tmp_path / "kill", 0, 2, False), (tmp_path / "power", 1, 2, True)]
    with ProcessPoolExecutor(len(halves), mp_context=FORKS) as pool:
        results = [pool.submit(deaths, *half) for half in halves]
        for counted, wrong in (result.result() for result in results):
            assert counted > 60, "the story has become too short to show much"
            assert not wrong, "\n".join(wrong)

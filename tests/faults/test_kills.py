"""Suite: 20 kills; `make soak`: 200."""

from __future__ import annotations

from pathlib import Path

from tests.faults import kills

KILLS = 20


def test_a_server_killed_again_and_again_keeps_its_word(fast_path: Path) -> None:
    verdict = kills.run(fast_path, kills=KILLS, seed=6)
    assert verdict.takes >= kills.PHONES and verdict.photos >= kills.PHONES
    # No kill changed a byte.
    assert verdict.restarts == 0

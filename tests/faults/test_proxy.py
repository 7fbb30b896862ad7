"""Suite: 150 exchanges, each kind of fault at least four times; `make soak`: 1,000."""

from __future__ import annotations

from pathlib import Path

from tests.faults import proxied
from tests.faults.proxy import FAULTS

EXCHANGES = 150


def test_a_misbehaving_proxy_loses_and_doubles_nothing(fast_path: Path) -> None:
    verdict, seen = proxied.run(fast_path, exchanges=EXCHANGES, seed=6)
    assert sum(seen.values()) >= EXCHANGES
    assert all(seen[fault] > 3 for fault in FAULTS), seen
    assert verdict.takes >= proxied.PHONES

"""Suite: 150 exchanges, each kind of fault at least five times; `make soak`: 1,000."""

from __future__ import annotations

from pathlib import Path

from tests.faults import proxied
from tests.faults.proxy import FAULTS

EXCHANGES = 150


def test_a_misbehaving_proxy_loses_and_doubles_nothing(tmp_path: Path) -> None:
    verdict, seen = proxied.run(tmp_path, exchanges=EXCHANGES, seed=6)
    assert sum(seen.values()) >= EXCHANGES
    assert all(seen[fault] >= 5 for fault in FAULTS), seen
    assert verdict.takes >= proxied.PHONES

"""How fast others are answered while N clients send at 1 KB/s: `python -m bench.slow_clients [N]`. Loopback only."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

from tests.support.serving import serving
from tests.support.slow_clients import SlowClients

REQUESTS = 500


def milliseconds(client: httpx.Client) -> list[float]:
    taken = []
    for _ in range(REQUESTS):
        started = time.perf_counter()
        client.get("/healthz").raise_for_status()
        taken.append((time.perf_counter() - started) * 1000)
    return sorted(taken)


def told(name: str, taken: list[float]) -> None:
    p99 = taken[int(len(taken) * 0.99)]
    print(f"{name}: median {statistics.median(taken):.1f} ms, p99 {p99:.1f} ms, slowest {taken[-1]:.1f} ms")


def main(count: int) -> None:
    with (
        tempfile.TemporaryDirectory() as home,
        serving(Path(home), "--no-jobs") as served,
        httpx.Client(base_url=served.address, timeout=60) as client,
    ):
        told("alone", milliseconds(client))
        headers = {"Content-Type": "application/json"}
        with SlowClients(served.port, count, path="/api/v1/enrolments", headers=headers) as slow:
            time.sleep(2)
            told(f"beside {slow.open()} slow clients", milliseconds(client))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500)

"""500 clients at 1 KB/s on a real server: the others are still answered. Times stand in bench/slow_clients.py."""

from __future__ import annotations

import resource
import threading
from pathlib import Path

import httpx

from tests.support.server import until
from tests.support.serving import serving
from tests.support.slow_clients import SlowClients

CLIENTS = 500
BOUND = 10
"""Seconds in which an honest request must be answered at all."""


def test_five_hundred_slow_bodies_leave_room_for_the_others(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4_096)), hard))
    with (
        serving(tmp_path, "--no-jobs") as served,
        SlowClients(
            served.port,
            CLIENTS,
            path="/api/v1/enrolments",
            headers={"Content-Type": "application/json"},
        ) as slow,
        httpx.Client(base_url=served.address, timeout=BOUND) as client,
    ):
        until(lambda: slow.sent >= CLIENTS * 1_024, "every slow client's first kilobyte")
        assert slow.open() > CLIENTS * 0.9, "they are slow, not refused"
        answers = [client.get("/healthz").status_code for _ in range(20)]
        answers += [client.post("/api/v1/sessions").status_code for _ in range(20)]
        assert set(answers) == {200}
        others = [threading.Thread(target=client.get, args=("/sign-in",)) for _ in range(8)]
        for thread in others:
            thread.start()
        for thread in others:
            thread.join(BOUND)
            assert not thread.is_alive()
        assert slow.open() > CLIENTS * 0.9

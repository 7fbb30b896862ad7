"""Slow clients on a real server: the others are still answered. Times stand in bench/slow_clients.py."""

from __future__ import annotations

import resource
import socket
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

from tests.support.server import status_of, until
from tests.support.serving import Served, serving
from tests.support.slow_clients import SlowClients
from webapp.web.slow_bodies import STRANGERS

CLIENTS = 500
BOUND = 10
"""Seconds in which an honest request must be answered at all."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4_096)), hard))
    with serving(tmp_path_factory.mktemp("slow"), "--no-jobs") as served:
        yield served


def begin(served: Served, method: str, path: str, headers: Mapping[str, str], length: int) -> socket.socket:
    """A body of ``length`` bytes is announced, and one of them sent."""
    head = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{served.port}", f"Content-Length: {length}"]
    head += [f"{name}: {value}" for name, value in headers.items()]
    connection = socket.create_connection(("127.0.0.1", served.port), timeout=BOUND)
    connection.sendall("\r\n".join([*head, "", ""]).encode("ascii") + b"x")
    return connection


def test_a_small_body_that_trickles_in_is_given_up(served: Served) -> None:
    """It would take a minute; the server ends it, tells why, and goes on."""
    form, json = {"Content-Type": "application/x-www-form-urlencoded"}, {"Content-Type": "application/json"}
    with (
        SlowClients(served.port, 4, path="/sign-in", headers=form) as people,
        SlowClients(served.port, 4, path="/api/v1/enrolments", headers=json) as phones,
    ):
        until(lambda: people.open() == phones.open() == 0, "the end of bodies that take too long")
        assert people.answers() == phones.answers() == [408] * 4
    assert httpx.get(f"{served.address}/healthz").status_code == 200


def test_a_strangers_form_for_others_is_not_even_read(served: Served) -> None:
    """Whatever it announces, the answer comes before its first byte."""
    form = {"Content-Type": "multipart/form-data; boundary=x"}
    for path, status in (("/orders/import", 302), ("/phones/quarantine/x/release", 302), ("/sign-in", 413)):
        connection = begin(served, "POST", path, form, 60 << 20)
        assert status_of(connection) == status, path
        connection.close()


def test_more_slow_strangers_than_places_leave_the_known_theirs(served: Served) -> None:
    with (
        SlowClients(
            served.port,
            STRANGERS + 50,
            path="/api/v1/enrolments",
            headers={"Content-Type": "application/json"},
        ) as slow,
        httpx.Client(base_url=served.address, timeout=BOUND) as client,
    ):
        until(lambda: slow.open() <= STRANGERS, "the refusal of those for whom there is no place")
        refused = client.post("/api/v1/enrolments", json={})
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "busy")
        assert refused.headers["Retry-After"] == "10"
        # No body to wait for, or no stranger's: pages, phones and their films go on.
        assert client.get("/sign-in").status_code == client.post("/api/v1/sessions").status_code == 200
    until(
        lambda: httpx.post(f"{served.address}/api/v1/enrolments", json={}).status_code == 400,
        "the places of connections that ended",
    )


def test_a_connection_is_asked_whether_it_still_lives(served: Served) -> None:
    """A phone that leaves in the middle of a film says nothing: the system's probes find it out."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=BOUND) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        assert status_of(connection) == 200
        own = f"0100007F:{served.port:04X}"
        peer = f"0100007F:{connection.getsockname()[1]:04X}"

        def timer() -> str:
            rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
            return next(row[5] for row in rows if (row[1], row[2]) == (own, peer))

        # 02 is the keepalive timer; another one runs until the answer is acknowledged.
        until(lambda: timer().startswith("02:"), "a keepalive timer")


def test_five_hundred_slow_bodies_leave_room_for_the_others(served: Served) -> None:
    with (
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

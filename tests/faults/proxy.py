"""A proxy that misbehaves: one exchange a connection, each with the next fault of a seeded list."""

from __future__ import annotations

import random
import socket
import threading
from collections import Counter
from contextlib import suppress
from types import TracebackType
from typing import Final, Literal, TypeAlias, get_args

PATIENCE: Final = 30.0
HELD_FOR: Final = 1.0
"""Seconds that a held request waits for another one to overtake it, when none comes."""

_READ: Final = 65_536
_CRUMB: Final = 701

Fault: TypeAlias = Literal[
    "none",
    "cut before",  # the connection is closed, the server hears nothing
    "cut in request",  # the server gets half of it
    "shortened",  # half of the body under a length that says so
    "changed",  # one byte of the body is another
    "held",  # the server gets it after the next exchange, or after HELD_FOR
    "twice",  # the server gets it twice, one after the other
    "twice at once",
    "again later",  # the server gets it once more after the next exchange
    "in crumbs",  # a few bytes at a time
    "500",
    "502",
    "reply lost",  # the server has answered, the phone hears nothing
    "reply cut",
    "silence",  # neither an answer nor an end, until the phone's patience is over
    "502 after",  # the server has answered, the phone hears 502
]
FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)


class Proxy:
    """A context manager. ``port`` is where it listens; ``exchanges`` counts what passed with a fault or without.

    It misbehaves for ``faulty`` exchanges, then sets ``calm`` and only passes on.
    """

    def __init__(self, target: int, *, faulty: int, seed: int) -> None:
        chance = random.Random(f"proxy {seed}")
        # Every fault comes, and as many good exchanges as bad ones, or nothing would ever get through.
        faults = [FAULTS[number % len(FAULTS)] for number in range((faulty + 1) // 2)]
        good: list[Fault] = ["none"] * (faulty - len(faults))
        self._plan = [*faults, *good]
        chance.shuffle(self._plan)
        self.calm = threading.Event()
        self.seen: Counter[str] = Counter()
        self._target = target
        self._lock = threading.Lock()
        self._passed = threading.Condition()
        self._count = 0
        self._later: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])

    @property
    def exchanges(self) -> int:
        return sum(self.seen.values())

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                phone, _ = self._listener.accept()
            except OSError:
                return
            phone.settimeout(PATIENCE)
            threading.Thread(target=self._serve, args=(phone,), daemon=True).start()

    def _serve(self, phone: socket.socket) -> None:
        with phone, suppress(OSError):
            head, body = _read_request(phone)
            self._exchange(phone, self._next(), head, body)
            with self._passed:
                self._count += 1
                self._passed.notify_all()
            with self._lock:
                later, self._later = self._later, []
            for request in later:
                self._ask(request)

    def _next(self) -> Fault:
        with self._lock:
            fault: Fault = self._plan.pop() if self._plan else "none"
            self.seen[fault] += 1
            if not self._plan:
                self.calm.set()
        return fault

    def _exchange(self, phone: socket.socket, fault: Fault, head: bytes, body: bytes) -> None:
        request = head + body
        match fault:
            case "cut before":
                return
            case "cut in request":
                self._ask(request[: len(head) + len(body) // 2 if body else len(head) // 2], cut=True)
                return
            case "500" | "502":
                phone.sendall(_failure(fault))
                return
            case "shortened":
                half = body[: len(body) // 2]
                request = _with_length(head, len(body), len(half)) + half
            case "changed" if body:
                place = len(body) // 2
                request = head + body[:place] + bytes([body[place] ^ 1]) + body[place + 1 :]
            case "held":
                self._let_pass()
            case "twice":
                self._ask(request)
            case "twice at once":
                threading.Thread(target=self._ask, args=(request,), daemon=True).start()
            case "again later":
                with self._lock:
                    self._later.append(request)
            case _:
                pass
        answer = self._ask(request, piece=_CRUMB if fault == "in crumbs" else 0)
        self._reply(phone, fault, answer)

    @staticmethod
    def _reply(phone: socket.socket, fault: Fault, answer: bytes) -> None:
        if fault == "silence":
            phone.recv(1)
        elif fault == "502 after":
            phone.sendall(_failure("502"))
        elif fault == "reply cut":
            phone.sendall(answer[: len(answer) * 2 // 3])
        elif fault != "reply lost":
            phone.sendall(answer)

    def _let_pass(self) -> None:
        with self._passed:
            before = self._count
            self._passed.wait_for(lambda: self._count > before, timeout=HELD_FOR)

    def _ask(self, request: bytes, *, cut: bool = False, piece: int = 0) -> bytes:
        """The server's whole answer, empty when it broke off. ``cut`` closes without waiting for one."""
        answer = b""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self._target), PATIENCE) as server:
            for start in range(0, len(request), piece or len(request)):
                server.sendall(request[start : start + (piece or len(request))])
            while not cut and (part := server.recv(_READ)):
                answer += part
        return answer


def _read_request(phone: socket.socket) -> tuple[bytes, bytes]:
    """Head and body; the head says that the connection ends with the answer, so that its end is known."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = phone.recv(_READ)
        if not part:
            raise ConnectionError
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        part = phone.recv(_READ)
        if not part:
            raise ConnectionError
        body += part
    return b"\r\n".join([*lines, b"Connection: close", b"", b""]), body


def _with_length(head: bytes, before: int, after: int) -> bytes:
    return head.replace(b"Content-Length: %d\r\n" % before, b"Content-Length: %d\r\n" % after)


def _failure(status: str) -> bytes:
    page = b"<html>the proxy's own page</html>"
    return (
        b"HTTP/1.1 %s Bad\r\nContent-Type: text/html\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s"
        % (
            status.encode(),
            len(page),
            page,
        )
    )

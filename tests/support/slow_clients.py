"""Many clients that send their bodies at a trickle, from one thread; on the loopback only."""

from __future__ import annotations

import select
import socket
import threading
from collections.abc import Mapping
from types import TracebackType

PIECE = 1_024


class SlowClients:
    """``count`` connections, each announcing ``length`` bytes and sending about 1 KB of them a second."""

    def __init__(
        self, port: int, count: int, *, path: str, headers: Mapping[str, str], length: int = 65_000
    ) -> None:
        head = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Content-Length: {length}"]
        head += [f"{name}: {value}" for name, value in headers.items()]
        self._head = "\r\n".join([*head, "", ""]).encode("ascii")
        self._port = port
        self._left = length
        self._stop = threading.Event()
        self._sockets: list[socket.socket] = []
        self._thread = threading.Thread(target=self._trickle, daemon=True)
        self._count = count
        self.sent = 0

    def __enter__(self) -> SlowClients:
        for _ in range(self._count):
            connection = socket.create_connection(("127.0.0.1", self._port), timeout=10)
            connection.sendall(self._head)
            connection.setblocking(False)
            self._sockets.append(connection)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
        for connection in self._sockets:
            connection.close()

    def open(self) -> int:
        """Connections that the server still holds: it has neither answered nor closed them."""
        poll = select.poll()
        for connection in self._sockets:
            poll.register(connection, select.POLLIN | select.POLLHUP | select.POLLERR)
        return len(self._sockets) - len(poll.poll(0))

    def answers(self) -> list[int]:
        """The statuses of those that were answered."""
        found = []
        for connection in self._sockets:
            try:
                found.append(int(connection.recv(64).split(b" ")[1]))
            except (OSError, IndexError):
                continue  # not answered, or closed without one
        return found

    def _trickle(self) -> None:
        while self._left > PIECE and not self._stop.wait(1.0):
            for connection in self._sockets:
                try:
                    self.sent += connection.send(b"x" * PIECE)
                except OSError:
                    continue  # closed by the server, which is its right
            self._left -= PIECE

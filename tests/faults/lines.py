"""A line to the server on which each moment of an exchange can be watched."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Mapping
from typing import Literal, TypeAlias

from tests.support.phone import Answer

PATIENCE = 30.0
"""Seconds without a byte until an exchange counts as failed."""

Moment: TypeAlias = Literal["begun", "half", "sent", "answered"]
"""Of an exchange: nothing sent; head and half of the body sent; all sent; the answer read."""


class Line:
    """A transport for ``Phone``: one connection a request. ``port`` may wait until there is a server."""

    def __init__(
        self,
        port: Callable[[], int],
        watch: Callable[[Moment], None] = lambda moment: None,
        patience: float = PATIENCE,
    ) -> None:
        self._port = port
        self._watch = watch
        self._patience = patience

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self._port(), timeout=self._patience)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                connection.putheader(name, value)
            self._watch("begun")
            connection.endheaders()
            half = len(body) // 2
            if half:
                connection.send(body[:half])
            self._watch("half")
            if body:
                connection.send(body[half:])
            self._watch("sent")
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            answer = Answer(response.status, names, response.read())
            self._watch("answered")
            return answer
        finally:
            connection.close()

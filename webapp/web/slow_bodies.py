"""Small bodies have a total time, and places: whoever trickles one in must not hold the server's threads.

A read of the server blocks until what was asked for is here, so little is asked for at a time, and the clock is looked
at in between. A connection that says nothing more at all cannot be ended from here (nor may another thread read for it:
the server then waits for that thread while it holds the interpreter). So bodies of strangers have places of their own,
and take none from phones and people who have shown who they are. Films have neither: they take as long as the line
does (``usecases/uploads.py``), and begin only after their signature or link was looked at.
"""

from __future__ import annotations

import threading
import time
from typing import Final, Protocol

from flask import g, request

from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal

UPLOAD_TYPE: Final = "application/offset+octet-stream"
SECONDS: Final = 20
BYTES_A_SECOND: Final = 32 * 1024
"""A larger body of somebody known (16 MB of records, a spreadsheet) gets a second more for each of these."""

MOST_OF_A_STRANGER: Final = 64 * 1024
STRANGERS, KNOWN = 600, 300
"""Bodies that are being read at once; ``cli/serve.BLOCKING_THREADS`` leaves threads for everything else."""

_STRANGERS_PIECE, _KNOWN_PIECE = 64, 4096
_FILM_VIEWS: Final = frozenset({"jobs.send"})

_strangers = threading.BoundedSemaphore(STRANGERS)
_known = threading.BoundedSemaphore(KNOWN)


class Body(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class TimedBody:
    """A request's input that raises ``body_slow`` when its time is up, ``busy`` when there is no place."""

    def __init__(self, body: Body, *, seconds: float, piece: int, places: threading.BoundedSemaphore) -> None:
        self._body = body
        self._seconds = seconds
        self._piece = piece
        self._places = places
        self._deadline: float | None = None
        self._over = False

    def read(self, size: int = -1, /) -> bytes:
        if self._over:
            return b""  # the page that says so looks for a form, too
        if self._deadline is None:
            self._deadline = time.monotonic() + self._seconds
        if not self._places.acquire(blocking=False):
            self._over = True
            raise Refusal("busy")
        try:
            return self._read(size, self._deadline)
        finally:
            self._places.release()

    def _read(self, size: int, deadline: float) -> bytes:
        found = bytearray()
        while size < 0 or len(found) < size:
            wanted = self._piece if size < 0 else min(self._piece, size - len(found))
            piece = self._body.read(wanted)
            if not piece:
                break
            found += piece
            if time.monotonic() > deadline:
                self._over = True
                raise Refusal("body_slow")
        return bytes(found)


def bound_stranger(permission: Permission) -> None:
    """Before anything of the request is read. Raises ``too_large`` for a public form that is no small one."""
    if _is_film() or not _has_body():
        return
    if permission is Permission.PUBLIC:
        if (request.content_length or 0) > MOST_OF_A_STRANGER:
            raise Refusal("too_large")
        request.max_content_length = MOST_OF_A_STRANGER
    _wrap(SECONDS, _STRANGERS_PIECE, _strangers)


def bound_known() -> None:
    """Once the request's sender is known: their own places, and time by the length of what they announced."""
    if not _is_film() and _has_body():
        _wrap(SECONDS + (request.content_length or 0) / BYTES_A_SECOND, _KNOWN_PIECE, _known)


def _is_film() -> bool:
    if request.endpoint in _FILM_VIEWS:
        return True
    return request.blueprint == "api_files" and request.mimetype == UPLOAD_TYPE


def _has_body() -> bool:
    return bool(request.content_length) or "Transfer-Encoding" in request.headers


def _wrap(seconds: float, piece: int, places: threading.BoundedSemaphore) -> None:
    raw = g.setdefault("raw_body", request.environ["wsgi.input"])
    request.environ["wsgi.input"] = TimedBody(raw, seconds=seconds, piece=piece, places=places)

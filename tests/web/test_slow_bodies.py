"""How a body is read within its time and its places, without a network."""

from __future__ import annotations

import io
import threading

import pytest

from webapp.domain.refusals import Refusal
from webapp.web.slow_bodies import TimedBody

DATA = bytes(range(256)) * 3


def timed(body: io.BytesIO, *, seconds: float = 60, places: int = 1) -> TimedBody:
    return TimedBody(body, seconds=seconds, piece=64, places=threading.BoundedSemaphore(places))


@pytest.mark.parametrize("size", [1, 64, 65, 500, 10_000, -1])
def test_what_comes_in_time_is_read_as_it_is(size: int) -> None:
    body = timed(io.BytesIO(DATA))
    found = [body.read(size)]
    while piece := body.read(size):
        found.append(piece)
    assert b"".join(found) == DATA
    assert size < 0 or all(len(piece) <= size for piece in found)


def test_when_the_time_is_up_it_says_so_once_and_then_is_at_its_end() -> None:
    body = timed(io.BytesIO(DATA), seconds=-1)
    with pytest.raises(Refusal, match="body_slow"):
        body.read()
    assert body.read() == b""


def test_without_a_place_nothing_is_read() -> None:
    raw = io.BytesIO(DATA)
    body = timed(raw)
    assert body._places.acquire(blocking=False)
    with pytest.raises(Refusal, match="busy"):
        body.read()
    assert (raw.tell(), body.read()) == (0, b"")


def test_a_place_is_given_back_also_by_a_body_that_breaks() -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise OSError("gone")

    body = timed(Broken())
    for _ in range(3):
        with pytest.raises(OSError, match="gone"):
            body.read(10)

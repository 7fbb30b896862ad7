"""Requests of one upload that overlap at the worst instant: just before a transaction, or while a file is given up.
Each was found by the proxy's soak, or in looking for what it could find next. Suite."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.support.phone import Phone
from tests.support.upload_dock import DATA, SHA256, Dock, close, refused, whole
from tests.support.world import make_world, open_database
from webapp.adapters.blobs import Blobs
from webapp.adapters.spool import Spools
from webapp.store.database import Database
from webapp.usecases import uploads
from webapp.usecases.uploads import Body


class Interrupted(Database):
    """Something happens just before its n-th write transaction begins."""

    def __init__(self, url: str, nth: int, between: Callable[[], None]) -> None:
        super().__init__(url)
        self._left = nth
        self._between = between

    @contextmanager
    def write(self) -> Iterator[Session]:
        self._left -= 1
        if self._left == 0:
            self._between()
        with super().write() as session:
            yield session


@pytest.fixture
def dock(tmp_path: Path) -> Iterator[Dock]:
    database = open_database(tmp_path)
    dock = Dock(database, Blobs(tmp_path, floor=0), make_world(database), tmp_path)
    phone = Phone(dock.world)
    dock.accept(phone, phone.take_open("open", dock.world.start))
    dock.accept(phone, close(phone))
    yield dock
    database.engine.dispose()


def send(dock: Dock, upload: str, offset: int, body: Body, nth: int, between: Callable[[], None]) -> str:
    """Appends; ``between`` runs before the request's n-th transaction. How the request ended."""
    database = Interrupted(str(dock.database.url), nth, between)

    def append() -> None:
        uploads.append(
            database,
            dock.blobs,
            device_id=dock.world.phone,
            upload_id=upload,
            offset=offset,
            total=None,
            body=body,
            now=dock.world.start,
        )

    try:
        return refused(append).code
    finally:
        database.engine.dispose()


def wrong_body(length: int) -> Body:
    return Body(io.BytesIO(bytes(length)).read, length, bytes(32))


def test_a_dropped_body_takes_no_offset_back_from_a_newer_request(dock: Dock) -> None:
    upload = dock.create()
    ended = send(
        dock, upload, 0, wrong_body(6), 1, lambda: check(dock.append(upload, dock.head(upload).offset, b""))
    )
    assert ended == "upload_taken_over"
    # The newer one stands at what the older one had written, whose hash nobody has checked; at the end it shows.
    assert dock.head(upload).offset == 6


def check(state: uploads.UploadState) -> None:
    assert state.offset == 6


def test_a_dropped_body_undoes_no_completed_upload(dock: Dock) -> None:
    upload = dock.create()
    dock.append(upload, 0, DATA[:4])
    rest = DATA[4:]
    # The same bytes under a wrong checksum, and meanwhile the phone asks and hears that all is there.
    body = Body(io.BytesIO(rest).read, len(rest), bytes(32))
    ended = send(dock, upload, 4, body, 1, lambda: heard(dock.head(upload).sha256))
    assert ended == "upload_taken_over"
    assert dock.head(upload).offset == len(DATA)
    assert dock.head(upload).sha256 == SHA256
    dock.restart()
    assert dock.blobs.path(SHA256).read_bytes() == DATA


def heard(sha256: str | None) -> None:
    assert sha256 == SHA256


def test_a_slow_transaction_takes_no_acknowledged_bytes_back(dock: Dock) -> None:
    upload = dock.create()

    def newer() -> None:
        assert dock.head(upload).offset == 5
        assert dock.append(upload, 5, DATA[5:12]).offset == 12

    assert send(dock, upload, 0, whole(DATA[:5]), 1, newer) == "upload_taken_over"
    dock.restart()
    assert dock.head(upload).offset == 12
    assert dock.append(upload, 12, DATA[12:]).sha256 == SHA256


def test_a_claim_with_old_knowledge_does_not_cut_the_blob(dock: Dock) -> None:
    upload = dock.create()
    dock.append(upload, 0, DATA[:4])
    spooled = dock.blobs.spools.path(upload)
    spooled.write_bytes(DATA)
    dock.blobs.keep(spooled, SHA256)
    # Another process, or one that has forgotten the file, and whose row was read before the last bytes came.
    with Spools(spooled.parent).claim(upload, 4) as writer:
        assert writer.start == len(DATA)
    assert dock.blobs.path(SHA256).read_bytes() == DATA


def test_a_claim_waits_until_the_file_is_given_up(dock: Dock, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = dock.create()
    dock.append(upload, 0, DATA[:4])
    claimed: list[int] = []
    threads: list[threading.Thread] = []
    unlink = os.unlink

    def claim() -> None:
        try:
            with dock.blobs.spools.claim(upload, 2) as writer:
                claimed.append(writer.start)
        except FileNotFoundError:
            pass

    def slow(path: str) -> None:
        threads.append(threading.Thread(target=claim))
        threads[0].start()
        threads[0].join(0.2)  # without the lock it would be through by now
        unlink(path)

    monkeypatch.setattr(os, "unlink", slow)
    dock.blobs.spools.discard(upload)
    threads[0].join(20)
    assert claimed == []

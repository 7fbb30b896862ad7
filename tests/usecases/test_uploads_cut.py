"""Uploads on a bad network: cut, changed, overlapping, killed with the server; and still the same bytes at the end."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.phone import Phone
from tests.support.upload_dock import DATA, SHA256, Dock, close, cut, refused, whole
from tests.support.world import make_world, open_database
from webapp.adapters.blobs import Blobs
from webapp.domain.refusals import Refusal
from webapp.usecases import uploads
from webapp.usecases.uploads import Body


@pytest.fixture
def dock(tmp_path: Path) -> Iterator[Dock]:
    database = open_database(tmp_path)
    yield Dock(database, Blobs(tmp_path, floor=0), make_world(database), tmp_path)
    database.engine.dispose()


@pytest.fixture
def phone(dock: Dock) -> Phone:
    """Its take is opened, as each upload demands."""
    phone = Phone(dock.world)
    dock.accept(phone, phone.take_open("open", dock.world.start))
    return phone


# -- what goes wrong on the way --------------------------------------------------------------------------------------


def test_a_cut_body_keeps_its_prefix(dock: Dock, phone: Phone) -> None:
    upload = dock.create()
    refusal = refused(lambda: dock.append(upload, 0, cut(DATA[:7], DATA)))
    assert (refusal.code, refusal.vars["offset"]) == ("body_cut", 7)
    dock.restart()
    assert dock.head(upload).offset == 7
    assert dock.append(upload, 7, DATA[7:]).sha256 == SHA256


def test_a_whole_body_with_another_hash_is_dropped(dock: Dock, phone: Phone) -> None:
    upload = dock.create()
    dock.append(upload, 0, DATA[:4])
    refusal = refused(lambda: dock.append(upload, 4, whole(b"xxxx", hashlib.sha256(b"yyyy").digest())))
    assert (refusal.code, refusal.vars["offset"]) == ("checksum_wrong", 4)
    assert dock.head(upload).offset == 4
    assert dock.blobs.spools.path(upload).stat().st_size == 4
    assert dock.append(upload, 4, DATA[4:]).sha256 == SHA256


def test_a_long_body_with_another_hash_is_dropped_past_its_checkpoints(
    dock: Dock, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "CHECKPOINT_BYTES", 4)
    monkeypatch.setattr(uploads, "_PIECE", 2)
    upload = dock.create()
    refused(lambda: dock.append(upload, 0, whole(DATA, bytes(32))))
    dock.restart()
    assert dock.head(upload).offset == 0


def test_progress_inside_one_body_survives_a_killed_server(
    dock: Dock, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "CHECKPOINT_BYTES", 4)
    monkeypatch.setattr(uploads, "_PIECE", 2)
    upload = dock.create()
    stream = io.BytesIO(DATA)

    class Killed(Exception):
        """Stands for the end of the process: nothing after it runs."""

    def read(size: int) -> bytes:
        if stream.tell() >= 10:
            raise Killed
        return stream.read(size)

    with pytest.raises(Killed):
        dock.append(upload, 0, Body(read, len(DATA), hashlib.sha256(DATA).digest()))
    dock.restart()
    assert dock.head(upload).offset == 8
    assert dock.append(upload, 8, DATA[8:]).sha256 == SHA256


def test_bytes_past_the_recorded_offset_are_cut_after_a_restart(dock: Dock, phone: Phone) -> None:
    upload = dock.create()
    dock.append(upload, 0, DATA[:6])
    with dock.blobs.spools.path(upload).open("ab") as file:
        file.write(b"never acknowledged, and longer than the whole file would be")
    dock.restart()
    assert dock.append(upload, 6, DATA[6:]).sha256 == SHA256
    assert dock.blobs.path(SHA256).read_bytes() == DATA


def test_a_spool_file_shorter_than_recorded_goes_on_from_what_is_there(dock: Dock, phone: Phone) -> None:
    upload = dock.create()
    dock.append(upload, 0, DATA[:6])
    with dock.blobs.spools.path(upload).open("r+b") as file:
        file.truncate(2)
    dock.restart()
    assert dock.head(upload).offset == 2
    assert dock.append(upload, 2, DATA[2:]).sha256 == SHA256


def test_an_upload_whose_last_answer_was_lost_is_finished_by_the_next_question(
    dock: Dock, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    dock.accept(phone, close(phone))
    upload = dock.create()
    with monkeypatch.context() as killed:
        killed.setattr(uploads.rows, "add_blob", lambda *args, **kw: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            dock.append(upload, 0, DATA)
    assert dock.blobs.path(SHA256).read_bytes() == DATA
    assert dock.blob_rows() == {}
    dock.restart()

    assert dock.head(upload).sha256 == SHA256

    assert dock.blobs.path(SHA256).read_bytes() == DATA
    assert (dock.take().file_state, dock.blob_rows()) == ("verified", {SHA256: len(DATA)})


def test_a_newer_request_does_not_wait_for_the_one_that_hangs(dock: Dock, phone: Phone) -> None:
    upload = dock.create()
    reading, release = threading.Event(), threading.Event()
    stream = io.BytesIO(DATA)

    def hang(size: int) -> bytes:
        if stream.tell() == 5:
            reading.set()
            assert release.wait(20)
        return stream.read(5)

    outcome: list[Refusal] = []
    old = Body(hang, len(DATA), hashlib.sha256(DATA).digest())
    thread = threading.Thread(target=lambda: outcome.append(refused(lambda: dock.append(upload, 0, old))))
    thread.start()
    assert reading.wait(20)
    # The phone has changed networks: it asks, and goes on from there.
    assert dock.head(upload).offset == 5
    assert dock.append(upload, 5, DATA[5:11]).offset == 11
    release.set()
    thread.join(20)

    assert [refusal.code for refusal in outcome] == ["upload_taken_over"]
    assert dock.append(upload, 11, DATA[11:]).sha256 == SHA256
    assert dock.blobs.path(SHA256).read_bytes() == DATA


def test_a_newer_request_at_a_stale_offset_is_told_the_right_one(dock: Dock, phone: Phone) -> None:
    upload = dock.create()
    dock.append(upload, 0, DATA[:5])
    for offset in (0, 4, 6, len(DATA)):
        refusal = refused(lambda offset=offset: dock.append(upload, offset, b"x"))
        assert (refusal.code, refusal.vars["offset"]) == ("offset_wrong", 5)

"""Bytes of takes: kept as they came, hashed by the server, verified against what was committed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.phone import Phone
from tests.support.upload_dock import DATA, SHA256, Dock, close, refused
from tests.support.world import make_world, opaque, open_database
from webapp.adapters.blobs import Blobs
from webapp.store.schema import Upload
from webapp.usecases import upload_expiry, uploads
from webapp.usecases.uploads import UploadState


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


# -- from bytes to a verified take -----------------------------------------------------------------------------------


def test_bytes_after_the_commitment_are_verified_and_handed_to_the_media_worker(
    dock: Dock, phone: Phone
) -> None:
    (missing,) = dock.accept(phone, closed := close(phone))
    upload = dock.create()
    first = dock.append(upload, 0, DATA[:5])
    assert (first.offset, first.sha256, dock.take().file_state) == (5, None, "partial")

    last = dock.append(upload, 5, DATA[5:])

    assert (last.offset, last.sha256) == (len(DATA), SHA256)
    assert (dock.take().file_state, dock.take().verified_at) == ("verified", dock.world.start)
    assert dock.work() == [("seekable", SHA256)]
    assert dock.blobs.path(SHA256).read_bytes() == DATA
    assert dock.blob_rows() == {SHA256: len(DATA)}
    assert missing.file is not None and missing.file.state == "missing"
    # The phone lets go only after asking again.
    (again,) = dock.accept(phone, closed)
    assert again.file is not None and again.file.state == "verified"
    assert dock.blobs.spools.names() == []


def test_an_upload_of_which_nothing_came_is_missing_not_partial(dock: Dock, phone: Phone) -> None:
    dock.create()
    (receipt,) = dock.accept(phone, close(phone))
    assert receipt.file is not None and receipt.file.state == dock.take().file_state == "missing"


def test_bytes_before_the_commitment_stay_partial_until_it_comes(dock: Dock, phone: Phone) -> None:
    upload = dock.create(length=None)
    dock.append(upload, 0, DATA, total=len(DATA))
    assert (dock.take().file_state, dock.work()) == ("partial", [])

    (receipt,) = dock.accept(phone, close(phone))

    assert receipt.file is not None and (receipt.file.state, receipt.findings) == ("verified", ())
    assert dock.take().file_state == "verified"
    assert dock.work() == [("seekable", SHA256)]


def test_other_bytes_than_committed_are_kept_and_named_a_mismatch(dock: Dock, phone: Phone) -> None:
    dock.accept(phone, close(phone))
    other = DATA[:-1] + b"!"
    state = dock.append(dock.create(), 0, other)
    assert dock.take().file_state == "mismatch"
    assert dock.blobs.exists(state.sha256 or "")
    assert dock.work() == []

    dock.append(dock.create(), 0, DATA)
    assert dock.take().file_state == "verified"


def test_a_commitment_that_names_other_bytes_than_came_has_a_finding(dock: Dock, phone: Phone) -> None:
    dock.append(dock.create(), 0, DATA)
    (receipt,) = dock.accept(phone, close(phone, (b"first slice ", b"second", b"!")))
    assert [finding.code for finding in receipt.findings] == ["file_mismatch"]
    assert dock.take().file_state == "mismatch"


def test_the_same_bytes_sent_twice_are_one_blob_and_one_job(dock: Dock, phone: Phone) -> None:
    dock.accept(phone, close(phone))
    for _ in range(2):
        assert dock.append(dock.create(), 0, DATA).sha256 == SHA256
    assert dock.blob_rows() == {SHA256: len(DATA)}
    assert dock.work() == [("seekable", SHA256)]


# -- lengths, rights, ends -------------------------------------------------------------------------------------------


def test_a_length_may_come_late_but_not_change(dock: Dock, phone: Phone) -> None:
    upload = dock.create(length=None)
    assert dock.append(upload, 0, DATA[:5]).length is None
    assert dock.append(upload, 5, DATA[5:9], total=len(DATA)).length == len(DATA)
    assert refused(lambda: dock.append(upload, 9, b"x", total=99)).code == "length_changed"
    assert refused(lambda: dock.append(upload, 9, DATA)).code == "upload_too_long"
    assert dock.append(upload, 9, DATA[9:]).sha256 == SHA256


def test_a_late_length_alone_finishes_what_is_already_here(dock: Dock, phone: Phone) -> None:
    upload = dock.create(length=None)
    dock.append(upload, 0, DATA)
    assert refused(lambda: dock.append(upload, len(DATA), b"", total=3)).code == "upload_too_long"
    assert dock.append(upload, len(DATA), b"", total=len(DATA)).sha256 == SHA256
    # A lost answer: the same request again is answered the same.
    assert dock.append(upload, len(DATA), b"", total=len(DATA)).sha256 == SHA256


def test_nothing_is_not_a_file(dock: Dock, phone: Phone) -> None:
    assert refused(lambda: dock.create(length=0)).code == "upload_empty"
    assert refused(lambda: dock.append(dock.create(length=None), 0, b"", total=0)).code == "upload_empty"


def test_the_commitment_comes_first_and_from_the_same_device(dock: Dock, phone: Phone) -> None:
    assert refused(lambda: dock.create(name="never opened")).code == "record_unknown"
    assert refused(lambda: dock.create(device=dock.world.second_phone)).code == "record_unknown"
    dock.accept(phone, phone.arrival("arrival", dock.world.start))
    assert refused(lambda: dock.create(name="arrival")).code == "record_unknown"


def test_another_devices_upload_does_not_exist(dock: Dock, phone: Phone) -> None:
    upload = dock.create()
    assert refused(lambda: dock.head(upload, device=dock.world.second_phone)).code == "upload_unknown"


@pytest.mark.parametrize(
    "mime", ["text/html", "video/webm\r\nx: y", "image/svg+xml", "", "video/mp4; codecs=avc1"]
)
def test_only_films_and_pictures_are_taken(dock: Dock, phone: Phone, mime: str) -> None:
    def create() -> UploadState:
        return uploads.create(
            dock.database,
            dock.blobs,
            device_id=phone.device,
            record_id=opaque("open"),
            mime=mime,
            length=3,
            now=dock.world.start,
        )

    assert refused(create).code == "mime_unknown"


def test_the_disks_floor_is_the_only_limit(dock: Dock, phone: Phone) -> None:
    upload = dock.create(length=None)
    dock.blobs = Blobs(dock.home, floor=1 << 60)
    assert refused(lambda: dock.create()).code == "disk_full"
    assert refused(lambda: dock.append(upload, 0, DATA)).code == "disk_full"


def test_termination_gives_up_what_is_unfinished_and_keeps_what_is_whole(dock: Dock, phone: Phone) -> None:
    def terminate(upload: str) -> None:
        uploads.terminate(
            dock.database, dock.blobs, device_id=phone.device, upload_id=upload, now=dock.world.start
        )

    upload = dock.create()
    dock.append(upload, 0, DATA[:5])
    terminate(upload)
    assert dock.take().file_state == "missing"
    assert refused(lambda: dock.head(upload)).code == "upload_unknown"
    assert refused(lambda: terminate(upload)).code == "upload_unknown"
    done = dock.create()
    dock.append(done, 0, DATA)
    assert refused(lambda: terminate(done)).code == "upload_complete"


def test_an_abandoned_upload_ends_but_its_bytes_stay(dock: Dock, phone: Phone) -> None:
    dock.accept(phone, close(phone))
    upload, empty = dock.create(), dock.create()
    dock.append(upload, 0, DATA[:5])
    assert upload_expiry.expire(dock.database, dock.blobs, now=dock.world.start + timedelta(days=13)) == 0

    assert upload_expiry.expire(dock.database, dock.blobs, now=dock.world.start + timedelta(days=14)) == 2

    prefix = hashlib.sha256(DATA[:5]).hexdigest()
    assert dock.blobs.path(prefix).read_bytes() == DATA[:5]
    assert dock.blob_rows() == {prefix: 5}
    assert dock.take().file_state == "partial"
    assert {refused(lambda u=u: dock.head(u)).code for u in (upload, empty)} == {"upload_unknown"}
    assert dock.blobs.spools.names() == []
    with dock.database.read() as session:
        assert session.get_one(Upload, upload).sha256 == prefix


def test_a_spool_file_left_over_is_swept(dock: Dock, phone: Phone) -> None:
    upload = dock.create()
    dock.append(upload, 0, DATA)
    dock.blobs.spools.create(upload)
    running = dock.create()
    upload_expiry.expire(dock.database, dock.blobs, now=dock.world.start)
    assert dock.blobs.spools.names() == [running]


def test_blob_names_come_from_hashes_only(dock: Dock) -> None:
    for name in ("../../etc/passwd", SHA256.upper(), SHA256[:-1], ""):
        with pytest.raises(ValueError, match="SHA-256"):
            dock.blobs.path(name)


def test_a_blob_is_never_overwritten(dock: Dock, tmp_path: Path) -> None:
    stored = dock.blobs.put_bytes(DATA)
    inode = dock.blobs.path(stored.sha256).stat().st_ino
    assert dock.blobs.put_bytes(DATA) == stored
    assert dock.blobs.path(stored.sha256).stat().st_ino == inode
    assert b"".join(dock.blobs.read_range(stored.sha256, 6, 6)) == DATA[6:12]
    assert b"".join(dock.blobs.read_range(stored.sha256, 15, 600)) == DATA[15:]

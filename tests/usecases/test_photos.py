"""A photo from its commitment to the picture that the desk looks at; the original's bytes are never touched."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from tests.support.phone import MIME, Phone
from tests.support.upload_dock import Dock, refused
from tests.support.world import make_world, opaque, open_database
from webapp.adapters.blobs import Blobs
from webapp.domain.ledger import derivative_entry
from webapp.store.schema import Derivative, LogEntry, Work
from webapp.store.schema_dock import DockFact
from webapp.usecases.derivatives import THUMBNAIL_SIDE
from webapp.usecases.doctor_dock import check_dock
from webapp.usecases.doctor_projections import check_projections
from webapp.usecases.snapshot import snapshot

HEIC = b"\x00\x00\x00\x18ftypheic" + bytes(40)


def jpeg(width: int = 1600, height: int = 900, colour: str = "green") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def dock(tmp_path: Path) -> Iterator[Dock]:
    database = open_database(tmp_path)
    dock = Dock(database, Blobs(tmp_path, floor=0), make_world(database), tmp_path)
    yield dock
    with database.read() as session:
        assert check_dock(session).findings == []
        assert check_projections(session).findings == []
    database.engine.dispose()


@pytest.fixture
def phone(dock: Dock) -> Phone:
    return Phone(dock.world)


def thumbnail(dock: Dock, sha256: str) -> Derivative | None:
    with dock.database.read() as session:
        return session.get(Derivative, (sha256, "thumbnail"))


def test_commitment_then_bytes_then_a_small_picture_with_its_entry_in_the_log(
    dock: Dock, phone: Phone
) -> None:
    data = jpeg()
    record = phone.photo("tape", dock.world.start, data, slot="EV-04", said={"also": "EV-12"})
    (receipt,) = dock.accept(phone, record)
    assert receipt.file is not None and (receipt.file.state, receipt.findings) == ("missing", ())

    upload = dock.create(len(data), name="tape", mime="image/jpeg")
    dock.append(upload, 0, data[:100])
    assert dock.photo("tape").file_state == "partial"
    state = dock.append(upload, 100, data[100:])
    dock.work_through()

    photo = dock.photo("tape")
    assert (photo.file_state, photo.verified_at, state.sha256) == (
        "verified",
        dock.world.start,
        photo.file_sha256,
    )
    small = thumbnail(dock, photo.file_sha256)
    assert small is not None
    with Image.open(dock.blobs.path(small.sha256)) as picture:
        assert max(picture.size) == THUMBNAIL_SIDE
    assert dock.blobs.path(photo.file_sha256).read_bytes() == data
    said = derivative_entry(
        received=dock.world.start, of=photo.file_sha256, kind="thumbnail", derivative=small.sha256
    )
    with dock.database.read() as session:
        assert said in set(session.scalars(select(LogEntry.text)))
    (again,) = dock.accept(phone, record)
    assert again.file is not None and (again.entry, again.file.state) == (receipt.entry, "verified")


def test_bytes_need_a_commitment_of_the_same_phone(dock: Dock, phone: Phone) -> None:
    assert refused(lambda: dock.create(10, name="tape", mime="image/jpeg")).code == "record_unknown"
    dock.accept(phone, phone.photo("tape", dock.world.start, b"1"))
    other = dock.world.second_phone
    assert refused(lambda: dock.create(10, device=other, name="tape")).code == "record_unknown"


def test_other_bytes_than_promised_are_a_mismatch_until_the_right_ones_come(dock: Dock, phone: Phone) -> None:
    data = jpeg()
    dock.accept(phone, phone.photo("tape", dock.world.start, data))
    dock.send_photo("tape", jpeg(colour="red"))
    assert (dock.photo("tape").file_state, dock.photo("tape").verified_at) == ("mismatch", None)
    dock.send_photo("tape", data)
    assert dock.photo("tape").file_state == "verified"


def test_a_heic_is_kept_as_it_is_and_gets_no_small_picture(dock: Dock, phone: Phone) -> None:
    dock.accept(phone, phone.photo("heic", dock.world.start, HEIC, mime="image/heic"))
    dock.send_photo("heic", HEIC, "image/heic")
    dock.work_through()
    photo = dock.photo("heic")
    assert photo.file_state == "verified"
    assert dock.blobs.path(photo.file_sha256).read_bytes() == HEIC
    assert dock.blob_rows() == {photo.file_sha256: len(HEIC)}
    assert dock.work() == []


def test_a_picture_nobody_can_read_is_kept_and_the_job_ends_with_its_reason(dock: Dock, phone: Phone) -> None:
    data = b"\xff\xd8\xff no picture"
    dock.accept(phone, phone.photo("tape", dock.world.start, data))
    dock.send_photo("tape", data)
    dock.work_through()
    with dock.database.read() as session:
        work = session.scalars(select(Work)).one()
    assert (work.kind, work.problem, work.attempts) == ("thumbnail", "picture_unreadable", 1)
    assert dock.photo("tape").file_state == "verified"


def test_a_film_that_calls_itself_a_photo_is_kept_and_remarked_on(dock: Dock, phone: Phone) -> None:
    film = b"\x1aE\xdf\xa3 webm  1"
    dock.accept(phone, phone.photo("tape", dock.world.start, film))
    dock.send_photo("tape", film)
    (receipt,) = dock.accept(phone, phone.photo("again", dock.world.start, film))
    assert [finding.code for finding in receipt.findings] == ["file_reused", "file_type_differs"]
    dock.work_through()
    assert dock.work() == []


def test_one_file_in_two_photos_is_one_blob_and_a_finding(dock: Dock, phone: Phone) -> None:
    data = jpeg()
    first, second = (phone.photo(name, dock.world.start, data) for name in ("first", "second"))
    dock.accept(phone, first)
    dock.send_photo("first", data)
    (receipt,) = dock.accept(phone, second)
    assert [finding.code for finding in receipt.findings] == ["file_reused"]
    assert receipt.file is not None and receipt.file.state == "verified"
    assert list(dock.blob_rows().values()) == [len(data)]


def guided(phone: Phone, dock: Dock, slot: str) -> list[Any]:
    opened = phone.take_open("open", dock.world.start, slot=slot)
    counts = (9, 3)
    return [
        opened,
        phone.take("close", dock.world.start, opens="open", slices=(b"1",), counts=counts, slot=slot),
    ]


@pytest.mark.parametrize(("slot", "counted"), [("EV-18", True), ("EV-01", True), ("EV-02", False)])
def test_a_film_of_something_else_than_a_count_counts_nothing(
    dock: Dock, phone: Phone, slot: str, counted: bool
) -> None:
    receipts = dock.accept(phone, *guided(phone, dock, slot))
    assert [receipt.findings for receipt in receipts] == [(), ()]
    line = snapshot(dock.database, device_id=phone.device, now=dock.world.start)["orders"][0]["lines"][0]
    assert line["counted"] == ([[dock.world.parcel, 9]] if counted else [])
    with dock.database.read() as session:
        fact = session.get_one(DockFact, opaque("close"))
        assert (fact.kind, fact.slot, fact.said["closed"]) == ("take", slot, "complete")


def test_the_mime_of_a_film_is_still_taken(dock: Dock, phone: Phone) -> None:
    dock.accept(phone, phone.take_open("open", dock.world.start))
    assert dock.create(mime=MIME)

"""A phone that must be wiped: what it exported comes in by its signatures and hashes, once, and nothing else does."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.dock import SLICES, Dock, whole_take
from tests.support.phone import Phone, SignedRecord
from tests.support.world import opaque
from webapp.adapters.blobs import Blobs
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.store.schema import AuditEvent, Device, LogEntry, MalformedRecord, Record
from webapp.store.schema_doors import Quarantine
from webapp.usecases.board import take_view
from webapp.usecases.doctor_dock import check_dock
from webapp.usecases.doctor_files import check_blobs, check_spool
from webapp.usecases.quarantine_release import release
from webapp.usecases.queue_import import Brought, import_queue
from webapp.usecases.sessions import Desk

PICTURE = b"\xff\xd8\xff\xe0 a picture"
FILM = b"".join(SLICES)


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    return Blobs(tmp_path, floor=0)


@pytest.fixture
def records(dock: Dock, phone: Phone) -> list[SignedRecord]:
    at = dock.world.start - timedelta(minutes=30)
    arrival = phone.arrival("arrival", at)
    photo = phone.photo("picture", at, PICTURE, slot="EV-12")
    return [arrival, photo, *whole_take(phone, at)]


def contents(phone: Phone, records: list[SignedRecord], files: dict[str, bytes]) -> dict[str, bytes]:
    """The layout of ``static/src/store/queue_export.js``."""
    head = f"format 1\ndevice {phone.device}\nsite {phone.world.dongguan}\napp abc\nexported 1\n"
    found = {"queue.txt": head.encode()}
    for n, record in enumerate(records, 1):
        base = f"records/{n:08d}-{record.text.split()[3]}"
        found[f"{base}.txt"] = record.text.encode()
        found[f"{base}.sig"] = f"{record.signature}\n".encode()
        found |= {f"{base}.{name}": text.encode() for name, text in record.side}
    return found | {f"files/{opaque(name)}": data for name, data in files.items()}


def zipped(path: Path, found: dict[str, bytes], *, manifest: str | None = None, **how: Any) -> Path:
    listed = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in found.items())
    with zipfile.ZipFile(path, "w", **how) as archive:
        for name, data in found.items():
            archive.writestr(name, data)
        archive.writestr("manifest-sha256.txt", listed if manifest is None else manifest)
    return path


def bring(dock: Dock, blobs: Blobs, path: Path, actor: Desk | None = None) -> Brought:
    return import_queue(
        dock.database,
        blobs,
        path,
        actor=actor,
        now=dock.world.start,
        on_orders_changed=lambda session, orders: None,
    )


FILES = {"picture": PICTURE, "open": FILM}


def test_everything_comes_in_and_is_verified(
    dock: Dock, phone: Phone, blobs: Blobs, records: list[SignedRecord], tmp_path: Path
) -> None:
    path = zipped(tmp_path / "queue.zip", contents(phone, records, FILES))
    brought = bring(dock, blobs, path)
    assert (brought.accepted, brought.files, brought.malformed, brought.files_unclaimed) == (4, 2, 0, 0)
    assert dock.take().file_state == "verified"
    assert b"".join(blobs.read_range(hashlib.sha256(FILM).hexdigest(), 0, 1 << 20)) == FILM
    (photo,) = (one for one in dock.send(phone.device, records[1]))
    assert photo.file is not None and photo.file.state == "verified"
    with dock.database.read() as session:
        event = session.query(AuditEvent).filter_by(action="queue.imported").one()
    assert (event.actor, event.subject, event.details) == ("cli", phone.device, {"records": 4, "files": 2})


def test_importing_twice_or_after_the_phone_sent_doubles_nothing(
    dock: Dock, phone: Phone, blobs: Blobs, records: list[SignedRecord], tmp_path: Path
) -> None:
    dock.send(phone.device, records[0])
    path = zipped(tmp_path / "queue.zip", contents(phone, records, FILES))
    first, second = bring(dock, blobs, path), bring(dock, blobs, path)
    assert (first.accepted, first.known, first.files) == (3, 1, 2)
    assert (second.accepted, second.known, second.files, second.files_known) == (0, 4, 0, 2)
    assert (dock.count(Record), dock.count(LogEntry)) == (4, 4)


def test_what_was_not_signed_by_the_phone_is_set_aside_and_its_bytes_stay_out(
    dock: Dock, phone: Phone, blobs: Blobs, records: list[SignedRecord], tmp_path: Path
) -> None:
    forged = replace(records[1], text=records[1].text.replace("EV-12", "EV-13"))
    brought = bring(dock, blobs, zipped(tmp_path / "q.zip", contents(phone, [forged], {"picture": PICTURE})))
    assert (brought.accepted, brought.malformed, brought.files, brought.files_unclaimed) == (0, 1, 0, 1)
    assert (dock.count(Record), dock.count(MalformedRecord)) == (0, 1)
    assert not blobs.exists(hashlib.sha256(PICTURE).hexdigest())


def test_other_bytes_than_were_signed_for_are_not_kept(
    dock: Dock, phone: Phone, blobs: Blobs, records: list[SignedRecord], tmp_path: Path
) -> None:
    brought = bring(
        dock, blobs, zipped(tmp_path / "q.zip", contents(phone, records, {"picture": b"another"}))
    )
    assert (brought.accepted, brought.files, brought.files_unclaimed) == (4, 0, 1)
    assert not blobs.exists(hashlib.sha256(b"another").hexdigest())
    assert blobs.spools.names() == [] and not list(blobs.spools.folder.glob("put-*"))


def test_a_film_that_was_never_closed_is_kept_as_unfinished_until_the_rest_comes(
    dock: Dock, phone: Phone, blobs: Blobs, records: list[SignedRecord], tmp_path: Path
) -> None:
    opened, closed = records[2:]
    path = zipped(tmp_path / "queue.zip", contents(phone, [opened], {"open": SLICES[0]}))
    first, again = bring(dock, blobs, path), bring(dock, blobs, path)
    assert (first.files, first.files_unfinished, first.files_unclaimed) == (0, 1, 0)
    assert (again.files_unfinished, again.files_known) == (0, 1)
    view = take_view(dock.database, organisation_id=dock.world.importer, take_id=opaque("open"))
    sha256 = hashlib.sha256(SLICES[0]).hexdigest()
    assert (view.take.closed, view.take.file_state, view.part) == (None, "partial", (sha256, len(SLICES[0])))
    assert "film_unsealed" in view.findings
    assert b"".join(blobs.read_range(sha256, 0, 1 << 20)) == SLICES[0]
    with dock.database.read() as session:
        checks = [check_dock(session), check_blobs(session, blobs, tmp_path, deep=True)]
        checks.append(check_spool(session, blobs, now=dock.world.start))
        findings = [one for check in checks for one in check.findings]
    assert findings == []
    # The phone was not wiped after all, or could be read once more.
    whole = zipped(tmp_path / "whole.zip", contents(phone, [opened, closed], {"open": FILM}))
    assert bring(dock, blobs, whole).files == 1
    view = take_view(dock.database, organisation_id=dock.world.importer, take_id=opaque("open"))
    assert (view.take.file_state, view.part, "film_unsealed" in view.findings) == ("verified", None, False)


def test_what_a_revoked_phone_had_is_kept_apart(
    dock: Dock, phone: Phone, blobs: Blobs, records: list[SignedRecord], tmp_path: Path
) -> None:
    with dock.database.write() as session:
        session.get_one(Device, phone.device).revoked_at = dock.world.start - timedelta(hours=1)
    brought = bring(dock, blobs, zipped(tmp_path / "queue.zip", contents(phone, records, FILES)))
    assert (brought.quarantined, brought.files, brought.files_unclaimed) == (4, 0, 2)
    assert (dock.count(Record), dock.count(Quarantine)) == (0, 4)


def test_what_an_owner_released_brings_its_film_when_the_file_is_imported_again(
    dock: Dock, phone: Phone, blobs: Blobs, records: list[SignedRecord], tmp_path: Path
) -> None:
    """A blocked phone sends no bytes: the desk has them from the phone's own file."""
    dock.send(phone.device, records[0])
    with dock.database.write() as session:
        session.get_one(Device, phone.device).revoked_at = dock.world.start - timedelta(hours=1)
    path = zipped(tmp_path / "queue.zip", contents(phone, records, FILES))
    first = bring(dock, blobs, path)
    assert (first.quarantined, first.files_unclaimed) == (3, 2)
    with dock.database.read() as session:
        items = [one.id for one in session.query(Quarantine)]
    for item in items:
        release(
            dock.database,
            actor=owner(dock.world.importer),
            item_id=item,
            now=dock.world.start,
            on_orders_changed=lambda session, orders: None,
        )
    again = bring(dock, blobs, path)
    assert (again.known, again.quarantined, again.files, again.files_unclaimed) == (4, 0, 2, 0)
    assert (dock.take().file_state, dock.count(Record)) == ("verified", 4)
    assert bring(dock, blobs, path).files_known == 2


def owner(organisation: str) -> Desk:
    return Desk(
        id="chi", name="Chi", roles=frozenset({Role.OWNER}), language="en", organisation_id=organisation
    )


def test_only_phones_of_ones_own_sites_are_taken(
    dock: Dock, blobs: Blobs, records: list[SignedRecord], tmp_path: Path
) -> None:
    hanoi = Phone(dock.world, "hanoi phone")
    path = zipped(tmp_path / "queue.zip", contents(hanoi, [], {}))
    with pytest.raises(Refusal, match="queue_device_unknown"):
        bring(dock, blobs, path, owner(dock.world.other_importer))
    assert bring(dock, blobs, path, owner(dock.world.importer)).device_name == "hanoi phone"


Found = dict[str, bytes]


def no_zip(path: Path, found: Found) -> Path:
    path.write_bytes(b"PK not at all")
    return path


def doubled(path: Path, found: Found) -> Path:
    zipped(path, found)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("queue.txt", found["queue.txt"])
    return path


def overlapping(path: Path, found: Found) -> Path:
    """Many directory rows that name the same bytes."""
    plain, large = io.BytesIO(), f"files/{opaque('open')}"
    found = found | {large: b"x" * 10_000}
    with zipfile.ZipFile(plain, "w") as archive:
        for name, data in found.items():
            archive.writestr(name, data)
        info = archive.getinfo(large)
        archive.writestr("manifest-sha256.txt", "")
        for n in range(50):
            again = zipfile.ZipInfo(f"files/{n:032x}")
            again.header_offset, again.file_size, again.compress_size = (
                info.header_offset,
                info.file_size,
                info.compress_size,
            )
            again.CRC = info.CRC
            archive.filelist.append(again)
    path.write_bytes(plain.getvalue())
    return path


def cut(path: Path, found: Found) -> Path:
    zipped(path, found)
    path.write_bytes(path.read_bytes()[:-100])
    return path


def flipped(path: Path, found: Found) -> Path:
    zipped(path, found)
    path.write_bytes(path.read_bytes().replace(b"kind arrival", b"kind arriva1"))
    return path


def wrong_hash(path: Path, found: Found) -> Path:
    listed = "".join(f"{'0' * 64}  {name}\n" for name in found)
    return zipped(path, found, manifest=listed)


def text_of_another(path: Path, found: Found) -> Path:
    """The checksums of the ZIP itself are right, the manifest's are not."""
    listed = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in found.items())
    name = next(name for name in found if name.endswith(".sig"))
    return zipped(path, found | {name: b"another\n"}, manifest=listed)


BAD: list[tuple[Callable[[Path, Found], Path], str]] = [
    (no_zip, "queue_not_zip"),
    (cut, "queue_not_zip"),
    (lambda path, found: zipped(path, {"hello.txt": b"hi"}), "queue_foreign"),
    (lambda path, found: zipped(path, found | {"../../etc/cron.d/x": b"x"}), "queue_foreign"),
    (lambda path, found: zipped(path, found | {"queue.txt": b"format 2\n"}), "queue_foreign"),
    (lambda path, found: zipped(path, found, compression=zipfile.ZIP_DEFLATED), "queue_packed"),
    (overlapping, "queue_packed"),
    (doubled, "queue_doubled"),
    (wrong_hash, "queue_foreign"),
    (flipped, "queue_damaged"),
    (text_of_another, "queue_damaged"),
    (lambda path, found: zipped(path, found, manifest=""), "queue_damaged"),
]


@pytest.mark.parametrize(("spoil", "code"), BAD)
def test_a_bad_archive_is_refused_with_a_reason_and_leaves_nothing(
    dock: Dock,
    phone: Phone,
    blobs: Blobs,
    records: list[SignedRecord],
    tmp_path: Path,
    spoil: Callable[[Path, Found], Path],
    code: str,
) -> None:
    found = contents(phone, records, FILES)
    path = spoil(tmp_path / "queue.zip", found)
    with pytest.raises(Refusal) as refused:
        bring(dock, blobs, path)
    assert refused.value.code == code
    assert dock.count(Record) == 0

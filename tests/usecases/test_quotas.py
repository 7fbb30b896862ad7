"""Limits on what is kept: refused before an upload begins, never in its middle; not set is no limit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.phone import Phone, metadata
from tests.support.rig import Rig, rigged
from tests.support.upload_dock import DATA, Dock, close, refused
from tests.support.world import START, make_world, opaque, open_database
from webapp.adapters.blobs import Blobs
from webapp.domain.byte_sizes import read_limit, size_text
from webapp.domain.refusals import Refusal
from webapp.store.schema import Device, Upload
from webapp.usecases import quotas, uploads
from webapp.usecases.doctor_files import check_quotas

SIZE = len(DATA)


@pytest.fixture
def dock(tmp_path: Path) -> Iterator[Dock]:
    database = open_database(tmp_path)
    yield Dock(database, Blobs(tmp_path, floor=0), make_world(database), tmp_path)
    database.engine.dispose()


@pytest.fixture
def phone(dock: Dock) -> Phone:
    phone = Phone(dock.world)
    for name in ("open", "second"):
        dock.accept(phone, phone.take_open(name, dock.world.start))
    return phone


def limit_importer(dock: Dock, limit: int | None) -> None:
    quotas.limit_organisation(dock.database, organisation_id=dock.world.importer, limit=limit, now=START)


def limit_site(dock: Dock, limit: int | None, phone_day: int | None = None) -> None:
    quotas.limit_site(dock.database, site_id=dock.world.dongguan, limit=limit, phone_day=phone_day, now=START)


def test_what_is_not_set_limits_nothing(dock: Dock, phone: Phone) -> None:
    dock.create(10**6)
    with dock.database.read() as session:
        uses = {use.id: (use.used, use.limit) for use in quotas.organisation_uses(session)}
        assert check_quotas(session).facts["limits"] == "not set"
    assert uses == {dock.world.importer: (10**6, None), dock.world.other_importer: (0, None)}


def test_an_importer_at_its_limit_is_refused_before_the_upload_begins(dock: Dock, phone: Phone) -> None:
    limit_importer(dock, 2 * SIZE)
    dock.create()
    dock.create(name="second")
    assert refused(lambda: dock.create(1, name="second")).code == "quota_organisation"
    assert len(dock.blobs.spools.names()) == 2, "a refused upload leaves nothing"
    limit_importer(dock, None)
    dock.create(1, name="second")


def test_a_film_that_began_is_brought_to_its_end(dock: Dock, phone: Phone) -> None:
    limit_importer(dock, SIZE)
    growing = dock.create(None)
    limit_importer(dock, 1)
    dock.accept(phone, close(phone))
    done = dock.append(growing, 0, DATA, total=SIZE)
    assert (done.offset, dock.take().file_state) == (SIZE, "verified")
    assert refused(lambda: dock.create(None, name="second")).code == "quota_organisation"


def test_a_given_up_upload_frees_its_place(dock: Dock, phone: Phone) -> None:
    limit_importer(dock, SIZE)
    upload = dock.create()
    uploads.terminate(
        dock.database, dock.blobs, device_id=dock.world.phone, upload_id=upload, now=dock.world.start
    )
    dock.create()


def test_the_neighbour_is_not_counted(dock: Dock, phone: Phone) -> None:
    dock.accept(phone, phone.take_open("other", START, parcel=dock.world.other_parcel))
    limit_importer(dock, 1)
    dock.create(name="other")
    assert refused(dock.create).code == "quota_organisation"


def test_a_site_and_a_phones_day_have_limits_of_their_own(dock: Dock, phone: Phone) -> None:
    limit_site(dock, SIZE, phone_day=10 * SIZE)
    dock.create()
    assert refused(lambda: dock.create(1, name="second")).code == "quota_site"
    limit_site(dock, None, phone_day=SIZE)
    assert refused(lambda: dock.create(1, name="second")).code == "quota_phone_day"
    with dock.database.write() as session:
        for upload in session.query(Upload):
            upload.created_at -= timedelta(hours=24)
    dock.create(1, name="second")


def test_the_second_phone_has_a_day_of_its_own(dock: Dock, phone: Phone) -> None:
    second = Phone(dock.world, "second phone")
    dock.accept(second, second.take_open("by the second", START))
    limit_site(dock, None, phone_day=SIZE)
    dock.create()
    dock.create(device=dock.world.second_phone, name="by the second")


@pytest.mark.parametrize("zero", [0, -1])
def test_zero_is_no_limit_that_can_be_set(dock: Dock, zero: int) -> None:
    assert refused(lambda: limit_importer(dock, zero)).code == "limit_zero"
    assert refused(lambda: limit_site(dock, None, phone_day=zero)).code == "limit_zero"


def test_the_doctor_names_a_limit_that_is_reached(dock: Dock, phone: Phone) -> None:
    limit_importer(dock, SIZE)
    dock.create()
    with dock.database.read() as session:
        check = check_quotas(session)
    assert check.facts["limits"] == 1
    assert [(one.code, one.where) for one in check.findings] == [
        ("quota_reached", f"organisation {dock.world.importer}: {SIZE} of {SIZE} bytes")
    ]


@pytest.mark.parametrize(
    ("code", "status", "language", "words"),
    [
        ("quota_organisation", 507, "vi", "Dung lượng lưu trữ của khách hàng này đã hết."),
        ("quota_site", 507, "zh-CN", "该仓库的存储空间已满。"),
        ("quota_phone_day", 413, "en", "This phone has sent as much as it may in 24 hours."),
    ],
)
def test_a_phone_is_told_in_its_persons_language(
    tmp_path: Path, code: str, status: int, language: str, words: str
) -> None:
    with rigged(tmp_path) as rig:
        phone = rig.phone()
        phone.send([phone.take_open("open", START)])
        set_limit(rig, code)
        answer = phone.tus(
            "POST",
            "/api/v1/files",
            Upload_Metadata=metadata(opaque("open")),
            Upload_Length="2",
            Accept_Language=language,
        )
    assert (answer.status, answer.json["error"]["code"]) == (status, code)
    assert answer.json["error"]["message"].startswith(words)


def set_limit(rig: Rig, code: str) -> None:
    database, world = rig.services.database, rig.world
    if code == "quota_organisation":
        quotas.limit_organisation(database, organisation_id=world.importer, limit=1, now=START)
    else:
        limits = {"limit": 1, "phone_day": None} if code == "quota_site" else {"limit": None, "phone_day": 1}
        quotas.limit_site(database, site_id=world.dongguan, now=START, **limits)


def test_a_phone_of_no_quota_is_not_asked_about_another_sites(dock: Dock, phone: Phone) -> None:
    with dock.database.read() as session:
        assert session.get_one(Device, dock.world.hanoi_phone).site_id == dock.world.hanoi
    limit_site(dock, 1)
    hanoi = Phone(dock.world, "hanoi phone")
    dock.accept(hanoi, hanoi.take_open("in hanoi", START, site=dock.world.hanoi))
    dock.create(device=dock.world.hanoi_phone, name="in hanoi")


@pytest.mark.parametrize(
    ("text", "size"),
    [("500GB", 500 * 10**9), (" 2 tb ", 2 * 10**12), ("1MB", 10**6), ("none", None), ("NONE", None)],
)
def test_sizes_are_read(text: str, size: int | None) -> None:
    assert read_limit(text) == size


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0GB", "limit_zero"),
        ("500", "size_unreadable"),
        ("1.5GB", "size_unreadable"),
        ("-1GB", "size_unreadable"),
    ],
)
def test_other_sizes_are_refused(text: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        read_limit(text)


def test_sizes_are_written() -> None:
    told = [
        size_text(size)
        for size in (0, 1, 10**6, 999 * 10**6, 10**9, 1_500 * 10**6, 12 * 10**9 + 1, 2 * 10**12)
    ]
    assert told == ["0 MB", "<1 MB", "1 MB", "999 MB", "1 GB", "1500 MB", "13 GB", "2 TB"]

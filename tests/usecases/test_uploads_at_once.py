"""A photo that comes with its creation: whole or nothing, and again after a lost answer doubles nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.phone import Phone
from tests.support.rig import Rig, rigged
from tests.support.world import START, opaque
from webapp.domain.refusals import Refusal
from webapp.store.schema import Blob, Upload
from webapp.store.schema_dock import Photo
from webapp.usecases import uploads
from webapp.usecases.uploads import AT_ONCE_BYTES, Body, BodyCut

DATA = b"\xff\xd8\xff\xe0" + b"pixels" * 20_000
RECORD = opaque("shot")


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as rig:
        yield rig


@pytest.fixture
def phone(rig: Rig) -> Phone:
    phone = rig.phone()
    phone.send([phone.photo("shot", START, DATA)])
    return phone


def spooled(rig: Rig) -> list[str]:
    return rig.services.blobs.spools.names()


def test_one_request_and_the_photo_is_verified(rig: Rig, phone: Phone) -> None:
    answer = phone.create_upload(RECORD, len(DATA), DATA)
    sha256 = hashlib.sha256(DATA).hexdigest()
    assert (answer.status, answer.headers["upload-offset"]) == (201, str(len(DATA)))
    assert answer.headers["dockproof-sha256"] == f"sha256:{sha256}"
    head = phone.tus("HEAD", answer.headers["location"])
    assert (head.status, head.headers["upload-offset"]) == (200, str(len(DATA)))
    with rig.services.database.read() as session:
        assert session.get_one(Photo, RECORD).file_state == "verified"
    assert rig.services.blobs.path(sha256).read_bytes() == DATA
    assert spooled(rig) == []


def test_again_after_a_lost_answer_doubles_nothing(rig: Rig, phone: Phone) -> None:
    for _ in range(2):
        assert phone.create_upload(RECORD, len(DATA), DATA).status == 201
    assert rig.count(Blob) == 1 and spooled(rig) == []


def test_a_damaged_body_leaves_nothing_behind(rig: Rig, phone: Phone) -> None:
    body = b"x" + DATA[1:]
    told = phone.create_upload(RECORD, len(DATA), body)
    assert told.status == 201, "its own checksum is right: these are the bytes that were sent"
    with rig.services.database.read() as session:
        assert session.get_one(Photo, RECORD).file_state == "mismatch"
    with pytest.raises(Refusal, match="checksum_wrong"):
        create(rig, Body(_reader(DATA), len(DATA), hashlib.sha256(b"others").digest()))
    assert rig.count(Upload) == 1 and spooled(rig) == []


def test_a_cut_body_leaves_nothing_behind(rig: Rig, phone: Phone) -> None:
    with pytest.raises(Refusal, match="body_cut"):
        create(rig, Body(_reader(DATA[:1000], cut=True), len(DATA), None))
    assert rig.count(Upload) == 0 and spooled(rig) == []


def test_what_is_larger_keeps_its_address_and_goes_on(rig: Rig, phone: Phone) -> None:
    large = DATA[:4] + bytes(AT_ONCE_BYTES)
    phone.send([phone.photo("large", START, large)])
    answer = phone.create_upload(opaque("large"), len(large), large)
    assert (answer.status, answer.headers["upload-offset"]) == (201, str(len(large)))
    assert rig.count(Upload) == 1


def test_without_its_commitment_it_is_refused(rig: Rig) -> None:
    refused = rig.phone().create_upload(RECORD, len(DATA), DATA)
    assert refused.json["error"]["code"] == "record_unknown"
    assert spooled(rig) == []


def create(rig: Rig, body: Body) -> None:
    uploads.create_whole(
        rig.services.database,
        rig.services.blobs,
        device_id=rig.world.phone,
        record_id=RECORD,
        mime="image/jpeg",
        body=body,
        now=START,
    )


def _reader(data: bytes, *, cut: bool = False) -> Callable[[int], bytes]:
    left = [data]

    def read(n: int) -> bytes:
        if cut and not left[0]:
            raise BodyCut
        piece, left[0] = left[0][:n], left[0][n:]
        return piece

    return read

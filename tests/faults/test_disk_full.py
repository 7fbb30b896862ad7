"""The server's disk fills up under phones at work: they hear it in a sentence, nothing acknowledged is lost, and when
there is room again everything goes on by itself. Suite."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine.interfaces import DBAPIConnection

from tests.faults.courier import Courier
from tests.faults.crew import FILM, PHOTO, PIECE
from tests.faults.judge import judge
from tests.faults.lines import Line
from tests.faults.shift import WEBM, Capture, Shift
from tests.faults.small_disk import small_disk
from tests.faults.yard import make_yard
from tests.support.phone import Answer, Phone
from tests.support.rig import Rig, rigged
from tests.support.serving import serving
from tests.support.world import opaque
from webapp.adapters.blobs import FREE_DISK_FLOOR
from webapp.store.database import Database

FILMED = WEBM + bytes(range(256)) * 400
SHA256 = f"sha256:{hashlib.sha256(FILMED).hexdigest()}"
MIB = 1 << 20


def said(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.json["error"]["code"]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as rig:
        yield rig


def test_a_real_disk_fills_up_and_is_emptied(tmp_path: Path) -> None:
    with small_disk(tmp_path, 64 * MIB) as disk:
        if disk is None:
            pytest.skip(
                "no right to mount a small disk here; the other tests of this file bring the errors themselves"
            )
        yard = make_yard(disk.root / "home", phones=1, boxes=3)
        try:
            with serving(yard.home, "--no-jobs") as server:
                phone = Phone(yard.world, yard.phones[0], Line(lambda: server.port))
                courier = Courier(phone, seed=6, piece=PIECE)
                shift = Shift(yard, phone, 6, film=FILM, photo=PHOTO)
                for capture in shift.parcel(yard.boxes[0], photos=1, take=True):
                    courier.bring(capture)

                # Below the floor bytes are refused before they are sent; records still get in.
                disk.leave(FREE_DISK_FLOOR + 100_000)
                arrived, filmed = shift.parcel(yard.boxes[1], photos=0, take=True)
                courier.bring(arrived)
                assert filmed.upload is not None
                opened = filmed.before[0]
                assert phone.send([opened])[0]["state"] == "accepted"
                refused = phone.create_upload(filmed.upload.record, 2 * MIB)
                assert said(refused) == (507, "disk_full")
                assert "disk is nearly full" in refused.json["error"]["message"]

                # Full to the last block: not even records are acknowledged, and the server says why.
                disk.leave(0)
                waiting: list[Capture] = []
                answer = None
                while answer is None or answer.status == 200:
                    assert len(waiting) < 3_000, "the disk never filled"
                    batch = [next(shift.parcel(yard.boxes[2], photos=0, take=False)) for _ in range(30)]
                    waiting += batch
                    answer = send(phone, batch)
                assert said(answer) == (507, "disk_full"), answer.body

                disk.clear()
                for capture in (filmed, *waiting):
                    courier.bring(capture)
                assert judge(yard, [courier]).takes == 2
        finally:
            yard.database.engine.dispose()


def send(phone: Phone, captures: list[Capture]) -> Answer:
    items = [record.item() for capture in captures for record in capture.records]
    body = json.dumps({"records": items}).encode()
    return phone.request("POST", "/api/v1/records", body, {"Content-Type": "application/json"})


# -- without a disk of one's own: the error comes from the call that would have met it --------------------------------


@contextmanager
def no_space(call: str, after: int) -> Iterator[None]:
    """``os.<call>`` on files of the instance says ENOSPC from the ``after``-th time on."""
    real: Callable[..., Any] = getattr(os, call)
    seen = 0

    def full(*args: Any, **named: Any) -> Any:
        nonlocal seen
        if call == "open" and not args[1] & os.O_CREAT:
            return real(*args, **named)
        seen += 1
        if seen > after:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(*args, **named)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, call, full)
        yield


@contextmanager
def full_database(database: Database) -> Iterator[None]:
    """SQLite may not grow by a page: it says the same as on a full disk."""

    def cap(connection: DBAPIConnection, entry: object) -> None:
        connection.cursor().execute("PRAGMA max_page_count = 1")  # never below what is there

    event.listen(database.engine, "connect", cap)
    database.engine.dispose()
    try:
        yield
    finally:
        event.remove(database.engine, "connect", cap)
        database.engine.dispose()


@pytest.mark.parametrize(
    ("call", "after"),
    [("open", 0), ("pwrite", 0), ("pwrite", 1), ("fsync", 0), ("fsync", 1), ("mkdir", 0), ("link", 0)],
)
def test_wherever_the_disk_is_full_the_upload_is_refused_and_goes_on(rig: Rig, call: str, after: int) -> None:
    phone = rig.phone()
    phone.send([phone.take_open("open", rig.world.start)])
    with no_space(call, after):
        refused = phone.create_upload(opaque("open"), len(FILMED), FILMED)
    if refused.status == 201:  # it was made; what came of the bytes is said by its offset
        path = refused.headers["location"]
        assert int(phone.tus("HEAD", path).headers["upload-offset"]) >= int(refused.headers["upload-offset"])
    else:
        assert said(refused) == (507, "disk_full"), refused.body
        path = phone.create_upload(opaque("open"), len(FILMED)).headers["location"]
    offset = int(phone.tus("HEAD", path).headers["upload-offset"])
    with no_space(call, after):
        again = phone.tus("PATCH", path, FILMED[offset:], Upload_Offset=str(offset))
    if again.status != 204:
        assert said(again)[0] in (409, 507), again.body
    done = phone.tus("HEAD", path)
    if "dockproof-sha256" not in done.headers:
        offset = int(done.headers["upload-offset"])
        done = phone.tus("PATCH", path, FILMED[offset:], Upload_Offset=str(offset))
    assert done.headers["dockproof-sha256"] == SHA256
    assert rig.services.blobs.path(SHA256.removeprefix("sha256:")).read_bytes() == FILMED


def test_a_database_that_cannot_grow_acknowledges_nothing(rig: Rig) -> None:
    phone = rig.phone()
    arrivals = [phone.arrival(f"arrival {number}", rig.world.start) for number in range(60)]
    captures = [Capture((arrival,)) for arrival in arrivals]
    with full_database(rig.services.database):
        refused = send(phone, captures)
        assert said(refused) == (507, "disk_full"), refused.body
    receipts = phone.send(arrivals)
    assert [receipt["entry"] for receipt in receipts] == sorted({receipt["entry"] for receipt in receipts})
    assert receipts == phone.send(arrivals)

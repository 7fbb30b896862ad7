"""The server's clock is ten years off in the middle of the work, and is put right again. Suite.

The application gets its ``now`` from outside, so no tool has to lie to a process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.faults.shift import WEBM
from tests.support.phone import Phone
from tests.support.rig import Rig, rigged
from tests.support.world import opaque
from webapp.locate import migrations_dir
from webapp.store.schema import LogEntry, Record
from webapp.usecases import upload_expiry
from webapp.usecases.doctor import examine

DECADE = timedelta(days=3_652)
FILM = WEBM + bytes(range(256)) * 300
HALF = len(FILM) // 2
SHA256 = f"sha256:{hashlib.sha256(FILM).hexdigest()}"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    with rigged(tmp_path) as rig:
        yield rig


def half_sent(rig: Rig) -> tuple[Phone, str]:
    """A phone whose take is opened and half of it acknowledged."""
    phone = rig.phone()
    phone.send([phone.arrival("arrival", rig.world.start), phone.take_open("open", rig.world.start)])
    path = phone.create_upload(opaque("open"), len(FILM), FILM[:HALF]).headers["location"]
    return phone, path


def doctors_codes(rig: Rig) -> set[str]:
    report = examine(
        rig.services.database,
        home=rig.services.settings.home,
        migrations=migrations_dir(),
        now=rig.clock.at,
        deep=True,
    )
    # The times of the test's files are those of the machine.
    of_files = [check for check in report.checks if check.name in ("spool", "keys", "disk")]
    found = [finding for check in report.checks if check not in of_files for finding in check.findings]
    codes = {finding.code for finding in found if not finding.where.startswith("file: ")}
    return codes - {"enrolment_not_logged"}  # the small world's phones were never enrolled by anybody


def closed(rig: Rig, phone: Phone) -> dict[str, object]:
    record = phone.take(
        "close", rig.world.start, opens="open", slices=[FILM[:HALF], FILM[HALF:]], counts=(2, 3)
    )
    receipt: dict[str, object] = phone.send([record])[0]
    assert phone.send([record])[0] == receipt
    return receipt


@pytest.mark.parametrize("jump", [DECADE, -DECADE], ids=["ten years ahead", "ten years back"])
def test_work_goes_on_under_a_wrong_clock_and_after_it_is_put_right(rig: Rig, jump: timedelta) -> None:
    phone, path = half_sent(rig)
    rig.clock.at += jump
    phone.start_session()  # the old one is from another decade
    assert phone.tus("HEAD", path).headers["upload-offset"] == str(HALF)
    receipt = closed(rig, phone)
    assert (receipt["state"], receipt["file"]["state"]) == ("accepted", "partial")  # type: ignore[index]

    rig.clock.at -= jump
    phone.start_session()
    done = phone.tus("PATCH", path, FILM[HALF:], Upload_Offset=str(HALF))

    assert done.headers["dockproof-sha256"] == SHA256
    assert rig.count(Record) == rig.count(LogEntry) == 3
    # A record that was received "in ten years" stands as it was written, and the doctor says so.
    assert doctors_codes(rig) == ({"clock_behind"} if jump > timedelta(0) else set())


def test_what_expires_by_a_wrong_clock_is_kept_and_sent_again(rig: Rig) -> None:
    phone, path = half_sent(rig)
    rig.clock.at += DECADE
    assert upload_expiry.expire(rig.services.database, rig.services.blobs, now=rig.clock.at) == 1
    rig.clock.at -= DECADE

    assert phone.tus("HEAD", path).status == 404
    part = hashlib.sha256(FILM[:HALF]).hexdigest()
    assert rig.services.blobs.path(part).read_bytes() == FILM[:HALF]
    assert phone.upload(opaque("open"), FILM).headers["dockproof-sha256"] == SHA256
    assert closed(rig, phone)["file"]["state"] == "verified"  # type: ignore[index]
    assert doctors_codes(rig) == set()

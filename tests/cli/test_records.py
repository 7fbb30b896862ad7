"""`dockproof records` and what `dockproof doctor` says when facts and records disagree."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests.support.phone import Phone
from tests.support.upload_dock import DATA, SLICES, Dock
from tests.support.world import World, make_world, opaque, open_database
from webapp.adapters.blobs import Blobs
from webapp.adapters.instance_secret import instance_secret
from webapp.cli.main import run

PICTURE = b"\xff\xd8\xff picture"
ORDER = "4325000000000000001"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A filmed count whose bytes are here, a photo whose bytes are not, a verdict, a correction."""
    for name in [name for name in os.environ if name.startswith("DOCKPROOF_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DOCKPROOF_HOME", str(tmp_path))
    database = open_database(tmp_path)
    instance_secret(tmp_path)
    dock = Dock(database, Blobs(tmp_path, floor=0), make_world(database), tmp_path)
    phone, start = Phone(dock.world), dock.world.start - timedelta(minutes=5)
    first = phone.say("weighing", "first", start)
    dock.accept(phone, phone.arrival("arrival", start), first)
    dock.accept(phone, phone.say("weighing", "second", start, {"grams": 900}, supersedes=first.fields.id))
    dock.accept(phone, phone.photo("label", start, PICTURE, slot="EV-12"), phone.take_open("open", start))
    dock.accept(phone, phone.take("close", start, opens="open", slices=SLICES, counts=(12, 3)))
    dock.append(dock.create(), 0, DATA)
    dock.accept(phone, phone.say("verdict", "judged", start, {"verdict": "hold"}, worker=dock.world.binh))
    dock.accept(phone, phone.withdraw("no", start, "label"))
    database.engine.dispose()
    return tmp_path


def command(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return run(arguments, out, err), out.getvalue(), err.getvalue()


def test_captures_with_their_hashes_states_and_levels(home: Path) -> None:
    code, out, _ = command("records", "--json")
    film, photo = json.loads(out)["records"]
    assert code == 0
    assert (film["kind"], film["slot"], film["orders"], film["state"]) == (
        "take",
        "EV-01",
        [ORDER],
        "verified",
    )
    assert film["file"] == "sha256:" + hashlib.sha256(DATA).hexdigest()
    assert (film["level"], film["withdrawn"], film["bytes"]) == ("E0", False, len(DATA))
    assert film["record"].startswith("sha256:") and film["entry"] == 5
    assert (photo["kind"], photo["slot"], photo["state"], photo["level"]) == (
        "photo",
        "EV-12",
        "missing",
        None,
    )
    assert (photo["mime"], photo["withdrawn"]) == ("image/jpeg", True)


def test_one_orders_captures_as_lines(home: Path) -> None:
    code, out, _ = command("records", "--order", ORDER)
    lines = out.splitlines()
    assert (code, len(lines)) == (0, 2)
    assert lines[0].startswith(f"take  EV-01  {ORDER}  verified  E0  sha256:")
    assert lines[1].endswith("withdrawn")
    assert command("records", "--order", "4325000000000000002")[1] == ""


def test_an_order_that_is_not_here_is_one_sentence(home: Path) -> None:
    code, out, err = command("records", "--order", "1")
    assert (code, out, err.count("\n")) == (1, "", 1)


def doctor() -> set[str]:
    return {finding["code"] for finding in json.loads(command("doctor", "--json")[1])["findings"]}


def sql(home: Path, statement: str) -> None:
    with closing(sqlite3.connect(home / "dockproof.db")) as connection, connection:
        assert connection.execute(statement).rowcount == 1


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        (lambda: f"DELETE FROM dock_fact WHERE id = '{opaque('second')}'", "fact_missing"),
        (lambda: f"UPDATE dock_fact SET at = at + 1 WHERE id = '{opaque('second')}'", "fact_wrong"),
        (lambda: f"UPDATE dock_fact SET said = '{{}}' WHERE id = '{opaque('second')}'", "fact_wrong"),
        (lambda: f"UPDATE dock_fact SET gone_by = NULL WHERE id = '{opaque('first')}'", "fact_gone_wrong"),
        (
            lambda: f"UPDATE dock_fact SET gone_by = '{opaque('no')}' WHERE id = '{opaque('second')}'",
            "fact_gone_wrong",
        ),
        (lambda: "UPDATE photo SET file_state = 'verified'", "photo_state_wrong"),
        (lambda: f"UPDATE \"order\" SET verdict = 'passed' WHERE id = '{World().order}'", "verdict_wrong"),
        (
            lambda: f"UPDATE parcel SET received_at = received_at + 1 WHERE id = '{World().parcel}'",
            "receipt_time_wrong",
        ),
    ],
)
def test_the_doctor_names_what_does_not_follow_from_the_records(
    home: Path, statement: Callable[[], str], code: str
) -> None:
    assert doctor() == set()
    sql(home, statement())
    assert code in doctor()

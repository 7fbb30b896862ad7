"""doctor, backup and restore on a real instance: what is broken is named, what is killed can be run again."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.phone import Phone
from tests.support.upload_dock import DATA, SLICES, Dock
from tests.support.world import World, make_world, opaque, open_database
from webapp.adapters.blobs import Blobs
from webapp.adapters.instance_secret import instance_secret
from webapp.adapters.log_note import note_log_size, note_path
from webapp.cli.main import run
from webapp.store.schema import Take
from webapp.usecases.take_files import settle


@dataclass
class Place:
    """An instance with a received, filmed parcel, and the environment that the commands read."""

    tmp: Path
    home: Path
    world: World
    phone: Phone
    use: Callable[[Path], None]

    def command(self, *arguments: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        return run(arguments, out, err), out.getvalue(), err.getvalue()

    def sql(self, *statements: str, unguarded: bool = False) -> None:
        with closing(sqlite3.connect(self.home / "dockproof.db")) as connection, connection:
            if unguarded:
                for (name,) in connection.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                ).fetchall():
                    connection.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                connection.execute(statement)

    def doctor(self, *arguments: str) -> dict[str, Any]:
        code, out, err = self.command("doctor", "--json", *arguments)
        report: dict[str, Any] = json.loads(out)
        assert (code == 0) is report["ok"], err
        return report

    def codes(self, *arguments: str) -> set[str]:
        return {finding["code"] for finding in self.doctor(*arguments)["findings"]}

    def the_blob(self) -> Path:
        (film,) = (self.home / "blobs").rglob(hashlib.sha256(DATA).hexdigest())
        return film


def fill(home: Path) -> tuple[World, Phone]:
    """A goods receipt, a whole take with its film, and a second take whose upload has only begun."""
    database = open_database(home)
    instance_secret(home)
    dock = Dock(database, Blobs(home, floor=0), make_world(database), home)
    phone = Phone(dock.world)
    start = dock.world.start
    dock.accept(phone, phone.arrival("arrival", start), phone.take_open("open", start))
    dock.accept(phone, phone.take("close", start, opens="open", slices=SLICES, counts=(12, 3)))
    dock.append(dock.create(), 0, DATA)
    dock.accept(phone, phone.take_open("second", start))
    dock.append(dock.create(length=None, name="second"), 0, b"the beginning of a film")
    with database.write() as session:
        settle(session, session.get_one(Take, opaque("open")), now=start)
    database.engine.dispose()
    return dock.world, phone


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, World, Phone]:
    home = tmp_path_factory.mktemp("filled") / "home"
    home.mkdir()
    return (home, *fill(home))


@pytest.fixture
def place(
    filled: tuple[Path, World, Phone], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    original, world, phone = filled
    home = tmp_path / "home"
    shutil.copytree(original, home)
    for name in [name for name in os.environ if name.startswith("DOCKPROOF_")]:
        monkeypatch.delenv(name)

    def use(folder: Path) -> None:
        monkeypatch.setenv("DOCKPROOF_HOME", str(folder))

    use(home)
    yield Place(tmp_path, home, world, phone, use)


def noted(report: dict[str, Any]) -> list[str]:
    """The doctor's notes, but for the small world's phones: they came before enrolments were logged."""
    return [note["code"] for note in report["notes"] if note["code"] != "enrolment_not_logged"]


# -- doctor ----------------------------------------------------------------------------------------------------------


def test_a_sound_instance_has_no_findings(place: Place) -> None:
    report = place.doctor("--deep")
    assert (report["ok"], report["findings"], noted(report)) == (True, [], [])
    facts = {check["name"]: check["facts"] for check in report["checks"]}
    assert facts["log"]["entries"] == facts["records"]["records"] == 4
    assert facts["blobs"] == {"files": 1, "bytes": len(DATA), "hashed": True}
    assert facts["chains"]["devices"] == [
        {"device": place.phone.device, "records": 4, "last_seq": 4, "gaps": [], "forks": [], "broken": []}
    ]


def test_the_doctor_changes_nothing(place: Place) -> None:
    before = {path: path.read_bytes() for path in sorted(place.home.rglob("*")) if path.is_file()}
    place.doctor("--deep")
    after = {path: path.read_bytes() for path in sorted(place.home.rglob("*")) if path.is_file()}
    # SQLite leaves its empty write-ahead log behind
    ours = {path: data for path, data in after.items() if not path.name.endswith(("-wal", "-shm"))}
    assert ours == before


LAST = '(SELECT MAX("index") FROM log_entry)'


@pytest.mark.parametrize(
    ("code", "statements"),
    [
        ("trigger_missing", ["DROP TRIGGER record_no_update"]),
        ("trigger_changed", ["CREATE TRIGGER extra BEFORE INSERT ON record BEGIN SELECT 1; END"]),
        ("leaf_hash_wrong", ["UPDATE log_entry SET leaf_hash = 'x' WHERE \"index\" = 1"]),
        ("entry_of_other_record", ["UPDATE record SET received_at = received_at - 1 WHERE entry_index = 1"]),
        ("log_head_wrong", ["UPDATE log_head SET size = 9"]),
        ("entry_without_record", ["DELETE FROM record WHERE entry_index = 3"]),
        (
            "log_gap",
            ["DELETE FROM record WHERE entry_index = 1", 'DELETE FROM log_entry WHERE "index" = 1'],
        ),
        ("record_without_entry", [f'DELETE FROM log_entry WHERE "index" = {LAST}']),
        (
            "record_hash_wrong",
            [
                "UPDATE record SET text = replace(text, 'tz', 'tz') || '' , sha256 = 'ab'"
                " WHERE entry_index = 0"
            ],
        ),
        (
            "signature_wrong",
            [
                "UPDATE record SET signature = (SELECT signature FROM record WHERE entry_index = 1)"
                " WHERE entry_index = 0"
            ],
        ),
        ("record_columns_differ", ["UPDATE record SET parcel_id = 'x' WHERE entry_index = 0"]),
        ("record_unreadable", ["UPDATE record SET text = 'format 9' WHERE entry_index = 0"]),
        ("foreign_key_broken", ["DELETE FROM device"]),
        ("take_state_wrong", ["UPDATE take SET file_state = 'verified', verified_at = 1"]),
        ("tally_wrong", ["UPDATE tally SET units = units + 1"]),
        ("receipt_time_wrong", ["UPDATE parcel SET received_at = received_at - 1"]),
        ("schema_other", ["UPDATE alembic_version SET version_num = '0000'"]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_wrong_in_the_database_is_named(place: Place, code: str, statements: list[str]) -> None:
    place.sql(*statements, unguarded=not code.startswith("trigger"))
    assert code in place.codes()


def test_a_record_changed_together_with_its_hash_still_fails_by_its_signature(place: Place) -> None:
    """Whoever owns the machine can write rows; he cannot sign as the phone."""
    with closing(sqlite3.connect(place.home / "dockproof.db")) as connection:
        (text,) = connection.execute("SELECT text FROM record WHERE kind = 'take'").fetchone()
    forged = text.replace(" 12\n", " 11\n")
    place.sql(
        f"UPDATE record SET sha256 = '{hashlib.sha256(forged.encode()).hexdigest()}', text = '{forged}' "
        "WHERE kind = 'take'",
        unguarded=True,
    )
    assert {"signature_wrong", "entry_of_other_record", "tally_wrong"} <= place.codes()


def test_gaps_and_forks_of_a_phone_are_notes(place: Place) -> None:
    place.sql("PRAGMA foreign_keys=OFF", "UPDATE record SET seq = 3 WHERE seq = 2", unguarded=True)
    report = place.doctor()
    (chain,) = next(check for check in report["checks"] if check["name"] == "chains")["facts"]["devices"]
    assert (chain["gaps"], chain["forks"]) == ([[2, 2]], [3])
    assert {"chain_gap", "chain_fork"} <= {note["code"] for note in report["notes"]}


def test_files_that_are_gone_cut_or_changed_are_named(place: Place) -> None:
    film = place.the_blob()
    changed = bytearray(film.read_bytes())
    changed[0] ^= 1
    film.write_bytes(changed)
    assert place.codes() == set()  # the length alone is no proof …
    assert place.codes("--deep") == {"blob_hash_wrong"}  # … the hash is
    film.write_bytes(b"short")
    assert place.codes() == {"blob_size_wrong"}
    film.unlink()
    assert place.codes() == {"blob_missing"}


def test_leftovers_and_lost_bytes_of_uploads(place: Place) -> None:
    (spooled,) = (place.home / "spool").iterdir()
    spooled.write_bytes(b"the")
    old = place.home / "spool" / "put-0"
    old.write_bytes(b"")
    os.utime(old, (0, 0))
    report = place.doctor()
    assert [finding["code"] for finding in report["findings"]] == ["upload_short"]
    assert noted(report) == ["spool_leftover"]


def test_keys_clock_and_a_log_that_was_longer(place: Place) -> None:
    secret = place.home / "keys" / "instance.secret"
    secret.chmod(0o644)
    note_log_size(place.home, 99)
    os.utime(place.home / "dockproof.db", (2**32, 2**32))
    assert place.codes() == {"key_open_to_others", "log_shrunk", "clock_behind"}
    secret.write_bytes(b"short")
    assert "key_unreadable" in place.codes()
    secret.unlink()
    assert "key_missing" in place.codes()


def test_what_is_no_database_is_said_so(place: Place) -> None:
    (place.home / "dockproof.db").write_bytes(b"SQLite format 3\0" + b"junk" * 5_000)
    assert place.codes() >= {"database_unreadable"}
    (place.home / "dockproof.db").unlink()
    assert place.codes() == {"database_missing"}
    assert not (place.home / "dockproof.db").exists()


def test_a_folder_without_an_instance_is_one_sentence(place: Place) -> None:
    place.use(place.tmp / "nowhere")
    for command in (("doctor",), ("backup", str(place.tmp / "backup"))):
        code, out, err = place.command(*command)
        assert (code, out, err.count("\n")) == (1, "", 1)
    assert not (place.tmp / "nowhere").exists()


# -- a log that goes back --------------------------------------------------------------------------------------------


def test_an_older_database_put_in_place_is_not_served(place: Place) -> None:
    shutil.copy(place.home / "dockproof.db", place.tmp / "old.db")
    with Dockyard(place) as dock:
        phone = Phone(place.world, "second phone")
        dock.accept(phone, phone.arrival("later", place.world.start))
    assert place.command("demo")[0] == 1  # opens, notes the length, and refuses for another reason
    shutil.copy(place.tmp / "old.db", place.home / "dockproof.db")
    code, _, err = place.command("work", "--once")
    assert (code, "5" in err and "4" in err) == (1, True)


class Dockyard:
    """The instance opened by hand, as another process would."""

    def __init__(self, place: Place) -> None:
        self._place = place

    def __enter__(self) -> Dock:
        self._database = open_database(self._place.home)
        return Dock(self._database, Blobs(self._place.home, floor=0), self._place.world, self._place.home)

    def __exit__(self, *_: object) -> None:
        self._database.engine.dispose()


# -- backup and restore ----------------------------------------------------------------------------------------------


def rows_of(home: Path, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
    with closing(sqlite3.connect(home / "dockproof.db")) as connection:
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}


FACTS = ("record", "log_entry", "log_head", "blob", "device", "tally", "parcel", "side_file")


def backed_up(place: Place) -> Path:
    folder = place.tmp / "backup"
    code, _, err = place.command("backup", str(folder))
    assert code == 0, err
    return folder


def test_the_round_trip_brings_everything_back(place: Place) -> None:
    folder = backed_up(place)
    shutil.move(place.home, place.tmp / "burnt")
    code, out, err = place.command("restore", str(folder), "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)["ended_uploads"] == 1
    burnt = place.tmp / "burnt"
    assert rows_of(place.home, *FACTS) == rows_of(burnt, *FACTS)
    secret = Path("keys") / "instance.secret"
    assert (place.home / secret).read_bytes() == (burnt / secret).read_bytes()
    assert (place.home / secret).stat().st_mode & 0o077 == 0
    assert place.doctor("--deep")["ok"]
    with Dockyard(place) as dock:
        # A retry of what the phone had sent before: the same entry as ever.
        again = Phone(place.world).arrival("arrival", place.world.start)
        (receipt,) = dock.accept(place.phone, again)
        assert (receipt.state, receipt.entry) == ("accepted", 0)


def test_a_second_backup_copies_only_what_is_new_and_keeps_one_state(place: Place) -> None:
    folder = backed_up(place)
    first = json.loads((folder / "manifest.json").read_text())["state"]
    code, out, _ = place.command("backup", str(folder), "--json")
    report = json.loads(out)
    assert (code, report["copied"], report["linked"], report["blobs"]) == (0, 0, 0, 1)
    (state,) = folder.glob("state-*")
    assert state.name != first


def test_a_backup_stands_in_the_audit_of_the_instance(place: Place) -> None:
    folder = backed_up(place)
    ((details,),) = audit_of(place.home, "backup.made")
    assert json.loads(details) == {"log_size": 4, "files": 1, "missing": 0}
    shutil.move(place.home, place.tmp / "burnt")
    assert place.command("restore", str(folder))[0] == 0
    assert audit_of(place.home, "instance.restored") != [], (
        "and whoever restores it leaves a row of the same kind"
    )


def test_a_backup_stands_also_when_the_audit_cannot_be_written(place: Place) -> None:
    place.sql(
        "CREATE TRIGGER no_room BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
    )
    folder = place.tmp / "backup"
    code, out, err = place.command("backup", str(folder), "--json")
    assert (code, json.loads(out)["audited"]) == (0, False)
    assert "audit could not be written" in err
    assert (folder / "manifest.json").is_file()


def test_the_list_of_blobs_is_one_that_sha256sum_reads(place: Place) -> None:
    folder = backed_up(place)
    (listing,) = folder.glob("state-*/blobs.txt")
    for line in listing.read_text("ascii").splitlines():
        sha256, _, name = line.partition("  ")
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == sha256


def test_a_backup_on_another_disk_is_copied_and_hashed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def other_disk(*_: object, **__: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", other_disk)
    folder = place.tmp / "backup"
    code, out, _ = place.command("backup", str(folder), "--json")
    assert (code, json.loads(out)["copied"]) == (0, 1)
    shutil.rmtree(folder)
    place.the_blob().write_bytes(DATA[::-1])
    code, out, err = place.command("backup", str(folder), "--json")
    assert (code, json.loads(out)["missing"]) == (1, [hashlib.sha256(DATA).hexdigest()])
    assert "not whole" in err


def test_a_backup_while_records_arrive_is_one_state(place: Place) -> None:
    """What is written after the copy was taken is not in it, and its blobs are all there."""
    folder = backed_up(place)
    with Dockyard(place) as dock:
        phone = Phone(place.world, "second phone")
        dock.accept(phone, phone.arrival("later", place.world.start))
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["log_size"] == 4
    assert backed_up(place)
    assert json.loads((folder / "manifest.json").read_text())["log_size"] == 5


def killed_at(call: int, *arguments: str) -> bool:
    """Runs the command in a child that dies, as by SIGKILL, at its n-th durable step; True when it lived."""
    pid = os.fork()
    if pid == 0:  # pragma: no cover - the child
        count = 0

        def counted(original: Callable[..., Any]) -> Callable[..., Any]:
            def step(*args: Any, **kwargs: Any) -> Any:
                nonlocal count
                count += 1
                if count == call:
                    os._exit(137)
                return original(*args, **kwargs)

            return step

        for name in ("fsync", "link", "replace", "rename"):
            setattr(os, name, counted(getattr(os, name)))
        try:
            os._exit(run(arguments, io.StringIO(), io.StringIO()))
        finally:
            os._exit(1)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert status in (0, 137), status
    return status == 0


@pytest.mark.skipif(sys.platform == "darwin", reason="fork after threads")
def test_a_backup_killed_at_any_step_leaves_the_one_before_it_whole(place: Place) -> None:
    folder = backed_up(place)
    with Dockyard(place) as dock:
        phone = Phone(place.world, "second phone")
        dock.accept(phone, phone.arrival("later", place.world.start))
        dock.accept(phone, phone.take_open("other", place.world.start))
        dock.blobs.put_bytes(b"another film")
    call, sizes = 1, set()
    while not killed_at(call, "backup", str(folder)):
        target = place.tmp / f"restored-{call}"
        place.use(target)
        code, out, err = place.command("restore", str(folder), "--json")
        assert code == 0, (call, err)
        sizes.add(json.loads(out)["log_size"])
        place.use(place.home)
        call += 1
    assert call > 8
    assert sizes == {4, 6}, "before the manifest is replaced the old state stands, after it the new one"
    assert len(list(folder.glob("state-*"))) == 1


@pytest.mark.skipif(sys.platform == "darwin", reason="fork after threads")
def test_a_restore_killed_at_any_step_can_be_run_again(place: Place) -> None:
    folder = backed_up(place)
    call = 1
    while True:
        target = place.tmp / f"target-{call}"
        place.use(target)
        if killed_at(call, "restore", str(folder)):
            break
        if (target / "restoring").exists():
            assert place.command("work", "--once")[0] == 1, "a half restored home is not opened"
        code, _, err = place.command("restore", str(folder))
        finished = (target / "dockproof.db").exists() and not (target / "restoring").exists()
        assert code == 0 or finished, (call, err)
        call += 1
    assert call > 8


@pytest.mark.parametrize("name", ["dockproof.db", "blobs.txt", "keys/instance.secret", "manifest.json"])
def test_a_tampered_backup_is_refused_and_restores_nothing(place: Place, name: str) -> None:
    folder = backed_up(place)
    (state,) = folder.glob("state-*")
    file = folder / name if name == "manifest.json" else state / name
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    place.use(place.tmp / "new")
    code, _, err = place.command("restore", str(folder))
    assert (code, err.count("\n")) == (1, 1)
    assert not (place.tmp / "new").exists()


@pytest.mark.parametrize("state", ["../../etc", "state-../x", "state-", "/tmp/x"])
def test_a_manifest_cannot_point_elsewhere(place: Place, state: str) -> None:
    folder = backed_up(place)
    manifest = json.loads((folder / "manifest.json").read_text())
    for change in ({"state": state}, {"keys": {"../" + state: "0" * 64}}):
        (folder / "manifest.json").write_text(json.dumps({**manifest, **change, "sum": None}))
        place.use(place.tmp / "new")
        assert place.command("restore", str(folder))[0] == 1
        assert not (place.tmp / "new").exists()


def test_a_record_forged_in_a_backup_with_a_fresh_manifest_is_found(place: Place) -> None:
    """The manifest guards against damage; against a forger the phones' signatures stand."""
    place.sql(
        "UPDATE record SET signature = (SELECT signature FROM record WHERE entry_index = 1) "
        "WHERE entry_index = 0",
        unguarded=True,
    )
    folder = backed_up(place)
    place.use(place.tmp / "new")
    code, _, err = place.command("restore", str(folder))
    assert (code, "signed" in err) == (1, True)


def test_a_damaged_film_in_a_backup_is_named_and_the_rest_restored(place: Place) -> None:
    folder = backed_up(place)
    (film,) = (folder / "blobs").rglob(hashlib.sha256(DATA).hexdigest())
    film.unlink()
    film.write_bytes(DATA[::-1])
    place.use(place.tmp / "new")
    code, out, _ = place.command("restore", str(folder), "--json")
    report = json.loads(out)
    assert (code, report["damaged"]) == (1, [hashlib.sha256(DATA).hexdigest()])
    assert {finding["code"] for finding in report["findings"]} == {"blob_missing"}


def test_restore_refuses_a_home_in_use_and_an_older_log(place: Place) -> None:
    folder = backed_up(place)
    assert place.command("restore", str(folder))[0] == 1  # the instance is there
    for name in ("dockproof.db", "dockproof.db-wal", "dockproof.db-shm"):
        (place.home / name).unlink(missing_ok=True)
    shutil.rmtree(place.home / "blobs")
    shutil.rmtree(place.home / "spool")
    # The disk of the database died, the keys survived: they know how long the log was.
    note_log_size(place.home, 7)
    code, _, err = place.command("restore", str(folder))
    assert (code, "7" in err and "4" in err) == (1, True)
    code, out, err = place.command("restore", str(folder), "--accept-loss", "--json")
    assert (code, json.loads(out)["lost_entries"]) == (0, 3), err
    assert note_path(place.home).read_text() == "4\n"
    ((details,),) = audit_of(place.home, "instance.restored")
    assert json.loads(details) == {"log_size": 4, "noted": 7}


def audit_of(home: Path, action: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(home / "dockproof.db")) as connection:
        found = connection.execute("SELECT details FROM audit_event WHERE action = ?", (action,))
        return found.fetchall()


def test_a_backup_goes_nowhere_it_could_do_harm(place: Place) -> None:
    (place.tmp / "photos").mkdir()
    (place.tmp / "photos" / "holiday.jpg").write_bytes(b"")
    for folder in (place.home / "backup", place.home, place.tmp, place.tmp / "photos"):
        code, _, err = place.command("backup", str(folder))
        assert (code, err.count("\n")) == (1, 1), folder
    assert [path.name for path in (place.tmp / "photos").iterdir()] == ["holiday.jpg"]


def test_a_backup_is_for_its_owners_eyes_only(place: Place) -> None:
    folder = backed_up(place)
    assert folder.stat().st_mode & 0o077 == 0
    (secret,) = folder.glob("state-*/keys/instance.secret")
    assert secret.stat().st_mode & 0o077 == 0

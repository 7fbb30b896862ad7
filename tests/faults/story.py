"""One phone's evening, told to use-cases in a process that may die anywhere in it, and told again until it is whole.

Each step notes what the server acknowledged, in a file that survives; the next process goes on from there, as a phone
does from its journal.
"""

from __future__ import annotations

import hashlib
import json
import os
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from tests.faults.edges import Edges
from tests.faults.shift import JPEG, PHOTO_MIME, WEBM
from tests.support.phone import MIME, Phone, SignedRecord
from tests.support.upload_dock import whole
from tests.support.world import World, opaque
from webapp.adapters.blobs import Blobs
from webapp.domain.evidence import FileClaim
from webapp.domain.record_kinds import KINDS
from webapp.domain.refusals import Refusal
from webapp.locate import migrations_dir
from webapp.store.database import Database
from webapp.store.schema import Blob, Record, Take
from webapp.store.schema_dock import Photo
from webapp.usecases import upload_expiry, uploads
from webapp.usecases.doctor import examine
from webapp.usecases.evidence import Item, accept_records
from webapp.usecases.uploads import UPLOAD_LIFE, UploadState

FILM = WEBM + bytes(range(200)) * 40
PHOTO = JPEG + bytes(range(100, 250)) * 9
SHOT = JPEG + bytes(range(50, 200)) * 7
FORGOTTEN = WEBM + b"a take that its phone never finished"
NEVER = UPLOAD_LIFE + timedelta(days=1)


class Records:
    """The phone's chain, the same in every process."""

    def __init__(self, world: World) -> None:
        phone, at = Phone(world), world.start
        self.arrival = phone.arrival("arrival", at)
        self.opened = phone.take_open("film", at)
        self.closed = phone.take(
            "film closed", at, opens="film", slices=[FILM[:3_000], FILM[3_000:]], counts=(7, 2)
        )
        self.photo = self._photo(phone, "photo", PHOTO)
        self.shot = self._photo(phone, "shot", SHOT)
        self.forgotten = phone.take_open("forgotten", at)

    def _photo(self, phone: Phone, name: str, data: bytes) -> SignedRecord:
        claim = FileClaim(hashlib.sha256(data).hexdigest(), len(data), PHOTO_MIME)
        values = tuple((key, "camera" if key == "source" else None) for key in KINDS["photo"].keys)
        fields = phone.blank("photo", name, phone.world.start, slot="EV-03", values=values)
        return phone.next(replace(fields, file=claim))


class Story:
    """``database``: of ``home``, with no connection open. It comes from outside, so that what it has learned of its
    statements is learned once."""

    def __init__(self, home: Path, database: Database) -> None:
        self._world = World()
        self._records = Records(self._world)
        self._database = database
        self._blobs = Blobs(home, floor=0)
        self._notes = home.with_suffix(".journal")
        self.said: dict[str, str] = {}
        if self._notes.exists():
            self.said = dict(json.loads(line) for line in self._notes.read_text().splitlines())

    def tell(self) -> None:
        """To its end. Raises ``AssertionError`` when an acknowledgement was taken back."""
        records = self._records
        self._send(records.arrival, records.opened)
        self._upload("film", MIME, FILM, lambda: self._send(records.closed))
        self._send(records.photo)
        self._upload("photo", PHOTO_MIME, PHOTO, lambda: None)
        self._send(records.shot)
        self._upload_at_once("shot", SHOT)
        self._send(records.forgotten)
        self._leave_unfinished()
        self._expire()
        # Once more, as after a lost note.
        self._send(
            records.arrival, records.opened, records.closed, records.photo, records.shot, records.forgotten
        )

    # -- steps ---------------------------------------------------------------------------------------------------

    def _note(self, key: str, value: str) -> None:
        before = self.said.get(key)
        self.said[key] = value
        if before != value:
            fd = os.open(self._notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            os.write(fd, (json.dumps([key, value]) + "\n").encode())
            os.close(fd)

    def _send(self, *sent: SignedRecord) -> None:
        items = [Item(record.text, record.signature, dict(record.side)) for record in sent]
        receipts = accept_records(
            self._database,
            self._world.phone,
            items,
            now=self._world.start,
            on_orders_changed=lambda session, orders: None,
        )
        for receipt in receipts:
            assert receipt.state == "accepted", receipt
            key, value = f"record {receipt.id}", f"{receipt.record} {receipt.entry}"
            assert self.said.get(key, value) == value, f"{key}: {self.said[key]}, now {value}"
            self._note(key, value)

    def _upload(self, name: str, mime: str, data: bytes, closing: Callable[[], None]) -> None:
        if f"done {name}" in self.said:
            return
        where = self.said.get(f"at {name}") or self._create(
            # A film is sent while it runs; a photo is whole when it is announced.
            name,
            mime,
            length=len(data) if mime == PHOTO_MIME else None,
        )
        state = self._head(name, where)
        half = len(data) // 2
        if state.sha256 is None and state.offset < half:
            state = self._append(name, where, state.offset, data[state.offset : half], None)
        closing()
        if state.sha256 is None:
            state = self._append(name, where, state.offset, data[state.offset :], len(data))
        assert state.sha256 == hashlib.sha256(data).hexdigest()
        self._note(f"done {name}", state.sha256)

    def _upload_at_once(self, name: str, data: bytes) -> None:
        """With its creation: without an answer it is sent anew."""
        if f"done {name}" in self.said:
            return
        state = uploads.create_whole(
            self._database,
            self._blobs,
            device_id=self._world.phone,
            record_id=opaque(name),
            mime=PHOTO_MIME,
            body=whole(data),
            now=self._world.start,
        )
        assert state.sha256 == hashlib.sha256(data).hexdigest()
        self._note(f"done {name}", state.sha256)

    def _create(self, name: str, mime: str, *, length: int | None = None) -> str:
        made = uploads.create(
            self._database,
            self._blobs,
            device_id=self._world.phone,
            record_id=opaque(name),
            mime=mime,
            length=length,
            now=self._world.start,
        ).id
        self._note(f"at {name}", made)
        return made

    def _head(self, name: str, where: str) -> UploadState:
        state = uploads.head(
            self._database,
            self._blobs,
            device_id=self._world.phone,
            upload_id=where,
            now=self._world.start,
        )
        assert state.offset >= int(self.said.get(f"offset {name}", "0")), (
            f"{name}: acknowledged bytes are gone"
        )
        return state

    def _append(self, name: str, where: str, offset: int, data: bytes, total: int | None) -> UploadState:
        state = uploads.append(
            self._database,
            self._blobs,
            device_id=self._world.phone,
            upload_id=where,
            offset=offset,
            total=total,
            body=whole(data),
            now=self._world.start,
        )
        self._note(f"offset {name}", str(state.offset))
        return state

    def _leave_unfinished(self) -> None:
        if "expired" in self.said:
            return
        where = self.said.get("at forgotten") or self._create("forgotten", MIME)
        try:
            state = self._head("forgotten", where)
        except Refusal as refusal:
            # It had expired before the process died.
            assert refusal.code == "upload_unknown", refusal
            return
        if state.offset == 0:
            self._append("forgotten", where, 0, FORGOTTEN, None)

    def _expire(self) -> None:
        upload_expiry.expire(self._database, self._blobs, now=self._world.start + NEVER)
        self._note("expired", "-")


def tell(
    home: Path, database: Database, *, die_at: int | None = None, power_cut: bool = False
) -> tuple[int, list[str]]:
    """The story in a forked process: its exit code (``edges.DIED`` when it died where it was told to), and the edges
    that it met, or the error that ended it."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        edges = Edges(home, die_at=die_at, power_cut=power_cut)
        code = 1
        try:
            story = Story(home, database)
            edges.install()
            story.tell()
            code, said = 0, edges.log
        except BaseException:
            said = [traceback.format_exc()]
        os.write(write, json.dumps(said).encode())
        os._exit(code)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), json.loads(text) if text else []


def look(home: Path, database: Database) -> list[str]:
    """What is wrong with the instance after the story was told to its end; nothing, if all is well."""
    wrong = []
    try:
        report = examine(
            database, home=home, migrations=migrations_dir(), now=World().start + NEVER, deep=True
        )
        # The evening is one of the future, and a test's disk may be small.
        told = {
            check.name: check.counts for check in report.checks if check.name not in ("clock", "disk", "keys")
        }
        # The small world's phones were never enrolled by anybody.
        told["log"].pop("enrolment_not_logged", None)
        wrong += [f"doctor: {name} {counts}" for name, counts in told.items() if counts]
        with database.read() as session:
            records = Counter(row.id for row in session.scalars(select(Record)))
            states = {row.id: row.file_state for row in session.scalars(select(Take))}
            photos = [row.file_state for row in session.scalars(select(Photo))]
            blobs = {row.sha256 for row in session.scalars(select(Blob))}
    finally:
        database.engine.dispose()
    names = ("arrival", "film", "film closed", "photo", "shot", "forgotten")
    if records != Counter(opaque(name) for name in names):
        wrong.append(f"records: {records}")
    if (states, photos) != ({opaque("film"): "verified", opaque("forgotten"): "partial"}, ["verified"] * 2):
        wrong.append(f"states: {states} {photos}")
    if blobs != {hashlib.sha256(data).hexdigest() for data in (FILM, PHOTO, SHOT, FORGOTTEN)}:
        wrong.append(f"blobs: {blobs}")
    left = Blobs(home).spools.names()
    return [*wrong, f"spool: {left}"] if left else wrong

"""The verdict after the trouble: everything that was acknowledged is there, once, and the instance is whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.faults.courier import Courier
from tests.faults.shift import Capture
from tests.faults.yard import Yard
from tests.support.warm import command
from webapp.adapters.blobs import Blobs
from webapp.store.schema import Blob, LogEntry, LogHead, Record, Take, Tally
from webapp.store.schema_dock import Photo


@dataclass(frozen=True)
class Verdict:
    """Counts of what came in; each was found again, once."""

    records: int
    entries: int
    takes: int
    photos: int
    bytes: int
    retries: int
    restarts: int

    def __str__(self) -> str:
        return (
            f"{self.records} records, {self.takes} takes and {self.photos} photos of {self.bytes} bytes in; "
            f"all verified, none doubled, after {self.retries} retries and {self.restarts} "
            f"restarts; log of {self.entries} entries without a gap"
        )


def judge(yard: Yard, couriers: Sequence[Courier]) -> Verdict:
    """Raises ``AssertionError`` for anything lost, doubled or inconsistent. The server may still run."""
    captures = [capture for courier in couriers for capture in courier.brought]
    with yard.database.read() as session:
        _check_records(session, couriers)
        entries = _check_log(session)
        takes = _check_takes(session, captures)
        photos = _check_photos(session, captures)
    size = _check_bytes(yard, captures)
    _check_doctor(yard)
    return Verdict(
        records=sum(len(courier.records) for courier in couriers),
        entries=entries,
        takes=takes,
        photos=photos,
        bytes=size,
        retries=sum(courier.word.retries for courier in couriers),
        restarts=sum(courier.word.restarts for courier in couriers),
    )


def _check_records(session: Session, couriers: Sequence[Courier]) -> None:
    said = {sha256: entry for courier in couriers for sha256, (entry, _) in courier.word.entries.items()}
    sent = {
        hashlib.sha256(record.text.encode()).hexdigest(): record.text
        for courier in couriers
        for record in courier.records
    }
    kept = {row.sha256: row for row in session.scalars(select(Record))}
    assert said.keys() == sent.keys(), "not every record was acknowledged"
    assert kept.keys() == sent.keys(), f"{len(sent)} records sent, {len(kept)} kept"
    assert {sha256: row.entry_index for sha256, row in kept.items()} == said
    assert {sha256: row.text for sha256, row in kept.items()} == sent


def _check_log(session: Session) -> int:
    entries = list(session.scalars(select(LogEntry).order_by(LogEntry.index)))
    assert [entry.index for entry in entries] == list(range(len(entries))), "the log has a gap"
    assert session.scalars(select(LogHead)).one().size == len(entries)
    named = [entry.text for entry in entries if entry.text.startswith("type record\n")]
    records = {row.sha256 for row in session.scalars(select(Record))}
    assert len(named) == len(records), "a record stands in the log twice, or not at all"
    return len(entries)


def _check_takes(session: Session, captures: Sequence[Capture]) -> int:
    filmed = {capture.upload.record: capture for capture in captures if capture.upload and capture.counts}
    rows = {row.id: row for row in session.scalars(select(Take))}
    assert rows.keys() == filmed.keys()
    for take, capture in filmed.items():
        assert capture.upload is not None
        claim = capture.upload
        assert (rows[take].file_state, rows[take].file_sha256) == ("verified", claim.sha256), take
        counted = {line.line: line.units for line in capture.after[-1].fields.tally}
        kept = session.scalars(select(Tally).where(Tally.take_id == take))
        assert {row.line_id: row.units for row in kept} == counted, take
    return len(rows)


def _check_photos(session: Session, captures: Sequence[Capture]) -> int:
    taken = {
        capture.upload.record: capture.upload.sha256
        for capture in captures
        if capture.upload and not capture.counts
    }
    rows = {row.id: row for row in session.scalars(select(Photo))}
    assert {key: row.file_sha256 for key, row in rows.items()} == taken
    assert {row.file_state for row in rows.values()} <= {"verified"}
    return len(rows)


def _check_bytes(yard: Yard, captures: Sequence[Capture]) -> int:
    """Files are compared byte by byte with what the phones hold."""
    blobs = Blobs(yard.home)
    expected = {capture.upload.sha256: capture.upload.data for capture in captures if capture.upload}
    for sha256, data in expected.items():
        assert blobs.path(sha256).read_bytes() == data, f"blob {sha256}"
    with yard.database.read() as session:
        rows = {row.sha256: row.bytes for row in session.scalars(select(Blob))}
    assert expected.keys() <= rows.keys()
    assert all(rows[sha256] == len(data) for sha256, data in expected.items())
    files = {path.name for path in (yard.home / "blobs").rglob("*") if path.is_file()}
    assert files == rows.keys(), f"files without a row: {sorted(files - rows.keys())}"
    return sum(map(len, expected.values()))


def _check_doctor(yard: Yard) -> None:
    code, text = command(yard.home, "doctor", "--json", "--deep")
    report = json.loads(text)
    assert (code, report["ok"]) == (0, True), report["findings"]
    chains = [note for note in report["notes"] if note["code"].startswith("chain")]
    assert not chains, chains

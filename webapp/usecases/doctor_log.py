"""Is the log whole, and does every record still say what its device signed?"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from webapp.adapters.log_note import noted_log_size
from webapp.domain.evidence import MalformedRecord, RecordFields, parse
from webapp.domain.ledger import leaf_hash, record_entry
from webapp.domain.signatures import BadSignature, der_to_raw
from webapp.store import doctor as rows
from webapp.store import evidence, unsent
from webapp.store.schema import Device, LogEntry, Record
from webapp.usecases.device_keys import SigningKeys, signing_keys
from webapp.usecases.doctor_findings import Check
from webapp.usecases.doctor_phones import PHONE_ENTRIES, PhonesInLog, phones_in_log

_FOLLOWED_ELSEWHERE = ("document", "job-capture", "message", "claim-event", "submission", "voucher")
"""Entry types whose rows other parts of the program check when they are read."""


def check_log(session: Session, home: Path) -> Check:
    """Entries from 0 without a gap, each with the right hash, each record with exactly its entry and the reverse."""
    check = Check("log")
    known = _Known(rows.derivatives(session), phones_in_log(session))
    expected, records = 0, 0
    for entry, record in rows.log_with_records(session):
        if entry.index != expected:
            check.add("log_gap", f"entries {expected} to {entry.index - 1}")
        expected = entry.index + 1
        if leaf_hash(entry.text.encode("utf-8")).hex() != entry.leaf_hash:
            check.add("leaf_hash_wrong", f"entry {entry.index}")
        if record is not None:
            records += 1
            if entry.text != record_entry(record.received_at, record.sha256):
                check.add("entry_of_other_record", f"entry {entry.index}")
        else:
            _check_other_entry(check, entry, known)
    known.phones.finish(check)
    for sha256 in rows.records_without_entry(session):
        check.add("record_without_entry", f"record {sha256}")
    head = rows.head_size(session)
    if head != expected:
        check.add("log_head_wrong", f"{head}, and {expected} entries")
    _check_note(check, home, head)
    check.facts.update(entries=expected, records=records)
    return check


@dataclass
class _Known:
    """What entries may speak of."""

    derivatives: set[tuple[str, str, str]]
    phones: PhonesInLog


def _check_other_entry(check: Check, entry: LogEntry, known: _Known) -> None:
    values = dict(line.partition(" ")[::2] for line in entry.text.splitlines())
    kind = values.get("type")
    if kind == "record":
        check.add("entry_without_record", f"entry {entry.index}")
    elif kind == "derivative":
        named = tuple(values.get(key, "").removeprefix("sha256:") for key in ("of", "kind", "derivative"))
        if named not in known.derivatives:
            check.add("entry_without_derivative", f"entry {entry.index}")
    elif kind in PHONE_ENTRIES:
        known.phones.follow(check, values, f"entry {entry.index}")
    elif kind not in _FOLLOWED_ELSEWHERE:
        check.add("entry_type_unknown", f"entry {entry.index}")


def _check_note(check: Check, home: Path, head: int) -> None:
    try:
        noted = noted_log_size(home)
    except ValueError:
        check.add("log_note_unreadable", "keys/log-size")
        return
    check.facts["noted"] = noted
    if noted is not None and head < noted:
        check.add("log_shrunk", f"{head} entries, {noted} were noted")


def check_records(session: Session) -> Check:
    """Each record's text under its hash, in its format, as its row says, and signed by its device."""
    check = Check("records")
    keys: dict[str, SigningKeys] = {
        device.id: signing_keys(session, device) for device in rows.devices(session)
    }
    count = 0
    for _, record in rows.log_with_records(session):
        if record is not None:
            count += 1
            _check_record(check, record, keys)
    check.facts["records"] = count
    return check


def _check_record(check: Check, record: Record, keys: dict[str, SigningKeys]) -> None:
    where = f"record {record.sha256}"
    if hashlib.sha256(record.text.encode("utf-8")).hexdigest() != record.sha256:
        check.add("record_hash_wrong", where)
    try:
        fields = parse(record.text)
    except MalformedRecord:
        check.add("record_unreadable", where)
        return
    if not _same(record, fields):
        check.add("record_columns_differ", where)
    try:
        keys[record.device_id].check(der_to_raw(record.signature), record.text, seq=record.seq)
    except (BadSignature, KeyError, ValueError, OverflowError):
        check.add("signature_wrong", where)


def _same(record: Record, fields: RecordFields) -> bool:
    return (
        (record.id, record.device_id, record.seq, record.kind)
        == (fields.id, fields.device, fields.seq, fields.kind)
        and (record.parcel_id, record.order_id, record.worker_id)
        == (fields.parcel, fields.order, fields.worker)
        and record.file_sha256 == (fields.file.sha256 if fields.file else None)
    )


def check_chains(session: Session) -> Check:
    """Gaps, forks and broken links of every phone's chain: notes, for they are what phones did."""
    check = Check("chains")
    listed = []
    for device in rows.devices(session):
        facts = _chain(session, device.id, check)
        if facts["records"]:
            listed.append({"device": device.id, **facts})
        _tell_loss(session, device, check)
    check.facts["devices"] = listed
    return check


def _tell_loss(session: Session, device: Device, check: Check) -> None:
    """Of a phone whose place another took: what cannot come any more."""
    successor = unsent.successors(session, [device.id]).get(device.id)
    if successor is None:
        return
    here = evidence.last_seq(session, device.id)
    if successor.former_seq is not None and successor.former_seq > here:
        check.add("chain_ended", f"device {device.id} seq {here + 1} to {successor.former_seq}")
    for one in unsent.unsent(session, device.id):
        check.add("capture_lost", f"{one.kind} {one.id} of device {device.id}")


def _chain(session: Session, device_id: str, check: Check) -> dict[str, object]:
    gaps: list[list[int]] = []
    forks: list[int] = []
    broken: list[int] = []
    last, count = 0, 0
    # Only two numbers of the chain are held at a time.
    at: dict[int, set[str]] = defaultdict(set)
    for seq, sha256, text in rows.chain(session, device_id):
        count += 1
        if seq > last + 1:
            gaps.append([last + 1, seq - 1])
            check.add("chain_gap", f"device {device_id} seq {last + 1} to {seq - 1}")
        if seq == last and forks[-1:] != [seq]:
            forks.append(seq)
            check.add("chain_fork", f"device {device_id} seq {seq}")
        before = at.get(seq - 1, set())
        prev = text.partition("\nprev ")[2].partition("\n")[0].removeprefix("sha256:")
        if before and prev not in before:
            broken.append(seq)
            check.add("chain_broken", f"device {device_id} seq {seq}")
        for old in [number for number in at if number < seq - 1]:
            del at[old]
        at[seq].add(sha256)
        last = seq
    return {"records": count, "last_seq": last, "gaps": gaps, "forks": forks, "broken": broken}

"""Accepting records from a phone: one record, one transaction, one log entry.

An authentic, well-formed record is never refused, whatever it says: it is stored with findings, so that a device's
chain never blocks. Only what cannot be read, or was not signed by the device, is set aside; what a revoked phone still
sends goes into quarantine.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.domain.evidence import Finding, MalformedRecord, RecordFields, parse
from webapp.domain.ledger import record_entry
from webapp.domain.refusals import Refusal
from webapp.domain.signatures import BadSignature, decode_base64url, raw_to_der
from webapp.store import ledger
from webapp.store.database import Database
from webapp.store.schema import Device, Record
from webapp.store.schema import MalformedRecord as MalformedRow
from webapp.usecases import quarantine, side_files
from webapp.usecases.device_keys import SigningKeys, signing_keys
from webapp.usecases.record_findings import gather, names_of
from webapp.usecases.record_projections import OrdersChanged, project
from webapp.usecases.segments import recarry
from webapp.usecases.take_files import FileState, file_state

_KEPT_CHARACTERS: Final = 65_536
_ID_LINE: Final = re.compile(r"format [^\n]*\nid ([0-9a-f]{32})\n")


@dataclass(frozen=True)
class Item:
    """One record as sent: ``signature`` is base64url of raw ``r || s``; ``side`` maps file name to text."""

    text: str
    signature: str
    side: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FileReceipt:
    sha256: str
    bytes: int
    state: FileState


@dataclass(frozen=True)
class Receipt:
    """``entry`` is the log index, None unless the record is accepted; ``error`` says why it is malformed."""

    id: str | None
    state: str  # accepted | malformed | quarantined
    record: str
    entry: int | None
    received: datetime
    findings: tuple[Finding, ...] = ()
    file: FileReceipt | None = None
    error: MalformedRecord | None = None


def accept_records(
    database: Database,
    device_id: str,
    items: Sequence[Item],
    *,
    now: datetime,
    on_orders_changed: OrdersChanged,
) -> list[Receipt]:
    """Receipts in the order sent. The same record again gives the same entry and receipt.

    ``on_orders_changed(session, order_ids)`` runs in the record's transaction when a receipt time became known or
    earlier. Raises ``device_unknown`` when the device is not enrolled, ``quarantine_full``.
    """
    with database.read() as session:
        device = session.get(Device, device_id)
        keys = None if device is None else signing_keys(session, device)
    if device is None or keys is None:
        raise Refusal("device_unknown")
    if device.revoked_at is not None:
        with database.write() as session:
            return [_quarantine(session, item, device_id, now) for item in items]
    receipts = []
    for item in items:
        try:
            signed = _authentic(item, device_id, keys)
        except MalformedRecord as malformed:
            receipts.append(_set_aside(database, item, device_id, malformed, now))
            continue
        with database.write() as session:
            receipts.append(_accept(session, item, signed, device_id, now, on_orders_changed))
    return receipts


@dataclass(frozen=True)
class _Signed:
    """What an authentic item says; ``signature`` is DER."""

    fields: RecordFields
    signature: bytes
    findings: list[Finding]


def _authentic(item: Item, device_id: str, keys: SigningKeys) -> _Signed:
    """Raises ``MalformedRecord``: nothing unsigned is looked at further."""
    fields = parse(item.text)
    if fields.device != device_id:
        raise MalformedRecord("device_mismatch", fields.device)
    try:
        raw = decode_base64url(item.signature)
        findings = keys.check(raw, item.text, seq=fields.seq)
        return _Signed(fields, raw_to_der(raw), findings)
    except BadSignature as bad:
        raise MalformedRecord("signature_wrong", str(bad)) from None


def _accept(
    session: Session,
    item: Item,
    signed: _Signed,
    device_id: str,
    now: datetime,
    orders_changed: OrdersChanged,
) -> Receipt:
    device = session.get_one(Device, device_id)
    # Looked up again inside the transaction: a revocation holds from its own commit on.
    if device.revoked_at is not None:
        return _quarantine(session, item, device_id, now)
    return _enter(session, item, signed, device, now, orders_changed)


def release(
    session: Session,
    item: Item,
    device: Device,
    *,
    why: Finding,
    now: datetime,
    on_orders_changed: OrdersChanged,
) -> Receipt:
    """Takes what a revoked phone sent into the evidence, with the finding ``why``; by a person's decision only.

    It is received ``now``: the log knows no other order. Raises ``MalformedRecord`` for what no key of the phone
    signed.
    """
    signed = _authentic(item, device.id, signing_keys(session, device))
    signed.findings.append(why)
    return _enter(session, item, signed, device, now, on_orders_changed)


def _enter(
    session: Session,
    item: Item,
    signed: _Signed,
    device: Device,
    now: datetime,
    orders_changed: OrdersChanged,
) -> Receipt:
    fields = signed.fields
    sha256 = hashlib.sha256(item.text.encode("ascii")).hexdigest()
    sides, side_findings = side_files.check(fields, item.side)
    # First: whether a film recounted what it goes on from stands among its events.
    side_files.keep(session, sides, now=now)
    known = session.get(Record, sha256)
    if known is None:
        facts = gather(session, fields, sha256=sha256, device=device, now=now)
        findings = [*signed.findings, *facts.findings, *side_findings]
        findings += project(session, fields, facts, now=now, orders_changed=orders_changed)
        known = _append(session, item, fields, signed.signature, sha256, findings, now)
    elif fields.kind == "take" and fields.parcel is not None:
        # Events that were missing at first may have come with this retry.
        recarry(session, fields.parcel)
    return _receipt(session, known, fields)


def _append(
    session: Session,
    item: Item,
    fields: RecordFields,
    signature: bytes,
    sha256: str,
    findings: list[Finding],
    now: datetime,
) -> Record:
    entry = ledger.append_entry(session, record_entry(now, sha256))
    record = Record(
        sha256=sha256,
        id=fields.id,
        device_id=fields.device,
        seq=fields.seq,
        kind=fields.kind,
        parcel_id=fields.parcel,
        order_id=fields.order,
        worker_id=fields.worker,
        text=item.text,
        signature=signature,
        received_at=now,
        findings=[{"code": finding.code, "detail": finding.detail} for finding in findings],
        file_sha256=fields.file.sha256 if fields.file else None,
        entry_index=entry,
    )
    session.add(record)
    session.flush()
    return record


def _receipt(session: Session, record: Record, fields: RecordFields) -> Receipt:
    file = None
    # A take's bytes were announced by its opening record, a photo's by its own.
    announced = fields.opens or fields.id
    if fields.file is not None:
        state = file_state(session, take_id=announced, device_id=fields.device, claim=fields.file)
        file = FileReceipt(f"sha256:{fields.file.sha256}", fields.file.bytes, state)
    return Receipt(
        id=record.id,
        state="accepted",
        record=f"sha256:{record.sha256}",
        entry=record.entry_index,
        received=record.received_at,
        findings=tuple(names_of(record)),
        file=file,
    )


def _set_aside(
    database: Database, item: Item, device_id: str, malformed: MalformedRecord, now: datetime
) -> Receipt:
    """Keeps what could not be accepted, where the desk can see it; never in the log."""
    text = quarantine.storable(item.text)
    signature = quarantine.storable(item.signature)
    key = hashlib.sha256(f"{device_id}\n{text}\n{signature}".encode()).hexdigest()
    with database.write() as session:
        if session.get(MalformedRow, key) is None:
            session.add(
                MalformedRow(
                    sha256=key,
                    device_id=device_id,
                    text=text[:_KEPT_CHARACTERS],
                    signature=signature[:1_000],
                    problem=f"{malformed.code}: {malformed.detail}",
                    received_at=now,
                )
            )
    return Receipt(_named_id(item), "malformed", _sent_hash(item), entry=None, received=now, error=malformed)


def _quarantine(session: Session, item: Item, device_id: str, now: datetime) -> Receipt:
    known = session.get(Record, _sent_hash(item).removeprefix("sha256:"))
    if known is not None and known.device_id == device_id:
        # Accepted before, or released: only so does the phone learn when the desk has its bytes.
        return replace(_receipt(session, known, parse(known.text)), findings=())
    quarantine.keep(
        session, device_id=device_id, text=item.text, signature=item.signature, side=item.side, now=now
    )
    return Receipt(_named_id(item), "quarantined", _sent_hash(item), entry=None, received=now)


def _named_id(item: Item) -> str | None:
    named = _ID_LINE.match(item.text)
    return named.group(1) if named else None


def _sent_hash(item: Item) -> str:
    return "sha256:" + hashlib.sha256(item.text.encode("utf-8", "surrogatepass")).hexdigest()

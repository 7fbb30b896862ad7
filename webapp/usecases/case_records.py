"""The signed records of one order as files that a stranger checks with OpenSSL and sha256sum (evidence.md, export)."""

from __future__ import annotations

import base64
import textwrap
from collections.abc import Iterator

from sqlalchemy.orm import Session

from webapp.adapters.bag_writer import BagFile
from webapp.domain.evidence import MalformedRecord, parse
from webapp.store import cases as rows
from webapp.store import device_keys
from webapp.store import orders as order_rows
from webapp.store.schema import Record


def record_files(session: Session, order_id: str, folder: str) -> Iterator[BagFile]:
    """Below ``folder``: a phone's records by number, each with its signature (DER), side files and log entry; the
    phone's public keys (PEM), the number after which each one ends in its name; then the log's other entries.
    """
    order = order_rows.orders_by_id(session, {order_id})[0]
    devices: set[str] = set()
    written: set[str] = set()
    for record in rows.records_of_order(session, order.id, [parcel.id for parcel in order.parcels]):
        for file in _record(session, record, folder):
            # A phone that lost its memory may send one number twice; the log has both, and so has the bag.
            if file.path not in written:
                written.add(file.path)
                yield file
        devices.add(record.device_id)
    for device in sorted(devices):
        yield from _keys(session, device, folder)
    for index, text in rows.entries_about(session, order.id, devices):
        yield BagFile(f"{folder}/log/{index:08d}.txt", text.encode("utf-8"))


def _record(session: Session, record: Record, folder: str) -> Iterator[BagFile]:
    base = f"{folder}/{record.device_id}/{record.seq:08d}-{record.id}-{record.entry_index:08d}"
    yield BagFile(f"{base}.txt", record.text.encode("utf-8"))
    yield BagFile(f"{base}.sig", record.signature)
    yield BagFile(f"{base}.entry.txt", rows.entry(session, record.entry_index).text.encode("utf-8"))
    for name, sha256 in _side(record):
        text = rows.side_text(session, sha256)
        if text is not None:
            yield BagFile(f"{base}.{name}.txt", text.encode("utf-8"))


def _side(record: Record) -> Iterator[tuple[str, str]]:
    """(name, what finds it: a hash, or a chunk tree's root with its prefix)."""
    try:
        fields = parse(record.text)
    except MalformedRecord:
        return
    if fields.events is not None:
        yield "events", fields.events
    if fields.chunks is not None:
        yield "chunks", f"root:{fields.chunks.root}"


def _keys(session: Session, device: str, folder: str) -> Iterator[BagFile]:
    for key in device_keys.earlier_keys(session, device):
        yield BagFile(f"{folder}/{device}/key-until-{key.last_seq:08d}.pem", pem(key.public_key))
    current = rows.devices(session, [device])[device]
    yield BagFile(f"{folder}/{device}/key.pem", pem(current.public_key))


def pem(spki: bytes) -> bytes:
    """A public key's DER as OpenSSL's tools read it."""
    lines = textwrap.wrap(base64.b64encode(spki).decode("ascii"), 64)
    return "\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""]).encode("ascii")

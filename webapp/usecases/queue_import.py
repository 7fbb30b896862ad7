"""What a phone exported to a file comes in by the same door as what it sends: signatures decide, nothing doubles."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.adapters.blobs import Blobs
from webapp.adapters.disk import says_full
from webapp.adapters.queue_zip import Queue, open_queue
from webapp.adapters.secrets import new_id
from webapp.domain.file_types import HEAD_BYTES, served_mime
from webapp.domain.permissions import Permission, may
from webapp.domain.refusals import Refusal
from webapp.store import evidence as evidence_rows
from webapp.store import people
from webapp.store import uploads as rows
from webapp.store.audit import audit_at_site
from webapp.store.database import Database
from webapp.store.dock import photo_expects_bytes
from webapp.store.schema import Device, Record, Take, Upload
from webapp.store.schema_dock import Photo
from webapp.usecases import quotas
from webapp.usecases.evidence import Item, accept_records
from webapp.usecases.photo_files import settle_photo
from webapp.usecases.record_projections import OrdersChanged
from webapp.usecases.sessions import Desk
from webapp.usecases.take_files import settle

_AT_ONCE: Final = 200


@dataclass
class Brought:
    """What became of it. ``known``: records that were here already; ``files_unfinished``: of films that the phone never
    closed, kept as they are; ``files_unclaimed``: bytes that no accepted record of this phone speaks of, or others than
    it named; they are not kept."""

    device_id: str
    device_name: str = ""
    accepted: int = 0
    known: int = 0
    malformed: int = 0
    quarantined: int = 0
    files: int = 0
    files_known: int = 0
    files_unfinished: int = 0
    files_unclaimed: int = 0

    def count(self, state: str) -> None:
        if state == "accepted":
            self.accepted += 1
        elif state == "known":
            self.known += 1
        elif state == "malformed":
            self.malformed += 1
        else:
            self.quarantined += 1


def import_queue(
    database: Database,
    blobs: Blobs,
    path: Path,
    *,
    actor: Desk | None,
    now: datetime,
    on_orders_changed: OrdersChanged,
) -> Brought:
    """Importing twice equals importing once; after an interruption, again. ``actor`` None: the command line.

    Raises what ``open_queue`` raises, ``queue_device_unknown``, ``disk_full``, ``quota_organisation``, ``quota_site``,
    ``quota_phone_day``.
    """
    with open_queue(path) as queue:
        brought = Brought(queue.device_id, _device_name(database, queue.device_id, actor))
        for items in _batches(queue):
            before = _known(database, items)
            receipts = accept_records(
                database, queue.device_id, items, now=now, on_orders_changed=on_orders_changed
            )
            for receipt in receipts:
                brought.count("known" if receipt.record in before else receipt.state)
        for record_id in queue.files:
            _bring_bytes(database, blobs, queue, record_id, brought, now)
    with database.write() as session:
        device = session.get_one(Device, brought.device_id)
        audit_at_site(
            session,
            at=now,
            actor="cli" if actor is None else actor.actor,
            action="queue.imported",
            subject=device.id,
            site_id=device.site_id,
            records=brought.accepted,
            files=brought.files,
        )
    return brought


def _batches(queue: Queue) -> Iterator[list[Item]]:
    records = queue.records()
    while items := [Item(one.text, one.signature, one.side) for one in islice(records, _AT_ONCE)]:
        yield items


def _known(database: Database, items: list[Item]) -> set[str]:
    """Those of them that are in the evidence already, as receipts name them."""
    hashes = [hashlib.sha256(item.text.encode("utf-8")).hexdigest() for item in items]
    with database.read() as session:
        found = session.scalars(select(Record.sha256).where(Record.sha256.in_(hashes)))
        return {f"sha256:{sha256}" for sha256 in found}


def _device_name(database: Database, device_id: str, actor: Desk | None) -> str:
    with database.read() as session:
        device = session.get(Device, device_id)
        if device is None:
            raise Refusal("queue_device_unknown")
        if actor is not None and not may(actor.roles, Permission.SITES_MANAGE):
            served = people.organisations_at(session, device.site_id)
            if actor.organisation_id not in served:
                raise Refusal("queue_device_unknown")
        return device.name


def _bring_bytes(
    database: Database, blobs: Blobs, queue: Queue, record_id: str, brought: Brought, now: datetime
) -> None:
    size = queue.files[record_id]
    with database.read() as session:
        expected = rows.takes_bytes(session, record_id, queue.device_id) or photo_expects_bytes(
            session, record_id, queue.device_id
        )
        claim = _claim(session, record_id)
        if claim is not None and evidence_rows.blob(session, claim) is not None:
            brought.files_known += 1
            return
        if not expected or size == 0:
            brought.files_unclaimed += 1
            return
        quotas.allow_upload(session, device_id=queue.device_id, record_id=record_id, size=size, now=now)
    blobs.need_room(size)
    if claim is None:
        _bring_unfinished(database, blobs, queue, record_id, brought, now)
        return
    sha256 = _copy_in(blobs, queue, record_id, claim)
    if sha256 is None:
        brought.files_unclaimed += 1
        return
    with database.write() as session:
        mime = served_mime(_mime(session, record_id), b"".join(blobs.read_range(sha256, 0, HEAD_BYTES)))
        rows.add_blob(session, sha256=sha256, size=size, mime=mime, now=now)
        _settle(session, record_id, now)
    brought.files += 1


def _bring_unfinished(
    database: Database, blobs: Blobs, queue: Queue, record_id: str, brought: Brought, now: datetime
) -> None:
    """A film without its closing record: kept as an upload that ended early is, the beginning of something longer."""
    sha256 = _copy_in(blobs, queue, record_id, None)
    assert sha256 is not None
    with database.write() as session:
        known = rows.uploads_for(session, record_id, queue.device_id)
        if any(upload.sha256 == sha256 for upload in known):
            brought.files_known += 1
            return
        mime = served_mime("", b"".join(blobs.read_range(sha256, 0, HEAD_BYTES)))
        size = queue.files[record_id]
        rows.add_blob(session, sha256=sha256, size=size, mime=mime, now=now)
        session.add(
            Upload(
                id=new_id(),
                device_id=queue.device_id,
                record_id=record_id,
                mime=mime,
                length=None,
                offset=size,
                sha256=sha256,
                created_at=now,
                touched_at=now,
                expires_at=now,
                ended_at=now,
            )
        )
        session.flush()
        _settle(session, record_id, now)
    brought.files_unfinished += 1


def _claim(session: Session, record_id: str) -> str | None:
    """The hash that the phone signed for these bytes; None: a take without its closing record, as when it was cut."""
    take, photo = session.get(Take, record_id), session.get(Photo, record_id)
    if photo is not None:
        return photo.file_sha256
    return take.file_sha256 if take is not None else None


def _mime(session: Session, record_id: str) -> str:
    take, photo = session.get(Take, record_id), session.get(Photo, record_id)
    return (photo.mime if photo is not None else take.mime if take is not None else None) or ""


def _copy_in(blobs: Blobs, queue: Queue, record_id: str, claim: str | None) -> str | None:
    """Bytes other than those that were signed for are not kept: None. ``claim`` None: nothing was signed for them."""
    partial = blobs.spools.folder / f"put-{new_id()}"
    try:
        with partial.open("xb") as file:
            sha256 = queue.write_file(record_id, file)
            file.flush()
            os.fsync(file.fileno())
        if claim is not None and sha256 != claim:
            return None
        blobs.keep(partial, sha256)
    except OSError as failed:
        if says_full(failed):
            raise Refusal("disk_full") from None
        raise
    finally:
        partial.unlink(missing_ok=True)
    return sha256


def _settle(session: Session, record_id: str, now: datetime) -> None:
    take = session.get(Take, record_id)
    if take is not None:
        settle(session, take, now=now)
    photo = session.get(Photo, record_id)
    if photo is not None:
        settle_photo(session, photo, now=now)

"""The server's side of uploads for tests: creates, appends, asks; bodies whole and cut."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.phone import MIME, Phone, SignedRecord
from tests.support.world import World, opaque
from webapp.adapters.blobs import Blobs
from webapp.domain.refusals import Refusal
from webapp.store.database import Database
from webapp.store.schema import Blob, Take, Work
from webapp.store.schema_dock import Photo
from webapp.usecases import uploads
from webapp.usecases.derivatives import run_next
from webapp.usecases.evidence import Item, Receipt, accept_records
from webapp.usecases.uploads import Body, BodyCut, UploadState

# It begins as a WebM does: the server looks.
SLICES = (b"\x1aE\xdf\xa3 webm  1", b"second", b"3")
DATA = b"".join(SLICES)
SHA256 = hashlib.sha256(DATA).hexdigest()


@dataclass
class Dock:
    database: Database
    blobs: Blobs
    world: World
    home: Path

    def restart(self) -> None:
        """A new process: what was only in memory is gone."""
        self.blobs = Blobs(self.home, floor=0)

    def accept(self, phone: Phone, *records: SignedRecord) -> list[Receipt]:
        items = [Item(record.text, record.signature, dict(record.side)) for record in records]
        return accept_records(
            self.database,
            phone.device,
            items,
            now=self.world.start,
            on_orders_changed=lambda session, orders: None,
        )

    def create(
        self,
        length: int | None = len(DATA),
        device: str | None = None,
        name: str = "open",
        mime: str = MIME,
    ) -> str:
        return uploads.create(
            self.database,
            self.blobs,
            device_id=device or self.world.phone,
            record_id=opaque(name),
            mime=mime,
            length=length,
            now=self.world.start,
        ).id

    def append(
        self, upload_id: str, offset: int, body: Body | bytes, total: int | None = None
    ) -> UploadState:
        return uploads.append(
            self.database,
            self.blobs,
            device_id=self.world.phone,
            upload_id=upload_id,
            offset=offset,
            total=total,
            body=body if isinstance(body, Body) else whole(body),
            now=self.world.start,
        )

    def send_photo(self, name: str, data: bytes, mime: str = "image/jpeg") -> UploadState:
        """The bytes of the photo that was committed under that name."""
        return self.append(self.create(len(data), name=name, mime=mime), 0, data)

    def photo(self, name: str) -> Photo:
        with self.database.read() as session:
            return session.get_one(Photo, opaque(name))

    def work_through(self) -> None:
        while run_next(self.database, self.blobs, now=self.world.start, spool=self.home / "derivatives"):
            pass

    def head(self, upload_id: str, device: str | None = None) -> UploadState:
        return uploads.head(
            self.database,
            self.blobs,
            device_id=device or self.world.phone,
            upload_id=upload_id,
            now=self.world.start,
        )

    def take(self) -> Take:
        with self.database.read() as session:
            return session.get_one(Take, opaque("open"))

    def work(self) -> list[tuple[str, str]]:
        with self.database.read() as session:
            return [(row.kind, row.subject) for row in session.scalars(select(Work))]

    def blob_rows(self) -> dict[str, int]:
        with self.database.read() as session:
            return {row.sha256: row.bytes for row in session.scalars(select(Blob))}


def whole(data: bytes, sha256: bytes | None = None) -> Body:
    return Body(io.BytesIO(data).read, len(data), sha256 or (hashlib.sha256(data).digest() if data else None))


def cut(data: bytes, announced: bytes) -> Body:
    """The connection breaks after ``data`` of the ``announced`` bytes."""
    stream = io.BytesIO(data)

    def read(size: int) -> bytes:
        piece = stream.read(size)
        if not piece:
            raise BodyCut
        return piece

    return Body(read, len(announced), hashlib.sha256(announced).digest())


def close(phone: Phone, slices: tuple[bytes, ...] = SLICES, name: str = "close") -> SignedRecord:
    return phone.take(name, phone.world.start, opens="open", slices=slices, counts=(1, 0))


def refused(call: Callable[[], object]) -> Refusal:
    with pytest.raises(Refusal) as caught:
        call()
    return caught.value

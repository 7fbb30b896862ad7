"""What one phone captures in a shift: signed records in its chain, and the bytes that some of them promise."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tests.faults.yard import Box, Yard
from tests.support.phone import MIME, Phone, SignedRecord
from tests.support.world import opaque
from webapp.domain.evidence import FileClaim
from webapp.domain.record_kinds import KINDS

WEBM = b"\x1aE\xdf\xa3 webm  "
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
PHOTO_MIME = "image/jpeg"


@dataclass(frozen=True)
class Upload:
    """Bytes to bring: ``record`` is the id that the upload names; ``deferred``: sent while it was still filmed."""

    record: str
    data: bytes
    mime: str
    deferred: bool

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Capture:
    """Records to commit before the bytes, the bytes, and the record that closes them."""

    before: tuple[SignedRecord, ...]
    upload: Upload | None = None
    after: tuple[SignedRecord, ...] = ()
    counts: tuple[int, int] | None = None

    @property
    def records(self) -> tuple[SignedRecord, ...]:
        return self.before + self.after


class Shift:
    """One phone's captures, the same for the same seed. Sizes are in bytes."""

    def __init__(
        self, yard: Yard, phone: Phone, seed: int, *, film: tuple[int, int], photo: tuple[int, int]
    ) -> None:
        self._yard = yard
        self._phone = phone
        self._random = random.Random(f"{seed} {phone.device}")
        self._film, self._photo = film, photo
        self._tag = yard.phones.index(_name(yard, phone.device))
        self._number = 0
        self._at = yard.world.start

    def parcel(self, box: Box, *, photos: int, take: bool) -> Iterator[Capture]:
        """A parcel's receipt: it arrives, is photographed, and perhaps filmed while it is counted."""
        yield Capture((self._phone.arrival(self._name("a"), self._next(), **_of(box)),))
        for _ in range(photos):
            yield self._photograph(box)
        if take:
            yield self._filmed(box)

    def _photograph(self, box: Box) -> Capture:
        name, data = self._name("p"), self._bytes(JPEG, self._photo)
        values = tuple((key, "camera" if key == "source" else None) for key in KINDS["photo"].keys)
        fields = self._phone.blank("photo", name, self._next(), **_of(box), values=values)
        claim = FileClaim(hashlib.sha256(data).hexdigest(), len(data), PHOTO_MIME)
        record = self._phone.next(replace(fields, slot="EV-03", file=claim))
        return Capture((record,), Upload(record.fields.id, data, PHOTO_MIME, deferred=False))

    def _filmed(self, box: Box) -> Capture:
        name, close = self._name("o"), self._name("c")
        data = self._bytes(WEBM, self._film)
        counts = (self._random.randrange(1, 30), self._random.randrange(30))
        opened = self._phone.take_open(name, self._next(), **_of(box))
        world = replace(self._yard.world, red_line=box.lines[0], blue_line=box.lines[1])
        filming = Phone(world, _name(self._yard, self._phone.device))
        fields, side = filming.take_fields(
            close, self._next(), opens=name, slices=_slices(data), counts=counts
        )
        closed = self._phone.next(replace(fields, **_of(box)), side)
        deferred = self._random.random() < 0.6
        return Capture((opened,), Upload(opaque(name), data, MIME, deferred), (closed,), counts)

    def _bytes(self, head: bytes, size: tuple[int, int]) -> bytes:
        return head + self._random.randbytes(self._random.randrange(*size))

    def _name(self, kind: str) -> str:
        self._number += 1
        return f"{kind}{self._tag:02}-{self._number:07}"

    def _next(self) -> datetime:
        self._at += timedelta(seconds=20)
        return self._at


def _of(box: Box) -> dict[str, str]:
    return {"parcel": box.parcel, "order": box.order, "label": box.label}


def _slices(data: bytes) -> Sequence[bytes]:
    step = max(1, len(data) // 3)
    return [data[start : start + step] for start in range(0, len(data), step)]


def _name(yard: Yard, device: str) -> str:
    return next(name for name in yard.phones if opaque(name) == device)

"""What the demo's receiver recorded at the table besides the film: condition, weights, photos, a stray parcel."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from webapp.adapters.blobs import Blobs
from webapp.adapters.demo_pictures import carton
from webapp.adapters.secrets import new_id
from webapp.domain.evidence import FileClaim
from webapp.domain.stickers import sticker_spelling
from webapp.store.database import Database
from webapp.store.uploads import add_blob
from webapp.usecases.demo_phone import DemoPhone
from webapp.usecases.evidence import Item

STRAY_CODE: Final = "JD0098812345671"
_WEIGHED: Final = {"unit": "kg", "target": "parcel", "opened": "no"}


@dataclass(frozen=True)
class Received:
    """A parcel on the demo's table. ``dented``: its box came damaged."""

    parcel: str
    order: str
    at: datetime
    grams: int
    waybill: str
    dented: bool = False


@dataclass
class DemoTable:
    """Everything that is said here comes from one phone, in its order."""

    phone: DemoPhone
    worker: str
    blobs: Blobs
    database: Database
    now: datetime

    def items(self, parcels: list[Received]) -> list[Item]:
        found = [item for one in parcels for item in self._received(one)]
        return [*found, *self._stray()]

    def _received(self, one: Received) -> Iterator[Item]:
        outer = "dented" if one.dented else "intact"
        shown = f"{one.grams // 1000}.{one.grams % 1000:03d}"
        yield self._say(one, "condition", {"outer": outer, "tape": "intact"}, minutes=1)
        yield self._photo(one, "EV-12", {"also": "EV-04"}, carton(one.waybill, dented=False), minutes=1)
        if one.dented:
            yield self._photo(one, "EV-17", {}, carton(f"{one.waybill}  (side)", dented=True), minutes=2)
        said = {**_WEIGHED, "grams": str(one.grams), "shown": shown}
        yield self._say(one, "weighing", said, minutes=2)
        yield self._photo(one, "EV-16", {}, carton(f"{shown} kg", dented=one.dented), minutes=3)

    def _stray(self) -> Iterator[Item]:
        """A parcel that no order here names; the desk finds out whose it is."""
        at, hold = self.now - timedelta(hours=3), new_id()
        alias = sticker_spelling(STRAY_CODE)
        yield self.phone.say(
            "unidentified",
            {"alias": alias},
            parcel=None,
            order=None,
            worker=self.worker,
            at=at,
            record_id=hold,
        )
        yield self.phone.say(
            "photo",
            {"source": "camera", "about": hold},
            parcel=None,
            order=None,
            worker=self.worker,
            at=at + timedelta(minutes=1),
            slot="EV-12",
            file=self._file(carton(STRAY_CODE, dented=False)),
        )

    def _say(self, one: Received, kind: str, values: Mapping[str, str], *, minutes: int) -> Item:
        at = one.at + timedelta(minutes=minutes)
        return self.phone.say(kind, values, parcel=one.parcel, order=one.order, worker=self.worker, at=at)

    def _photo(
        self, one: Received, slot: str, values: Mapping[str, str], data: bytes, *, minutes: int
    ) -> Item:
        return self.phone.say(
            "photo",
            {"source": "camera", **values},
            parcel=one.parcel,
            order=one.order,
            worker=self.worker,
            at=one.at + timedelta(minutes=minutes, seconds=20),
            slot=slot,
            file=self._file(data),
        )

    def _file(self, data: bytes) -> FileClaim:
        """The bytes are here already, as after an upload."""
        stored = self.blobs.put_bytes(data)
        with self.database.write() as session:
            add_blob(session, sha256=stored.sha256, size=stored.bytes, mime="image/jpeg", now=self.now)
        return FileClaim(hashlib.sha256(data).hexdigest(), len(data), "image/jpeg")

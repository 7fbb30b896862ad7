"""The server's side of the dock for tests of records: sends what a phone signed, shows what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from tests.support.phone import Phone, SignedRecord
from tests.support.world import World, opaque
from webapp.store.database import Database
from webapp.store.schema import (
    Parcel,
    Take,
    Tally,
)
from webapp.usecases.evidence import Item, Receipt, accept_records

SLICES = (b"one", b"second slice", b"3")


@dataclass
class Dock:
    """The world, and what it was told about orders whose clocks changed."""

    database: Database
    world: World
    changed: list[set[str]] = field(default_factory=list)

    def send(self, device: str, *records: SignedRecord, now: datetime | None = None) -> list[Receipt]:
        items = [Item(record.text, record.signature, dict(record.side)) for record in records]
        return accept_records(
            self.database,
            device,
            items,
            now=now or self.world.start,
            on_orders_changed=lambda session, orders: self.changed.append(orders),
        )

    def count(self, table: type) -> int:
        with self.database.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0

    def parcel(self) -> Parcel:
        with self.database.read() as session:
            return session.get_one(Parcel, self.world.parcel)

    def take(self, name: str = "open") -> Take:
        with self.database.read() as session:
            return session.get_one(Take, opaque(name))

    def tallies(self) -> dict[str, int]:
        with self.database.read() as session:
            return {row.line_id: row.units for row in session.scalars(select(Tally))}


def codes(receipt: Receipt) -> list[str]:
    return [finding.code for finding in receipt.findings]


def whole_take(phone: Phone, at: datetime) -> tuple[SignedRecord, SignedRecord]:
    opened = phone.take_open("open", at)
    return opened, phone.take("close", at, opens="open", slices=SLICES, counts=(12, 3))

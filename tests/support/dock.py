"""The server's side of the dock for tests of records: sends what a phone signed, shows what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from tests.support.phone import Phone, SignedRecord
from tests.support.world import World, opaque
from webapp.store.database import Database
from webapp.store.schema import (
    Order,
    Parcel,
    Take,
    Tally,
)
from webapp.store.schema_dock import DockFact, Notice
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

    def fact(self, name: str) -> DockFact:
        with self.database.read() as session:
            return session.get_one(DockFact, opaque(name))

    def notices(self, *, seen: bool | None = None) -> list[tuple[str, str | None, int | None]]:
        """(kind, line, units), in the order in which they were raised."""
        with self.database.read() as session:
            found = session.scalars(select(Notice).order_by(Notice.raised_at, Notice.kind))
            wanted = [one for one in found if seen is None or (one.seen_at is not None) is seen]
        return [(one.kind, one.line_id, one.units) for one in wanted]

    def order(self) -> Order:
        with self.database.read() as session:
            return session.get_one(Order, self.world.order)

    def take(self, name: str = "open") -> Take:
        with self.database.read() as session:
            return session.get_one(Take, opaque(name))

    def tallies(self) -> dict[str, int]:
        with self.database.read() as session:
            return {row.line_id: row.units for row in session.scalars(select(Tally))}


def codes(receipt: Receipt) -> list[str]:
    return [finding.code for finding in receipt.findings]


def whole_take(
    phone: Phone,
    at: datetime,
    counts: Sequence[int] = (12, 3),
    *,
    name: str = "",
    closed: str = "complete",
    **changes: Any,
) -> tuple[SignedRecord, SignedRecord]:
    """A film and its count of the red and the blue line; ``name`` tells several apart."""
    opened, close = (f"{word} {name}".strip() for word in ("open", "close"))
    slices = (*SLICES, name.encode()) if name else SLICES
    return (
        phone.take_open(opened, at, **changes),
        phone.take(close, at, opens=opened, slices=slices, counts=counts, closed=closed, **changes),
    )

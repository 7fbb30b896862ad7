"""A warehouse's day to come: devices, parcels and orders enough for several phones that work at once."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from tests.support.world import World, make_world, opaque, open_database, public_key_of
from webapp.domain.labels import label_code
from webapp.store.database import Database
from webapp.store.schema import (
    Device,
    Label,
    Order,
    OrderLine,
    OrderWaybill,
    Parcel,
    ParcelOrder,
    Waybill,
)


@dataclass(frozen=True)
class Box:
    """A parcel of one order of two lines, with its label."""

    parcel: str
    order: str
    label: str
    lines: tuple[str, str]


@dataclass
class Yard:
    home: Path
    database: Database
    world: World
    phones: tuple[str, ...]
    """Names of devices (``tests.support.phone.Phone``)."""
    boxes: tuple[Box, ...]


def make_yard(home: Path, *, phones: int, boxes: int) -> Yard:
    """A fresh instance in ``home``: the small world, and beside it this many phones and parcels."""
    database = open_database(home)
    world = make_world(database)
    names = tuple(f"dock phone {number}" for number in range(1, phones + 1))
    made = tuple(_box(number) for number in range(boxes))
    with database.write() as session:
        for name in names:
            _add_phone(session, world, name)
        for box in made:
            _add_box(session, world, box)
    return Yard(home, database, world, names, made)


def _box(number: int) -> Box:
    return Box(
        parcel=opaque(f"yard parcel {number}"),
        order=opaque(f"yard order {number}"),
        label=label_code(hashlib.sha256(f"box {number}".encode()).digest()[:8]),
        lines=(opaque(f"yard line {number}a"), opaque(f"yard line {number}b")),
    )


def _add_phone(session: Session, world: World, name: str) -> None:
    enrolled = world.start - timedelta(days=29)
    session.add(
        Device(
            id=opaque(name),
            site_id=world.dongguan,
            name=name,
            public_key=public_key_of(name),
            enrolled_at=enrolled,
        )
    )


def _add_box(session: Session, world: World, box: Box) -> None:
    like = session.get_one(Order, world.order)
    number = box.order[-16:]
    waybill = f"e{box.parcel[1:]}"
    session.add(
        Order(
            id=box.order,
            organisation_id=world.importer,
            account_id=like.account_id,
            supplier_id=like.supplier_id,
            platform="1688",
            order_no=number,
            status_raw="",
            paid_fen=100_000,
            remark="",
            imported_at=world.start,
        )
    )
    session.add(
        Waybill(
            id=waybill,
            organisation_id=world.importer,
            courier="顺丰",
            number_raw=f"SF{number}",
            number_norm=f"SF{number}",
        )
    )
    session.flush()
    columns = {column.name for column in OrderLine.__table__.columns} - {"id", "order_id", "seq"}
    copied = {column: getattr(like.lines[0], column) for column in columns}
    for seq, line in enumerate(box.lines, start=1):
        session.add(OrderLine(**{**copied, "id": line, "order_id": box.order, "seq": seq}))
    session.add(
        Parcel(id=box.parcel, organisation_id=world.importer, waybill_id=waybill, created_at=world.start)
    )
    session.flush()
    session.add(OrderWaybill(order_id=box.order, waybill_id=waybill))
    session.add(ParcelOrder(parcel_id=box.parcel, order_id=box.order))
    session.add(
        Label(code=box.label, parcel_id=box.parcel, stock="100x150", printed_at=world.start, printed_by="Chi")
    )

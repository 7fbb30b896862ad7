"""Fills an empty database with the demo importer, through the same use-cases that real data takes."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from webapp.adapters.blobs import Blobs
from webapp.adapters.demo_pictures import garment
from webapp.adapters.secrets import new_id, slow_hash
from webapp.domain.labels import label_code
from webapp.domain.people import CHALLENGE_LIFE
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.store import orders as order_rows
from webapp.store import people as people_rows
from webapp.store.database import Database
from webapp.store.schema import (
    Blob,
    Challenge,
    Device,
    Label,
    Organisation,
    Site,
    SiteOrganisation,
    User,
    Worker,
)
from webapp.usecases.clocks import recompute_deadlines
from webapp.usecases.demo_orders import FILMED_ORDER, demo_reading
from webapp.usecases.demo_phone import DemoPhone
from webapp.usecases.demo_receiving import DemoTable, Received
from webapp.usecases.enrolled_devices import add_device
from webapp.usecases.evidence import Item, accept_records
from webapp.usecases.orders import import_orders

CUSTOMER_CODE = "VN-88"
PIN = "2468"
_RECEIVED_HOURS_AGO = {"3657512208415232333": 30, "3657512208416232333": 5}


@dataclass(frozen=True)
class DemoPlace:
    organisation_id: str
    site_id: str
    worker_id: str


def database_is_empty(database: Database) -> bool:
    with database.read() as session:
        return not people_rows.organisations(session)


def fill_demo(
    database: Database, blobs: Blobs, rulebook: Rulebook, *, now: datetime, film: bool = True
) -> list[str]:
    """Returns the demo's order numbers. Raises ``demo_not_empty`` when there is data already.

    Without ``film`` the filmed order is still to be counted: that is how its film was made.
    """
    if not database_is_empty(database):
        raise Refusal("demo_not_empty")
    # The filmed count was signed on a real (headless) browser against these ids: they must come out the same.
    ids = demo_ids()
    with database.write() as session:
        place = _people(session, ids, now)
    import_orders(
        database,
        rulebook,
        demo_reading(now),
        organisation_id=place.organisation_id,
        account_name="demo-buyer",
        account_owner="self",
        actor="demo",
        now=now,
        ids=lambda: next(ids),
    )
    reading = demo_reading(now)
    _labels_and_pictures(database, blobs, place, now)
    if film:
        _filmed_count(database, blobs, rulebook, place, now)
    _at_the_table(database, blobs, rulebook, place, now)
    return [order.order_no for order in reading.orders]


def demo_ids() -> Iterator[str]:
    number = 0
    while True:
        yield hashlib.sha256(f"dockproof demo {number}".encode()).hexdigest()[:32]
        number += 1


def _people(session: Session, ids: Iterator[str], now: datetime) -> DemoPlace:
    importer = Organisation(
        id=next(ids), name="Demo Import (Hà Nội)", customer_code=CUSTOMER_CODE, created_at=now
    )
    china = Site(
        id=next(ids),
        name="义乌仓",
        kind="cn_warehouse",
        zone="Asia/Shanghai",
        language="zh_CN",
        created_at=now,
    )
    vietnam = Site(
        id=next(ids),
        name="Kho Hà Nội",
        kind="vn_warehouse",
        zone="Asia/Ho_Chi_Minh",
        language="vi",
        created_at=now + timedelta(milliseconds=1),
    )
    session.add_all([importer, china, vietnam])
    session.flush()
    pin_hash = slow_hash(PIN)
    workers = [
        Worker(id=next(ids), site_id=site.id, name=name, roles={role}, pin_hash=pin_hash, created_at=now)
        for site, name, role in (
            (china, "安 An", Role.CN_RECEIVER),
            (china, "斌 Binh", Role.CN_QC),
            (vietnam, "Lan", Role.VN_RECEIVER),
        )
    ]
    session.add_all(workers)
    session.add_all(
        SiteOrganisation(site_id=site.id, organisation_id=importer.id) for site in (china, vietnam)
    )
    session.add(
        User(
            id=next(ids),
            organisation_id=importer.id,
            name="Demo",
            login="demo",
            roles={Role.OWNER, Role.ADMINISTRATOR},
            language="en",
            password_hash=None,
            created_at=now,
        )
    )
    session.flush()
    return DemoPlace(importer.id, china.id, workers[0].id)


def _labels_and_pictures(database: Database, blobs: Blobs, place: DemoPlace, now: datetime) -> None:
    with database.write() as session:
        for order in order_rows.all_orders(session):
            for parcel in order.parcels:
                code = label_code(hashlib.sha256(f"demo label {parcel.id}".encode()).digest()[:8])
                session.add(
                    Label(code=code, parcel_id=parcel.id, stock="100x150", printed_at=now, printed_by="demo")
                )
            for line in order.lines:
                stored = blobs.put_bytes(garment(line.colour))
                if session.get(Blob, stored.sha256) is None:
                    session.add(
                        Blob(sha256=stored.sha256, bytes=stored.bytes, mime="image/jpeg", stored_at=now)
                    )
                    session.flush()
                line.picture_sha256 = stored.sha256


def _at_the_table(
    database: Database, blobs: Blobs, rulebook: Rulebook, place: DemoPlace, now: datetime
) -> None:
    """Goods receipts, and what the receiver recorded of two parcels; the filmed one was weighed before its film."""
    phone = DemoPhone(device_id=new_id(), site_id=place.site_id)
    table = DemoTable(phone, place.worker_id, blobs, database, now)
    with database.write() as session:
        known = {one.order_no: one for one in order_rows.all_orders(session)}
        arrived = [
            (known[order_no].parcels[0].id, known[order_no].id, now - timedelta(hours=hours))
            for order_no, hours in _RECEIVED_HOURS_AGO.items()
        ]
        filmed = known[FILMED_ORDER]
        opened = filmed.received_at
        device = Device(
            id=phone.device_id,
            site_id=place.site_id,
            name="Demo phone (in memory)",
            public_key=phone.public_key(),
            enrolled_at=min(now, opened or now) - timedelta(days=2),
        )
        add_device(session, device, by="demo", now=now)
        parcel_id, order_id, at = arrived[-1]
        slip = known[list(_RECEIVED_HOURS_AGO)[-1]].waybills[0].number_raw
        received = [Received(parcel_id, order_id, at, 14_260, slip, dented=True)]
        if opened is not None:
            first, before = filmed.parcels[0], opened - timedelta(minutes=4)
            slip = filmed.waybills[0].number_raw
            received.insert(0, Received(first.id, filmed.id, before, 4_985, slip))
    items = [
        phone.arrival(parcel=parcel, order=order, worker=place.worker_id, at=at)
        for parcel, order, at in arrived
    ]
    accept_records(
        database,
        phone.device_id,
        [*items, *table.items(received)],
        now=now,
        on_orders_changed=partial(_recompute, rulebook=rulebook, now=now),
    )


def _filmed_count(
    database: Database, blobs: Blobs, rulebook: Rulebook, place: DemoPlace, now: datetime
) -> None:
    """The real take: bytes, records and signatures as a phone app made them (tests/fixtures/record_demo.py)."""
    evidence: dict[str, Any] = json.loads(
        files("webapp").joinpath("demo", "evidence.json").read_text("utf-8")
    )
    film = files("webapp").joinpath("demo", "take.mp4")
    stored = blobs.take_in(Path(str(film)))
    with database.write() as session:
        session.add(Blob(sha256=stored.sha256, bytes=stored.bytes, mime=evidence["mime"], stored_at=now))
        device = Device(
            id=evidence["device"],
            site_id=place.site_id,
            name=evidence["device_name"],
            public_key=base64.b64decode(evidence["public_key"]),
            enrolled_at=datetime.fromisoformat(evidence["enrolled_at"]),
        )
        add_device(session, device, by="demo", now=now)
        for row in evidence["challenges"]:
            issued = datetime.fromisoformat(row["issued_at"])
            session.add(
                Challenge(
                    id=row["id"],
                    device_id=evidence["device"],
                    note=row["note"],
                    issued_at=issued,
                    # The film is shown long after it was made; its challenge was fresh then.
                    expires_at=max(issued, now) + CHALLENGE_LIFE,
                )
            )
    items = [Item(row["text"], row["signature"], row["side"]) for row in evidence["records"]]
    accept_records(
        database,
        evidence["device"],
        items,
        now=now,
        on_orders_changed=partial(_recompute, rulebook=rulebook, now=now),
    )


def _recompute(session: Session, order_ids: set[str], *, rulebook: Rulebook, now: datetime) -> None:
    recompute_deadlines(session, rulebook, order_ids, now=now)


__all__ = ["FILMED_ORDER", "database_is_empty", "fill_demo"]

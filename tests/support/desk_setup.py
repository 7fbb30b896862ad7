"""Chi at the desk of the small world: images to file, orders received by the warehouse, what she asks of it."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from PIL import Image
from sqlalchemy import select

from tests.support.world import World, make_world, opaque, open_database
from webapp.adapters.blobs import Blobs
from webapp.adapters.rulebook_files import load_rulebook
from webapp.domain.permissions import Role
from webapp.domain.rulebook import Rulebook
from webapp.store.database import Database
from webapp.store.schema import Deadline, Order, PlatformAccount, Supplier, Take, Tally, User
from webapp.usecases.clocks import recompute_deadlines
from webapp.usecases.documents import Upload
from webapp.usecases.people import Desk


def picture(kind: str = "PNG", size: tuple[int, int] = (300, 600), colour: str = "#ffeedd") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def upload(data: bytes | None = None, name: str = "状态截图.png") -> Upload:
    return Upload(io.BytesIO(picture() if data is None else data), name)


def desk_of(organisation_id: str, name: str = "Chi") -> Desk:
    return Desk(
        id=opaque(f"owner {organisation_id[:8]}"),
        name=name,
        roles=frozenset({Role.OWNER}),
        language="vi",
        organisation_id=organisation_id,
    )


@dataclass
class SetupDesk:
    database: Database
    blobs: Blobs
    world: World
    chi: Desk
    dung: Desk
    rulebook: Rulebook = field(default_factory=load_rulebook)

    @property
    def now(self) -> datetime:
        return self.world.start + timedelta(days=1)

    def order(
        self, name: str, number: str, *, supplier: str = "", paid: int = 100_000, units: int = 10
    ) -> str:
        """One more order of Chi's, of one line; ``supplier`` names another than the world's."""
        world = self.world
        with self.database.write() as session:
            supplier_id = f"5{world.importer[1:]}" if not supplier else opaque(f"supplier {supplier}")
            if supplier and session.get(Supplier, supplier_id) is None:
                session.add(
                    Supplier(id=supplier_id, organisation_id=world.importer, company=supplier, member="")
                )
                session.flush()
            like = session.get_one(Order, world.order)
            row = Order(
                id=opaque(name),
                organisation_id=world.importer,
                account_id=like.account_id,
                supplier_id=supplier_id,
                platform="1688",
                order_no=number,
                status_raw="",
                paid_fen=paid,
                remark="",
                imported_at=world.start,
            )
            session.add(row)
            session.flush()
            line = like.lines[0]
            columns = {column.name for column in line.__table__.columns} - {"id", "order_id"}
            copied = {column: getattr(line, column) for column in columns}
            session.add(type(line)(**{**copied, "id": opaque(f"line {name}"), "order_id": row.id, "seq": 1}))
        return opaque(name)

    def receive(self, *order_ids: str, at: datetime | None = None) -> None:
        """As a goods receipt in Dongguan leaves the orders."""
        with self.database.write() as session:
            for order_id in order_ids:
                order = session.get_one(Order, order_id)
                order.received_at, order.received_zone = at or self.world.start, "Asia/Shanghai"
            session.flush()
            recompute_deadlines(session, self.rulebook, set(order_ids))

    def count(self, order_id: str, units: int, *, verified: bool = True) -> None:
        """A closed take that counted the order's only line, in the world's parcel."""
        with self.database.write() as session:
            order = session.get_one(Order, order_id)
            take_id = order_id[::-1]
            session.add(
                Take(
                    id=take_id,
                    parcel_id=self.world.parcel,
                    device_id=self.world.phone,
                    site_id=self.world.dongguan,
                    opened_at=self.world.start,
                    device_started_ms=0,
                    closed="complete",
                    file_state="verified" if verified else "partial",
                )
            )
            session.flush()
            session.add(Tally(take_id=take_id, line_id=order.lines[0].id, units=units))

    def clock(self, order_id: str, rule: str) -> Deadline | None:
        with self.database.read() as session:
            return session.get(Deadline, (order_id, rule, "order", order_id))

    def account_of(self, name: str) -> str:
        """The id of Chi's account of this name."""
        with self.database.read() as session:
            return session.scalars(
                select(PlatformAccount.id).where(
                    PlatformAccount.organisation_id == self.world.importer, PlatformAccount.name == name
                )
            ).one()


def make_setup_desk(folder: Path) -> SetupDesk:
    database = open_database(folder)
    world = make_world(database)
    people = desk_of(world.importer), desk_of(world.other_importer, "Dung")
    with database.write() as session:
        for person in people:
            session.add(
                User(
                    id=person.id,
                    organisation_id=person.organisation_id,
                    name=person.name,
                    login=person.id,
                    roles={Role.OWNER},
                    language="vi",
                    created_at=world.start,
                )
            )
    return SetupDesk(database, Blobs(folder, floor=0), world, *people)

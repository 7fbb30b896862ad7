"""A receiving table for browser journeys: the demo's first order on it, a plan decided, a phone to enrol."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from webapp.config import read_settings
from webapp.domain.permissions import Role
from webapp.locate import fonts_dir
from webapp.store.schema import Device, Order, OrderLine, Record
from webapp.store.schema_dock import DockFact
from webapp.usecases import plans
from webapp.usecases.demo import fill_demo
from webapp.usecases.demo_orders import FILMED_ORDER
from webapp.usecases.labels import Wanted, print_labels
from webapp.usecases.phones import make_code_for_site
from webapp.usecases.sessions import Desk
from webapp.wiring import Services, build_services


@dataclass
class Table:
    """What lies on the receiving table. ``lines``: of the order, as the phone shows them; ``owner``: who decides."""

    services: Services
    home: Path
    owner: Desk
    site: str
    parcel: str
    label: str
    lines: list[str]

    @property
    def order_no(self) -> str:
        return FILMED_ORDER

    def enrolment(self) -> str:
        """A one-time code for one more phone."""
        return make_code_for_site(self.services.database, site_id=self.site, now=self.services.clock.now())

    def facts(self, kind: str) -> list[DockFact]:
        """As the server holds them of this parcel, in the order of the phone's chain."""
        with self.services.database.read() as session:
            found = select(DockFact, Record.seq).join(Record, Record.id == DockFact.id)
            rows = session.execute(found.where(DockFact.kind == kind, DockFact.parcel_id == self.parcel))
            return [fact for fact, _ in sorted(rows, key=lambda row: row[1])]

    def text(self, record_id: str) -> str:
        with self.services.database.read() as session:
            return session.scalars(select(Record.text).where(Record.id == record_id)).one()

    def pack(self, units: int) -> None:
        """The goods come in inner packs of so many."""
        with self.services.database.write() as session:
            for line in session.scalars(select(OrderLine).where(OrderLine.id.in_(self.lines))):
                line.pack_factor = units

    def sku_labels(self) -> list[str]:
        """Prints one for each line; their codes."""
        return print_labels(
            self.services.database,
            organisation_id=self.owner.organisation_id,
            order_nos=[self.order_no],
            stock="60x40",
            public_url=None,
            fonts_dir=fonts_dir(),
            actor="user:chi",
            now=self.services.clock.now(),
            wanted=Wanted(kind="sku"),
        )[1]


def lay_table(home: Path, said: plans.PlanWords) -> Table:
    """The demo's first order, 12 black and 12 white units in one parcel; ``said``: what the owner decided to ask."""
    services = build_services(read_settings({"DOCKPROOF_HOME": str(home)}, home))
    now = services.clock.now()
    fill_demo(services.database, services.blobs, services.rulebook, now=now, film=False)
    with services.database.read() as session:
        order = session.scalars(select(Order).where(Order.order_no == FILMED_ORDER)).one()
        parcel, lines = order.parcels[0], [line.id for line in order.lines]
        parcel_id, label = parcel.id, parcel.labels[0].code
        owner = Desk(
            id="chi",
            name="Chi",
            roles=frozenset({Role.OWNER}),
            language="en",
            organisation_id=order.organisation_id,
        )
        site = session.scalars(select(Device.site_id)).first()
    assert site is not None
    plans.decide(services.database, actor=owner, said=said, now=now)
    return Table(services, home, owner, site, parcel_id, label, lines)


def value(record: str, key: str) -> str:
    """What a record's text says under ``key``, the first time."""
    found = re.search(rf"^{key} (.+)$", record, re.MULTILINE)
    assert found is not None, f"{key} in {record}"
    return found.group(1)

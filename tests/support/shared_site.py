"""One warehouse that receives for two importers: the demo's, and Hoa Sen, whose parcel carries a label of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from webapp.config import read_settings
from webapp.domain.orders import ImportedWaybill
from webapp.locate import fonts_dir
from webapp.store.schema import Device, Worker
from webapp.usecases import sites
from webapp.usecases.demo import CUSTOMER_CODE, fill_demo
from webapp.usecases.demo_orders import demo_reading
from webapp.usecases.labels import print_labels
from webapp.usecases.orders import import_orders
from webapp.usecases.organisations import add_organisation
from webapp.usecases.phones import make_code_for_site, revoke_from_cli
from webapp.wiring import Services, build_services

SECOND_CODE = "HS-02"
WAYBILLS = ("79030031408885", "79026301712135")
"""Of parcels of the demo's importer."""


@dataclass
class SharedSite:
    """``label``: what stands on Hoa Sen's parcel; ``customers``: the demo's code and Hoa Sen's."""

    services: Services
    home: Path
    site: str
    label: str
    customers: tuple[str, str] = (CUSTOMER_CODE, SECOND_CODE)

    def enrolment(self, *, minutes_ago: int = 0) -> str:
        """A one-time code for one more phone, as it was made then."""
        made = self.services.clock.now() - timedelta(minutes=minutes_ago)
        return make_code_for_site(self.services.database, site_id=self.site, now=made)

    def block_newest_phone(self) -> None:
        with self.services.database.read() as session:
            newest = session.scalars(select(Device.id).order_by(Device.enrolled_at.desc())).first()
        assert newest is not None
        revoke_from_cli(self.services.database, device_id=newest, now=self.services.clock.now())


def shared_site(home: Path) -> SharedSite:
    services = build_services(read_settings({"DOCKPROOF_HOME": str(home)}, home))
    database, now = services.database, services.clock.now()
    fill_demo(database, services.blobs, services.rulebook, now=now)
    with database.read() as session:
        site = session.scalars(select(Worker.site_id).where(Worker.name == "安 An")).one()
    second = add_organisation(database, name="Hoa Sen", customer_code=SECOND_CODE, now=now)
    sites.serve_organisation(database, actor="cli", site_id=site, organisation_id=second, now=now)
    reading = demo_reading(now)
    order = replace(
        reading.orders[2],
        order_no="4417512208416000001",
        waybills=(ImportedWaybill("顺丰速运(SF)", "SF1999900001111", "SF1999900001111"),),
    )
    import_orders(
        database,
        services.rulebook,
        replace(reading, orders=(order,)),
        organisation_id=second,
        account_name="hoasen",
        account_owner="self",
        actor="cli",
        now=now,
    )
    (label,) = print_labels(
        database,
        organisation_id=second,
        order_nos=[order.order_no],
        stock="100x150",
        public_url=None,
        fonts_dir=fonts_dir(),
        actor="cli",
        now=now,
    )[1]
    return SharedSite(services, home, site, label)

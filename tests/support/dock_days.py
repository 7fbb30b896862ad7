"""A dock over several days: orders of the demo's importer on it, and a server whose day the test turns."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from playwright.sync_api import BrowserContext
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.support.templates import lay_database
from webapp.adapters.clock import SystemClock
from webapp.adapters.secrets import new_token, token_hash
from webapp.config import read_settings
from webapp.domain.order_sheet import SheetReading
from webapp.domain.orders import ImportedLine, ImportedOrder, ImportedWaybill
from webapp.domain.permissions import Role
from webapp.store.schema import DeskSession, Order, Parcel, Record, Site, User
from webapp.store.schema_dock import DockFact
from webapp.usecases import plans
from webapp.usecases.demo import fill_demo
from webapp.usecases.orders import import_orders
from webapp.usecases.phones import make_code_for_site
from webapp.usecases.sessions import Desk
from webapp.web.app import create_app
from webapp.web.cookies import SESSION_COOKIE
from webapp.wiring import Services, build_services


@dataclass
class TurnedClock:
    """The system's clock, so many days ahead."""

    ahead: timedelta = timedelta()

    def now(self) -> datetime:
        return SystemClock().now() + self.ahead


@dataclass(frozen=True)
class Goods:
    """An order of one listing. ``lines``: colour → units; a waybill a parcel."""

    order_no: str
    lines: tuple[tuple[str, int], ...]
    waybills: tuple[str, ...]
    listing: str = "680177001122"


@dataclass
class DockDays:
    services: Services
    clock: TurnedClock
    owner: Desk
    site: str
    address: str = field(default="", init=False)

    def order(self, goods: Goods) -> None:
        import_orders(
            self.services.database,
            self.services.rulebook,
            SheetReading((_imported(goods, self.clock.now()),), (), ()),
            organisation_id=self.owner.organisation_id,
            account_name="demo-buyer",
            account_owner="self",
            actor="demo",
            now=self.clock.now(),
        )

    def decide(self, order_no: str, depth: str, reason: str, **sampling: str) -> None:
        """The importer's plan for one order, as the desk keeps it."""
        said = plans.PlanWords("order", depth, reason, order_no=order_no, **sampling)
        plans.decide(self.services.database, actor=self.owner, said=said, now=self.clock.now())

    def sign_in(self, context: BrowserContext) -> None:
        """This browser is the importer's owner at the desk."""
        token, now = new_token(), self.clock.now()
        with self.services.database.write() as session:
            session.add(
                DeskSession(
                    token_hash=token_hash(token),
                    user_id=self.owner.id,
                    created_at=now,
                    expires_at=now + timedelta(days=2),
                )
            )
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": self.address}])

    def turn(self) -> None:
        """It is the next day, for the server."""
        self.clock.ahead += timedelta(days=1)

    def enrolment(self) -> str:
        """A one-time code for one more phone."""
        return make_code_for_site(self.services.database, site_id=self.site, now=self.clock.now())

    def lines(self, order_no: str) -> list[str]:
        """Ids, in the order of the sheet."""
        with self.services.database.read() as session:
            return [line.id for line in _order(session, order_no).lines]

    def verdict(self, order_no: str) -> str | None:
        with self.services.database.read() as session:
            return _order(session, order_no).verdict

    def facts(self, kind: str, order_no: str) -> list[DockFact]:
        """As the server holds them of the order's parcels, in the order of the phone's chain."""
        with self.services.database.read() as session:
            parcels = select(Parcel.id).where(Parcel.orders.any(Order.order_no == order_no))
            rows = session.execute(
                select(DockFact, Record.seq)
                .join(Record, Record.id == DockFact.id)
                .where(DockFact.kind == kind, DockFact.parcel_id.in_(parcels))
            )
            return [fact for fact, _ in sorted(rows, key=lambda row: (row[0].received_at, row[1]))]

    def text(self, record_id: str) -> str:
        with self.services.database.read() as session:
            return session.scalars(select(Record.text).where(Record.id == record_id)).one()


def _order(session: Session, order_no: str) -> Order:
    return session.scalars(select(Order).where(Order.order_no == order_no)).one()


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """Nobody reads it."""


@contextmanager
def dock_days(home: Path) -> Iterator[DockDays]:
    """The demo's importer with its warehouse in China, served in this process, so that the clock is ours."""
    home.mkdir(parents=True, exist_ok=True)
    lay_database(home / "dockproof.db")
    clock = TurnedClock()
    services = build_services(read_settings({"DOCKPROOF_HOME": str(home)}, home), clock)
    fill_demo(services.database, services.blobs, services.rulebook, now=clock.now(), film=False)
    with services.database.read() as session:
        (owner,) = session.scalars(select(User))
        site = session.scalars(select(Site.id).where(Site.kind == "cn_warehouse")).one()
        desk = Desk(
            id=owner.id,
            name=owner.name,
            roles=frozenset({Role.OWNER}),
            language="en",
            organisation_id=owner.organisation_id,
        )
    days = DockDays(services, clock, desk, site)
    server = make_server("127.0.0.1", 0, create_app(services), threaded=True, request_handler=_Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    days.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield days
    finally:
        server.shutdown()
        services.database.engine.dispose()


def _imported(goods: Goods, now: datetime) -> ImportedOrder:
    placed = (now - timedelta(days=6)).replace(microsecond=0)
    lines = tuple(
        ImportedLine(
            seq=seq,
            title="运动水壶 大口径",
            spec=f"颜色:{colour};容量:750ml",
            colour=colour,
            size="750ml",
            unit="个",
            quantity_milli=units * 1000,
            unit_price_fen=1_250,
            offer_id=goods.listing,
            sku_id=f"{goods.listing}{seq}",
            article_no="",
            model="",
            material_no="",
            single_item_no="",
        )
        for seq, (colour, units) in enumerate(goods.lines, 1)
    )
    paid = 1_250 * sum(units for _, units in goods.lines)
    return ImportedOrder(
        order_no=goods.order_no,
        supplier_company="永康市远行水具有限公司",
        supplier_member="远行水具",
        goods_fen=paid,
        freight_fen=0,
        adjust_fen=0,
        paid_fen=paid,
        status_raw="等待买家收货",
        placed_at=placed,
        paid_at=placed,
        buyer_login="demo-buyer",
        remark="",
        lines=lines,
        waybills=tuple(ImportedWaybill("中通快递(ZTO)", number, number) for number in goods.waybills),
    )

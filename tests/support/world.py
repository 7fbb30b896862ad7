"""A small world for tests: two importers, a warehouse in China that serves both, one in Vietnam, one order to receive.

The cast: An receives, Binh inspects, Chi (agent) files, Dung has no access.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy.orm import Session

from tests.support.templates import lay_database
from webapp.domain.labels import label_code
from webapp.domain.permissions import Role
from webapp.store.database import Database
from webapp.store.schema import (
    Challenge,
    Device,
    Label,
    Order,
    OrderLine,
    OrderWaybill,
    Organisation,
    Parcel,
    ParcelOrder,
    PlatformAccount,
    Site,
    SiteOrganisation,
    Supplier,
    User,
    Waybill,
    Worker,
)

START = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""10:00 in the Chinese warehouse."""


def opaque(name: str) -> str:
    """A readable 32-character id: the same name is the same row in every test."""
    return name.encode("ascii").hex()[:32].ljust(32, "0")


def key_of(name: str) -> ec.EllipticCurvePrivateKey:
    """The same P-256 key for the same name; a test key, so that failures repeat."""
    return ec.derive_private_key(int.from_bytes(name.encode("ascii"), "big") + 1, ec.SECP256R1())


def public_key_of(name: str) -> bytes:
    return key_of(name).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@dataclass(frozen=True)
class World:
    """Ids of the rows that tests name. ``other_*`` belongs to the second importer."""

    importer: str = opaque("importer")
    other_importer: str = opaque("other importer")
    dongguan: str = opaque("dongguan")
    hanoi: str = opaque("hanoi")
    an: str = opaque("an")
    binh: str = opaque("binh")
    worker_in_hanoi: str = opaque("worker hanoi")
    order: str = opaque("order")
    other_order: str = opaque("other order")
    red_line: str = opaque("red line")
    blue_line: str = opaque("blue line")
    other_line: str = opaque("other line")
    parcel: str = opaque("parcel")
    other_parcel: str = opaque("other parcel")
    private_parcel: str = opaque("private parcel")
    label: str = label_code(b"label #1")
    voided_label: str = label_code(b"label #0")
    other_label: str = label_code(b"label #2")
    phone: str = opaque("phone")
    second_phone: str = opaque("second phone")
    hanoi_phone: str = opaque("hanoi phone")
    challenge: str = opaque("challenge")
    second_phones_challenge: str = opaque("challenge two")
    start: datetime = START


def open_database(folder: Path) -> Database:
    """A migrated SQLite database below ``folder``: the one that is there, or a new one."""
    file = folder / "dockproof.db"
    lay_database(file)
    return Database(f"sqlite:///{file}")


def make_world(database: Database) -> World:
    world = World()
    with database.write() as session:
        _places(session, world)
        session.flush()
        _people(session, world)
        session.flush()
        _orders(session, world)
        session.flush()
        _challenges(session, world)
    return world


def _places(session: Session, world: World) -> None:
    at = world.start - timedelta(days=30)
    for organisation, name, code in (
        (world.importer, "Minh Anh", "MA-01"),
        (world.other_importer, "Hoa Sen", "HS-02"),
    ):
        session.add(Organisation(id=organisation, name=name, customer_code=code, created_at=at))
    session.add(
        Site(
            id=world.dongguan,
            name="东莞仓",
            kind="cn_warehouse",
            zone="Asia/Shanghai",
            language="zh_CN",
            created_at=at,
        )
    )
    session.add(
        Site(
            id=world.hanoi,
            name="Kho Hà Nội",
            kind="vn_warehouse",
            zone="Asia/Ho_Chi_Minh",
            language="vi",
            created_at=at,
        )
    )
    session.flush()
    for site, organisation in (
        (world.dongguan, world.importer),
        (world.dongguan, world.other_importer),
        (world.hanoi, world.importer),
    ):
        session.add(SiteOrganisation(site_id=site, organisation_id=organisation))


def _people(session: Session, world: World) -> None:
    at = world.start - timedelta(days=30)
    for worker, site, name, role in (
        (world.an, world.dongguan, "An", Role.CN_RECEIVER),
        (world.binh, world.dongguan, "Binh", Role.CN_QC),
        (world.worker_in_hanoi, world.hanoi, "Lan", Role.VN_RECEIVER),
    ):
        session.add(Worker(id=worker, site_id=site, name=name, roles={role}, pin_hash="-", created_at=at))
    session.add(
        User(
            id=opaque("chi"),
            organisation_id=world.importer,
            name="Chi",
            login="chi",
            roles={Role.AGENT},
            language="vi",
            created_at=at,
        )
    )
    for device, site, name in (
        (world.phone, world.dongguan, "phone"),
        (world.second_phone, world.dongguan, "second phone"),
        (world.hanoi_phone, world.hanoi, "hanoi phone"),
    ):
        key = public_key_of(name)
        session.add(
            Device(id=device, site_id=site, name=name, public_key=key, enrolled_at=at + timedelta(days=1))
        )


def _orders(session: Session, world: World) -> None:
    """One order of two lines in one parcel with a label; the other importer's order, also through Dongguan; and a
    parcel of the other importer, which the phone in Hanoi must not touch."""
    for organisation in (world.importer, world.other_importer):
        session.add(
            PlatformAccount(
                id=organisation[::-1],
                organisation_id=organisation,
                platform="1688",
                name="main",
                owner="self",
            )
        )
        session.add(
            Supplier(
                id=f"5{organisation[1:]}", organisation_id=organisation, company="义乌好货", member="haohuo"
            )
        )
    session.flush()
    _order(session, world.importer, world.order, "4325000000000000001", world.start)
    _order(session, world.other_importer, world.other_order, "4325000000000000002", world.start)
    session.flush()
    for line, order, seq, colour in (
        (world.red_line, world.order, 1, "红色"),
        (world.blue_line, world.order, 2, "蓝色"),
        (world.other_line, world.other_order, 1, "白色"),
    ):
        session.add(_line(line, order, seq, colour))
    _parcels(session, world)


def _order(session: Session, organisation: str, order_id: str, number: str, at: datetime) -> None:
    session.add(
        Order(
            id=order_id,
            organisation_id=organisation,
            account_id=organisation[::-1],
            supplier_id=f"5{organisation[1:]}",
            platform="1688",
            order_no=number,
            status_raw="等待买家收货",
            placed_at=at - timedelta(days=5),
            paid_at=at - timedelta(days=5),
            goods_fen=120_000,
            freight_fen=1_000,
            adjust_fen=0,
            paid_fen=121_000,
            remark="",
            imported_at=at - timedelta(days=2),
        )
    )


def _line(line_id: str, order_id: str, seq: int, colour: str) -> OrderLine:
    return OrderLine(
        id=line_id,
        order_id=order_id,
        seq=seq,
        title="保温杯 500ml",
        spec=f"{colour};500ml",
        colour=colour,
        size="500ml",
        unit="个",
        quantity_milli=24_000,
        unit_price_fen=2_500,
        offer_id="",
        sku_id="",
        article_no="",
        model="",
        material_no="",
        single_item_no="",
    )


def _parcels(session: Session, world: World) -> None:
    at = world.start - timedelta(days=2)
    for parcel, organisation, order, number in (
        (world.parcel, world.importer, world.order, "SF1234567890123"),
        (world.other_parcel, world.other_importer, world.other_order, "YT9876543210987"),
        (world.private_parcel, world.other_importer, None, "ZTO55555555555"),
    ):
        waybill = f"e{parcel[1:]}"
        session.add(
            Waybill(
                id=waybill,
                organisation_id=organisation,
                courier="顺丰",
                number_raw=number,
                number_norm=number,
            )
        )
        session.flush()
        session.add(Parcel(id=parcel, organisation_id=organisation, waybill_id=waybill, created_at=at))
        session.flush()
        if order is not None:
            session.add(OrderWaybill(order_id=order, waybill_id=waybill))
            session.add(ParcelOrder(parcel_id=parcel, order_id=order))
    for code, parcel, voided in (
        (world.label, world.parcel, None),
        (world.voided_label, world.parcel, at),
        (world.other_label, world.other_parcel, None),
    ):
        session.add(
            Label(
                code=code,
                parcel_id=parcel,
                stock="100x150",
                printed_at=at,
                printed_by="Chi",
                voided_at=voided,
            )
        )


def _challenges(session: Session, world: World) -> None:
    for challenge, device in (
        (world.challenge, world.phone),
        (world.second_phones_challenge, world.second_phone),
    ):
        session.add(
            Challenge(
                id=challenge,
                device_id=device,
                note="",
                issued_at=world.start - timedelta(hours=1),
                expires_at=world.start + timedelta(hours=71),
            )
        )

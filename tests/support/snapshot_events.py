"""A site with some of everything that a phone is told, and what happens there; all of it may happen again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from tests.support.dock import Dock, whole_take
from tests.support.phone import Phone
from tests.support.world import opaque
from webapp.domain.labels import label_code
from webapp.domain.permissions import Role
from webapp.domain.stickers import sticker_spelling
from webapp.store import schema
from webapp.store.columns import Base, Instant
from webapp.store.schema import Label, Order, OrderLine, Parcel, ParcelOrder, SiteOrganisation, Take, Tally
from webapp.store.schema_desk import LabelAlias, LabelRoll, ReceivingPlan
from webapp.store.schema_dock import Unidentified
from webapp.usecases import checks, plans
from webapp.usecases.order_progress import recompute_progress
from webapp.usecases.sessions import Desk

FILMED, WAITING = "goods filmed", "goods waiting"
"""Orders of the same listing, each one line in one parcel: what the first weighed says what the second should."""


@dataclass
class Floor:
    """``n`` grows with every event, so that each one is another."""

    dock: Dock
    phone: Phone = field(init=False)
    hanoi: Phone = field(init=False)
    n: int = 0

    def __post_init__(self) -> None:
        self.phone = Phone(self.dock.world)
        self.hanoi = Phone(self.dock.world, "hanoi phone")

    @property
    def name(self) -> str:
        self.n += 1
        return f"event {self.n}"

    @property
    def at(self) -> Any:
        return self.dock.world.start - timedelta(minutes=90) + timedelta(minutes=self.n % 60)

    def row(self, table: type[Any], key: Any, **values: Any) -> None:
        with self.dock.database.write() as session:
            found = session.get_one(table, key)
            for name, value in values.items():
                setattr(found, name, value)

    def add(self, *rows: Any) -> None:
        with self.dock.database.write() as session:
            for row in rows:
                session.add(row)
                session.flush()


def typical(table: Table, **values: Any) -> dict[str, Any]:
    """A row of any table: what must not be empty is 1, or the start of the world."""
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.name in values:
            row[column.name] = values[column.name]
        elif not column.nullable and column.server_default is None:
            row[column.name] = (
                values["at"] if isinstance(column.type, Instant) else column.type.python_type(1)
            )
    return row


def full_site(dock: Dock) -> Floor:
    """Two days of work, and what the desk decided meanwhile."""
    floor = Floor(dock)
    world = dock.world
    _goods(floor)
    with dock.database.write() as session:
        user = Base.metadata.tables["user"]
        session.execute(
            user.insert().values(
                typical(
                    user,
                    id="chi",
                    organisation_id=world.importer,
                    name="Chi",
                    role={Role.OWNER},
                    at=world.start,
                )
            )
        )
        deadline = Base.metadata.tables["deadline"]
        for order in (world.order, opaque(WAITING)):
            session.execute(
                deadline.insert().values(
                    typical(deadline, order_id=order, rule_id="R-10", act_by=world.start, at=world.start)
                )
            )
    _claims(floor)
    for happens in EVENTS:
        happens(floor)
    with dock.database.write() as session:
        for site in (world.dongguan, world.hanoi):
            key = f"BOX {site}"
            parcel = world.parcel
            session.add(
                LabelAlias(site_id=site, text_norm=key, parcel_id=parcel, **_bound(session, world.start))
            )
    return floor


def _claims(floor: Floor) -> None:
    """Two claims that still ask the phones for a picture."""
    world = floor.dock.world
    tables = Base.metadata.tables
    with floor.dock.database.write() as session:
        for n, order in enumerate((world.order, opaque(WAITING)), start=1):
            own = {"id": opaque(f"claim {n}"), "organisation_id": world.importer, "at": world.start}
            edition = {"number": n, "profiles": [], "switches": {}, **own}
            about = {"order_id": order, **own}
            wanted = [{"abroad": False, "parcel": world.parcel, "slot": "EV-11", "line": None, "claim": n}]
            claim = {"edition_id": own["id"], "discrepancy_id": own["id"], "form": {}, "wanted": wanted}
            for name, values in (
                ("rulebook_edition", edition),
                ("discrepancy", {"inputs": {}, **about}),
                ("claim", {"number": n, "state": "draft", **claim, **about}),
            ):
                session.execute(tables[name].insert().values(typical(tables[name], **values)))


def _bound(session: Session, at: Any) -> dict[str, Any]:
    table = Base.metadata.tables["label_alias"]
    row = typical(table, site_id="", text_norm="", parcel_id="", at=at)
    return {name: value for name, value in row.items() if name not in {"site_id", "text_norm", "parcel_id"}}


def _goods(floor: Floor) -> None:
    world = floor.dock.world
    with floor.dock.database.read() as session:
        order = session.get_one(Order, world.order)
        line = session.get_one(OrderLine, world.red_line)
    for n, name in enumerate((FILMED, WAITING)):
        at = {"created_at": world.start - timedelta(days=2)}
        floor.add(
            _copy(Order, order, id=opaque(name), order_no=f"432500000000000010{n}"),
            _copy(OrderLine, line, id=opaque(f"line {name}"), order_id=opaque(name), offer_id="600"),
            Parcel(id=opaque(f"p {name}"), organisation_id=world.importer, **at),
            ParcelOrder(parcel_id=opaque(f"p {name}"), order_id=opaque(name)),
        )
    _film(floor, 24)


def _copy(table: type[Any], row: Any, **changes: Any) -> Any:
    return table(**{column.key: getattr(row, column.key) for column in table.__table__.columns} | changes)


def _film(floor: Floor, units: int) -> None:
    world, name = floor.dock.world, floor.name
    table = Base.metadata.tables["take"]
    floor.add(
        Take(
            **typical(
                table,
                id=opaque(name),
                parcel_id=opaque(f"p {FILMED}"),
                device_id=world.phone,
                site_id=world.dongguan,
                worker_id=world.an,
                closed="complete",
                closed_at=floor.at,
                close_record_id=opaque(f"closed {name}"),
                file_state="partial",
                slot="EV-18",
                opened_at=floor.at,
                at=floor.at,
            )
        ),
        Tally(take_id=opaque(name), line_id=opaque(f"line {FILMED}"), units=units),
    )


def arrives(floor: Floor) -> None:
    floor.dock.send(floor.phone.device, floor.phone.arrival(floor.name, floor.at))


def weighed(floor: Floor) -> None:
    """What is weighed says how much the same goods should weigh in another parcel."""
    parcel, order = opaque(f"p {FILMED}"), opaque(FILMED)
    said = {"grams": 5_000 + 100 * (floor.n % 7)}
    one = floor.phone.say("weighing", floor.name, floor.at, said, parcel=parcel, order=order, label=None)
    floor.dock.send(floor.phone.device, one)


def counted_right(floor: Floor) -> None:
    _film(floor, 24)


def counted_wrong(floor: Floor) -> None:
    _film(floor, 23)


def film_arrives(floor: Floor) -> None:
    with floor.dock.database.write() as session:
        for take in session.scalars(select(Take)):
            take.file_state = "verified"


def weighed_and_taken_back(floor: Floor) -> None:
    first = floor.name
    said = floor.phone.say("weighing", first, floor.at)
    floor.dock.send(floor.phone.device, said, floor.phone.withdraw(floor.name, floor.at, first))


def counted(floor: Floor) -> None:
    one = whole_take(floor.phone, floor.at, (20 + floor.n % 5, 24), name=floor.name)
    floor.dock.send(floor.phone.device, *one)


def counted_in_hanoi(floor: Floor) -> None:
    site, worker = floor.dock.world.hanoi, floor.dock.world.worker_in_hanoi
    one = whole_take(floor.hanoi, floor.at, (22, 24), name=floor.name, site=site, worker=worker)
    floor.dock.send(floor.hanoi.device, *one)


def begins_a_take(floor: Floor) -> None:
    opened = floor.phone.take_open(floor.name, floor.at, slot="EV-18")
    floor.dock.send(floor.phone.device, opened, now=floor.at)


def draws_before_its_film_is_known(floor: Floor) -> None:
    name = floor.name
    said = {"take": opaque(f"later {name}"), "tranche": floor.n}
    draw = floor.phone.say("draw", name, floor.at, said, challenge=floor.dock.world.challenge)
    floor.dock.send(floor.phone.device, draw)
    opened = floor.phone.take_open(f"later {name}", floor.at, slot="EV-18")
    floor.dock.send(floor.phone.device, opened, now=floor.at)


def sticker_is_bound(floor: Floor) -> None:
    bound = floor.phone.blank(
        "bind", floor.name, floor.at, order=None, label=None, slot=None, alias=f"BOX-{floor.n}"
    )
    floor.dock.send(floor.phone.device, floor.phone.next(bound))


def _held(floor: Floor, phone: Phone, **changes: Any) -> str:
    name = floor.name
    said = {"alias": sticker_spelling(f"NOBODY {floor.n % 3}")}
    one = phone.say("unidentified", name, floor.at, said, parcel=None, order=None, label=None, **changes)
    floor.dock.send(phone.device, one)
    return name


def nobody_knows_a_parcel(floor: Floor) -> None:
    _held(floor, floor.phone)


def nobody_knows_one_in_hanoi(floor: Floor) -> None:
    _held(floor, floor.hanoi, site=floor.dock.world.hanoi, worker=floor.dock.world.worker_in_hanoi)


def hold_is_taken_back(floor: Floor) -> None:
    held = _held(floor, floor.phone)
    floor.dock.send(floor.phone.device, floor.phone.withdraw(floor.name, floor.at, held, parcel=None))


def hold_is_matched(floor: Floor) -> None:
    held = opaque(_held(floor, floor.phone))
    matched = {"matched_parcel_id": floor.dock.world.parcel, "matched_at": floor.at, "matched_by": "chi"}
    floor.row(Unidentified, held, **matched)


def _chi(floor: Floor) -> Desk:
    roles = frozenset({Role.OWNER})
    return Desk(id="chi", name="Chi", roles=roles, language="en", organisation_id=floor.dock.world.importer)


def order_is_decided(floor: Floor) -> None:
    depth = ("count_sample", "count", "condition_weight")[floor.n % 3]
    with floor.dock.database.read() as session:
        order_no = session.get_one(Order, floor.dock.world.order).order_no
    said = plans.PlanWords("order", depth, floor.name, order_no=order_no)
    plans.decide(floor.dock.database, actor=_chi(floor), said=said, now=floor.at)


def history_is_looked_at(floor: Floor) -> None:
    said = plans.PlanWords("history", "condition_weight", floor.name, clean_receipts="1")
    plans.decide(floor.dock.database, actor=_chi(floor), said=said, now=floor.at)
    floor.row(Order, opaque(FILMED), received_at=floor.at)


def decisions_end(floor: Floor) -> None:
    with floor.dock.database.write() as session:
        for plan in session.scalars(select(ReceivingPlan)):
            plan.ended_at = plan.ended_at or floor.at


def check_is_asked(floor: Floor) -> None:
    with floor.dock.database.read() as session:
        order_no = session.get_one(Order, floor.dock.world.order).order_no
    if floor.n < 100:
        asked = checks.Asked(order_no, free_text=floor.name)
        checks.ask(floor.dock.database, actor=_chi(floor), asked=asked, now=floor.at)


def _code(name: str) -> str:
    return label_code(hashlib.sha256(name.encode()).digest()[:9])


def labels_are_printed(floor: Floor) -> None:
    world = floor.dock.world
    with floor.dock.database.write() as session:
        for label in session.scalars(select(Label).where(Label.kind == "sku")):
            label.voided_at = label.voided_at or floor.at
    print_ = {"stock": "60x40", "printed_at": floor.at, "printed_by": "chi", "parcel_id": world.parcel}
    code = _code(floor.name)
    floor.add(
        Label(code=code, kind="sku", line_id=world.red_line, **print_),
        Label(code=_code(floor.name), kind="carton", **print_),
    )


def roll_is_printed(floor: Floor) -> None:
    name, world = floor.name, floor.dock.world
    table = Base.metadata.tables["label_roll"]
    roll = typical(
        table, id=opaque(name), organisation_id=world.importer, site_id=world.dongguan, at=floor.at
    )
    label = {"stock": "40x30", "printed_at": floor.at, "printed_by": "chi", "roll_id": opaque(name)}
    code = _code(name)
    floor.add(LabelRoll(**roll), Label(code=code, kind="blank", **label))


def blank_is_bound(floor: Floor) -> None:
    with floor.dock.database.write() as session:
        for label in session.scalars(select(Label).where(Label.kind == "blank", Label.parcel_id.is_(None))):
            label.parcel_id, label.bound_at = floor.dock.world.parcel, floor.at


def order_moves_on(floor: Floor) -> None:
    with floor.dock.database.write() as session:
        recompute_progress(session, [floor.dock.world.order, opaque(FILMED), opaque(WAITING)])


def order_is_split(floor: Floor) -> None:
    name, world = floor.name, floor.dock.world
    floor.add(
        Parcel(id=opaque(name), organisation_id=world.importer, created_at=floor.at),
        ParcelOrder(parcel_id=opaque(name), order_id=(world.order, opaque(WAITING))[floor.n % 2]),
    )


def order_is_in_one_parcel_again(floor: Floor) -> None:
    with floor.dock.database.write() as session:
        for link in session.scalars(select(ParcelOrder)):
            if link.parcel_id not in {floor.dock.world.parcel, opaque(f"p {FILMED}"), opaque(f"p {WAITING}")}:
                session.delete(link)


def other_goods_were_ordered(floor: Floor) -> None:
    floor.row(OrderLine, opaque(f"line {FILMED}"), offer_id=("600", "601")[floor.n % 2])
    floor.n += 1


def trade_ends(floor: Floor) -> None:
    floor.row(Order, opaque(WAITING), state=("closed", "to_count")[floor.n % 2])
    floor.n += 1


def importer_comes_or_goes(floor: Floor) -> None:
    key = (floor.dock.world.dongguan, floor.dock.world.other_importer)
    with floor.dock.database.write() as session:
        found = session.get(SiteOrganisation, key)
        if found is None:
            session.add(SiteOrganisation(site_id=key[0], organisation_id=key[1]))
        else:
            session.delete(found)


def somebody_is_renamed(floor: Floor) -> None:
    world = floor.dock.world
    floor.row(schema.Worker, world.an, name=floor.name)
    floor.row(schema.Supplier, f"5{world.importer[1:]}", company=floor.name)
    floor.row(schema.Organisation, world.importer, customer_code=floor.name)


def parcel_goes_to_freight(floor: Floor) -> None:
    name, world, tables = floor.name, floor.dock.world, Base.metadata.tables
    own = {"id": opaque(name), "organisation_id": world.importer, "at": floor.at}
    with floor.dock.database.write() as session:
        session.execute(tables["handover"].insert().values(typical(tables["handover"], **own)))
        parcel = (world.parcel, opaque(f"p {WAITING}"))[floor.n % 2]
        row = {"handover_id": opaque(name), "parcel_id": parcel}
        session.execute(tables["handover_parcel"].insert().values(row))


def freight_comes_back(floor: Floor) -> None:
    """The earliest one that stands was stated by mistake, or goes again."""
    handover = Base.metadata.tables["handover"]
    with floor.dock.database.write() as session:
        back = floor.at if floor.n % 2 else None
        session.execute(handover.update().values(taken_back_at=back))
    floor.n += 1
    parcel_goes_to_freight(floor)


def count_goes_on(floor: Floor) -> None:
    """Cut off, and gone on with in a film of its own, which the segment may name before it comes."""
    first, second = floor.name, floor.name
    cut = whole_take(floor.phone, floor.at, (9, 4), name=first, slot="EV-18", closed="interrupted")
    of, film = opaque(f"open {first}"), opaque(f"open {second}")
    joined = floor.phone.say("segment", floor.name, floor.at, {"of": of, "next": film})
    on = whole_take(floor.phone, floor.at, (11, 20), name=second, slot="EV-18")
    for record in (*cut, joined, *on):
        floor.dock.send(floor.phone.device, record, now=floor.at)


def count_is_cut_off(floor: Floor) -> None:
    cut = whole_take(floor.phone, floor.at, (9, 4), name=floor.name, slot="EV-18", closed="interrupted")
    floor.dock.send(floor.phone.device, *cut, now=floor.at)


EVENTS: tuple[Callable[[Floor], None], ...] = (
    arrives,
    weighed,
    counted_right,
    counted_wrong,
    film_arrives,
    weighed_and_taken_back,
    counted,
    counted_in_hanoi,
    begins_a_take,
    draws_before_its_film_is_known,
    sticker_is_bound,
    decisions_end,
    order_is_decided,
    history_is_looked_at,
    check_is_asked,
    labels_are_printed,
    blank_is_bound,
    roll_is_printed,
    order_moves_on,
    order_is_split,
    order_is_in_one_parcel_again,
    other_goods_were_ordered,
    trade_ends,
    importer_comes_or_goes,
    somebody_is_renamed,
    nobody_knows_a_parcel,
    nobody_knows_one_in_hanoi,
    hold_is_taken_back,
    hold_is_matched,
    parcel_goes_to_freight,
    freight_comes_back,
    count_goes_on,
    count_is_cut_off,
)

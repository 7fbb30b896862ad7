"""What a phone is told of earlier work: its own stage's counts, a check value, what is unfinished, what is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.dock import Dock, whole_take
from tests.support.phone import Phone
from tests.support.world import opaque
from webapp.adapters.rulebook_files import load_rulebook
from webapp.domain.count_check import count_check
from webapp.domain.evidence import TallyLine
from webapp.domain.permissions import Role
from webapp.store import board
from webapp.store.schema import Order, OrderLine, OrderWaybill, Parcel, ParcelOrder, Waybill
from webapp.usecases import plans
from webapp.usecases.clocks import recompute_deadlines
from webapp.usecases.people import Desk
from webapp.usecases.plans import PlanWords
from webapp.usecases.snapshot import FACTS_KEPT, snapshot


@pytest.fixture
def hanoi(dock: Dock) -> Phone:
    return Phone(dock.world, "hanoi phone")


def lan(dock: Dock) -> dict[str, Any]:
    return {"site": dock.world.hanoi, "worker": dock.world.worker_in_hanoi}


def at(dock: Dock, minute: int) -> datetime:
    return dock.world.start - timedelta(minutes=60 - minute)


def told(dock: Dock, device: str = "", *, later: timedelta = timedelta()) -> dict[str, Any]:
    return snapshot(dock.database, device_id=device or dock.world.phone, now=dock.world.start + later)


def parcel(dock: Dock, sent: dict[str, Any], name: str = "") -> dict[str, Any]:
    wanted = opaque(name) if name else dock.world.parcel
    (found,) = (one for one in sent["parcels"] if one["id"] == wanted)
    return dict(found)


def line(dock: Dock, sent: dict[str, Any]) -> dict[str, Any]:
    lines = [one for order in sent["orders"] for one in order["lines"]]
    (found,) = (one for one in lines if one["id"] == dock.world.red_line)
    return dict(found)


def test_the_site_says_of_which_stage_it_is(dock: Dock) -> None:
    assert told(dock)["site"]["kind"] == "CN_forwarder"
    assert told(dock, dock.world.hanoi_phone)["site"]["kind"] == "VN_warehouse"


def test_facts_name_people_and_their_times_and_other_sites_stay_unseen(
    dock: Dock, phone: Phone, hanoi: Phone
) -> None:
    dock.send(phone.device, phone.say("weighing", "scale", at(dock, 1)))
    picture = phone.photo("label", at(dock, 2), b"1", slot="EV-12", said={"also": "EV-04 EV-01p"})
    dock.send(phone.device, picture)
    weighing, photo = parcel(dock, told(dock))["facts"]
    assert weighing == {
        "id": opaque("scale"),
        "kind": "weighing",
        "slot": None,
        "also": [],
        "values": {"grams": "1250", "shown": "1.25", "unit": "kg", "target": "parcel", "opened": "no"},
        "at": at(dock, 1).isoformat(timespec="milliseconds"),
        "worker": "An",
        "gone": False,
        "corrects": None,
    }
    assert (photo["slot"], photo["also"]) == ("EV-12", ["EV-04", "EV-01p"])
    assert parcel(dock, told(dock, hanoi.device))["facts"] == []


def test_what_is_older_than_a_phone_needs_is_left_out(dock: Dock, phone: Phone) -> None:
    dock.send(phone.device, phone.say("weighing", "scale", at(dock, 60)))
    # By whole days, so that between two midnights only what is written changes a snapshot.
    assert len(parcel(dock, told(dock, later=FACTS_KEPT))["facts"]) == 1
    assert parcel(dock, told(dock, later=FACTS_KEPT + timedelta(days=1)))["facts"] == []


def test_somebodys_unfinished_take_is_seen_until_it_is_closed(dock: Dock, phone: Phone) -> None:
    opened, closed = whole_take(phone, at(dock, 1))
    dock.send(phone.device, opened, now=at(dock, 1))
    assert parcel(dock, told(dock))["open_takes"] == [
        {
            "take": opaque("open"),
            "worker": "An",
            "started_at": at(dock, 1).isoformat(timespec="milliseconds"),
            "ended_at": None,
            "units": None,
            "before": [],
            "label": dock.world.label,
        }
    ]
    dock.send(phone.device, closed)
    sent = parcel(dock, told(dock))
    assert sent["open_takes"] == []
    assert [one["kind"] for one in sent["facts"]] == ["take"]
    take = sent["facts"][0]
    assert (take["kind"], take["values"]) == ("take", {"opens": opaque("open"), "closed": "complete"})
    assert take["at"] == (at(dock, 1) + timedelta(seconds=3)).isoformat(timespec="milliseconds")


# -- the blind count -------------------------------------------------------------------------------------------------


def test_the_quantity_is_sent_only_as_a_check_value(dock: Dock) -> None:
    red = line(dock, told(dock))
    assert red["check"] == count_check(dock.world.red_line, 24)
    assert (red["counted"], red["parcels"]) == ([], 1)
    assert "quantity" not in str(told(dock)["orders"])


def test_goods_that_are_not_counted_in_pieces_have_no_check_value(dock: Dock) -> None:
    with dock.database.write() as session:
        session.get_one(OrderLine, dock.world.red_line).quantity_milli = 2_500
    assert line(dock, told(dock))["check"] is None


def test_each_country_counts_for_itself_and_chinas_count_decides(
    dock: Dock, phone: Phone, hanoi: Phone
) -> None:
    dock.send(phone.device, *whole_take(phone, at(dock, 1), (23, 24)))
    in_hanoi = line(dock, told(dock, hanoi.device))
    # Blind in Hanoi as well: China's 23 is only a check value, and its takes are not told.
    assert (in_hanoi["counted"], in_hanoi["check"]) == ([], count_check(dock.world.red_line, 23))
    assert parcel(dock, told(dock, hanoi.device))["facts"] == []
    assert in_hanoi["china"] == []

    later = dock.world.start + timedelta(days=9)
    cut = hanoi.take_open("open cut", later, **lan(dock))
    closed = hanoi.take(
        "cut", later, opens="open cut", slices=[b"cut"], counts=(5, 0), **lan(dock), closed="interrupted"
    )
    dock.send(hanoi.device, cut, closed, now=later)
    assert line(dock, told(dock, hanoi.device))["china"] == [], "a count that was cut off goes on, blind"
    dock.send(hanoi.device, *whole_take(hanoi, later, (22, 24), name="vn", **lan(dock)), now=later)
    in_hanoi = line(dock, told(dock, hanoi.device))
    assert (in_hanoi["counted"], in_hanoi["china"]) == ([[dock.world.parcel, 22]], [[dock.world.parcel, 23]])
    in_china = line(dock, told(dock))
    assert (in_china["counted"], in_china["china"]) == ([[dock.world.parcel, 23]], [])
    with dock.database.read() as session:
        counts = {row.line_id: row.units for row in board.latest_counts(session, [dock.world.red_line])}
    assert counts == {dock.world.red_line: 23}


def test_the_last_count_of_a_stage_stands(dock: Dock, phone: Phone) -> None:
    for minute, units in ((1, 20), (2, 24)):
        now = at(dock, minute)
        dock.send(phone.device, *whole_take(phone, now, (units, 24), name=str(minute)), now=now)
    assert line(dock, told(dock))["counted"] == [[dock.world.parcel, 24]]


def test_another_importers_goods_are_not_told_at_a_site_that_does_not_serve_them(
    dock: Dock, phone: Phone, hanoi: Phone
) -> None:
    other = {"parcel": dock.world.other_parcel, "order": dock.world.other_order, "label": None}
    said = {"line": dock.world.other_line}
    dock.send(phone.device, phone.say("defect", "stain", at(dock, 1), said, worker=dock.world.binh, **other))
    assert [one["kind"] for one in parcel(dock, told(dock), "other parcel")["facts"]] == ["defect"]
    assert dock.world.other_parcel not in str(told(dock, hanoi.device))


# -- what is due ------------------------------------------------------------------------------------------------------


def test_the_receivers_own_limit_lasts_until_the_count(dock: Dock, phone: Phone) -> None:
    assert parcel(dock, told(dock))["act_by"] is None
    dock.send(phone.device, phone.arrival("arrival", at(dock, 0)))
    with dock.database.write() as session:
        recompute_deadlines(session, load_rulebook(), {dock.world.order})
    limit = at(dock, 0) + timedelta(hours=24)
    assert parcel(dock, told(dock))["act_by"] == limit.isoformat(timespec="milliseconds")

    dock.send(phone.device, *whole_take(phone, at(dock, 1), (24, 24)))
    assert parcel(dock, told(dock))["act_by"] is None


# -- what a parcel should weigh --------------------------------------------------------------------------------------


def weigh_goods(dock: Dock, **mg: int) -> None:
    with dock.database.write() as session:
        for name, weight in mg.items():
            session.get_one(OrderLine, getattr(dock.world, name)).unit_weight_mg = weight


def test_nine_tenths_of_its_goods_is_the_least_that_a_parcel_may_weigh(dock: Dock) -> None:
    weigh_goods(dock, red_line=500_000)
    assert parcel(dock, told(dock))["least_grams"] is None, "one line's weight is unknown"
    weigh_goods(dock, blue_line=250_000)
    assert parcel(dock, told(dock))["least_grams"] == 16_200  # 24 × 500 g + 24 × 250 g = 18 kg


def test_an_order_in_two_parcels_says_nothing_of_either(dock: Dock) -> None:
    weigh_goods(dock, red_line=500_000, blue_line=250_000)
    add_parcel(dock, "second half", dock.world.order)
    sent = told(dock)
    assert parcel(dock, sent)["least_grams"] is parcel(dock, sent, "second half")["least_grams"] is None


def test_earlier_closed_parcels_of_the_same_goods_are_the_measure(dock: Dock, phone: Phone) -> None:
    for name, units in (("first", 24), ("second", 12), ("other size", 24)):
        add_order(dock, name, units, spec=name if name == "other size" else "红色")
    receive(dock, phone, "first", grams=12_000, counted=24)
    assert parcel(dock, told(dock), "second")["least_grams"] == 5_400  # 12 × 500 g, nine tenths of it
    assert parcel(dock, told(dock), "other size")["least_grams"] is None
    assert parcel(dock, told(dock), "first")["least_grams"] is None, "not held against itself"


def test_a_parcel_whose_count_was_wrong_measures_nothing(dock: Dock, phone: Phone) -> None:
    for name in ("first", "second"):
        add_order(dock, name, 24, spec="红色")
    receive(dock, phone, "first", grams=11_000, counted=23)
    assert parcel(dock, told(dock), "second")["least_grams"] is None


def add_parcel(dock: Dock, name: str, order_id: str) -> None:
    with dock.database.write() as session:
        waybill = Waybill(
            id=opaque(f"wb {name}"),
            organisation_id=dock.world.importer,
            courier="",
            number_raw=name,
            number_norm=name,
        )
        session.add(waybill)
        session.flush()
        session.add(OrderWaybill(order_id=order_id, waybill_id=waybill.id))
        session.add(
            Parcel(
                id=opaque(name),
                organisation_id=dock.world.importer,
                waybill_id=waybill.id,
                created_at=dock.world.start,
            )
        )
        session.flush()
        session.add(ParcelOrder(parcel_id=opaque(name), order_id=order_id))


def add_order(dock: Dock, name: str, units: int, *, spec: str) -> None:
    """One line of one offer in a parcel of its own."""
    with dock.database.write() as session:
        first = session.get_one(Order, dock.world.order)
        session.add(
            Order(
                id=opaque(f"o {name}"),
                organisation_id=first.organisation_id,
                account_id=first.account_id,
                supplier_id=first.supplier_id,
                platform="1688",
                order_no=f"o {name}",
                status_raw="",
                remark="",
                imported_at=dock.world.start,
            )
        )
        session.flush()
        session.add(
            OrderLine(
                id=opaque(f"l {name}"),
                order_id=opaque(f"o {name}"),
                seq=1,
                title="保温杯",
                spec=spec,
                colour="",
                size="",
                unit="个",
                quantity_milli=units * 1000,
                offer_id="6543210",
                sku_id="77",
                article_no="",
                model="",
                material_no="",
                single_item_no="",
            )
        )
    add_parcel(dock, name, opaque(f"o {name}"))


def receive(dock: Dock, phone: Phone, name: str, *, grams: int, counted: int) -> None:
    """Arrived, weighed while closed, and counted on film."""
    where = {"parcel": opaque(name), "order": opaque(f"o {name}"), "label": None}
    shown = {"grams": grams, "shown": grams, "unit": "g"}
    take_id = f"open {name}"
    counted_so = replace(
        phone.take_fields(
            f"close {name}", at(dock, 3), opens=take_id, slices=(name.encode(),), counts=(0, 0)
        )[0],
        tally=(TallyLine(opaque(f"l {name}"), counted),),
        events=None,
        **where,
    )
    dock.send(
        phone.device,
        phone.arrival(f"a {name}", at(dock, 1), **where),
        phone.say("weighing", f"w {name}", at(dock, 2), shown, **where),
        phone.take_open(take_id, at(dock, 3), **where),
        phone.next(counted_so),
    )


# -- which sample ----------------------------------------------------------------------------------------------------


def desk_of(dock: Dock) -> Desk:
    return Desk(
        id=opaque("chi"),
        organisation_id=dock.world.importer,
        name="Chi",
        roles=frozenset({Role.OWNER}),
        language="vi",
    )


def test_the_phone_is_told_which_sample_the_importer_chose(dock: Dock) -> None:
    chi = desk_of(dock)
    own = {order["id"]: order["sampling"] for order in told(dock)["orders"]}
    fix = {"plan": "fix", "level": None, "aql": None, "waived": False}
    assert own == {dock.world.order: fix, dock.world.other_order: fix}
    said = PlanWords("default", "count_sample", "agreed", sampling="aql", level="II", aql="2.50", waived="1")
    plans.decide(dock.database, actor=chi, said=said, now=dock.world.start)
    own = {order["id"]: order["sampling"] for order in told(dock)["orders"]}
    assert own[dock.world.order] == {"plan": "aql", "level": "II", "aql": "2.5", "waived": True}
    assert own[dock.world.other_order] == fix

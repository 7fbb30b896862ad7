"""A hand-over recorded on a phone is the desk's: same rows, same clocks; what the desk would refuse is left out."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.dock import Dock, codes
from tests.support.phone import Phone
from tests.support.world import make_world, opaque, open_database
from webapp.domain.permissions import Role
from webapp.domain.stickers import sticker_spelling
from webapp.store.schema import AuditEvent, Order, Parcel, ParcelOrder, SiteOrganisation, Worker
from webapp.store.schema_claims import FreightContract, Handover, HandoverParcel
from webapp.store.schema_rules import ClockEvent
from webapp.usecases import exhibits, handovers, photo_views
from webapp.usecases.snapshot import snapshot

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def dock(tmp_path: Path) -> Dock:
    database = open_database(tmp_path)
    return Dock(database, make_world(database))


@pytest.fixture
def phone(dock: Dock) -> Phone:
    return Phone(dock.world)


def contract(dock: Dock, name: str, organisation: str) -> str:
    with dock.database.write() as session:
        session.add(
            FreightContract(
                id=opaque(name),
                organisation_id=organisation,
                carrier="Bắc Nam Logistics",
                reference="BN-7",
                notice_hours=72,
                notice_from="vn_received",
                terms="",
                document_id=None,
                stated_by="chi",
                stated_at=dock.world.start,
            )
        )
    return opaque(name)


def said(*parcels: str, **more: object) -> dict[str, object]:
    return {
        "carrier": sticker_spelling("Bắc Nam  Logistics"),
        "seals": sticker_spelling("SZ88123, SZ88124"),
        "parcels": " ".join(parcels),
    } | more


def rows(dock: Dock) -> list[Handover]:
    with dock.database.read() as session:
        return list(session.scalars(select(Handover).order_by(Handover.organisation_id, Handover.id)))


def clock_facts(dock: Dock) -> list[ClockEvent]:
    with dock.database.read() as session:
        return list(session.scalars(select(ClockEvent).where(ClockEvent.kind == "handed_over")))


def test_one_record_is_one_hand_over_with_its_clocks(dock: Dock, phone: Phone) -> None:
    world, at = dock.world, dock.world.start + HOUR
    known = contract(dock, "contract", world.importer)
    record = phone.say(
        "handover", "gone", at, said(world.parcel, contract=known, ago=30), parcel=None, order=None
    )
    (receipt,) = dock.send(world.phone, record, now=at + MINUTE)
    assert receipt.state == "accepted" and codes(receipt) == []
    (one,) = rows(dock)
    assert (one.carrier, one.seals, one.contract_id) == ("Bắc Nam Logistics", "SZ88123, SZ88124", known)
    assert (one.record_id, one.stated_by, one.at) == (opaque("gone"), world.an, at - 30 * MINUTE)
    (event,) = clock_facts(dock)
    assert (event.order_id, event.at, event.proven, event.by) == (
        world.order,
        one.at,
        True,
        f"worker:{world.an}",
    )
    # The phone lost the answer and sends it again: one hand-over.
    dock.send(world.phone, record, now=at + HOUR)
    assert len(rows(dock)) == len(clock_facts(dock)) == 1
    with dock.database.read() as session:
        (audited,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "handover.stated"))
        assert audited.actor == f"worker:{world.an}"


def test_taken_back_on_the_phone_the_clocks_run_again_and_a_correction_replaces(
    dock: Dock, phone: Phone
) -> None:
    world, at = dock.world, dock.world.start + HOUR
    first = phone.say("handover", "gone", at, said(world.parcel), parcel=None, order=None)
    better = phone.say(
        "handover",
        "right",
        at + MINUTE,
        said(world.parcel, seals=None),
        parcel=None,
        order=None,
        supersedes=opaque("gone"),
    )
    back = phone.withdraw("back", at + 2 * MINUTE, "right", parcel=None, order=None)
    receipts = dock.send(world.phone, first, better, now=at + 2 * MINUTE)
    assert [codes(one) for one in receipts] == [[], []]
    standing = {one.record_id: one.taken_back_at for one in rows(dock)}
    assert standing[opaque("gone")] is not None and standing[opaque("right")] is None
    dock.send(world.phone, back, now=at + 3 * MINUTE)
    assert all(one.taken_back_at is not None for one in rows(dock))
    with dock.database.read() as session:
        retracted = session.scalars(select(ClockEvent.retracts).where(ClockEvent.kind == "retraction")).all()
    assert set(retracted) == {event.id for event in clock_facts(dock)}
    again = phone.say("handover", "later", at + HOUR, said(world.parcel), parcel=None, order=None)
    (receipt,) = dock.send(world.phone, again, now=at + HOUR)
    assert codes(receipt) == []


def test_what_the_desk_would_refuse_is_left_out_and_said(dock: Dock, phone: Phone) -> None:
    world, at = dock.world, dock.world.start + HOUR
    with dock.database.write() as session:
        session.delete(session.get_one(SiteOrganisation, (world.dongguan, world.other_importer)))
        session.add_all(
            [
                Parcel(id=opaque("late"), organisation_id=world.importer, created_at=at),
                Parcel(id=opaque("strange"), organisation_id=world.other_importer, created_at=at),
            ]
        )
        session.flush()
        session.add(ParcelOrder(parcel_id=opaque("late"), order_id=world.order))
        late = session.get_one(Parcel, opaque("late"))
        late.received_at, late.received_zone = at - 10 * MINUTE, "Asia/Shanghai"
    foreign = contract(dock, "foreign", world.other_importer)
    parcels = (world.parcel, opaque("late"), opaque("strange"), opaque("nobody"), world.parcel)
    record = phone.say(
        "handover", "gone", at, said(*parcels, contract=foreign, ago=20), parcel=None, order=None
    )
    (receipt,) = dock.send(world.phone, record, now=at)
    assert sorted(codes(receipt)) == [
        "handover_before_receipt",
        "handover_contract_unknown",
        "parcel_of_other_site",
        "parcel_unknown",
    ]
    (one,) = rows(dock)
    assert one.contract_id is None
    with dock.database.read() as session:
        assert session.scalars(select(HandoverParcel.parcel_id)).all() == [world.parcel]
    twice = phone.say("handover", "twice", at + MINUTE, said(world.parcel), parcel=None, order=None)
    (receipt,) = dock.send(world.phone, twice, now=at + MINUTE)
    assert codes(receipt) == ["handover_stated_before"] and len(rows(dock)) == 1
    assert dock.fact("twice").findings == ["handover_stated_before"]


def test_who_may_not_and_where_not_and_without_a_carrier_nothing_is_handed_over(
    dock: Dock, phone: Phone
) -> None:
    world, at = dock.world, dock.world.start + HOUR
    nameless = said(world.parcel, carrier=sticker_spelling(" \t"))
    unread = said(world.parcel, carrier="__")
    nobody = phone.say("handover", "nobody", at, said(world.parcel), parcel=None, order=None, worker=None)
    receipts = dock.send(
        world.phone,
        nobody,
        phone.say("handover", "nameless", at, nameless, parcel=None, order=None),
        now=at,
    )
    assert [codes(one) for one in receipts] == [["worker_may_not"], ["handover_carrier_missing"]]
    hanoi = Phone(world, "hanoi phone")
    (receipt,) = dock.send(
        world.hanoi_phone,
        hanoi.say(
            "handover",
            "abroad",
            at,
            said(world.parcel),
            parcel=None,
            order=None,
            site=world.hanoi,
            worker=world.worker_in_hanoi,
        ),
        now=at,
    )
    assert "handover_abroad" in codes(receipt)
    assert rows(dock) == [] and clock_facts(dock) == []
    # What no phone of ours writes still hurts nobody: the spelling itself stands for the name.
    dock.send(world.phone, phone.say("handover", "odd", at, unread, parcel=None, order=None), now=at)
    assert [one.carrier for one in rows(dock)] == ["__"]


def test_a_loader_hands_over_though_no_loader_counts(dock: Dock, phone: Phone) -> None:
    world, at = dock.world, dock.world.start + HOUR
    with dock.database.write() as session:
        session.get_one(Worker, world.an).roles = frozenset({Role.CN_LOADER})
    (receipt,) = dock.send(
        world.phone, phone.say("handover", "gone", at, said(world.parcel), parcel=None, order=None), now=at
    )
    assert codes(receipt) == [] and len(rows(dock)) == 1


def test_goods_of_two_importers_are_two_hand_overs_and_the_slip_is_neithers_alone(
    dock: Dock, phone: Phone
) -> None:
    world, at = dock.world, dock.world.start + HOUR
    with dock.database.write() as session:
        session.add(Parcel(id=opaque("theirs"), organisation_id=world.other_importer, created_at=at))
    own = contract(dock, "own", world.importer)
    record = phone.say(
        "handover", "gone", at, said(world.parcel, opaque("theirs"), contract=own), parcel=None, order=None
    )
    slip = phone.photo(
        "slip", at, b"jpeg", slot="EV-23", said={"about": opaque("gone")}, parcel=None, order=None
    )
    receipts = dock.send(world.phone, record, slip, now=at)
    assert [codes(one) for one in receipts] == [[], []]
    assert {one.organisation_id: one.contract_id for one in rows(dock)} == {
        world.importer: own,
        world.other_importer: None,
    }
    with dock.database.read() as session:
        listed = exhibits.exhibits_of_order(session, world.importer, world.order)
        assert opaque("slip") not in {one.source_id for one in listed}


def test_the_freight_slip_is_an_exhibit_of_its_order_and_shown_at_the_desk(dock: Dock, phone: Phone) -> None:
    world, at = dock.world, dock.world.start + HOUR
    record = phone.say("handover", "gone", at, said(world.parcel), parcel=None, order=None)
    slip = phone.photo(
        "slip", at, b"jpeg", slot="EV-23", said={"about": opaque("gone")}, parcel=None, order=None
    )
    dock.send(world.phone, record, slip, now=at)
    with dock.database.read() as session:
        listed = exhibits.exhibits_of_order(session, world.importer, world.order)
        order_no = session.get_one(Order, world.order).order_no
    assert ("EV-23", opaque("slip")) in {(one.slot, one.source_id) for one in listed}
    view = handovers.view(dock.database, organisation_id=world.importer, order_no=order_no)
    (one,) = view.all
    assert view.slips == {one.id: [opaque("slip")]} and view.workers[one.id]
    seen = photo_views.photo_view(dock.database, organisation_id=world.importer, photo_id=opaque("slip"))
    assert seen.fact.slot == "EV-23"
    with pytest.raises(Exception, match="photo_unknown"):
        photo_views.photo_view(dock.database, organisation_id=world.other_importer, photo_id=opaque("slip"))


def test_phones_in_china_are_told_the_contracts_to_choose_from(dock: Dock) -> None:
    world = dock.world
    known = contract(dock, "contract", world.importer)
    theirs = contract(dock, "theirs", world.other_importer)
    told = snapshot(dock.database, device_id=world.phone, now=world.start)["contracts"]
    assert {(one["id"], one["customer_code"], one["notice_hours"]) for one in told} == {
        (known, "MA-01", 72),
        (theirs, "HS-02", 72),
    }
    assert set(told[0]) == {"id", "customer_code", "carrier", "reference", "notice_hours"}, (
        "no terms, no paper"
    )
    assert snapshot(dock.database, device_id=world.hanoi_phone, now=world.start)["contracts"] == []

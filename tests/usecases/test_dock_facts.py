"""Facts from the table: what is kept of each kind, what takes another back, what came too late."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from tests.support.dock import Dock, codes, whole_take
from tests.support.phone import TYPICAL, Phone
from tests.support.world import opaque
from webapp.domain.record_kinds import KINDS
from webapp.store.schema import Label, LogEntry, Order, Record
from webapp.store.schema_dock import DockFact, Unidentified
from webapp.usecases.receipts import fill_missing_arrivals
from webapp.usecases.snapshot import snapshot

SAID_KINDS = sorted(kind for kind, about in KINDS.items() if about.keys)


pytestmark = pytest.mark.usefixtures("examined")


def minutes(dock: Dock, n: int) -> datetime:
    return dock.world.start - timedelta(minutes=60 - n)


def binh(dock: Dock) -> dict[str, Any]:
    return {"worker": dock.world.binh}


def told(dock: Dock, phone: str = "", parcel: str = "") -> dict[str, Any]:
    sent = snapshot(dock.database, device_id=phone or dock.world.phone, now=dock.world.start)
    (found,) = (one for one in sent["parcels"] if one["id"] == (parcel or dock.world.parcel))
    return dict(found)


# -- what is kept ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", SAID_KINDS)
def test_every_kind_is_accepted_logged_and_kept_as_said(dock: Dock, phone: Phone, kind: str) -> None:
    at = minutes(dock, 10)
    before = [
        *whole_take(phone, minutes(dock, 1), worker=dock.world.binh, closed="interrupted"),
        phone.say("condition", "said before", minutes(dock, 2)),
    ]
    dock.send(phone.device, *before)
    loose = {"parcel": None, "order": None, "label": None} if kind in ("slip", "unidentified") else {}
    changes = {**loose, **binh(dock)} | (
        {"supersedes": opaque("said before")} if kind == "withdrawal" else {}
    )
    record = (
        phone.photo("it", at, b"\xff\xd8\xff picture", **changes)
        if kind == "photo"
        else phone.say(kind, "it", at, **changes)
    )

    (receipt,) = dock.send(phone.device, record)

    assert (receipt.state, codes(receipt)) == ("accepted", [])
    fact = dock.fact("it")
    assert {key: value for key, value in fact.said.items() if value is not None} == {
        key: str(value) for key, value in TYPICAL.get(kind, {}).items()
    }
    assert (fact.kind, fact.at, fact.worker_id) == (kind, at, dock.world.binh)
    assert fact.order_id == (None if loose else dock.world.order)
    assert dock.count(LogEntry) == dock.count(Record) == 4


def test_the_same_record_again_makes_no_second_fact(dock: Dock, phone: Phone) -> None:
    record = phone.say("weighing", "scale", minutes(dock, 1))
    (first,) = dock.send(phone.device, record)
    (second,) = dock.send(phone.device, record, now=dock.world.start + timedelta(hours=1))
    assert first == second
    assert dock.count(DockFact) == 1


def test_another_record_under_a_used_id_changes_no_fact(dock: Dock, phone: Phone) -> None:
    dock.send(phone.device, phone.say("weighing", "scale", minutes(dock, 1)))
    again = phone.say("weighing", "scale", minutes(dock, 2), {"grams": 1, "shown": "1", "unit": "g"})
    (receipt,) = dock.send(phone.device, again)
    assert "id_reused" in codes(receipt)
    assert dock.fact("scale").said["grams"] == "1250"


def test_a_line_of_another_order_or_of_nobody_is_remarked_on_and_not_shown_at_it(
    dock: Dock, phone: Phone
) -> None:
    said = {"line": dock.world.other_line}
    foreign = phone.say("defect", "foreign", minutes(dock, 1), said, **binh(dock))
    unknown = phone.say("defect", "unknown", minutes(dock, 1), {"line": opaque("nobody")}, **binh(dock))
    receipts = dock.send(phone.device, foreign, unknown)
    assert [codes(one) for one in receipts] == [["line_of_other_parcel"], ["line_unknown"]]
    assert (dock.fact("foreign").line_id, dock.fact("foreign").order_id) == (None, dock.world.order)


# -- correcting ------------------------------------------------------------------------------------------------------


def test_a_correction_replaces_and_both_stay(dock: Dock, phone: Phone) -> None:
    first = phone.say("weighing", "first", minutes(dock, 1))
    second = phone.say(
        "weighing", "second", minutes(dock, 2), {"grams": 1520, "shown": "1.52"}, supersedes=first.fields.id
    )
    assert [codes(one) for one in dock.send(phone.device, first, second)] == [[], []]
    assert dock.fact("first").gone_by == opaque("second")
    facts = {one["id"]: one for one in told(dock)["facts"]}
    assert (facts[opaque("first")]["gone"], facts[opaque("second")]["gone"]) == (True, False)
    assert facts[opaque("second")]["corrects"] == opaque("first")


@pytest.mark.parametrize(
    ("gone", "kind", "expected"),
    [
        ("nothing", "weighing", "supersedes_unknown"),
        ("outside", "weighing", "supersedes_other_kind"),
        ("replaced", "weighing", "superseded_before"),
    ],
)
def test_what_cannot_be_replaced_stands_and_the_record_says_why(
    dock: Dock, phone: Phone, gone: str, kind: str, expected: str
) -> None:
    replaced = phone.say("weighing", "replaced", minutes(dock, 1))
    dock.send(
        phone.device,
        phone.say("condition", "outside", minutes(dock, 1)),
        replaced,
        phone.say("weighing", "second", minutes(dock, 2), supersedes=replaced.fields.id),
    )
    (receipt,) = dock.send(phone.device, phone.say(kind, "third", minutes(dock, 3), supersedes=opaque(gone)))
    assert codes(receipt) == [expected]
    assert dock.fact("third").gone_by is None


def test_another_sites_phone_takes_nothing_back(dock: Dock, phone: Phone) -> None:
    dock.send(phone.device, phone.say("weighing", "scale", minutes(dock, 1)))
    hanoi = Phone(dock.world, "hanoi phone")
    lan = {"site": dock.world.hanoi, "worker": dock.world.worker_in_hanoi}
    (receipt,) = dock.send(hanoi.device, hanoi.withdraw("no", minutes(dock, 2), "scale", **lan))
    assert codes(receipt) == ["supersedes_unknown"]
    assert dock.fact("scale").gone_by is None


# -- goods receipts that are taken back ------------------------------------------------------------------------------


def test_a_withdrawn_goods_receipt_gives_way_to_the_next_or_to_none(dock: Dock, phone: Phone) -> None:
    early, late = minutes(dock, 1), minutes(dock, 30)
    dock.send(phone.device, phone.arrival("early", early), phone.arrival("late", late))
    assert dock.parcel().received_at == dock.order().received_at == early

    dock.send(phone.device, phone.withdraw("no", minutes(dock, 31), "early"))
    assert (dock.parcel().received_at, dock.parcel().received_record_id) == (late, opaque("late"))
    assert dock.order().received_at == late

    dock.send(phone.device, phone.withdraw("neither", minutes(dock, 32), "late"))
    parcel, order = dock.parcel(), dock.order()
    assert (parcel.received_at, parcel.received_zone, parcel.received_site_id) == (None, None, None)
    assert (order.received_at, order.received_zone, order.state) == (None, None, "not_received")
    assert dock.changed == [{dock.world.order}] * 3


def test_a_corrected_goods_receipt_moves_the_receipt(dock: Dock, phone: Phone) -> None:
    wrong = phone.arrival("wrong", minutes(dock, 1))
    right = phone.arrival("right", minutes(dock, 5), supersedes=wrong.fields.id)
    dock.send(phone.device, wrong, right)
    assert dock.parcel().received_at == minutes(dock, 5)


def test_a_goods_receipt_moved_to_another_parcel_leaves_the_first_one_not_received(
    dock: Dock, phone: Phone
) -> None:
    other = {"parcel": dock.world.other_parcel, "order": dock.world.other_order}
    wrong = phone.arrival("wrong", minutes(dock, 1), label=dock.world.other_label, **other)
    right = phone.arrival("right", minutes(dock, 1), supersedes=wrong.fields.id)
    dock.send(phone.device, wrong, right)
    with dock.database.read() as session:
        receipts = {order.id: order.received_at for order in session.scalars(select(Order))}
    assert receipts == {dock.world.order: minutes(dock, 1), dock.world.other_order: None}


def test_a_withdrawal_of_a_later_receipt_leaves_the_earlier(dock: Dock, phone: Phone) -> None:
    dock.send(
        phone.device,
        phone.arrival("early", minutes(dock, 1)),
        phone.arrival("late", minutes(dock, 30)),
        phone.withdraw("no", minutes(dock, 31), "late"),
    )
    assert dock.parcel().received_at == minutes(dock, 1)
    assert dock.changed == [{dock.world.order}]


def test_receipts_from_before_facts_were_kept_get_theirs(dock: Dock, phone: Phone) -> None:
    dock.send(phone.device, phone.arrival("early", minutes(dock, 1)), phone.arrival("late", minutes(dock, 9)))
    with dock.database.write() as session:
        session.execute(delete(DockFact))
    assert fill_missing_arrivals(dock.database) == 2
    assert fill_missing_arrivals(dock.database) == 0
    assert dock.fact("early").at == minutes(dock, 1)
    dock.send(phone.device, phone.withdraw("no", minutes(dock, 31), "early"))
    assert dock.parcel().received_at == minutes(dock, 9)


# -- the order of evidence -------------------------------------------------------------------------------------------


def test_what_should_have_come_before_the_opening_carries_a_finding(dock: Dock, phone: Phone) -> None:
    records = [
        phone.say("opening", "cut", minutes(dock, 5)),
        phone.say("condition", "late", minutes(dock, 6)),
        phone.say("weighing", "heavy", minutes(dock, 6)),
        phone.photo("picture", minutes(dock, 6), b"1", slot="EV-12"),
        phone.say("weighing", "inside", minutes(dock, 6), {"opened": "yes"}),
        phone.photo("contents", minutes(dock, 6), b"2", slot="EV-13"),
    ]
    assert [codes(one) for one in dock.send(phone.device, *records)] == [
        [],
        ["condition_after_opening"],
        ["weighed_after_opening"],
        ["photo_after_opening"],
        [],
        [],
    ]


def test_records_that_come_late_are_judged_by_when_they_were_made(dock: Dock, phone: Phone) -> None:
    other = Phone(dock.world, "second phone")
    dock.send(other.device, other.say("opening", "cut", minutes(dock, 5)))
    (receipt,) = dock.send(phone.device, phone.say("condition", "outside", minutes(dock, 4)))
    assert codes(receipt) == []


def test_a_corrected_reading_keeps_the_time_of_the_first_one(dock: Dock, phone: Phone) -> None:
    first = phone.say("weighing", "first", minutes(dock, 1))
    fixed = phone.say("weighing", "fixed", minutes(dock, 9), {"grams": 900}, supersedes=first.fields.id)
    (_, _, receipt) = dock.send(phone.device, first, phone.say("opening", "cut", minutes(dock, 5)), fixed)
    assert codes(receipt) == []


def test_an_opening_that_was_withdrawn_makes_nothing_late(dock: Dock, phone: Phone) -> None:
    dock.send(
        phone.device,
        phone.say("opening", "cut", minutes(dock, 1)),
        phone.withdraw("no", minutes(dock, 2), "cut"),
    )
    (receipt,) = dock.send(phone.device, phone.say("condition", "outside", minutes(dock, 3)))
    assert codes(receipt) == []


# -- verdicts --------------------------------------------------------------------------------------------------------


def test_the_order_shows_the_worst_verdict_that_stands(dock: Dock, phone: Phone) -> None:
    red, blue = {"line": dock.world.red_line}, {"line": dock.world.blue_line}
    dock.send(phone.device, phone.say("verdict", "1", minutes(dock, 1), red, **binh(dock)))
    assert dock.order().verdict == "passed"
    rejected = {**blue, "verdict": "rejected", "reason": "limit-exceeded"}
    dock.send(phone.device, phone.say("verdict", "2", minutes(dock, 2), rejected, **binh(dock)))
    assert dock.order().verdict == "rejected"
    dock.send(phone.device, phone.withdraw("no", minutes(dock, 3), "2", **binh(dock)))
    assert dock.order().verdict == "passed"


@pytest.mark.parametrize("worker", ["an", None])
def test_a_receivers_verdict_is_kept_with_a_finding_and_decides_nothing(
    dock: Dock, phone: Phone, worker: str | None
) -> None:
    who = getattr(dock.world, worker) if worker else None
    (receipt,) = dock.send(phone.device, phone.say("verdict", "1", minutes(dock, 1), worker=who))
    assert codes(receipt) == ["worker_may_not"]
    assert dock.order().verdict is None
    assert dock.fact("1").findings == ["worker_may_not"]


# -- parcels that nobody knows ---------------------------------------------------------------------------------------


def test_a_parcel_nobody_knows_is_held_with_its_sticker(dock: Dock, phone: Phone) -> None:
    nobodys = {"parcel": None, "order": None, "label": None}
    (receipt,) = dock.send(phone.device, phone.say("unidentified", "held", minutes(dock, 1), **nobodys))
    assert codes(receipt) == []
    with dock.database.read() as session:
        held = session.get_one(Unidentified, opaque("held"))
        assert session.scalars(select(Label).where(Label.code == held.text)).all() == []
    assert (held.text, held.text_norm, held.held_at) == ("JD-0099", "JD-0099", minutes(dock, 1))
    assert (held.site_id, held.matched_parcel_id) == (dock.world.dongguan, None)

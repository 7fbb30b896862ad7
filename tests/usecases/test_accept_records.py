"""Records from the dock: what is kept, what is remarked on, what screens then show."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.support.dock import Dock, codes, whole_take
from tests.support.phone import Phone
from tests.support.world import World, opaque
from webapp.domain.evidence import Offset, Span, Wall
from webapp.domain.ledger import leaf_hash, record_entry
from webapp.domain.refusals import Refusal
from webapp.store.schema import (
    Challenge,
    Device,
    LogEntry,
    MalformedRecord,
    Order,
    Parcel,
    Record,
    Take,
)
from webapp.usecases.evidence import Item, accept_records

# -- what is kept ----------------------------------------------------------------------------------------------------


def test_an_honest_goods_receipt_has_no_findings_and_a_log_entry_each(dock: Dock, phone: Phone) -> None:
    at = dock.world.start
    arrival = phone.arrival("arrival", at)
    opened, closed = whole_take(phone, at)

    receipts = dock.send(phone.device, arrival, opened, closed)

    assert [codes(receipt) for receipt in receipts] == [[], [], []]
    assert [receipt.entry for receipt in receipts] == [0, 1, 2]
    with dock.database.read() as session:
        entry = session.get_one(LogEntry, 2)
        record = session.scalars(select(Record).where(Record.entry_index == 2)).one()
    assert entry.text == record_entry(at, record.sha256)
    assert entry.leaf_hash == leaf_hash(entry.text.encode()).hex()
    assert receipts[2].record == f"sha256:{record.sha256}"
    assert record.text == closed.text


def test_the_same_record_again_gives_the_same_entry_and_receipt_time(dock: Dock, phone: Phone) -> None:
    arrival = phone.arrival("arrival", dock.world.start)
    (first,) = dock.send(phone.device, arrival)
    # A retry may be signed anew: ECDSA gives another signature over the same bytes.
    again = replace(arrival, signature=phone.sign(arrival.text))

    (second,) = dock.send(phone.device, again, now=dock.world.start + timedelta(hours=3))

    assert second == first
    assert dock.count(Record) == dock.count(LogEntry) == 1
    assert len(dock.changed) == 1


def test_one_bad_record_does_not_hold_up_the_others(dock: Dock, phone: Phone) -> None:
    good = phone.arrival("arrival", dock.world.start)
    forged = replace(good, text=good.text.replace("label", "lable"))

    receipts = dock.send(phone.device, forged, good)

    assert [receipt.state for receipt in receipts] == ["malformed", "accepted"]
    assert receipts[0].error is not None and receipts[0].error.code == "record_key"
    assert receipts[0].id == good.fields.id
    assert dock.count(LogEntry) == 1


@pytest.mark.parametrize("what", ["other key", "altered text", "altered trailing bits", "padded", "empty"])
def test_a_wrong_signature_is_set_aside_and_never_logged(dock: Dock, phone: Phone, what: str) -> None:
    good = phone.arrival("arrival", dock.world.start)
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    forged = {
        "other key": replace(good, signature=Phone(dock.world, "second phone").sign(good.text)),
        "altered text": replace(good, text=good.text.replace(" 480\n", " 420\n")),
        "altered trailing bits": replace(
            good, signature=good.signature[:-1] + last[last.index(good.signature[-1]) ^ 1]
        ),
        "padded": replace(good, signature=good.signature + "=="),
        "empty": replace(good, signature=""),
    }[what]

    (receipt,) = dock.send(phone.device, forged)

    assert receipt.state == "malformed"
    assert receipt.error is not None and receipt.error.code == "signature_wrong"
    assert (dock.count(Record), dock.count(LogEntry), dock.count(MalformedRecord)) == (0, 0, 1)


def test_a_record_in_another_devices_name_is_malformed(dock: Dock, phone: Phone) -> None:
    other = Phone(dock.world, "second phone")
    (receipt,) = dock.send(phone.device, other.arrival("arrival", dock.world.start))
    assert receipt.error is not None and receipt.error.code == "device_mismatch"


def test_malformed_text_that_no_database_can_hold_is_still_kept_once(dock: Dock, phone: Phone) -> None:
    hostile = replace(phone.arrival("arrival", dock.world.start), text="format 1\nid \ud800\0\n")

    for _ in range(2):
        (receipt,) = dock.send(phone.device, hostile)
        assert receipt.state == "malformed"

    assert dock.count(MalformedRecord) == 1


def test_an_unknown_device_is_refused(dock: Dock, phone: Phone) -> None:
    with pytest.raises(Refusal, match="device_unknown"):
        dock.send(opaque("nobody"), phone.arrival("arrival", dock.world.start))


def test_phones_that_send_at_once_leave_no_gap_and_no_twin_in_the_log(dock: Dock) -> None:
    phones = [Phone(dock.world, "phone"), Phone(dock.world, "second phone")]
    batches = [
        (phone, [phone.arrival(f"{phone.device[:8]} {n}", dock.world.start) for n in range(10)])
        for phone in phones
    ]
    with ThreadPoolExecutor(4) as pool:
        # Each batch twice: the retry overlaps the first try.
        runs = [pool.submit(dock.send, phone.device, *batch) for phone, batch in batches * 2]
        receipts = [run.result() for run in runs]
    assert receipts[:2] == receipts[2:]
    with dock.database.read() as session:
        assert list(session.scalars(select(LogEntry.index).order_by(LogEntry.index))) == list(range(20))


# -- the device's chain ----------------------------------------------------------------------------------------------


def test_a_gap_in_the_sequence_is_seen_and_its_late_filling_is_clean(dock: Dock, phone: Phone) -> None:
    one, two, three = (phone.arrival(name, dock.world.start) for name in ("one", "two", "three"))

    (first, third) = dock.send(phone.device, one, three)
    (second,) = dock.send(phone.device, two)

    assert [codes(first), codes(second), codes(third)] == [[], [], ["sequence_gap"]]


def test_a_second_history_is_seen(dock: Dock, phone: Phone) -> None:
    one, two = (phone.arrival(name, dock.world.start) for name in ("one", "two"))
    forked = phone.record(replace(two.fields, id=opaque("fork")))
    rewritten = phone.record(replace(two.fields, id=opaque("three"), seq=3, prev="ab" * 32))

    receipts = dock.send(phone.device, one, two, forked, rewritten)

    assert [codes(receipt) for receipt in receipts] == [[], [], ["sequence_fork"], ["prev_mismatch"]]


def test_a_late_record_that_its_successor_does_not_name_is_seen(dock: Dock, phone: Phone) -> None:
    one, two, three = (phone.arrival(name, dock.world.start) for name in ("one", "two", "three"))
    replaced = phone.record(replace(two.fields, id=opaque("replaced")))
    receipts = dock.send(phone.device, one, three, replaced)
    assert codes(receipts[2]) == ["prev_mismatch"]


def test_an_id_used_twice_changes_no_projection(dock: Dock, phone: Phone) -> None:
    opened = phone.take_open("open", dock.world.start)
    again = phone.take_open("open", dock.world.start, parcel=dock.world.other_parcel, order=None, label=None)
    receipts = dock.send(phone.device, opened, again)
    assert codes(receipts[1]) == ["id_reused"]
    assert dock.take().parcel_id == dock.world.parcel

    first = phone.arrival("arrival", dock.world.start)
    earlier = phone.arrival("arrival", dock.world.start - timedelta(hours=1))
    receipts = dock.send(phone.device, first, earlier)
    assert codes(receipts[1]) == ["id_reused"]
    assert dock.parcel().received_at == dock.world.start


# -- foreign and unknown references ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"site": opaque("nowhere")}, ["site_mismatch"]),
        ({"worker": opaque("nobody")}, ["worker_unknown"]),
        ({"worker": World.worker_in_hanoi}, ["worker_of_other_site"]),
        (
            {"parcel": opaque("no parcel")},
            ["parcel_unknown", "order_of_other_parcel", "label_of_other_parcel"],
        ),
        ({"parcel": None, "label": None}, ["parcel_unknown"]),
        ({"order": opaque("no order")}, ["order_unknown"]),
        ({"order": World.other_order}, ["order_of_other_parcel"]),
        ({"label": "0000000000"}, ["label_unknown"]),
        ({"label": World.voided_label}, ["label_voided"]),
        ({"label": World.other_label}, ["label_of_other_parcel"]),
        ({"challenge": opaque("no challenge")}, ["challenge_unknown"]),
        ({"challenge": World.second_phones_challenge}, ["challenge_unknown"]),
    ],
)
@pytest.mark.parametrize("kind", ["arrival", "take-open"])
def test_an_authentic_record_is_kept_whatever_it_names(
    dock: Dock, phone: Phone, kind: str, changes: dict[str, str | None], expected: list[str]
) -> None:
    record = phone.next(phone.blank(kind, "record", dock.world.start, **changes))
    (receipt,) = dock.send(phone.device, record)
    assert receipt.state == "accepted"
    assert receipt.entry == 0
    assert codes(receipt) == expected


def test_a_phone_cannot_touch_a_parcel_whose_owner_its_site_does_not_serve(dock: Dock) -> None:
    hanoi = Phone(dock.world, "hanoi phone")
    changes = {"site": dock.world.hanoi, "worker": None, "order": None, "label": None}
    foreign = {**changes, "parcel": dock.world.private_parcel}
    receipts = dock.send(
        hanoi.device,
        hanoi.arrival("arrival", dock.world.start, **foreign),
        hanoi.take_open("open", dock.world.start, **foreign),
    )
    assert [codes(receipt) for receipt in receipts] == [["parcel_of_other_site"], ["parcel_of_other_site"]]
    assert dock.count(Take) == 0
    with dock.database.read() as session:
        assert session.get_one(Parcel, dock.world.private_parcel).received_at is None


def test_what_a_revoked_phone_still_sends_is_set_aside(dock: Dock, phone: Phone) -> None:
    with dock.database.write() as session:
        session.get_one(Device, phone.device).revoked_at = dock.world.start
    (receipt,) = dock.send(phone.device, phone.arrival("arrival", dock.world.start))
    assert (receipt.state, receipt.entry) == ("quarantined", None)
    assert dock.count(Record) == dock.count(LogEntry) == 0


# -- receipt time ----------------------------------------------------------------------------------------------------


def test_the_receipt_time_is_the_devices_brought_to_the_servers_clock(dock: Dock, phone: Phone) -> None:
    filmed = dock.world.start - timedelta(minutes=10)
    slow = phone.blank("arrival", "arrival", filmed - timedelta(seconds=90), offset=Offset(90_000, 50))

    dock.send(phone.device, phone.next(slow))

    assert dock.parcel().received_at == filmed
    assert dock.parcel().received_zone == "Asia/Shanghai"
    assert dock.parcel().received_site_id == dock.world.dongguan
    with dock.database.read() as session:
        assert session.get_one(Order, dock.world.order).received_at == filmed
    assert dock.changed == [{dock.world.order}]


def test_without_an_offset_the_servers_receipt_stands(dock: Dock, phone: Phone) -> None:
    record = phone.arrival("arrival", dock.world.start - timedelta(hours=5), offset=None)
    (receipt,) = dock.send(phone.device, record)
    assert dock.parcel().received_at == dock.world.start
    assert codes(receipt) == []


def test_a_clock_set_back_cannot_reach_behind_the_challenge(dock: Dock, phone: Phone) -> None:
    record = phone.arrival(
        "arrival", dock.world.start - timedelta(days=3), challenge=dock.world.challenge, offset=Offset(0, 40)
    )
    (receipt,) = dock.send(phone.device, record)
    assert dock.parcel().received_at == dock.world.start - timedelta(hours=1)
    assert codes(receipt) == ["time_out_of_bounds"]


def test_a_clock_ahead_cannot_reach_past_the_servers_receipt(dock: Dock, phone: Phone) -> None:
    (receipt,) = dock.send(phone.device, phone.arrival("arrival", dock.world.start + timedelta(hours=2)))
    assert dock.parcel().received_at == dock.world.start
    assert codes(receipt) == ["time_out_of_bounds"]


@pytest.mark.parametrize("wall", [0, 2**53 - 1])
def test_a_clock_at_the_end_of_time_is_bounded_by_the_enrolment(dock: Dock, phone: Phone, wall: int) -> None:
    record = phone.arrival("arrival", dock.world.start, wall=Wall(wall, wall, 480), offset=Offset(-1, 1))
    (receipt,) = dock.send(phone.device, record)
    with dock.database.read() as session:
        enrolled = session.get_one(Device, phone.device).enrolled_at
    assert dock.parcel().received_at == (enrolled if wall == 0 else dock.world.start)
    assert "time_out_of_bounds" in codes(receipt)


def test_the_earliest_goods_receipt_counts(dock: Dock, phone: Phone) -> None:
    start = dock.world.start
    times = [start - timedelta(minutes=5), start - timedelta(minutes=30), start - timedelta(minutes=1)]
    dock.send(phone.device, *(phone.arrival(f"arrival {n}", at) for n, at in enumerate(times)))
    assert dock.parcel().received_at == times[1]
    assert dock.parcel().received_record_id == opaque("arrival 1")
    assert dock.changed == [{dock.world.order}] * 2


def test_clocks_that_disagree_and_clocks_that_are_far_off_are_findings(dock: Dock, phone: Phone) -> None:
    at = dock.world.start
    ms = round(at.timestamp() * 1000)
    slept = phone.arrival("slept", at, mono=Span(0, 1_000), wall=Wall(ms - 3_100, ms - 99, 480))
    awake = phone.arrival("awake", at, mono=Span(0, 1_000), wall=Wall(ms - 3_000, ms, 480))
    far = phone.arrival("far", at - timedelta(hours=1), offset=Offset(3_600_000, 40))
    ahead = phone.arrival("ahead", at + timedelta(hours=1), offset=None)
    receipts = dock.send(phone.device, slept, awake, far, ahead)
    assert [codes(receipt) for receipt in receipts] == [
        ["clock_disagrees"],
        [],
        ["clock_moved", "clock_far"],
        ["clock_far"],
    ]


def test_a_challenge_serves_once_and_until_it_ends(dock: Dock, phone: Phone) -> None:
    challenge = dock.world.challenge
    late = dock.world.start + timedelta(hours=72)
    one = phone.arrival("one", dock.world.start, challenge=challenge)
    two = phone.arrival("two", late, challenge=challenge)
    receipts = [*dock.send(phone.device, one), *dock.send(phone.device, two, now=late)]
    assert [codes(receipt) for receipt in receipts] == [[], ["challenge_reused", "challenge_expired"]]
    with dock.database.read() as session:
        assert session.get_one(Challenge, challenge).record_id == one.fields.id


def test_a_capture_that_waited_offline_past_its_challenges_end_is_not_expired(
    dock: Dock, phone: Phone
) -> None:
    record = phone.arrival("arrival", dock.world.start, challenge=dock.world.challenge)
    (receipt,) = dock.send(phone.device, record, now=dock.world.start + timedelta(days=6))
    assert codes(receipt) == []


def test_a_failing_recomputation_leaves_neither_record_nor_entry(dock: Dock, phone: Phone) -> None:
    def fail(session: Session, orders: set[str]) -> None:
        raise RuntimeError("rulebook")

    arrival = phone.arrival("arrival", dock.world.start)
    with pytest.raises(RuntimeError):
        accept_records(
            dock.database,
            phone.device,
            [Item(arrival.text, arrival.signature)],
            now=dock.world.start,
            on_orders_changed=fail,
        )
    assert (dock.count(Record), dock.count(LogEntry)) == (0, 0)
    assert dock.parcel().received_at is None
    (receipt,) = dock.send(phone.device, arrival)
    assert receipt.entry == 0

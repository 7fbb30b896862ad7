"""Takes: opened, closed, counted, and held against themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from tests.support.dock import SLICES, Dock, codes, whole_take
from tests.support.phone import Phone, SignedRecord
from tests.support.world import World, opaque
from webapp.domain.evidence import TallyLine
from webapp.store.schema import (
    SideFile,
)

# -- takes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", ["open first", "close first"])
def test_a_take_is_shown_the_same_in_either_order(dock: Dock, phone: Phone, order: str) -> None:
    opened, closed = whole_take(phone, dock.world.start)
    for record in (opened, closed) if order == "open first" else (closed, opened):
        dock.send(phone.device, record)
    take = dock.take()
    assert (take.parcel_id, take.device_id, take.closed) == (dock.world.parcel, phone.device, "complete")
    assert (take.duration_ms, take.chunk_count, take.file_bytes) == (3_000, 3, 16)
    assert (take.file_state, take.close_record_id) == ("missing", closed.fields.id)
    assert dock.tallies() == {dock.world.red_line: 12, dock.world.blue_line: 3}


def test_a_take_without_its_opening_says_so(dock: Dock, phone: Phone) -> None:
    _, closed = whole_take(phone, dock.world.start)
    (receipt,) = dock.send(phone.device, closed)
    assert codes(receipt) == ["sequence_gap", "take_without_open"]
    assert receipt.file is not None and receipt.file.state == "missing"


def test_side_files_are_kept_and_found_by_what_the_record_names(dock: Dock, phone: Phone) -> None:
    opened, closed = whole_take(phone, dock.world.start)
    bare = replace(closed, side=())
    _, first = dock.send(phone.device, opened, bare)
    assert codes(first) == ["events_missing", "chunks_missing"]
    assert dock.count(SideFile) == 0

    dock.send(phone.device, closed)

    assert closed.fields.chunks is not None and closed.fields.events is not None
    with dock.database.read() as session:
        assert session.get_one(SideFile, closed.fields.events).text == dict(closed.side)["events.txt"]
        chunks = session.scalars(
            select(SideFile).where(SideFile.tree_root == closed.fields.chunks.root)
        ).one()
        assert chunks.text == dict(closed.side)["chunks.txt"]


def changed_take(phone: Phone, at: datetime, what: str) -> SignedRecord:
    fields, side = phone.take_fields("close", at, opens="open", slices=SLICES, counts=(12, 3))
    files = dict(side)
    assert fields.file is not None and fields.chunks is not None
    match what:
        case "one more than was tapped":
            fields = replace(fields, tally=(TallyLine(fields.tally[0].line, 13), fields.tally[1]))
        case "a line that was tapped is left out":
            fields = replace(fields, tally=fields.tally[:1])
        case "counts without events":
            fields = replace(fields, events=None)
            del files["events.txt"]
        case "other events":
            files["events.txt"] += "900 hidden\n"
        case "other slices":
            files["chunks.txt"] = files["chunks.txt"].replace("0 0 3 1000", "0 0 3 999")
        case "fewer slices than claimed":
            fields = replace(fields, chunks=replace(fields.chunks, n=4))
        case "slices that do not fill the file":
            fields = replace(fields, file=replace(fields.file, bytes=17))
        case "a text nobody asked for":
            files["notes.txt"] = "hello"
        case "an unknown line":
            fields = replace(fields, tally=(*fields.tally, TallyLine(opaque("no line"), 0)))
        case "another parcel's line":
            fields = replace(fields, tally=(*fields.tally, TallyLine(World.other_line, 0)))
        case "another parcel":
            fields = replace(fields, parcel=World.other_parcel, order=None, label=None)
    return phone.next(fields, list(files.items()))


@pytest.mark.parametrize(
    ("what", "expected"),
    [
        ("one more than was tapped", ["tally_disagrees"]),
        ("a line that was tapped is left out", ["tally_disagrees"]),
        ("counts without events", ["tally_disagrees"]),
        ("other events", ["events_disagree"]),
        ("other slices", ["chunks_disagree"]),
        ("fewer slices than claimed", ["chunks_disagree"]),
        ("slices that do not fill the file", ["chunks_disagree"]),
        ("a text nobody asked for", ["side_file_unknown"]),
        ("an unknown line", ["line_unknown"]),
        ("another parcel's line", ["line_of_other_parcel"]),
        ("another parcel", ["take_parcel_differs"]),
    ],
)
def test_a_take_that_disagrees_with_itself(dock: Dock, phone: Phone, what: str, expected: list[str]) -> None:
    opened = phone.take_open("open", dock.world.start)
    _, receipt = dock.send(phone.device, opened, changed_take(phone, dock.world.start, what))
    assert codes(receipt) == expected
    assert dock.take().parcel_id == dock.world.parcel
    assert set(dock.tallies()) <= {dock.world.red_line, dock.world.blue_line}


def test_a_second_close_counts_only_when_it_supersedes_the_first(dock: Dock, phone: Phone) -> None:
    at = dock.world.start
    opened, closed = whole_take(phone, at)
    again = phone.take("again", at, opens="open", slices=SLICES[:2], counts=(1, 0))
    better = phone.take(
        "better", at, opens="open", slices=SLICES[:1], counts=(2, 0), supersedes=closed.fields.id
    )
    receipts = dock.send(phone.device, opened, closed, again, better)
    assert [codes(receipt) for receipt in receipts] == [[], [], ["take_closed_twice"], []]
    assert dock.take().close_record_id == better.fields.id
    assert dock.tallies() == {dock.world.red_line: 2, dock.world.blue_line: 0}


def test_an_interrupted_take_without_a_byte_is_honest(dock: Dock, phone: Phone) -> None:
    opened, closed = whole_take(phone, dock.world.start)
    lost = phone.record(
        replace(closed.fields, closed="interrupted", file=None, chunks=None, events=None, tally=()), ()
    )
    _, receipt = dock.send(phone.device, opened, lost)
    assert (codes(receipt), receipt.file) == ([], None)
    assert (dock.take().closed, dock.take().file_state) == ("interrupted", "missing")


def test_another_phone_cannot_close_a_take(dock: Dock, phone: Phone) -> None:
    opened, _ = whole_take(phone, dock.world.start)
    other = Phone(dock.world, "second phone")
    dock.send(phone.device, opened)
    (receipt,) = dock.send(
        other.device, other.take("close", dock.world.start, opens="open", slices=SLICES, counts=(1, 1))
    )
    assert codes(receipt) == ["take_of_other_device"]
    assert dock.take().closed_at is None
    assert dock.tallies() == {}


def test_the_same_film_for_two_takes_is_seen(dock: Dock, phone: Phone) -> None:
    at = dock.world.start
    dock.send(phone.device, *whole_take(phone, at))
    second = phone.take_open("open two", at)
    copy = phone.take("close two", at, opens="open two", slices=SLICES, counts=(12, 3))
    receipts = dock.send(phone.device, second, copy)
    assert [codes(receipt) for receipt in receipts] == [[], ["file_reused"]]

"""A count goes on in another film, on another phone: one count, both names, a gap; two that both arrive stay two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.support.dock import Dock, codes, whole_take
from tests.support.phone import Phone, SignedRecord
from tests.support.world import opaque
from webapp.domain.evidence import sha256_hex
from webapp.usecases.doctor_projections import check_projections
from webapp.usecases.receiving_record import CountView, receiving_record
from webapp.usecases.segments import fill_missing_segments
from webapp.usecases.snapshot import snapshot
from webapp.usecases.stage_counts import StageCount, stage_counts

ORDER_NO = "4325000000000000001"
ORDERED = 24 + 24


@pytest.fixture
def binh(dock: Dock) -> Phone:
    return Phone(dock.world, "second phone")


class Table:
    """An's count is cut off and Binh's phone goes on with it."""

    def __init__(self, dock: Dock, an: Phone, binh: Phone) -> None:
        self.dock, self.an, self.binh = dock, an, binh
        self.at = dock.world.start - timedelta(minutes=40)

    def first(self, counts: Sequence[int] = (10, 2), closed: str = "interrupted") -> tuple[SignedRecord, ...]:
        return whole_take(self.an, self.at, counts, name="a", slot="EV-18", closed=closed)

    def second(self, counts: Sequence[int] = (14, 22), **changes: Any) -> tuple[SignedRecord, ...]:
        at, worker = self.at + timedelta(minutes=20), self.dock.world.binh
        opened = self.binh.take_open("open b", at, slot="EV-18", worker=worker)
        joined = self.joined("joined b", "open b")
        closed = self.binh.take(
            "close b",
            at,
            opens="open b",
            slices=(b"b",),
            counts=counts,
            slot="EV-18",
            worker=worker,
            **changes,
        )
        return opened, joined, closed

    def recounted(self, counts: Sequence[int]) -> SignedRecord:
        """The close of Binh's film, in which everything was counted once more."""
        fields, side = self.binh.take_fields(
            "close b", self.at, opens="open b", slices=(b"b",), counts=counts
        )
        events = "0 mark recount\n" + dict(side)["events.txt"]
        fields = replace(fields, slot="EV-18", events=sha256_hex(events))
        return self.binh.next(fields, [*side[:1], ("events.txt", events)])

    def joined(self, name: str, film: str) -> SignedRecord:
        said = {"of": opaque("open a"), "next": opaque(film)}
        return self.binh.say("segment", name, self.at + timedelta(minutes=20), said)

    def send(self, phone: Phone, *records: SignedRecord) -> list[str]:
        return [code for receipt in self.dock.send(phone.device, *records) for code in codes(receipt)]

    def red(self) -> StageCount | None:
        with self.dock.database.read() as session:
            order = session.merge(self.dock.order(), load=True)
            return next(
                one.china for one in stage_counts(session, order) if one.line.id == self.dock.world.red_line
            )

    def counts(self) -> list[CountView]:
        (parcel,) = receiving_record(
            self.dock.database, organisation_id=self.dock.world.importer, order_no=ORDER_NO
        ).parcels
        return parcel.stages[0].counts

    def told(self) -> list[dict[str, Any]]:
        sent = snapshot(self.dock.database, device_id=self.dock.world.phone, now=self.dock.world.start)
        (parcel,) = [one for one in sent["parcels"] if one["id"] == self.dock.world.parcel]
        found: list[dict[str, Any]] = parcel["open_takes"]
        return found

    def sound(self) -> None:
        with self.dock.database.read() as session:
            assert not check_projections(session).findings


@pytest.fixture
def table(dock: Dock, phone: Phone, binh: Phone) -> Table:
    return Table(dock, phone, binh)


def test_the_units_of_both_films_are_one_count_with_both_names(table: Table) -> None:
    assert not {"segment_of_unknown", "segment_twice"} & set(table.send(table.an, *table.first()))
    table.send(table.binh, *table.second())
    red = table.red()
    assert red is not None and red.units_milli == 24_000
    assert not red.proves_origin, "between the two films nobody saw the goods"
    first, second = table.counts()
    assert (first.worker, first.total, first.stands) == ("An", 12, False)
    assert (second.worker, second.total, second.counted, second.stands) == ("Binh", 36, 48, True)
    assert (second.part, second.before, second.gap) == (
        2,
        ("An",),
        timedelta(minutes=20) - first_length(table),
    )
    assert table.dock.notices() == [], "24 and 24 were ordered"
    table.sound()


def first_length(table: Table) -> timedelta:
    return timedelta(milliseconds=table.dock.take("open a").duration_ms or 0)


def test_a_count_cut_off_is_told_with_its_units_and_who_counted(table: Table) -> None:
    opened, closed = table.first()
    table.send(table.an, opened)
    (told,) = table.told()
    assert (told["worker"], told["units"], told["ended_at"]) == ("An", None, None), "nobody has said how many"
    table.send(table.an, closed)
    (told,) = table.told()
    world = table.dock.world
    assert sorted(told["units"]) == sorted([[world.red_line, 10], [world.blue_line, 2]])
    assert told["ended_at"] is not None and told["before"] == []


def test_whoever_goes_on_is_told_next_and_not_the_first_any_more(table: Table) -> None:
    table.send(table.an, *table.first())
    opened, joined, closed = table.second(closed="interrupted")
    table.send(table.binh, opened, joined)
    (told,) = table.told()
    assert (told["take"], told["worker"], told["before"]) == (opaque("open b"), "Binh", ["An"])
    table.send(table.binh, closed)
    (told,) = table.told()
    assert dict(told["units"])[table.dock.world.red_line] == 24, "of both films"
    again = whole_take(table.an, table.at + timedelta(minutes=30), (24, 24), name="whole", slot="EV-18")
    table.send(table.an, *again)
    assert table.told() == [], "somebody counted everything since"


def test_units_that_come_later_are_added_then(table: Table) -> None:
    opened, closed = table.first()
    table.send(table.an, opened)
    table.send(table.binh, *table.second())
    assert table.red() is None, (
        "what An counted is not known: nothing stands, and nobody is told of a shortage"
    )
    assert table.dock.notices() == []
    table.send(table.an, closed)
    red = table.red()
    assert red is not None and red.units_milli == 24_000
    table.sound()


def test_two_counts_that_both_arrive_stay_two_and_nothing_is_added_up(table: Table) -> None:
    opened, closed = table.first((24, 24), closed="complete")
    table.send(table.an, opened)
    table.send(table.binh, *table.second())
    assert "take_gone_on_with" in table.send(table.an, closed)
    red = table.red()
    assert red is not None and red.units_milli == 24_000, "An's own count was finished after all"
    assert [(one.worker, one.total, one.counted) for one in table.counts()] == [
        ("An", ORDERED, ORDERED),
        ("Binh", 36, None),
    ]
    table.sound()


def test_a_finding_says_what_was_odd_about_going_on(table: Table) -> None:
    table.send(table.an, *table.first(closed="complete"))
    assert "segment_of_finished" in table.send(table.binh, *table.second())
    third = table.binh.take_open("open c", table.at + timedelta(minutes=30), slot="EV-18")
    assert {"segment_twice", "segment_of_finished"} <= set(
        table.send(table.binh, third, table.joined("joined c", "open c"))
    )
    stray = {"of": opaque("nothing"), "next": opaque("open c")}
    assert "segment_of_unknown" in table.send(table.binh, table.binh.say("segment", "stray", table.at, stray))


def test_a_recount_in_the_second_film_counts_everything_anew(table: Table) -> None:
    table.send(table.an, *table.first())
    opened, joined, _ = table.second()
    table.send(table.binh, opened, joined, table.recounted((24, 24)))
    red = table.red()
    assert red is not None and red.units_milli == 24_000
    table.sound()


def test_only_the_phone_that_films_says_what_it_goes_on_with(table: Table) -> None:
    table.send(table.an, *table.first())
    opened, _, closed = table.second()
    forged = table.an.say("segment", "forged", table.at, {"of": opaque("open a"), "next": opaque("open b")})
    table.send(table.an, forged)
    table.send(table.binh, opened, closed)
    red = table.red()
    assert red is not None and red.units_milli == 14_000


def test_taken_back_it_is_a_count_of_its_own(table: Table) -> None:
    table.send(table.an, *table.first())
    table.send(table.binh, *table.second())
    back = table.binh.say(
        "withdrawal", "not on", table.at, {"reason": "mistake"}, supersedes=opaque("joined b")
    )
    table.send(table.binh, back)
    red = table.red()
    assert red is not None and red.units_milli == 14_000
    table.sound()


def test_what_went_on_before_this_was_kept_is_read_at_the_next_start(table: Table) -> None:
    table.send(table.an, *table.first())
    table.send(table.binh, *table.second())
    with table.dock.database.write() as session:
        for name in ("open a", "open b"):
            take = session.merge(table.dock.take(name))
            take.goes_on = None
            for tally in take.tallies:
                tally.carried = 0
    assert fill_missing_segments(table.dock.database) == 1
    assert fill_missing_segments(table.dock.database) == 0
    table.sound()

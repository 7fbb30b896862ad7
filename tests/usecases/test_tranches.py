"""Tranches of one line: two phones that number alike, goods that come on two days, a sample that is drawn again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.dock import Dock, codes, whole_take
from tests.support.phone import Phone, SignedRecord
from tests.support.world import opaque
from webapp.store.schema_dock import DockFact
from webapp.usecases.receiving_record import StageView, receiving_record

ORDER = "4325000000000000001"


class Sampler:
    """One person with one phone, who was never told what the other phone did."""

    def __init__(self, dock: Dock, device: str, minute: int) -> None:
        self.dock, self.minute = dock, minute
        self.phone = Phone(dock.world, device)
        self.device = device

    @property
    def at(self) -> datetime:
        self.minute += 1
        return self.dock.world.start - timedelta(minutes=100 - self.minute)

    def counts(self, name: str, units: int) -> tuple[SignedRecord, ...]:
        return whole_take(
            self.phone, self.at, (units, 3), name=name, slot="EV-18", worker=self.dock.world.binh
        )

    def draws(self, name: str, take: str, **changes: Any) -> SignedRecord:
        said = {"tranche": 1, "n": 2, "take": opaque(f"open {take}")} | changes
        return self.phone.say("draw", name, self.at, said, worker=self.dock.world.binh)

    def inspects(self, draw: str, major: int = 0) -> SignedRecord:
        said = {"draw": opaque(draw), "inspected": 2, "defective": f"0 {major} 0"}
        return self.phone.say("inspection", f"inspected {draw}", self.at, said, worker=self.dock.world.binh)

    def decides(self, draw: str, verdict: str, tranche: int = 1, **changes: Any) -> SignedRecord:
        said = {
            "line": self.dock.world.red_line,
            "tranche": tranche,
            "verdict": verdict,
            "draw": opaque(draw),
        }
        name = f"{verdict} {draw}"
        return self.phone.say("verdict", name, self.at, said, worker=self.dock.world.binh, **changes)

    def sends(self, *records: SignedRecord) -> None:
        assert {one.state for one in self.dock.send(self.phone.device, *records)} == {"accepted"}


@pytest.fixture
def an(dock: Dock) -> Sampler:
    return Sampler(dock, "phone", 0)


@pytest.fixture
def binh(dock: Dock) -> Sampler:
    return Sampler(dock, "second phone", 10)


def stage(dock: Dock) -> StageView:
    record = receiving_record(dock.database, organisation_id=dock.world.importer, order_no=ORDER)
    (found,) = record.parcels[0].stages
    return found


def shown(dock: Dock) -> list[tuple[str, str, bool]]:
    return [(one.draw.id, one.tranche, one.redrawn) for one in stage(dock).samples]


@pytest.mark.parametrize("late", ["phone", "second phone"])
def test_two_phones_call_their_lots_tranche_1_and_nothing_is_lost(
    dock: Dock, an: Sampler, binh: Sampler, late: str
) -> None:
    on_ans = [*an.counts("a", 100), an.draws("draw a", "a", lot=100), an.inspects("draw a", 1)]
    on_ans.append(an.decides("draw a", "rejected"))
    on_binhs = [*binh.counts("b", 200), binh.draws("draw b", "b", lot=200), binh.inspects("draw b")]
    on_binhs.append(binh.decides("draw b", "passed"))
    for sampler, records in sorted([(an, on_ans), (binh, on_binhs)], key=lambda one: one[0].device == late):
        sampler.sends(*records)
    assert shown(dock) == [(opaque("draw a"), "1", False), (opaque("draw b"), "1.2", False)]
    assert [(one.lot, one.defective) for one in stage(dock).samples] == [(100, (0, 1, 0)), (200, (0, 0, 0))]
    told = [(one.fact.said["verdict"], stage(dock).tranche_of(one.fact)) for one in stage(dock).of("verdict")]
    assert told == [("rejected", "1"), ("passed", "1.2")]
    assert dock.order().verdict == "rejected", "the other lot's pass takes nothing back"
    assert "rejected" in [kind for kind, _, _ in dock.notices()], "the owner hears of it"
    an.minute += 30
    an.sends(an.decides("draw a", "passed"))
    assert dock.order().verdict == "passed"


def test_a_redraw_without_a_reason_is_kept_and_remarked_on(dock: Dock, an: Sampler) -> None:
    """Authentic and well-formed, so it is never refused; the desk sees that nobody said why."""
    an.sends(*an.counts("a", 100), an.draws("draw a", "a", lot=100))
    silent, said = (an.draws(name, "a", lot=100, redraw=n, reason=why)
                    for n, (name, why) in enumerate([("silent", None), ("said", "units-mixed-up")], 1))  # fmt: skip
    receipts = dock.send(an.phone.device, silent, said)
    assert [codes(one) for one in receipts] == [["redraw_without_reason"], []]
    assert dock.fact("silent").findings == ["redraw_without_reason"]
    assert [one.draw.id for one in stage(dock).samples if not one.redrawn] == [opaque("said")]


def test_a_verdict_waits_for_a_draw_that_comes_later(dock: Dock, an: Sampler, binh: Sampler) -> None:
    """Of a phone whose queue came in as a file, in parts."""
    an.sends(*an.counts("a", 100), an.draws("draw a", "a", lot=100), an.decides("draw a", "rejected"))
    films, drawn = binh.counts("b", 200), binh.draws("draw b", "b", lot=200)
    binh.sends(binh.decides("draw b", "passed"))
    binh.sends(*films, drawn)
    assert dock.order().verdict == "rejected"


def test_one_phones_redraw_leaves_the_other_phones_draw_standing(
    dock: Dock, an: Sampler, binh: Sampler
) -> None:
    an.sends(*an.counts("a", 100), an.draws("draw a", "a", lot=100))
    binh.sends(*binh.counts("b", 200), binh.draws("draw b", "b", lot=200))
    an.minute += 30
    again = an.draws("again", "a", lot=100, redraw=1, reason="units-mixed-up")
    an.sends(again)
    assert shown(dock) == [
        (opaque("draw a"), "1", True),
        (opaque("draw b"), "1.2", False),
        (opaque("again"), "1", False),
    ]
    with dock.database.read() as session:
        kept = session.get_one(DockFact, opaque("again"))
        assert (kept.said["reason"], session.get_one(DockFact, opaque("draw a")).gone_by) == (
            "units-mixed-up",
            None,
        )


def test_a_hundred_today_and_two_hundred_tomorrow_are_drawn_from_their_own_lots(
    dock: Dock, an: Sampler
) -> None:
    an.sends(
        *an.counts("today", 100), an.draws("first", "today", lot=100, n=15), an.decides("first", "passed")
    )
    an.minute += 30
    second = an.draws("second", "tomorrow", lot=200, n=30, tranche=2)
    an.sends(*an.counts("tomorrow", 200), second, an.decides("second", "hold", 2))
    assert [(one.tranche, one.lot, one.n) for one in stage(dock).samples] == [("1", 100, 15), ("2", 200, 30)]
    assert dock.order().verdict == "hold"
    an.sends(an.decides("second", "passed", 2))
    assert dock.order().verdict == "passed"

"""The desk repeats every draw from its seed: an honest one is verified, each forged one says what differs."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from tests.support.dock import Dock, whole_take
from tests.support.phone import Phone
from tests.support.world import opaque
from webapp.domain.draw_check import DrawCheck
from webapp.domain.sampling import draw_order, draw_seed
from webapp.usecases.receiving_record import receiving_record

ORDER_NO = "4325000000000000001"


def draw_said(dock: Dock, **changes: Any) -> dict[str, Any]:
    honest = {"line": dock.world.red_line, "tranche": 1, "lot": 12, "plan": "fix", "n": 2, "redraw": 0}
    return honest | {"take": opaque("open")} | changes


def checked(dock: Dock) -> DrawCheck:
    (parcel,) = receiving_record(
        dock.database, organisation_id=dock.world.importer, order_no=ORDER_NO
    ).parcels
    (sample,) = [sample for stage in parcel.stages for sample in stage.samples]
    return sample.check


def order_of(dock: Dock, opened: str) -> list[int]:
    seed = draw_seed(
        dock.world.challenge, hashlib.sha256(opened.encode()).hexdigest(), dock.world.red_line, 1
    )
    return draw_order(seed, 12)


@pytest.mark.parametrize(
    ("forged", "differs"),
    [
        ({}, ()),
        ({"lot": 10, "n": 2}, ("lot",)),
        ({"n": 1}, ("size",)),
        ({"plan": "aql", "level": "II", "aql": "2.5", "n": 2}, ("size",)),
        ({"plan": "aql", "level": "II", "aql": "2.5", "n": 5}, ()),
    ],
)
def test_lot_and_size_are_the_counts_and_the_plans(
    dock: Dock, phone: Phone, forged: dict[str, Any], differs: tuple[str, ...]
) -> None:
    at = dock.world.start - timedelta(minutes=50)
    opened, closed = whole_take(phone, at, slot="EV-18")
    draw = phone.say("draw", "draw", at, draw_said(dock, **forged), challenge=dock.world.challenge)
    dock.send(phone.device, opened, closed, draw)
    check = checked(dock)
    assert (check.differs, check.verified) == (differs, not differs)
    if not differs:
        assert list(check.units) == order_of(dock, opened.text)[: len(check.units)]


def test_a_defect_is_in_a_drawn_unit_or_in_one_that_was_added(dock: Dock, phone: Phone) -> None:
    at = dock.world.start - timedelta(minutes=50)
    opened, closed = whole_take(phone, at, slot="EV-18")
    draw = phone.say("draw", "draw", at, draw_said(dock), challenge=dock.world.challenge)
    dock.send(phone.device, opened, closed, draw)
    order = order_of(dock, opened.text)
    defect = {"draw": opaque("draw"), "unit": order[2]}
    dock.send(phone.device, phone.say("defect", "added", at, defect))
    assert checked(dock).verified, "somebody adds units to a sample that is not finished"
    dock.send(phone.device, phone.say("inspection", "two", at, {"inspected": 2, "defective": "0 1 0"}))
    assert checked(dock).differs == ("units",)
    dock.send(phone.device, phone.say("inspection", "three", at, {"inspected": 3, "defective": "0 1 0"}))
    assert checked(dock).verified


def test_a_unit_that_the_lot_does_not_have(dock: Dock, phone: Phone) -> None:
    at = dock.world.start - timedelta(minutes=50)
    opened, closed = whole_take(phone, at, slot="EV-18")
    draw = phone.say("draw", "draw", at, draw_said(dock), challenge=dock.world.challenge)
    defect = phone.say("defect", "thirteenth", at, {"draw": opaque("draw"), "unit": 13})
    dock.send(phone.device, opened, closed, draw, defect)
    assert checked(dock).differs == ("units",)


def test_a_seed_of_the_phones_own_choice_is_none(dock: Dock, phone: Phone) -> None:
    at = dock.world.start - timedelta(minutes=50)
    opened, closed = whole_take(phone, at, slot="EV-18")
    own = phone.say("draw", "draw", at, draw_said(dock), challenge=opaque("a nonce that nobody gave"))
    dock.send(phone.device, opened, closed, own)
    assert checked(dock).differs == ("seed",)


def test_a_draw_without_a_nonce(dock: Dock, phone: Phone) -> None:
    at = dock.world.start - timedelta(minutes=50)
    opened, closed = whole_take(phone, at, slot="EV-18")
    dock.send(phone.device, opened, closed, phone.say("draw", "draw", at, draw_said(dock)))
    assert checked(dock).differs == ("seed",)


def test_before_its_film_is_here_nothing_is_said(dock: Dock, phone: Phone) -> None:
    at = dock.world.start - timedelta(minutes=50)
    draw = phone.say("draw", "draw", at, draw_said(dock), challenge=dock.world.challenge)
    dock.send(phone.device, draw)
    assert checked(dock) == DrawCheck(open=True)


def test_a_count_that_went_on_is_one_lot(dock: Dock, phone: Phone) -> None:
    at = dock.world.start - timedelta(minutes=50)
    first = whole_take(phone, at, (7, 0), name="cut", slot="EV-18", closed="interrupted")
    opened, closed = whole_take(phone, at + timedelta(minutes=2), (5, 3), slot="EV-18")
    joined = phone.say("segment", "joined", at, {"of": opaque("open cut"), "next": opaque("open")})
    draw = phone.say("draw", "draw", at, draw_said(dock), challenge=dock.world.challenge)
    dock.send(phone.device, *first, opened, closed, joined, draw)
    assert checked(dock).verified

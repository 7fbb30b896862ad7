"""What the account holder hears at once, once, and only about the own goods."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.support.dock import Dock, codes, whole_take
from tests.support.phone import Phone
from tests.support.world import opaque
from webapp.domain.permissions import Role
from webapp.domain.refusals import Refusal
from webapp.store.schema import AuditEvent, Order
from webapp.store.schema_dock import DockFact, Notice
from webapp.usecases import notices
from webapp.usecases.people import Desk

FULL = (24, 24)


pytestmark = pytest.mark.usefixtures("examined")


def at(dock: Dock, minute: int) -> datetime:
    return dock.world.start - timedelta(minutes=60 - minute)


def chi(dock: Dock, organisation: str = "") -> Desk:
    return Desk(
        id=opaque("chi"),
        organisation_id=organisation or dock.world.importer,
        name="Chi",
        roles=frozenset({Role.OWNER}),
        language="vi",
    )


def count(dock: Dock, phone: Phone, counts: tuple[int, int], minute: int, **changes: Any) -> None:
    now = at(dock, minute)
    dock.send(phone.device, *whole_take(phone, now, counts, name=str(minute), **changes), now=now)


def test_a_short_line_is_told_once_with_how_many_are_missing(dock: Dock, phone: Phone) -> None:
    count(dock, phone, (22, 25), 1)
    told = [("short_count", dock.world.red_line, 2), ("surplus", dock.world.blue_line, 1)]
    assert dock.notices() == told
    count(dock, phone, (22, 25), 2)
    assert dock.notices() == told


def test_a_recount_that_clears_it_takes_the_notice_back(dock: Dock, phone: Phone) -> None:
    count(dock, phone, (22, 24), 1)
    count(dock, phone, FULL, 2)
    assert dock.notices() == []


def test_a_recount_that_changes_it_is_told_anew(dock: Dock, phone: Phone) -> None:
    count(dock, phone, (22, 24), 1)
    with dock.database.read() as session:
        (first,) = session.scalars(select(Notice))
    notices.see(dock.database, actor=chi(dock), notice_id=first.id, now=at(dock, 2))
    assert dock.notices(seen=False) == []
    count(dock, phone, (21, 24), 3)
    assert dock.notices(seen=False) == [("short_count", dock.world.red_line, 3)]


def test_what_was_read_stays_when_a_recount_clears_it(dock: Dock, phone: Phone) -> None:
    count(dock, phone, (22, 24), 1)
    with dock.database.read() as session:
        (first,) = session.scalars(select(Notice))
    assert notices.see(dock.database, actor=chi(dock), notice_id=first.id, now=at(dock, 2))
    count(dock, phone, FULL, 3)
    assert dock.notices(seen=True) == [("short_count", dock.world.red_line, 2)]


def test_a_withdrawn_count_counts_nothing_and_tells_nothing(dock: Dock, phone: Phone) -> None:
    count(dock, phone, (22, 24), 1)
    dock.send(phone.device, phone.withdraw("no", at(dock, 2), "close 1"))
    assert (dock.notices(), dock.tallies()) == ([], {})
    assert dock.order().state == "not_received"


def test_what_the_receiver_states_is_told_before_anything_is_counted(dock: Dock, phone: Phone) -> None:
    dock.send(phone.device, phone.say("discrepancy", "said", at(dock, 1), {"units": None}))
    assert dock.notices() == [("short_count", dock.world.red_line, None)]
    count(dock, phone, (22, 24), 2)
    assert dock.notices() == [("short_count", dock.world.red_line, 2)]


@pytest.mark.parametrize(
    ("kind", "said", "told"),
    [
        ("condition", {"outer": "crushed"}, "damaged"),
        ("condition", {"tape": "broken"}, "damaged"),
        ("condition", {"tape": "none"}, None),
        ("discrepancy", {"type": "wrong_item", "units": 3}, "wrong_item"),
        ("discrepancy", {"type": "wrong_parcel", "line": None, "units": None}, "wrong_parcel"),
        ("verdict", {"verdict": "rejected", "reason": "limit-exceeded"}, "rejected"),
        ("verdict", {"verdict": "hold"}, "hold"),
        ("verdict", {"verdict": "passed"}, None),
        ("delivery", {"outcome": "refused", "reason": "crushed"}, "refused"),
        ("delivery", {"outcome": "annotated"}, None),
        ("weighing", {}, None),
    ],
)
def test_what_is_told_at_once(
    dock: Dock, phone: Phone, kind: str, said: dict[str, object], told: str | None
) -> None:
    dock.send(phone.device, phone.say(kind, "it", at(dock, 1), said, worker=dock.world.binh))
    assert [one for one, _, _ in dock.notices()] == ([told] if told else [])


def test_a_corrected_or_withdrawn_fact_is_told_no_more_unless_it_was_read(dock: Dock, phone: Phone) -> None:
    crushed, wet = {"outer": "crushed"}, {"outer": "wet"}
    first = phone.say("condition", "first", at(dock, 1), crushed)
    fixed = phone.say("condition", "fixed", at(dock, 2), supersedes=first.fields.id)
    dock.send(phone.device, first, fixed)
    assert dock.notices() == []
    dock.send(phone.device, phone.say("condition", "third", at(dock, 3), wet))
    dock.send(phone.device, phone.withdraw("no", at(dock, 4), "third"))
    assert dock.notices() == []


def test_a_pass_ends_the_hold_that_nobody_has_read(dock: Dock, phone: Phone) -> None:
    line = {"line": dock.world.red_line}
    binh = {"worker": dock.world.binh}
    dock.send(phone.device, phone.say("verdict", "1", at(dock, 1), {**line, "verdict": "hold"}, **binh))
    dock.send(phone.device, phone.say("verdict", "2", at(dock, 2), line))
    assert [one for one, _, _ in dock.notices()] == ["hold"], "An may not decide"
    dock.send(phone.device, phone.say("verdict", "3", at(dock, 3), line, **binh))
    assert dock.notices() == []


def test_another_importer_neither_hears_of_it_nor_marks_it_as_read(dock: Dock, phone: Phone) -> None:
    dock.send(phone.device, phone.say("discrepancy", "said", at(dock, 1)))
    (mine,) = notices.unseen(dock.database, organisation_id=dock.world.importer)
    assert (mine.order_no, mine.goods) == ("4325000000000000001", "保温杯 500ml 红色;500ml")
    assert notices.unseen(dock.database, organisation_id=dock.world.other_importer) == []
    assert notices.count_unseen(dock.database, organisation_id=dock.world.other_importer) == 0
    with pytest.raises(Refusal, match="notice_unknown"):
        other = chi(dock, dock.world.other_importer)
        notices.see(dock.database, actor=other, notice_id=mine.notice.id, now=at(dock, 2))
    assert notices.count_unseen(dock.database, organisation_id=dock.world.importer) == 1


def test_reading_is_audited_once(dock: Dock, phone: Phone) -> None:
    dock.send(phone.device, phone.say("discrepancy", "said", at(dock, 1)))
    (mine,) = notices.unseen(dock.database, organisation_id=dock.world.importer)
    for minute in (2, 3):
        now = at(dock, minute)
        assert notices.see(dock.database, actor=chi(dock), notice_id=mine.notice.id, now=now) == mine.order_no
    with dock.database.read() as session:
        seen = session.get_one(Notice, mine.notice.id)
        actions = list(session.scalars(select(AuditEvent.action)))
    assert (seen.seen_at, seen.seen_by, actions) == (at(dock, 2), opaque("chi"), ["notice.seen"])


def test_a_phone_of_another_site_tells_nobody_anything(dock: Dock) -> None:
    hanoi = Phone(dock.world, "hanoi phone")
    lan = {"site": dock.world.hanoi, "worker": dock.world.worker_in_hanoi}
    other = {"parcel": dock.world.other_parcel, "order": dock.world.other_order, "label": None}
    said = {"line": dock.world.other_line}
    verdict = {**said, "verdict": "rejected", "reason": "damaged"}
    records = [
        hanoi.say("discrepancy", "said", at(dock, 1), said, **lan, **other),
        hanoi.say("verdict", "judged", at(dock, 1), verdict, **lan, **other),
        hanoi.photo("seen", at(dock, 1), b"1", said=said, **lan, **other | {"parcel": None}),
    ]
    assert [set(codes(one)) for one in dock.send(hanoi.device, *records)] == [
        {"parcel_of_other_site", "line_unknown"},
        {"parcel_of_other_site", "line_unknown", "worker_may_not"},
        {"line_unknown"},
    ]
    assert dock.notices() == []
    with dock.database.read() as session:
        assert session.get_one(Order, dock.world.other_order).verdict is None
        assert {fact.order_id for fact in session.scalars(select(DockFact))} == {None}

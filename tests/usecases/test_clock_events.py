"""Dated facts move clocks at once, are logged, can be taken back, and bind by proof only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from tests.support.desk_setup import SetupDesk, make_setup_desk, upload
from tests.support.world import opaque
from webapp.domain.refusals import Refusal
from webapp.store import orders as order_rows
from webapp.store import rules as rows
from webapp.store.schema import Deadline
from webapp.usecases import clock_events, rulebooks, stated_facts
from webapp.usecases.clock_panel import ClockPanel, clock_panel
from webapp.usecases.clock_reading import clocks_of_order
from webapp.usecases.stated_facts import FactSaid

ORDER_NO = "4325000000000000001"
HOUR = timedelta(hours=1)
CLAIM = opaque("claim")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[SetupDesk]:
    made = make_setup_desk(tmp_path)
    yield made
    made.database.engine.dispose()


def add(desk: SetupDesk, kind: str, at: datetime | None = None, **more: object) -> str:
    given: dict[str, object] = {"source": "desk", "by": f"user:{desk.chi.id}", "now": desk.now, **more}
    with desk.database.write() as session:
        return clock_events.add(
            session,
            desk.rulebook,
            organisation_id=desk.world.importer,
            order_id=desk.world.order,
            kind=kind,
            at=at or desk.world.start,
            **given,  # type: ignore[arg-type]
        )


def retract(desk: SetupDesk, event_id: str, *, organisation: str | None = None) -> None:
    with desk.database.write() as session:
        clock_events.retract(
            session,
            desk.rulebook,
            organisation_id=organisation or desk.world.importer,
            event_id=event_id,
            by=f"user:{desk.chi.id}",
            now=desk.now + HOUR,
        )


def rows_of(desk: SetupDesk) -> dict[tuple[str, str, str], Deadline]:
    with desk.database.read() as session:
        found = session.scalars(select(Deadline).where(Deadline.order_id == desk.world.order))
        return {(row.rule_id, row.subject_kind, row.subject_id): row for row in found}


def panel(desk: SetupDesk, now: datetime | None = None) -> ClockPanel:
    with desk.database.read() as session:
        order = order_rows.order_by_no(session, desk.world.importer, ORDER_NO)
        assert order is not None
        clocks = clocks_of_order(session, order)
    return clock_panel(
        desk.database,
        organisation_id=desk.world.importer,
        order_no=ORDER_NO,
        clocks=clocks,
        now=now or desk.now,
    )


def test_a_better_start_moves_the_clock_and_the_move_is_kept_with_its_cause(desk: SetupDesk) -> None:
    """S0-12, AMB-02: the receipt starts the window until the courier's earlier signature is known."""
    world = desk.world
    desk.receive(world.order)
    assert (start := desk.clock(world.order, "R-02")) is not None and start.start_source == "goods_receipt"
    add(desk, "courier_signed", world.start - HOUR * 5)
    moved = desk.clock(world.order, "R-02")
    assert moved is not None and moved.start_at == world.start - HOUR * 5 and moved.assumed
    add(desk, "platform_delivered", world.start - HOUR * 2, proven=True)
    proven = desk.clock(world.order, "R-02")
    assert proven is not None and proven.start_at == world.start - HOUR * 2 and proven.proven
    changes = [one for one in panel(desk).changes if one.rule_id == "R-02"]
    assert [(one.cause, one.before != one.after) for one in changes] == [
        ("platform_delivered", False),  # the same safe day, but proven now
        ("courier_signed", False),
    ]
    with desk.database.read() as session:
        logged = rows.changes(session, world.order, limit=99)
    said = [(one.before or {}, one.after or {}) for one in logged if one.rule_id == "R-02"]
    assert [(before["start"] != after["start"], after["proven"]) for before, after in said] == [
        (True, True),
        (True, False),
    ]


def test_a_retraction_is_a_row_of_its_own_and_puts_the_clock_back(desk: SetupDesk) -> None:
    desk.receive(desk.world.order)
    event_id = add(desk, "courier_signed", desk.world.start - HOUR * 5)
    retract(desk, event_id)
    row = desk.clock(desk.world.order, "R-02")
    assert row is not None and row.start_source == "goods_receipt"
    (fact,) = panel(desk).facts
    assert (fact.id, fact.standing) == (event_id, False)
    with pytest.raises(Refusal, match="clock_event_retracted"):
        retract(desk, event_id)
    for stranger in (desk.world.other_importer, None):
        with pytest.raises(Refusal, match="clock_event_unknown"):
            retract(desk, opaque("nobody") if stranger is None else event_id, organisation=stranger)


@pytest.mark.parametrize("table", ["clock_event", "deadline_change", "rulebook_edition"])
def test_what_was_stated_is_never_changed(desk: SetupDesk, table: str) -> None:
    desk.receive(desk.world.order)
    add(desk, "courier_signed")
    with desk.database.write() as session:
        rulebooks.to_pin(session, desk.world.importer, now=desk.now)
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET organisation_id = 'x'"):
        with pytest.raises(IntegrityError, match="append-only"), desk.database.write() as session:
            session.execute(text(statement))


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        ("arrival", {}, "clock_kind_unknown"),
        ("filed", {"subject": ("ship", "x")}, "clock_subject_unknown"),
        ("filed", {"zone": "Asia/Nowhere"}, "zone_unknown"),
    ],
)
def test_what_cannot_be_is_refused(desk: SetupDesk, kind: str, more: dict[str, object], code: str) -> None:
    with pytest.raises(Refusal, match=code):
        add(desk, kind, **more)


def test_only_an_end_may_lie_ahead_and_only_of_an_own_order(desk: SetupDesk) -> None:
    with pytest.raises(Refusal, match="clock_future"):
        add(desk, "filed", desk.now + HOUR)
    add(desk, "platform_timeout", desk.now + HOUR)
    with pytest.raises(Refusal, match="order_unknown"), desk.database.write() as session:
        clock_events.add(
            session,
            desk.rulebook,
            organisation_id=desk.world.other_importer,
            order_id=desk.world.order,
            kind="filed",
            at=desk.world.start,
            source="desk",
            by="user:x",
            now=desk.now,
        )


def test_a_submission_its_answer_and_the_money_are_subjects_of_their_own(desk: SetupDesk) -> None:
    """R-04 and R-05 by submission, R-06 by claim; R-15 takes the place of the first two."""
    start, sent = desk.world.start, ("submission", opaque("sent"))
    add(desk, "submitted", start, subject=sent, claim_id=CLAIM)
    found = rows_of(desk)
    assert found["R-04", *sent].due_at == start + HOUR * 72
    assert found["R-05", *sent].binding and found["R-05", *sent].burns_until == start + HOUR * 360
    add(desk, "platform_timeout", start + HOUR * 90, subject=("claim", CLAIM))
    found = rows_of(desk)
    assert {found[rule, *sent].ended for rule in ("R-04", "R-05")} == {"superseded"}
    assert found["R-15", "claim", CLAIM].act_by == start + HOUR * 90
    add(desk, "approved", start + HOUR, subject=("claim", CLAIM), proven=True)
    assert rows_of(desk)["R-06", "claim", CLAIM].binding
    landed = add(desk, "money_landed", start + HOUR * 2, subject=("claim", CLAIM))
    assert rows_of(desk)["R-06", "claim", CLAIM].ended is None  # a bare word
    retract(desk, landed)
    add(desk, "money_landed", start + HOUR * 2, subject=("claim", CLAIM), source="claim")
    money = rows_of(desk)["R-06", "claim", CLAIM]
    assert (money.ended, money.ended_at, money.binding) == ("met", start + HOUR * 2, False)


def test_a_fact_of_the_order_page_is_proven_by_its_screenshot_only(desk: SetupDesk) -> None:
    """EV-22: filed in the same transaction; without it the word is kept and marked."""
    for hour, shown in enumerate((None, upload())):
        said = FactSaid("carrier_site_delivered", desk.world.start, f"parcel:{desk.world.parcel}", shown)
        stated_facts.state(
            desk.database,
            desk.blobs,
            desk.rulebook,
            actor=desk.chi,
            order_no=ORDER_NO,
            said=said,
            now=desk.now + HOUR * hour,
        )
        clock = rows_of(desk)["R-07", "parcel", desk.world.parcel]
        assert clock.proven is (shown is not None) and clock.due_at == desk.world.start + HOUR * 48
    proven, word = panel(desk).facts
    assert proven.document is not None and proven.document.kind == "carrier_page"
    assert proven.document.slot == "EV-22" and word.document is None
    stated_facts.retract(desk.database, desk.rulebook, actor=desk.chi, event_id=proven.id, now=desk.now)
    assert not rows_of(desk)["R-07", "parcel", desk.world.parcel].proven


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (FactSaid("handed_over", datetime.fromisoformat("2026-11-20T00:00:00+00:00")), "clock_kind_unknown"),
        (
            FactSaid("filed", datetime.fromisoformat("2026-11-20T00:00:00+00:00"), "parcel:nobody"),
            "clock_subject_unknown",
        ),
        (
            FactSaid("service_window", datetime.fromisoformat("2026-11-20T00:00:00+00:00"), hours=99_999),
            "clock_hours",
        ),
        (
            FactSaid("filed", datetime.fromisoformat("2026-11-20T00:00:00+00:00"), document_id="x"),
            "document_unknown",
        ),
    ],
)
def test_a_form_that_makes_no_sense_is_refused(desk: SetupDesk, said: FactSaid, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        stated_facts.state(
            desk.database,
            desk.blobs,
            desk.rulebook,
            actor=desk.chi,
            order_no=ORDER_NO,
            said=said,
            now=desk.now,
        )
    assert panel(desk).facts == []


def test_the_desk_is_told_to_look_until_it_knows(desk: SetupDesk) -> None:
    """S0-45 daily from the shipped date, S0-20 weekly, AMB-04 once the supplier's time is over."""
    world, submission = desk.world, ("submission", opaque("sent"))
    assert [task.kind for task in panel(desk).tasks] == ["check_status"]  # 等待买家收货
    add(desk, "shipped", world.start - HOUR * 50)
    (task,) = panel(desk).tasks
    assert (task.kind, task.days) == ("check_status", 3)
    add(desk, "platform_delivered", world.start)
    assert panel(desk).tasks == []
    add(desk, "submitted", world.start, subject=submission, claim_id=CLAIM)
    assert [task.kind for task in panel(desk, world.start + HOUR * 73).tasks] == ["look_at_status"]
    add(desk, "escalated", world.start, subject=("claim", CLAIM), proven=True)
    assert panel(desk, world.start + HOUR * 24 * 6).tasks == []
    (weekly,) = panel(desk, world.start + HOUR * 24 * 8).tasks
    assert (weekly.kind, weekly.days) == ("ask_mediation", 8)
    add(desk, "claim_closed", world.start + HOUR, subject=("claim", CLAIM))
    assert panel(desk, world.start + HOUR * 24 * 8).tasks == []

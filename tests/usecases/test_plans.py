"""Standing decisions: replaced and ended, never changed; previewed before they are made; sent to the phone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.support.desk_setup import SetupDesk, make_setup_desk
from tests.support.world import opaque
from webapp.domain.receiving_plan import Plan
from webapp.domain.refusals import Refusal
from webapp.store.schema import AuditEvent, Order, Parcel, ParcelOrder
from webapp.usecases import plans
from webapp.usecases.applied_plans import plans_of_orders
from webapp.usecases.order_progress import recompute_progress
from webapp.usecases.plans import PlanWords
from webapp.usecases.snapshot import snapshot

SUPPLIER = PlanWords("supplier", "arrive", "ten years without a shortage")


@pytest.fixture
def desk(tmp_path: Path) -> SetupDesk:
    return make_setup_desk(tmp_path)


def supplier_of(desk: SetupDesk) -> str:
    return f"5{desk.world.importer[1:]}"


def decide(desk: SetupDesk, said: PlanWords, *, days: int = 0) -> str:
    return plans.decide(desk.database, actor=desk.chi, said=said, now=desk.now + timedelta(days=days))


def plan_of(desk: SetupDesk, order_id: str) -> Plan:
    with desk.database.read() as session:
        return plans_of_orders(session, [session.get_one(Order, order_id)])[order_id]


def test_a_suppliers_plan_applies_to_its_orders_and_to_no_other_importers(desk: SetupDesk) -> None:
    other = desk.order("other", "4325000000000000011", supplier="bie jia")
    decide(desk, replace(SUPPLIER, supplier_id=supplier_of(desk)))
    plan = plan_of(desk, desk.world.order)
    assert plan.depth == "arrive" and plan.decision is not None
    assert (plan.decision.decided_by, plan.decision.decided_at) == ("Chi", desk.now)
    assert plan_of(desk, other).depth == "count"
    assert plan_of(desk, desk.world.other_order).depth == "count"


def test_a_new_decision_ends_the_old_one_which_stays_on_record(desk: SetupDesk) -> None:
    said = replace(SUPPLIER, supplier_id=supplier_of(desk))
    decide(desk, said)
    decide(desk, replace(said, depth="count_sample", reason="two complaints"), days=1)
    listed = plans.standing(desk.database, organisation_id=desk.world.importer)
    assert [(one.decision.depth, one.ended_at) for one in listed] == [
        ("count_sample", None),
        ("arrive", desk.now + timedelta(days=1)),
    ]
    assert plan_of(desk, desk.world.order).depth == "count_sample"
    assert plans.standing(desk.database, organisation_id=desk.world.other_importer) == []


def test_decisions_of_different_marks_stand_beside_each_other(desk: SetupDesk) -> None:
    for yuan in ("500", "1000", "￥1,000.00"):
        decide(desk, PlanWords("value", "count_sample", "dear", least_yuan=yuan))
    listed = plans.standing(desk.database, organisation_id=desk.world.importer)
    assert sorted(one.decision.least_fen for one in listed if one.ended_at is None) == [50_000, 100_000]  # type: ignore[type-var]
    plan = plan_of(desk, desk.world.order)
    assert plan.decision is not None and plan.decision.least_fen == 100_000


def test_ending_a_decision_gives_way_to_the_wider_one(desk: SetupDesk) -> None:
    decide(desk, PlanWords("default", "condition_weight", "small goods"))
    narrow = decide(desk, replace(SUPPLIER, supplier_id=supplier_of(desk)))
    for _ in range(2):
        plans.end(desk.database, actor=desk.chi, plan_id=narrow, now=desk.now)
    assert plan_of(desk, desk.world.order).depth == "condition_weight"
    with desk.database.read() as session:
        actions = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))
    assert actions == ["plan.decided", "plan.decided", "plan.ended"]


def test_another_importers_decision_does_not_exist(desk: SetupDesk) -> None:
    plan_id = decide(desk, PlanWords("default", "arrive", "all small"))
    with pytest.raises(Refusal, match="plan_unknown"):
        plans.end(desk.database, actor=desk.dung, plan_id=plan_id, now=desk.now)
    with pytest.raises(Refusal, match="plan_supplier_unknown"):
        said = replace(SUPPLIER, supplier_id=supplier_of(desk))
        plans.decide(desk.database, actor=desk.dung, said=said, now=desk.now)
    assert plan_of(desk, desk.world.order).depth == "arrive"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (PlanWords("planet", "count", "x"), "plan_scope_unknown"),
        (PlanWords("default", "glance", "x"), "plan_depth_unknown"),
        (PlanWords("default", "count", " \u200b "), "plan_reason_missing"),
        (PlanWords("default", "count", "x" * 301), "plan_reason_long"),
        (PlanWords("supplier", "count", "x", supplier_id="0" * 32), "plan_supplier_unknown"),
        (PlanWords("order", "count", "x", order_no="1"), "order_unknown"),
        *(
            (PlanWords("value", "count", "x", least_yuan=bad), "plan_value_unreadable")
            for bad in ("", "0", "-5", "lots")
        ),
        *(
            (PlanWords("history", "count", "x", clean_receipts=bad), "plan_history_unreadable")
            for bad in ("", "0", "51", "1.5", "9" * 5000, "٣")
        ),
    ],
)  # fmt: skip
def test_what_is_no_decision_is_refused(desk: SetupDesk, said: PlanWords, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        decide(desk, said)
    assert plans.standing(desk.database, organisation_id=desk.world.importer) == []


def test_a_preview_counts_the_orders_still_to_arrive_and_writes_nothing(desk: SetupDesk) -> None:
    desk.order("dear", "4325000000000000011", paid=900_000)
    desk.order("cheap", "4325000000000000021", paid=1_000)
    with desk.database.write() as session:
        session.get_one(Parcel, desk.world.parcel).received_at = desk.world.start
    said = PlanWords("value", "count_sample", least_yuan="5000")
    seen = plans.preview(desk.database, actor=desk.chi, said=said, now=desk.now)
    assert (seen.open_orders, seen.touched, seen.lighter, seen.deeper) == (2, 1, 0, 1)
    lighter = PlanWords("default", "arrive")
    seen = plans.preview(desk.database, actor=desk.chi, said=lighter, now=desk.now)
    assert (seen.open_orders, seen.touched, seen.lighter, seen.deeper) == (2, 2, 2, 0)
    assert plans.standing(desk.database, organisation_id=desk.world.importer) == []


def test_history_counts_clean_receipts_in_a_row_and_a_shortage_ends_it(desk: SetupDesk) -> None:
    decide(desk, PlanWords("history", "condition_weight", "proved itself", clean_receipts="2"))
    numbers = [f"43250000000000000{number}1" for number in range(1, 5)]
    received = [desk.order(f"past {number[-2]}", number, supplier="lao pengyou") for number in numbers]
    coming = desk.order("coming", "4325000000000000091", supplier="lao pengyou")
    for day, order_id in enumerate(received):
        desk.receive(order_id, at=desk.world.start - timedelta(days=9 - day))
    desk.count(received[0], 24)
    desk.count(received[1], 24, verified=False)
    assert plan_of(desk, coming).depth == "count"  # one clean, one whose film is not whole
    desk.count(received[2], 24)
    assert plan_of(desk, coming).depth == "condition_weight"
    desk.count(received[3], 23)
    assert plan_of(desk, coming).depth == "count"


def test_the_phone_is_told_the_depth_and_the_decider_and_neither_reason_nor_price(desk: SetupDesk) -> None:
    decide(desk, replace(SUPPLIER, supplier_id=supplier_of(desk), reason="SECRET-REASON"))
    sent = snapshot(desk.database, device_id=desk.world.phone, now=desk.now)
    by_id = {order["id"]: order for order in sent["orders"]}
    assert by_id[desk.world.order]["plan"] == {
        "depth": "arrive",
        "asked": ["arrive"],
        "decided_by": "Chi",
        "decided_at": "2026-11-21T02:00:00.000+00:00",
    }
    assert by_id[desk.world.other_order]["plan"]["decided_by"] is None
    text = repr(sent)
    assert "SECRET-REASON" not in text
    # 24 units, 1,210 yuan paid: none of it leaves for a blind count.
    for secret in ("quantity", "price", "paid", "24000", "121000"):
        assert secret not in text, secret


def test_an_order_may_be_decided_alone(desk: SetupDesk) -> None:
    decide(desk, PlanWords("order", "count_sample", "new mould", order_no="4325000000000000001"))
    assert plan_of(desk, desk.world.order).depth == "count_sample"
    assert opaque("order") == desk.world.order


def test_a_decision_moves_what_waits_for_a_count_and_its_end_moves_it_back(desk: SetupDesk) -> None:
    def state() -> str | None:
        with desk.database.read() as session:
            return session.get_one(Order, desk.world.order).state

    with desk.database.write() as session:
        session.get_one(Parcel, desk.world.parcel).received_at = desk.world.start
        session.flush()
        recompute_progress(session, [desk.world.order])
    assert state() == "to_count"
    plan_id = decide(desk, PlanWords("default", "condition_weight", "small goods"))
    assert state() == "not_asked"
    plans.end(desk.database, actor=desk.chi, plan_id=plan_id, now=desk.now)
    assert state() == "to_count"


def test_a_suppliers_last_clean_receipt_takes_the_count_off_its_other_orders(desk: SetupDesk) -> None:
    decide(desk, PlanWords("history", "condition_weight", "proved itself", clean_receipts="1"))
    waiting = desk.order("waiting", "4325000000000000011")
    past = desk.order("past", "4325000000000000021")
    desk.receive(past)
    with desk.database.write() as session:
        session.get_one(Parcel, desk.world.parcel).received_at = desk.world.start
        session.add(ParcelOrder(parcel_id=desk.world.parcel, order_id=waiting))
        recompute_progress(session, [waiting])
        assert session.get_one(Order, waiting).state == "to_count"
    desk.count(past, 24)
    with desk.database.write() as session:
        recompute_progress(session, [past])
        assert session.get_one(Order, waiting).state == "not_asked"

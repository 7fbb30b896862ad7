"""Which depth applies: the narrowest decision wins, and a lighter plan names who decided it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.receiving_plan import (
    DEPTHS,
    SCOPES,
    STEPS,
    Decision,
    Plan,
    PlannedOrder,
    clean_streak,
    deepest,
    plan_for,
)

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
ORDER = PlannedOrder("order", "supplier", paid_fen=200_000, clean_receipts=6)


def decision(scope: str, depth: str = "arrive", **more: object) -> Decision:
    keys: dict[str, dict[str, object]] = {
        "order": {"order_id": "order"},
        "supplier": {"supplier_id": "supplier"},
        "value": {"least_fen": 100_000},
        "history": {"clean_receipts": 5},
        "default": {},
    }
    made = Decision(f"{scope}-{depth}", scope, depth, "known for years", "Chi", AT, **keys[scope])  # type: ignore[arg-type]
    return replace(made, **more)  # type: ignore[arg-type]


def test_without_a_decision_the_goods_are_counted_and_nobody_is_named() -> None:
    plan = plan_for([], ORDER)
    assert (plan.depth, plan.decision) == ("count", None)
    assert plan.not_asked == ("sample",)


def test_the_narrowest_decision_wins_whatever_the_order_in_which_they_stand() -> None:
    rest = [decision(scope, depth) for scope, depth in zip(SCOPES, (*DEPTHS, "arrive"), strict=True)]
    while rest:
        assert {plan_for(mixed, ORDER).decision for mixed in permutations(rest)} == {rest[0]}
        rest.pop(0)


@pytest.mark.parametrize(
    "foreign",
    [
        decision("order", order_id="another"),
        decision("supplier", supplier_id="another"),
        decision("value", least_fen=200_001),
        decision("history", clean_receipts=7),
    ],
)
def test_a_decision_about_other_orders_does_not_apply(foreign: Decision) -> None:
    assert plan_for([foreign], ORDER).decision is None


def test_an_order_of_unknown_value_is_not_judged_by_value() -> None:
    assert plan_for([decision("value", least_fen=1)], replace(ORDER, paid_fen=None)).decision is None


def test_the_mark_itself_is_reached() -> None:
    assert plan_for([decision("value", least_fen=200_000)], ORDER).decision is not None
    assert plan_for([decision("history", clean_receipts=6)], ORDER).decision is not None


@pytest.mark.parametrize(("scope", "mark"), [("value", "least_fen"), ("history", "clean_receipts")])
def test_of_two_marks_the_higher_one_reached_counts(scope: str, mark: str) -> None:
    low, high = decision(scope, "arrive", **{mark: 2}), decision(scope, "count_sample", **{mark: 4})
    later_low = replace(low, decided_at=AT + timedelta(days=1))
    assert plan_for([high, later_low], ORDER).depth == "count_sample"


def test_of_two_equal_decisions_the_later_one_counts() -> None:
    early, late = (
        decision("supplier"),
        decision("supplier", "count_sample", decided_at=AT + timedelta(days=1)),
    )
    assert plan_for([late, early], ORDER).depth == "count_sample"


@pytest.mark.parametrize("depth", DEPTHS)
def test_each_step_is_asked_or_not_asked(depth: str) -> None:
    plan = Plan(depth)
    assert plan.asked + plan.not_asked == STEPS
    assert plan.asks("arrive")


def test_a_lighter_plan_names_who_decided_when_and_why() -> None:
    plan = plan_for([decision("supplier")], ORDER)
    assert plan.not_asked == ("condition", "weight", "count", "sample")
    assert plan.decision is not None
    assert (plan.decision.decided_by, plan.decision.decided_at, plan.decision.reason) == (
        "Chi",
        AT,
        "known for years",
    )


def test_depths_only_ever_add_steps() -> None:
    asked = [set(Plan(depth).asked) for depth in DEPTHS]
    assert all(less < more for less, more in pairwise(asked))


def test_a_parcel_of_several_orders_is_received_as_deep_as_any_of_them_asks() -> None:
    assert deepest([Plan("arrive"), Plan("count_sample"), Plan("count")]).depth == "count_sample"
    assert deepest([]).depth == "count"


@pytest.mark.parametrize(
    ("results", "streak"),
    [
        ([], 0),
        ([True, True, True], 3),
        ([True, False, True, True], 1),
        ([False, True, True], 0),
        ([None, True, None, True, False], 2),
        ([None, None], 0),
    ],
)
def test_a_shortage_ends_a_clean_row_and_an_uncounted_receipt_says_nothing(
    results: list[bool | None], streak: int
) -> None:
    assert clean_streak(results) == streak


@given(st.lists(st.sampled_from([True, None])), st.lists(st.sampled_from([True, False, None])))
def test_what_lies_before_a_shortage_is_forgotten(newer: list[bool | None], older: list[bool | None]) -> None:
    assert clean_streak([*newer, False, *older]) == clean_streak(newer)


def test_a_plan_that_does_not_exist_cannot_be_decided() -> None:
    with pytest.raises(ValueError, match="no such plan"):
        decision("supplier", "nothing at all")

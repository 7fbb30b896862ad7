"""Deadlines: the shared vectors, laws that hold for every start, and the clocks of an order."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.adapters.rulebook_files import load_rulebook
from webapp.domain.deadlines import (
    OrderClock,
    OrderFacts,
    evaluate,
    is_open,
    order_clocks,
    platform_recourse,
    receipt_limits,
)
from webapp.domain.refusals import Refusal
from webapp.domain.working_days import has_official_notice, is_working_day, nth_working_day

VECTORS: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "deadlines.json").read_text("utf-8")
)
BOOK = load_rulebook()
CHINA, VIETNAM = "Asia/Shanghai", "Asia/Ho_Chi_Minh"
GIVEN_END = {"R-12", "R-14", "R-15"}
RULE_IDS = [f"R-{n:02}" for n in range(1, 16)]

starts = st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))
rule_ids = st.sampled_from(RULE_IDS)
hour_windows = st.sampled_from(["R-01", "R-02", "R-03", "R-07", "R-08", "R-09", "R-10", "R-13"])
lawful = settings(derandomize=True, deadline=None, max_examples=200)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def end_for(rule_id: str, start: datetime) -> datetime | None:
    return start + timedelta(days=9) if rule_id in GIVEN_END else None


@pytest.mark.parametrize("row", VECTORS["rules"], ids=lambda row: row["what"])
def test_vector(row: dict[str, Any]) -> None:
    end = at(row["end"]) if "end" in row else None
    deadline = evaluate(BOOK.rule(row["rule"]), at(row["start"]), zone=row["zone"], end=end)
    for name, expected in row["expect"].items():
        got = getattr(deadline, name)
        assert got == (at(expected) if isinstance(expected, str) else expected), name
    assert deadline.zone == row["zone"]
    assert deadline.due.tzinfo is UTC and deadline.act_by.tzinfo is UTC


def test_every_rule_has_a_vector() -> None:
    assert sorted({row["rule"] for row in VECTORS["rules"]}) == RULE_IDS


@pytest.mark.parametrize("row", VECTORS["receipt_limits"], ids=lambda row: row["received"])
def test_receipt_limits(row: dict[str, Any]) -> None:
    limits = receipt_limits(BOOK, at(row["received"]))
    assert list(limits) == [at(text) for text in row["limits"]]
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    assert [(limit - epoch) // timedelta(milliseconds=1) for limit in limits] == row["limits_ms"]
    assert (at(row["received"]) - epoch) // timedelta(milliseconds=1) == row["received_ms"]


@lawful
@given(rule_ids, starts)
def test_act_by_is_never_after_due(rule_id: str, start: datetime) -> None:
    deadline = evaluate(BOOK.rule(rule_id), start, zone=VIETNAM, end=end_for(rule_id, start))
    assert deadline.act_by <= deadline.due


@lawful
@given(rule_ids, starts, st.timedeltas(timedelta(0), timedelta(days=40)))
def test_a_later_start_is_never_due_earlier(rule_id: str, start: datetime, later: timedelta) -> None:
    end = None if rule_id not in GIVEN_END else start + timedelta(days=50)
    first = evaluate(BOOK.rule(rule_id), start, zone=CHINA, end=end)
    second = evaluate(BOOK.rule(rule_id), start + later, zone=CHINA, end=end)
    assert first.due <= second.due and first.act_by <= second.act_by


@lawful
@given(hour_windows, starts, st.integers(0, 1000))
def test_a_longer_window_is_never_due_earlier(rule_id: str, start: datetime, more: int) -> None:
    rule = BOOK.rule(rule_id)
    assert rule.value is not None
    longer = evaluate(replace(rule, value=rule.value + more), start, zone=CHINA)
    assert longer.due - evaluate(rule, start, zone=CHINA).due == timedelta(hours=more)


@lawful
@given(st.sampled_from(["R-07", "R-08", "R-09", "R-10"]), starts)
def test_the_zone_moves_no_elapsed_hour(rule_id: str, start: datetime) -> None:
    rule = BOOK.rule(rule_id)
    here, there = (evaluate(rule, start, zone=zone) for zone in (CHINA, "America/St_Johns"))
    assert replace(here, zone="") == replace(there, zone="")


@lawful
@given(st.sampled_from(["R-02", "R-03", "R-13"]), starts)
def test_calendar_act_by_ends_a_chinese_day_less_than_a_day_before_due(rule_id: str, start: datetime) -> None:
    deadline = evaluate(BOOK.rule(rule_id), start, zone=VIETNAM)
    local = deadline.act_by.astimezone(UTC) + timedelta(hours=8)
    assert (local.hour, local.minute, local.second, local.microsecond) == (23, 59, 59, 0)
    assert timedelta(0) < deadline.due - deadline.act_by <= timedelta(days=1, seconds=1)


@lawful
@given(st.dates(date(2001, 1, 1), date(2090, 1, 1)), st.integers(1, 15))
def test_the_nth_working_day_has_n_working_days_behind_it(day: date, n: int) -> None:
    last = nth_working_day("CN", day, n)
    between = [day + timedelta(days=k) for k in range(1, (last - day).days + 1)]
    assert sum(is_working_day("CN", one) for one in between) == n and is_working_day("CN", last)


def test_a_fixed_zone_rule_ignores_the_place() -> None:
    start = at("2026-11-20T23:30:00+07:00")
    assert evaluate(BOOK.rule("R-02"), start, zone=VIETNAM) == evaluate(BOOK.rule("R-02"), start, zone=CHINA)


def test_a_short_importer_edit_pulls_act_by_down_to_due() -> None:
    edited = replace(BOOK.rule("R-02"), value=100)
    deadline = evaluate(edited, at("2026-11-20T14:00:00+08:00"), zone=CHINA)
    assert deadline.act_by == deadline.due == at("2026-11-24T18:00:00+08:00")


def test_a_year_without_an_official_notice_is_provisional() -> None:
    year = next(year for year in range(2020, 2100) if not has_official_notice("CN", year))
    assert year >= 2027
    known = evaluate(BOOK.rule("R-06"), datetime(year - 1, 11, 24, tzinfo=UTC), zone=CHINA)
    over = evaluate(BOOK.rule("R-06"), datetime(year - 1, 12, 29, tzinfo=UTC), zone=CHINA)
    assert (known.provisional, over.provisional) == (False, True)
    assert evaluate(BOOK.rule("R-02"), datetime(year, 3, 1, tzinfo=UTC), zone=CHINA).provisional is None


def test_at_due_the_window_is_closed_unless_the_boundary_is_inclusive() -> None:
    rule = BOOK.rule("R-08")
    deadline = evaluate(rule, at("2026-12-10T09:00:00+07:00"), zone=VIETNAM)
    tick = timedelta(microseconds=1)
    assert is_open(rule, deadline, deadline.due - tick) and not is_open(rule, deadline, deadline.due)
    inclusive = replace(rule, boundary="inclusive")
    assert is_open(inclusive, deadline, deadline.due) and not is_open(
        inclusive, deadline, deadline.due + tick
    )


@pytest.mark.parametrize(
    ("rule_id", "start", "zone", "end", "code"),
    [
        ("R-02", "2026-11-20T14:37:20", CHINA, None, "instant_naive"),
        ("R-15", "2026-11-20T14:37:20+08:00", CHINA, "2026-11-21T00:00:00", "instant_naive"),
        ("R-08", "2026-11-20T14:37:20+08:00", "Asia/Nowhere", None, "zone_unknown"),
        ("R-08", "2026-11-20T14:37:20+08:00", "../../etc/passwd", None, "zone_unknown"),
        ("R-12", "2026-11-20T14:37:20+08:00", CHINA, None, "rule_end_unknown"),
        ("R-14", "2026-11-20T14:37:20+08:00", CHINA, None, "rule_end_unknown"),
        ("R-15", "2026-11-20T14:37:20+08:00", CHINA, None, "rule_end_unknown"),
        ("R-02", "2026-11-20T14:37:20+08:00", CHINA, "2026-11-21T00:00:00+08:00", "rule_takes_no_end"),
        ("R-11", "2026-11-20T14:37:20+08:00", CHINA, "2026-11-19T00:00:00+08:00", "rule_end_before_start"),
        ("R-03", "9999-12-30T00:00:00+08:00", CHINA, None, "instant_out_of_range"),
        ("R-06", "9999-12-30T00:00:00+08:00", CHINA, None, "instant_out_of_range"),
        ("R-08", "0001-01-01T00:00:00+08:00", CHINA, None, "instant_out_of_range"),
    ],
)
def test_refused(rule_id: str, start: str, zone: str, end: str | None, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        evaluate(BOOK.rule(rule_id), at(start), zone=zone, end=None if end is None else at(end))
    assert refused.value.code == code


def test_day_8_to_15_is_a_late_try() -> None:
    delivered = at("2026-11-20T14:37:20+08:00")
    seen = {
        text: platform_recourse(BOOK, delivered, at(text))
        for text in (
            "2026-11-27T14:37:19+08:00",
            "2026-11-27T14:37:20+08:00",
            "2026-12-05T14:37:19+08:00",
            "2026-12-05T14:37:20+08:00",
        )
    }
    assert list(seen.values()) == ["open", "late_try", "late_try", "closed"]


DELIVERED = at("2026-11-20T14:37:20+08:00")
RECEIVED = at("2026-11-20T16:10:00+08:00")
IN_STOCK = at("2026-11-20T15:05:00+08:00")


def clocks_of(facts: OrderFacts) -> dict[str, OrderClock]:
    return {clock.rule.id: clock for clock in order_clocks(BOOK, facts)}


def test_an_agent_order_shows_every_clock_with_the_earliest_act_by_first() -> None:
    facts = OrderFacts("1688", "agent", DELIVERED, True, IN_STOCK, RECEIVED, CHINA)
    clocks = order_clocks(BOOK, facts)
    assert [clock.rule.id for clock in clocks] == ["R-09", "R-10", "R-08", "R-01", "R-02", "R-03"]
    assert all(clock.binding and not clock.assumed and clock.note is None for clock in clocks)
    assert [clock.who for clock in clocks if clock.rule.id in ("R-02", "R-03")] == ["agent", "agent"]
    by_id = clocks_of(facts)
    assert by_id["R-01"].start_source == "in_stock"
    assert by_id["R-02"].start_source == "platform_status"
    assert by_id["R-09"].start_source == "goods_receipt"


def test_an_agent_order_without_the_in_stock_time_says_so() -> None:
    clock = clocks_of(OrderFacts("1688", "agent"))["R-01"]
    now = at("2026-11-20T15:05:00+08:00")
    assert clock.deadline is None and clock.state(now) == "start_unknown" and not clock.act_by_passed(now)
    assert order_clocks(BOOK, OrderFacts("1688", "agent", DELIVERED))[-1].rule.id == "R-01"


@pytest.mark.parametrize("proven", [True, False])
def test_a_screenshot_proves_the_agents_time_and_a_word_does_not(proven: bool) -> None:
    clock = clocks_of(OrderFacts("1688", "agent", in_stock_at=IN_STOCK, in_stock_proven=proven))["R-01"]
    assert (clock.proven, clock.assumed) == (proven, False)


def test_proof_of_an_unknown_time_proves_nothing() -> None:
    assert not clocks_of(OrderFacts("1688", "agent", in_stock_proven=True))["R-01"].proven


def test_an_own_account_has_no_agent_clock_and_the_agents_72_hours_do_not_bind() -> None:
    clocks = clocks_of(OrderFacts("1688", "self", None, False, None, RECEIVED, CHINA))
    assert "R-01" not in clocks
    assert (clocks["R-08"].binding, clocks["R-08"].note) == (False, "clock.note.agent_terms_only")
    assert clocks["R-02"].who == "importer"


def test_an_unknown_account_owner_is_not_decided_for_the_user() -> None:
    clocks = clocks_of(OrderFacts("1688", "unknown", None, False, None, RECEIVED, CHINA))
    assert (clocks["R-08"].binding, clocks["R-08"].note) == (False, "clock.note.account_unknown")
    assert clocks["R-02"].who == "account_holder"


@pytest.mark.parametrize(
    ("delivered", "proven", "received", "start", "source", "assumed"),
    [
        (DELIVERED, False, RECEIVED, DELIVERED, "platform_status", True),
        (RECEIVED, False, DELIVERED, DELIVERED, "goods_receipt", True),
        (DELIVERED, False, DELIVERED, DELIVERED, "platform_status", True),
        (None, False, RECEIVED, RECEIVED, "goods_receipt", True),
        (None, True, RECEIVED, RECEIVED, "goods_receipt", True),
        (DELIVERED, False, None, DELIVERED, "platform_status", True),
        (DELIVERED, True, None, DELIVERED, "platform_status", False),
        # Once the screenshot is there the platform's own time is the start, not the earlier receipt.
        (RECEIVED, True, DELIVERED, RECEIVED, "platform_status", False),
    ],
)
def test_platform_clock_starts_at_the_earliest_known_time_until_proven(
    delivered: datetime | None,
    proven: bool,
    received: datetime | None,
    start: datetime,
    source: str,
    assumed: bool,
) -> None:
    clocks = clocks_of(OrderFacts("1688", "self", delivered, proven, None, received, received and CHINA))
    for rule_id in ("R-02", "R-03"):
        deadline = clocks[rule_id].deadline
        assert deadline is not None and deadline.start == start
        assert (clocks[rule_id].start_source, clocks[rule_id].assumed) == (source, assumed)


def test_a_receipt_in_vietnam_starts_no_platform_clock() -> None:
    clocks = clocks_of(OrderFacts("1688", "self", None, False, None, RECEIVED, VIETNAM))
    assert clocks["R-02"].deadline is None and clocks["R-02"].note == "clock.note.received_abroad"
    assert clocks["R-10"].deadline is not None and clocks["R-10"].deadline.zone == VIETNAM
    late = clocks_of(OrderFacts("1688", "self", DELIVERED, False, None, IN_STOCK, VIETNAM))
    assert late["R-02"].start_source == "platform_status"


def test_nothing_known_of_an_own_order_means_no_clock() -> None:
    assert order_clocks(BOOK, OrderFacts("1688", "self")) == ()


@pytest.mark.parametrize("platform", ["taobao", "off_platform"])
def test_1688_windows_run_only_on_1688(platform: str) -> None:
    clocks = clocks_of(OrderFacts(platform, "self", DELIVERED, True, None, RECEIVED, CHINA))
    assert sorted(clocks) == ["R-08", "R-09", "R-10"]


def test_act_by_passes_before_the_window_does() -> None:
    clock = clocks_of(OrderFacts("1688", "self", DELIVERED, True))["R-02"]
    before, between, after = (
        at(f"2026-11-{text}+08:00") for text in ("26T23:59:58", "27T00:00:00", "27T14:37:20")
    )
    assert [clock.state(now) for now in (before, between, after)] == ["running", "running", "passed"]
    assert [clock.act_by_passed(now) for now in (before, between, after)] == [False, True, True]


def test_facts_that_cannot_be_are_a_programming_error() -> None:
    with pytest.raises(ValueError, match="zone of its site"):
        OrderFacts("1688", "self", first_received_at=RECEIVED)
    with pytest.raises(ValueError, match="account_owner 'me'"):
        OrderFacts("1688", "me")


def test_the_clocks_of_a_closed_trade_are_listed_and_stopped() -> None:
    facts = OrderFacts("1688", "agent", DELIVERED, True, IN_STOCK, RECEIVED, CHINA)
    live, stopped = order_clocks(BOOK, facts), order_clocks(BOOK, replace(facts, closed=True))
    assert [clock.rule.id for clock in stopped] == [clock.rule.id for clock in live]
    for clock in stopped:
        assert (clock.binding, clock.state(RECEIVED), clock.note) == (
            False,
            "stopped",
            "clock.note.order_closed",
        )

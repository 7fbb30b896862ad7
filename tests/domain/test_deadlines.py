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
    evaluate,
    is_open,
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

"""Status times as people paste them: every spelling of domain.md 12.1 and 12.2, beside their order numbers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from webapp.domain.status_times import TimeProblem, read_status_lines, stated_instant

ONE, TWO, THREE = "3657499272179232333", "3317081160226232333", "58218860983545941"
DELIVERED = datetime(2026, 11, 20, 6, 37, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20 14:37:20",
        "2026/11/20 14:37:20",
        "2026-11-20T14:37:20",
        "2026年11月20日 14:37:20",
        "２０２６-１１-２０ １４：３７：２０",
        "20261120143720000+0800",
        "20261120143720000",
        "20261120143720",
        "2026-11-20 13:37:20+07:00",
        "2026-11-20T06:37:20Z",
        "1795156640000",
        "  2026-11-20 14:37:20\t",
    ],
)
def test_every_spelling_is_the_same_instant(text: str) -> None:
    assert stated_instant(text) == DELIVERED


def test_a_bare_date_is_its_midnight_in_china_the_earliest_reading() -> None:
    assert stated_instant("2026-11-20") == datetime(2026, 11, 19, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "yesterday",
        "2026-13-01 10:00",
        "2026-02-30",
        "1900-01-01 00:00",
        "2999-01-01T00:00",
        "9999999999999",
        "14:37",
        "=NOW()",
        "20/11/2026",
    ],
)
def test_what_names_no_instant_is_refused(text: str) -> None:
    with pytest.raises(TimeProblem):
        stated_instant(text)


def test_lines_take_their_own_time_or_the_common_one() -> None:
    common = datetime(2026, 11, 19, 1, 0, tzinfo=UTC)
    pasted = f"{ONE}\t2026-11-20 14:37:20\n\n{TWO}\n签收时间：2026-11-20 14:37:20 订单 {THREE} 交易成功\n"
    read = read_status_lines(pasted, common)
    assert read.problems == ()
    assert read.times == {ONE: DELIVERED, TWO: common, THREE: DELIVERED}


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("hello", "no_order"),
        ("2026-11-20 14:37:20", "no_order"),
        (ONE, "no_time"),
        (f"{ONE} 14:37", "time"),
        (f"{ONE} 2026-13-45 10:00", "time"),
        (f"{ONE} 2026-11-20 14:37 2026-11-21 10:00", "several_times"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str, code: str) -> None:
    read = read_status_lines(f"{TWO} 2026-11-20 14:37:20\n{line}", None)
    assert [(problem.line, problem.code) for problem in read.problems] == [(2, code)]


def test_one_order_with_two_times_is_a_contradiction_and_said_twice_is_not() -> None:
    line = f"{ONE} 2026-11-20 14:37:20"
    assert read_status_lines(f"{line}\n{line}", None).problems == ()
    contradiction = read_status_lines(f"{line}\n{ONE} 2026-11-20 15:00", None)
    assert [(problem.line, problem.code) for problem in contradiction.problems] == [(2, "twice")]


def test_a_paste_without_end_is_cut_with_a_reason() -> None:
    pasted = "\n".join(f"{3657499272179000000 + number} 2026-11-20 14:37:20" for number in range(501))
    problems = read_status_lines(pasted, None).problems
    assert [(problem.line, problem.code) for problem in problems] == [(501, "too_many")]

"""Which window ends a claim by itself: never what was answered, a filed one only when its order closes for good."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from webapp.adapters.rulebook_files import load_rulebook
from webapp.domain.claim_expiry import Standing, closed_by
from webapp.domain.claim_states import BEFORE_FILING, FILED, OPEN_STATES, UNANSWERED
from webapp.domain.deadlines import Deadline
from webapp.domain.order_clocks import Ended, OrderClock

BOOK = load_rulebook()
DUE = datetime(2026, 12, 5, 6, 37, 20, tzinfo=UTC)
CHINA = "Asia/Shanghai"
MOMENT = timedelta(milliseconds=1)


def clock(
    rule_id: str, *, ended: Ended | None = None, assumed: bool = False, due: datetime = DUE
) -> OrderClock:
    rule = BOOK.rule(rule_id)
    start = due - timedelta(hours=360)
    deadline = Deadline(rule_id, start, start, due, due - timedelta(hours=15), CHINA)
    return OrderClock(
        rule, deadline, "platform_status", assumed, True, "importer", ended=ended, ended_at=ended and due
    )


def standing(
    state: str, channel: str = "platform_1688", type_id: str = "short_count", path: str = ""
) -> Standing:
    return Standing(state, channel, type_id, path or None)


@pytest.mark.parametrize("state", UNANSWERED)
def test_the_hard_close_ends_what_nobody_answered_at_its_own_instant(state: str) -> None:
    assert closed_by(standing(state), [clock("R-03")], DUE - MOMENT) is None
    for late in (timedelta(), timedelta(days=3)):
        assert closed_by(standing(state), [clock("R-03")], DUE + late) == ("R-03", DUE)


@pytest.mark.parametrize("state", sorted(set(OPEN_STATES) - set(UNANSWERED)))
def test_what_was_granted_or_escalated_in_time_is_still_owed(state: str) -> None:
    assert closed_by(standing(state), [clock("R-03")], DUE + timedelta(days=30)) is None


def test_a_filing_saves_a_claim_only_until_the_order_closes_for_good() -> None:
    met = [clock("R-02", ended="met"), clock("R-03", ended="met")]
    for state in FILED:
        assert closed_by(standing(state), met, DUE) == ("R-03", DUE)
    for state in (*BEFORE_FILING, "handed_to_agent"):
        assert closed_by(standing(state), met, DUE) is None


def test_an_assumed_start_ends_nothing_that_was_filed() -> None:
    assumed = [clock("R-03", assumed=True)]
    assert closed_by(standing("filed"), assumed, DUE) is None
    assert closed_by(standing("ready"), assumed, DUE) == ("R-03", DUE)


def test_between_the_two_platform_windows_a_late_try_is_possible() -> None:
    clocks = [clock("R-02", due=DUE - timedelta(days=8)), clock("R-03")]
    assert closed_by(standing("ready"), clocks, DUE - timedelta(days=7)) is None


@pytest.mark.parametrize(
    "type_id,path,rule",
    [("no_reason", "return_refund", "R-01"), ("damaged", "", "R-08"), ("freight_loss", "", None)],
)
def test_the_agents_windows_end_only_what_the_agent_never_heard_of(
    type_id: str, path: str, rule: str | None
) -> None:
    clocks = [clock("R-01"), clock("R-03"), clock("R-08")]
    told = closed_by(standing("ready", "agent", type_id, path), clocks, DUE)
    assert told == (None if rule is None else (rule, DUE))
    assert closed_by(standing("filed", "agent", type_id, path), clocks, DUE) is None
    met = [clock(one, ended="met") for one in ("R-01", "R-08")]
    assert closed_by(standing("handed_to_agent", "agent", type_id, path), met, DUE) is None


@pytest.mark.parametrize("channel", ["platform_taobao", "supplier_direct", "freight", "post", "warranty"])
def test_no_other_channel_ends_by_these_windows(channel: str) -> None:
    clocks = [clock(rule) for rule in ("R-01", "R-02", "R-03", "R-08")]
    assert closed_by(standing("ready", channel), clocks, DUE + timedelta(days=99)) is None

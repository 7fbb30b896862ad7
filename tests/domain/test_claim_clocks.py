"""The clocks of claims and submissions, what the desk is told to do, and laws that hold for every history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.order_facts import (
    BOOK,
    DELIVERED,
    FIVE,
    HOUR,
    IN_STOCK,
    ORDER,
    RECEIVED,
    VIETNAM,
    act_by_of,
    at,
    clocks,
    due_of,
    fact,
    listed,
    order,
)
from webapp.domain.claim_clocks import nearest, order_clocks
from webapp.domain.clock_facts import MET_BY, Fact, Subject
from webapp.domain.desk_tasks import desk_tasks
from webapp.domain.order_clocks import Book, OrderFacts
from webapp.domain.switches import Switches

CLAIM: Subject = ("claim", "c")


def submitted(no: int, when: datetime) -> Fact:
    return fact("submitted", when, ("submission", f"s{no}"), claim_id="c")


SENT = at("2026-11-21T10:00:00+08:00")


def test_silence_is_looked_at_after_72_hours_and_then_escalated() -> None:
    """R-04, R-05, AMB-04, AMB-05."""
    found = clocks(order(fact("platform_delivered", DELIVERED), submitted(1, SENT)))
    answer, escalation = found["R-04"], found["R-05"]
    assert answer.deadline is not None and answer.note == "clock.note.expected"
    assert (answer.deadline.expect_from, answer.deadline.expect_to) == (SENT + HOUR * 48, SENT + HOUR * 72)
    assert act_by_of(escalation) == SENT + HOUR * 72 and escalation.note == "clock.note.look_at_status"
    silent = SENT + HOUR * 73
    assert (answer.state(silent), escalation.state(silent)) == ("missed", "running")
    assert escalation.burns_until == due_of(found["R-03"])
    assert nearest([answer, escalation], silent) is escalation
    unpromised = clocks(order(submitted(1, SENT)), Switches(auto_approval="not_expected"))["R-04"]
    assert (unpromised.binding, unpromised.note) == (False, "clock.note.not_expected")


def test_a_rejection_opens_the_escalation_at_once_and_an_approval_ends_it() -> None:
    rejected = fact("rejected", SENT + HOUR * 10, CLAIM)
    found = clocks(order(submitted(1, SENT), rejected))
    assert found["R-04"].state(SENT + HOUR * 11) == "met"
    assert act_by_of(found["R-05"]) == SENT + HOUR * 10
    done = clocks(order(submitted(1, SENT), rejected, fact("escalated", SENT + HOUR * 12, CLAIM)))
    assert done["R-05"].state(SENT + HOUR * 13) == "met"
    approved = clocks(order(submitted(1, SENT), fact("approved", SENT + HOUR * 9, CLAIM)))
    assert (approved["R-05"].ended, approved["R-05"].note) == ("cancelled", "clock.note.approved")
    assert approved["R-06"].state(SENT + HOUR * 10) == "running"


def test_escalation_is_never_later_than_the_hard_closes_act_by() -> None:
    """R-05: always before R-03's act-by."""
    late = DELIVERED + HOUR * 330
    found = clocks(order(fact("platform_delivered", DELIVERED), submitted(1, late)))
    assert act_by_of(found["R-05"]) == act_by_of(found["R-03"]) < due_of(found["R-05"])
    assert found["R-05"].note == "clock.note.before_hard_close"


def test_a_second_submission_starts_both_clocks_anew() -> None:
    """S0-17."""
    found = listed(order(submitted(1, SENT), submitted(2, SENT + HOUR * 30)))
    states = {(one.rule.id, one.subject[1]): one.state(SENT + HOUR * 31) for one in found}
    assert states == {
        ("R-04", "s1"): "superseded",
        ("R-05", "s1"): "superseded",
        ("R-04", "s2"): "running",
        ("R-05", "s2"): "running",
    }


def test_the_platforms_own_countdown_overrides_ours_for_its_claim_only() -> None:
    """R-15."""
    other = replace(submitted(2, SENT), claim_id="other")
    countdown = fact("platform_timeout", SENT + HOUR * 100, CLAIM)
    found = listed(order(submitted(1, SENT), other, countdown))
    states = {(one.rule.id, one.subject[1]): one.state(SENT + HOUR) for one in found}
    assert (states["R-04", "s1"], states["R-05", "s1"], states["R-15", "c"]) == (
        "superseded",
        "superseded",
        "running",
    )
    assert (states["R-04", "s2"], states["R-05", "s2"]) == ("running", "running")
    of_order = listed(order(submitted(1, SENT), other, replace(countdown, subject=ORDER, claim_id=None)))
    assert [one.rule.id for one in of_order if one.ended is None] == ["R-15"]


def test_a_closed_claim_ends_its_clocks() -> None:
    for kind in ("withdrawn", "claim_closed"):
        found = listed(order(submitted(1, SENT), fact(kind, SENT + HOUR, CLAIM)))
        assert {(one.ended, one.note) for one in found} == {("cancelled", f"clock.note.{kind}")}


def test_goods_handed_over_end_what_the_platform_and_the_agent_had_to_say() -> None:
    """AMB-03 and its switch, S2-01."""
    said = (fact("platform_delivered", DELIVERED), fact("in_stock", IN_STOCK))
    gone = order(*said, owner="agent", received=RECEIVED, handed_over_at=RECEIVED + HOUR * 48)
    found = clocks(gone)
    assert {found[rule].ended for rule in ("R-01", "R-02", "R-03")} == {"cancelled"}
    assert found["R-14"].deadline is None and found["R-14"].note == "clock.note.contract_unknown"
    kept = clocks(gone, Switches(authority_end="vn_arrival"))
    assert {kept[rule].ended for rule in ("R-01", "R-02", "R-03")} == {None}
    arrived = replace(gone, first_abroad_at=RECEIVED + HOUR * 60)
    assert clocks(arrived, Switches(authority_end="vn_arrival"))["R-02"].ended_at == RECEIVED + HOUR * 60
    # A window that had closed before stays missed: nobody took it away.
    late = clocks(replace(gone, handed_over_at=DELIVERED + HOUR * 170))
    assert (late["R-02"].ended, late["R-03"].ended) == (None, "cancelled")


def test_ends_that_somebody_states_run_as_stated() -> None:
    """R-11 to R-15: the end itself is entered."""
    end = SENT + HOUR * 240
    found = clocks(
        order(
            fact("planned_close", end),
            fact("warranty_end", end, CLAIM),
            fact("service_window", SENT, hours=240),
            fact("freight_notice_until", end, CLAIM),
            platform="taobao",
        )
    )
    assert act_by_of(found["R-11"]) == end - HOUR * 24
    assert due_of(found["R-12"]) == due_of(found["R-13"]) == due_of(found["R-14"]) == end
    assert act_by_of(found["R-13"]) < end and found["R-12"].binding
    assert clocks(order(fact("warranty_end", end)))["R-12"].note == "clock.note.agent_terms_only"
    assert due_of(clocks(order(fact("service_window", SENT)))["R-13"]) == SENT + HOUR * 168


STARTED_BY = {
    "R-01": fact("in_stock", SENT),
    "R-02": fact("platform_delivered", SENT),
    "R-04": submitted(1, SENT),
    "R-05": submitted(1, SENT),
    "R-06": fact("approved", SENT, CLAIM),
    "R-07": fact("carrier_site_delivered", SENT),
    "R-08": fact("package_received", SENT),
    "R-11": fact("planned_close", SENT + HOUR * 90),
    "R-12": fact("warranty_end", SENT + HOUR * 90),
    "R-13": fact("service_window", SENT),
    "R-14": fact("freight_notice_until", SENT + HOUR * 90),
    "R-15": fact("platform_timeout", SENT + HOUR * 90),
}


@pytest.mark.parametrize(("kind", "rule_id"), sorted(MET_BY.items()))
def test_every_rule_is_met_by_proof_only(kind: str, rule_id: str) -> None:
    start = STARTED_BY.get(rule_id)
    received = SENT if start is None else None
    said = () if start is None else (start,)
    done = fact(kind, SENT + HOUR, CLAIM if start is not None and start.claim_id else ORDER)
    for proven in (True, False):
        facts = order(*said, replace(done, proven=proven), owner="agent", received=received)
        clock = clocks(facts)[rule_id]
        assert clock.state(SENT + HOUR * 2) == ("met" if proven else "running")
        assert (clock.ended_at, clock.said_done) == ((done.at, False) if proven else (None, True))


lawful = settings(derandomize=True, deadline=None, max_examples=150)
instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda one: one.astimezone())
histories = st.lists(st.tuples(st.sampled_from(FIVE), instants), max_size=6)


@lawful
@given(histories, st.sampled_from(FIVE), instants, st.sampled_from(["self", "agent"]))
def test_one_more_assumed_start_never_makes_a_window_later(
    said: list[tuple[str, datetime]], kind: str, when: datetime, owner: str
) -> None:
    known = {one for one, _ in said}
    facts = [fact(one, at_, proven=False) for one, at_ in said]
    before = clocks(order(*facts, owner=owner))
    if kind in known:
        return  # a later statement of the same timestamp is a correction, and may move it either way
    after = clocks(order(*facts, fact(kind, when, proven=False), owner=owner))
    for rule_id in ("R-02", "R-03"):
        if rule_id in before and before[rule_id].deadline is not None:
            assert due_of(after[rule_id]) <= due_of(before[rule_id])
            assert act_by_of(after[rule_id]) <= act_by_of(before[rule_id])


@lawful
@given(st.lists(st.tuples(st.sampled_from(sorted({*STARTED_BY})), instants), max_size=8), instants)
def test_act_by_is_never_after_due_and_a_clock_burns_only_while_it_runs(
    started: list[tuple[str, datetime]], received: datetime
) -> None:
    said = [replace(STARTED_BY[rule_id], at=when) for rule_id, when in started]
    for clock in listed(order(*said, owner="agent", received=received)):
        if clock.deadline is not None:
            assert clock.deadline.act_by <= clock.deadline.due
            assert clock.burns_until is None or clock.burns_until >= clock.deadline.act_by
        assert (clock.burns_until is None) == (clock.deadline is None or clock.ended is not None)
        assert not (clock.ended and clock.binding)


@lawful
@given(st.sampled_from(["R-01", "R-02", "R-07", "R-08", "R-13"]), instants, st.integers(1, 500))
def test_a_longer_window_is_never_due_earlier(rule_id: str, when: datetime, more: int) -> None:
    rulebook = BOOK.rulebook
    longer = replace(
        rulebook,
        profiles=tuple(
            replace(
                profile,
                rules=tuple(
                    replace(rule, value=(rule.value or 0) + more) if rule.id == rule_id else rule
                    for rule in profile.rules
                ),
            )
            for profile in rulebook.profiles
        ),
    )
    facts = order(replace(STARTED_BY[rule_id], at=when), owner="agent")
    before = clocks(facts)[rule_id]
    after = {clock.rule.id: clock for clock in order_clocks(lambda claim_id: Book(longer), facts)}[rule_id]
    assert due_of(after) - due_of(before) == timedelta(hours=more)
    assert act_by_of(after) >= act_by_of(before)


def test_working_days_are_those_of_the_chosen_country_and_provisional_without_its_notice() -> None:
    """AMB-18: China's calendar by default, with its make-up days; the switch counts by another one."""
    approved = fact("approved", at("2026-09-29T10:00:00+08:00"), CLAIM)
    by_china = clocks(order(approved))["R-06"]
    assert by_china.deadline is not None and by_china.deadline.provisional is False
    assert due_of(by_china) == at("2026-10-14T23:59:59+08:00")  # Saturday 10 October is worked
    by_vietnam = clocks(order(approved), Switches(calendar="VN"))["R-06"]
    assert due_of(by_vietnam) == at("2026-10-08T23:59:59+08:00")
    far = clocks(order(fact("approved", at("2045-09-29T10:00:00+08:00"), CLAIM)))["R-06"]
    assert far.deadline is not None and far.deadline.provisional


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        ("等待买家收货", True),
        ("等待买家确认收货", True),
        ("卖家已发货", True),
        ("WAIT_BUYER_RECEIVE", True),
        ("Đã gửi hàng", True),
        ("等待卖家发货", False),
        ("交易成功", False),
        ("", False),
    ],
)
def test_the_status_text_says_whether_the_goods_are_on_their_way(status: str, asked: bool) -> None:
    """S0-45."""
    now = DELIVERED
    tasks = desk_tasks(order(), (), status, Switches(), now)
    assert [task.kind for task in tasks] == (["check_status"] if asked else [])
    assert desk_tasks(order(platform="taobao"), (), status, Switches(), now) == []


def test_the_reserve_before_the_request_window_says_to_file_unless_it_is_settled() -> None:
    """DT-7: the factory is told first, and there is still time to file when it does not answer."""
    told = [fact("platform_delivered", DELIVERED), fact("notice_sent", DELIVERED + HOUR)]

    def asked(facts: OrderFacts, when: datetime, switches: Switches | None = None) -> list[str]:
        switches = switches or Switches()
        return [task.kind for task in desk_tasks(facts, listed(facts, switches), "", switches, when)]

    facts = order(*told)
    start = act_by_of(clocks(facts)["R-02"]) - 24 * HOUR
    assert asked(facts, start - timedelta(microseconds=1)) == []
    assert asked(facts, start) == ["file_now"]
    assert asked(facts, start - 24 * HOUR, replace(Switches(), filing_reserve_h=48)) == ["file_now"]
    assert asked(facts, start + 240 * HOUR) == [], "the window is closed"
    assert asked(order(told[0]), start) == [], "nobody complained"
    assert asked(order(*told, fact("filed", start)), start) == []
    assert asked(order(*told, fact("claim_closed", start, ("claim", "c"))), start) == []


def test_goods_first_seen_in_vietnam_are_told_how_long_the_window_has_been_closed() -> None:
    """S0-13."""
    facts = replace(
        order(fact("platform_delivered", DELIVERED), received=DELIVERED + HOUR * 24 * 25, zone=VIETNAM),
        first_abroad_at=DELIVERED + HOUR * 24 * 25,
    )
    now = DELIVERED + HOUR * 24 * 26
    (task,) = desk_tasks(facts, listed(facts), "", Switches(), now)
    assert (task.kind, task.days) == ("window_closed", 19)

"""The clocks of an order: what starts each, what meets it, what ends it, and laws that hold for every history."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.adapters.rulebook_files import load_rulebook
from webapp.domain.claim_clocks import nearest, order_clocks, window_closed_days
from webapp.domain.clock_facts import MET_BY, Fact, Facts, Subject
from webapp.domain.desk_tasks import desk_tasks
from webapp.domain.order_clocks import Book, OrderClock, OrderFacts, Receipt
from webapp.domain.switches import Switches

BOOK = Book(load_rulebook())
CHINA, VIETNAM = "Asia/Shanghai", "Asia/Ho_Chi_Minh"
ORDER: Subject = ("order", "o")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


DELIVERED = at("2026-11-20T14:37:20+08:00")
RECEIVED = at("2026-11-20T16:10:00+08:00")
IN_STOCK = at("2026-11-20T15:05:00+08:00")
HOUR = timedelta(hours=1)


def fact(kind: str, when: datetime, subject: Subject = ORDER, **more: object) -> Fact:
    claim = subject[1] if subject[0] == "claim" else None
    return replace(Fact(kind, when, subject, proven=True, claim_id=claim), **more)  # type: ignore[arg-type]


def order(
    *said: Fact,
    owner: str = "self",
    platform: str = "1688",
    received: datetime | None = None,
    zone: str = CHINA,
    **more: object,
) -> OrderFacts:
    receipts = () if received is None else (Receipt(received, zone, ORDER),)
    facts = OrderFacts(platform, owner, "o", Facts(said), receipts)
    return replace(facts, **more)  # type: ignore[arg-type]


def listed(facts: OrderFacts, switches: Switches | None = None) -> tuple[OrderClock, ...]:
    book = BOOK if switches is None else replace(BOOK, switches=switches)
    return order_clocks(lambda claim_id: book, facts)


def clocks(facts: OrderFacts, switches: Switches | None = None) -> dict[str, OrderClock]:
    return {clock.rule.id: clock for clock in reversed(listed(facts, switches))}


def due_of(clock: OrderClock) -> datetime:
    assert clock.deadline is not None
    return clock.deadline.due


def act_by_of(clock: OrderClock) -> datetime:
    assert clock.deadline is not None
    return clock.deadline.act_by


def test_an_agent_order_shows_every_clock_with_the_earliest_act_by_first() -> None:
    """AMB-07, AMB-08: all of them run, each to its addressee, and the agent's comes before the platform's."""
    found = listed(
        order(
            fact("platform_delivered", DELIVERED),
            fact("in_stock", IN_STOCK),
            owner="agent",
            received=RECEIVED,
        )
    )
    assert [clock.rule.id for clock in found] == ["R-09", "R-10", "R-08", "R-01", "R-02", "R-03"]
    assert all(clock.binding and not clock.assumed and clock.note is None for clock in found)
    assert [clock.who for clock in found if clock.rule.id in ("R-02", "R-03")] == ["agent", "agent"]
    assert [clock.rule.towards for clock in found] == [
        "factory",
        "importer",
        "agent",
        "agent",
        "supplier",
        "platform",
    ]
    by_id = {clock.rule.id: clock for clock in found}
    assert (by_id["R-01"].start_source, by_id["R-02"].start_source) == ("in_stock", "platform_status")
    assert by_id["R-09"].start_source == "goods_receipt"


def test_an_agent_order_without_the_in_stock_time_says_so() -> None:
    clock = clocks(order(owner="agent"))["R-01"]
    assert clock.deadline is None and clock.state(IN_STOCK) == "start_unknown"
    assert not clock.act_by_passed(IN_STOCK) and clock.burns_until is None


@pytest.mark.parametrize("proven", [True, False])
def test_a_screenshot_proves_the_agents_time_and_a_word_does_not(proven: bool) -> None:
    clock = clocks(order(fact("in_stock", IN_STOCK, proven=proven), owner="agent"))["R-01"]
    assert (clock.proven, clock.assumed) == (proven, False)


def test_an_own_account_has_no_agent_clock_and_the_agents_72_hours_do_not_bind() -> None:
    """AMB-24, decision 0003."""
    found = clocks(order(received=RECEIVED))
    assert "R-01" not in found and found["R-02"].who == "importer"
    assert (found["R-08"].binding, found["R-08"].note) == (False, "clock.note.agent_terms_only")


def test_an_unknown_account_owner_is_not_decided_for_the_user() -> None:
    found = clocks(order(owner="unknown", received=RECEIVED))
    assert (found["R-08"].binding, found["R-08"].note) == (False, "clock.note.account_unknown")
    assert found["R-02"].who == "account_holder"
    with pytest.raises(ValueError, match="account_owner 'me'"):
        OrderFacts("1688", "me")


@pytest.mark.parametrize(
    ("delivered", "proven", "received", "start", "source", "assumed"),
    [
        (DELIVERED, False, RECEIVED, DELIVERED, "platform_status", True),
        (RECEIVED, False, DELIVERED, DELIVERED, "goods_receipt", True),
        (None, False, RECEIVED, RECEIVED, "goods_receipt", True),
        (DELIVERED, False, None, DELIVERED, "platform_status", True),
        (DELIVERED, True, None, DELIVERED, "platform_status", False),
        # Once the screenshot is there the platform's own time is the start, not the earlier receipt (decision 0004).
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
    said = () if delivered is None else (fact("platform_delivered", delivered, proven=proven),)
    found = clocks(order(*said, received=received))
    for rule_id in ("R-02", "R-03"):
        deadline = found[rule_id].deadline
        assert deadline is not None and deadline.start == start
        assert (found[rule_id].start_source, found[rule_id].assumed) == (source, assumed)


FIVE = ("platform_delivered", "courier_signed", "receiving_time", "completed", "in_stock")


@pytest.mark.parametrize("first", [*FIVE, "goods_receipt"])
def test_the_earliest_of_the_five_timestamps_and_the_receipt_starts_the_windows(first: str) -> None:
    """AMB-02."""
    said = [fact(kind, DELIVERED - HOUR * (kind == first), proven=False) for kind in FIVE]
    received = DELIVERED - HOUR * (first == "goods_receipt")
    clock = clocks(order(*said, received=received))["R-02"]
    assert clock.deadline is not None and clock.deadline.start == DELIVERED - HOUR and clock.assumed
    assert clock.start_source == ("platform_status" if first == "platform_delivered" else first)


def test_the_importer_may_choose_which_timestamp_starts_them() -> None:
    """AMB-02's switch: the chosen one counts where it is known, else the earliest known one."""
    said = [fact(kind, DELIVERED + HOUR * n, proven=kind == "courier_signed") for n, kind in enumerate(FIVE)]
    chosen = clocks(order(*said), Switches(clock_start="courier_signed"))["R-02"]
    assert (chosen.start_source, chosen.proven, chosen.assumed) == ("courier_signed", True, False)
    assert due_of(chosen) == DELIVERED + HOUR * 169
    unknown = clocks(order(*said[:1]), Switches(clock_start="courier_signed"))["R-02"]
    assert unknown.start_source == "platform_status"


def test_a_receipt_in_vietnam_starts_no_platform_clock() -> None:
    """S0-13: the goods were delivered in China weeks before."""
    found = clocks(order(received=RECEIVED, zone=VIETNAM))
    assert found["R-02"].deadline is None and found["R-02"].note == "clock.note.received_abroad"
    assert found["R-10"].deadline is not None and found["R-10"].deadline.zone == VIETNAM
    late = clocks(order(fact("platform_delivered", DELIVERED), received=IN_STOCK, zone=VIETNAM))
    assert late["R-02"].start_source == "platform_status"


def test_nothing_known_of_an_own_order_means_no_clock() -> None:
    assert listed(order()) == ()


@pytest.mark.parametrize("platform", ["taobao", "off_platform"])
def test_1688_windows_run_only_on_1688(platform: str) -> None:
    found = clocks(order(fact("platform_delivered", DELIVERED), platform=platform, received=RECEIVED))
    assert sorted(found) == ["R-08", "R-09", "R-10"]


def test_act_by_passes_before_the_window_does_and_then_it_is_a_late_try() -> None:
    """AMB-01: from day 8 to day 15 without a request the platform may refuse; afterwards the order is closed."""
    found = clocks(order(fact("platform_delivered", DELIVERED)))
    days = ("26T23:59:58", "27T00:00:00", "27T14:37:20", "30T00:00:00")
    moments = [at(f"2026-11-{text}+08:00") for text in days]
    request, close = found["R-02"], found["R-03"]
    assert [request.state(now) for now in moments] == ["running", "running", "late_try", "late_try"]
    assert [request.act_by_passed(now) for now in moments] == [False, True, True, True]
    closed = at("2026-12-05T14:37:20+08:00")
    assert (request.state(closed), close.state(closed), close.state(moments[-1])) == (
        "missed",
        "missed",
        "running",
    )
    assert [window_closed_days([request], now) for now in (moments[1], moments[3], closed)] == [None, 2, 8]


def test_a_filing_with_proof_meets_both_windows_and_a_word_meets_none() -> None:
    delivered = fact("platform_delivered", DELIVERED)
    filed = fact("filed", DELIVERED + HOUR, ("submission", "s"), claim_id="c")
    for proven in (True, False):
        found = clocks(order(delivered, replace(filed, proven=proven)))
        now = DELIVERED + HOUR * 2
        state = "met" if proven else "running"
        assert {found[rule].state(now) for rule in ("R-02", "R-03")} == {state}
        assert found["R-02"].said_done is not proven and found["R-02"].binding is not proven
    late = clocks(order(delivered, replace(filed, at=DELIVERED + HOUR * 200)))
    now = DELIVERED + HOUR * 201
    assert (late["R-02"].state(now), late["R-03"].state(now)) == ("met_late", "met")


def test_a_withdrawn_request_leaves_the_window_as_if_none_had_been_made() -> None:
    filed = fact("filed", DELIVERED + HOUR, ("submission", "s"), claim_id="c")
    withdrawn = fact("withdrawn", DELIVERED + HOUR * 5, ("claim", "c"))
    found = clocks(order(fact("platform_delivered", DELIVERED), filed, withdrawn))
    assert found["R-02"].state(DELIVERED + HOUR * 6) == "running"


def test_the_clocks_of_a_closed_trade_are_listed_and_stopped_but_money_is_still_owed() -> None:
    facts = order(
        fact("platform_delivered", DELIVERED),
        fact("in_stock", IN_STOCK),
        fact("approved", IN_STOCK, ("claim", "c")),
        owner="agent",
        received=RECEIVED,
    )
    live, stopped = listed(facts), listed(replace(facts, closed=True))
    assert {clock.rule.id for clock in stopped} == {clock.rule.id for clock in live}
    for clock in stopped:
        if clock.rule.id != "R-06":
            said = (clock.binding, clock.state(RECEIVED), clock.note)
            assert said == (False, "stopped", "clock.note.order_closed")
    assert clocks(replace(facts, closed=True))["R-06"].state(RECEIVED) == "running"


def test_each_parcel_has_its_own_report_to_the_agent() -> None:
    """R-08 by parcel: a report about one leaves the other's clock running, one about the order meets all."""
    parcels = tuple(Receipt(RECEIVED + HOUR * n, CHINA, ("parcel", f"p{n}")) for n in (1, 2))
    about_one = fact("agent_reported", RECEIVED + HOUR * 3, ("parcel", "p1"))
    facts = order(about_one, owner="agent", received=RECEIVED + HOUR, parcels=parcels)
    reports = {clock.subject[1]: clock for clock in listed(facts) if clock.rule.id == "R-08"}
    assert {name: clock.state(RECEIVED + HOUR * 4) for name, clock in reports.items()} == {
        "p1": "met",
        "p2": "running",
    }
    assert due_of(reports["p2"]) == RECEIVED + HOUR * 74
    both = replace(facts, facts=Facts([replace(about_one, subject=("claim", "c"))]))
    assert {clock.state(RECEIVED + HOUR * 4) for clock in listed(both) if clock.rule.id == "R-08"} == {"met"}


def test_the_carriers_time_and_the_receipt_stand_in_for_each_other_marked_assumed() -> None:
    """AMB-23."""
    delivered = at("2026-12-10T09:00:00+07:00")
    carrier = fact("carrier_site_delivered", delivered, ("parcel", "p"), zone=VIETNAM)
    found = clocks(order(carrier, owner="agent"))
    assert (found["R-07"].proven, found["R-07"].assumed) == (True, False)
    assert due_of(found["R-07"]) == at("2026-12-12T09:00:00+07:00") == act_by_of(found["R-07"])
    assert (found["R-08"].assumed, due_of(found["R-08"])) == (True, at("2026-12-13T09:00:00+07:00"))
    receipt = clocks(order(owner="agent", received=delivered, zone=VIETNAM))
    assert receipt["R-07"].assumed and due_of(receipt["R-07"]) == at("2026-12-12T09:00:00+07:00")
    assert not receipt["R-08"].assumed
    # Both known: each counts from its own.
    both = clocks(
        order(carrier, fact("package_received", delivered + HOUR * 5, ("parcel", "p")), owner="agent")
    )
    assert due_of(both["R-08"]) - due_of(both["R-07"]) == HOUR * 29 and not both["R-08"].assumed


def test_notice_and_inspection_run_at_every_site_and_are_met_by_what_was_done_there() -> None:
    """AMB-17, R-09, R-10."""
    hanoi = Receipt(RECEIVED + HOUR * 500, VIETNAM, ("site", "hanoi"), RECEIVED + HOUR * 560)
    first = Receipt(RECEIVED, CHINA, ORDER, RECEIVED + HOUR * 20)
    sent = fact("notice_sent", RECEIVED + HOUR * 30, ("message", "m"))
    facts = replace(order(sent), receipts=(first, hanoi))
    now = RECEIVED + HOUR * 600
    states = {(clock.rule.id, clock.subject[0]): clock.state(now) for clock in listed(facts)}
    assert {key: state for key, state in states.items() if key[0] in ("R-09", "R-10")} == {
        ("R-09", "order"): "met",
        ("R-10", "order"): "met",
        ("R-09", "site"): "missed",
        ("R-10", "site"): "met_late",
    }


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

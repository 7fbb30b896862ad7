"""An order's own clocks: what starts each, what meets it, what ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.support.order_facts import (
    CHINA,
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
from webapp.domain.claim_clocks import window_closed_days
from webapp.domain.clock_facts import Facts
from webapp.domain.order_clocks import OrderFacts, Receipt
from webapp.domain.switches import Switches


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

"""Every state of a claim against every step (domain.md section 11), and laws of every history that can be stated."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.claim_states import (
    CLOSED_STATES,
    EVENTS,
    EXPIRES_BY,
    MONEY_OUTCOMES,
    OPEN_STATES,
    OUTCOMES,
    STATES,
    acts,
    allowed,
    clock_kinds,
    next_state,
)
from webapp.domain.clock_facts import MET_BY
from webapp.domain.refusals import Refusal

SAID = {"amount_fen": "1850", "reason": "says it was whole", "outcome": "full_refund", "rule": "R-03"}

# state: step=where it leads, without "=": it stays. Everything else is refused.
_ANSWERS = "approved=approved partially_approved=partially_approved"
_BEFORE = "handed_to_agent=handed_to_agent filed=filed expired=expired withdrawn=withdrawn"
_OWED = (
    "landed_at_agent=landed_at_agent money_received=money_received remedy_fulfilled=closed "
    "closed=closed expired=expired withdrawn=withdrawn"
)
_GRANTED = f"return_sent return_received=awaiting_money awaiting_money=awaiting_money {_OWED}"
TABLE = {
    "": "opened=draft",
    "draft": f"evidence_missing=evidence_incomplete evidence_complete=ready {_BEFORE}",
    "evidence_incomplete": f"evidence_complete=ready {_BEFORE}",
    "ready": f"evidence_missing=evidence_incomplete {_BEFORE}",
    "handed_to_agent": (
        f"agent_opened filed=filed added {_ANSWERS} rejected=rejected silent=silent expired=expired "
        "withdrawn=withdrawn"
    ),
    "filed": (
        f"reviewing=supplier_reviewing added {_ANSWERS} rejected=rejected silent=silent "
        "escalated=mediation expired=expired withdrawn=withdrawn"
    ),
    "supplier_reviewing": (
        f"added {_ANSWERS} rejected=rejected silent=silent escalated=mediation expired=expired "
        "withdrawn=withdrawn"
    ),
    "approved": _GRANTED,
    "partially_approved": (
        f"added=supplier_reviewing {_ANSWERS} escalated=mediation {_GRANTED}"  # more may still be asked
    ),
    "rejected": (
        f"reviewing=supplier_reviewing added=supplier_reviewing {_ANSWERS} escalated=mediation closed=closed "
        "expired=expired withdrawn=withdrawn"
    ),
    "silent": (
        f"reviewing=supplier_reviewing added=supplier_reviewing {_ANSWERS} rejected=rejected "
        "escalated=mediation closed=closed expired=expired withdrawn=withdrawn"
    ),
    "mediation": f"added {_ANSWERS} decided=decided closed=closed expired=expired withdrawn=withdrawn",
    "decided": _GRANTED,
    "awaiting_money": _OWED,
    "landed_at_agent": "passed_back=money_received expired=expired withdrawn=withdrawn",
    "money_received": "more_money closed=closed expired=expired withdrawn=withdrawn",
    "closed": "",
    "expired": "",
    "withdrawn": "",
}


def leads(state: str) -> Mapping[str, str]:
    pairs = (entry.partition("=") for entry in TABLE[state].split())
    return {event: to or state for event, _, to in pairs}


def test_the_table_is_whole() -> None:
    assert set(TABLE) == {"", *STATES}
    assert {event for state in TABLE for event in leads(state)} == set(EVENTS)


@pytest.mark.parametrize("state,event", list(product(TABLE, EVENTS)))
def test_every_state_against_every_step(state: str, event: str) -> None:
    expected = leads(state).get(event)
    if expected is None:
        with pytest.raises(Refusal, match="claim_event_out_of_order"):
            next_state(state, event, SAID)
    else:
        assert next_state(state, event, SAID) == expected


@pytest.mark.parametrize("state", STATES)
def test_what_may_be_stated_is_what_will_be_accepted(state: str) -> None:
    every = set(leads(state))
    assert set(allowed(state, "agent")) == every
    agents = {"handed_to_agent", "agent_opened", "landed_at_agent", "passed_back"}
    assert set(allowed(state, "importer")) == every - agents
    assert set(allowed(state, "agent", platform=False)) == every - {"escalated", "decided"}


@pytest.mark.parametrize(
    "event,key,bad,code",
    [
        ("rejected", "reason", ("", "  "), "claim_reason_missing"),
        ("partially_approved", "amount_fen", ("", "0", "-5", "1.5", "²", "9" * 16), "claim_amount_missing"),
        ("landed_at_agent", "amount_fen", ("", "0"), "claim_amount_missing"),
        ("passed_back", "amount_fen", ("", "0"), "claim_amount_missing"),
        ("money_received", "amount_fen", ("", "0"), "claim_amount_missing"),
        ("more_money", "amount_fen", ("", "0"), "claim_amount_missing"),
        ("decided", "outcome", ("", "win"), "claim_outcome_unknown"),
        ("expired", "rule", ("", "R-04"), "claim_rule_unknown"),
    ],
)
def test_a_step_brings_what_it_cannot_do_without(
    event: str, key: str, bad: tuple[str, ...], code: str
) -> None:
    state = EVENTS[event].sources[0]
    for value in bad:
        with pytest.raises(Refusal, match=code):
            next_state(state, event, {**SAID, key: value})
    with pytest.raises(Refusal, match=code):
        next_state(state, event, {})


def test_the_other_steps_need_no_word() -> None:
    for event, step in EVENTS.items():
        if not step.needs:
            next_state(step.sources[0], event, {})


def test_an_unknown_step_is_refused() -> None:
    with pytest.raises(Refusal, match="claim_event_unknown"):
        next_state("draft", "teleported", {})


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_each_ruling_is_known_and_only_money_starts_the_money_clock(outcome: str) -> None:
    """AMB-25: the union of S0-25 and S1-11."""
    assert next_state("mediation", "decided", {"outcome": outcome}) == "decided"
    kinds = clock_kinds("decided", {"outcome": outcome}, "importer")
    assert kinds == (("approved",) if outcome in MONEY_OUTCOMES else ())
    assert (outcome in MONEY_OUTCOMES) is (outcome not in ("replacement", "rejected"))


@pytest.mark.parametrize("rule", EXPIRES_BY)
def test_a_claim_expires_from_any_state_by_each_of_four_windows(rule: str) -> None:
    for state in OPEN_STATES:
        assert next_state(state, "expired", {"rule": rule}) == "expired"


def test_the_agent_acts_in_its_account_and_where_its_own_service_was_asked() -> None:
    assert [acts(channel, "agent") for channel in ("platform_1688", "platform_taobao")] == ["agent"] * 2
    assert [acts(channel, "importer") for channel in ("agent", "warranty")] == ["agent"] * 2
    for channel in ("platform_1688", "supplier_direct", "freight", "post"):
        assert acts(channel, "importer") == "importer"


def test_the_agents_filing_meets_the_window_and_ours_says_so_by_itself() -> None:
    assert clock_kinds("filed", {}, "agent") == ("submitted", "filed")
    assert clock_kinds("filed", {}, "importer") == ()
    # A complaint to the agent's own service: only the platform's number says that it was filed there.
    assert clock_kinds("filed", {}, "agent", "agent") == ()
    assert clock_kinds("filed", {"external_id": "TQ1"}, "agent", "agent") == ("submitted", "filed")
    assert clock_kinds("rejected", {}, "importer") == ("rejected",)
    assert clock_kinds("reviewing", {}, "importer") == ()


def test_money_at_the_agent_and_with_us_both_meet_the_money_clock() -> None:
    assert MET_BY["money_landed"] == "R-06"
    for event in ("landed_at_agent", "money_received"):
        assert clock_kinds(event, SAID, "agent") == ("money_landed",)


@given(st.lists(st.sampled_from(sorted(EVENTS)), max_size=25), st.sampled_from(("importer", "agent")))
def test_law_no_history_leaves_the_machine_and_the_end_is_the_end(events: list[str], filer: str) -> None:
    state = next_state("", "opened", {})
    for event in events:
        may = event in allowed(state, filer)
        before = state
        try:
            state = next_state(state, event, SAID)
        except Refusal:
            assert not may
            assert state == before
            continue
        assert before not in CLOSED_STATES
        assert state in STATES


@pytest.mark.parametrize("filer", ["importer", "agent"])
def test_every_state_can_be_reached_and_every_open_one_left(filer: str) -> None:
    seen, waiting = {"draft"}, ["draft"]
    while waiting:
        state = waiting.pop()
        following = {next_state(state, event, SAID) for event in allowed(state, filer)}
        assert state in CLOSED_STATES or following & CLOSED_STATES or following - {state}
        waiting += following - seen
        seen |= following
    of_agents = {"handed_to_agent", "landed_at_agent"}
    assert seen == set(STATES) - (set() if filer == "agent" else of_agents)

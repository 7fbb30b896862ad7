"""The clocks of an order's claims: R-04 to R-06 and R-12 to R-15, each on its own subject.

A claim's clocks run by the edition of the rulebook that it was opened under. What the platform's own page says (R-15)
goes before R-04 and R-05; a later submission starts both anew (S0-17); a closed or withdrawn claim ends them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from webapp.domain.clock_facts import Fact, Subject
from webapp.domain.deadlines import is_open
from webapp.domain.order_clocks import (
    Book,
    BookOf,
    OrderClock,
    OrderFacts,
    by_act_by,
    fact_clock,
    make_clock,
    met_by,
)
from webapp.domain.own_clocks import own_clocks
from webapp.domain.rulebook import Rule

_STOPPED_BY_CLOSURE = frozenset(
    {"R-01", "R-02", "R-03", "R-04", "R-05", "R-08", "R-09", "R-10", "R-11", "R-13", "R-15"}
)
"""A trade that was closed without being completed owes nobody these; money, warranty and freight are still owed."""


def order_clocks(book_of: BookOf, facts: OrderFacts) -> tuple[OrderClock, ...]:
    """Every clock of an order, earliest act-by first; those without a start and those that have ended come last.

    An order whose trade was closed keeps its clocks, stopped.
    """
    clocks = own_clocks(book_of(None), facts)
    close = next((clock for clock in clocks if clock.rule.id == "R-03"), None)
    clocks += [
        *_submission_clocks(book_of, facts, close),
        *_money_clocks(book_of, facts),
        *_given_clocks(book_of, facts, "warranty_end", "R-12", "warranty_requested"),
        *_service_clocks(book_of, facts),
        *_freight_clocks(book_of, facts),
        *_given_clocks(book_of, facts, "platform_timeout", "R-15", "platform_timeout_met"),
    ]
    clocks = [_ended_with_claim(clock, facts) for clock in clocks]
    if facts.closed:
        clocks = [
            clock.ends("stopped", None, "clock.note.order_closed")
            if clock.rule.id in _STOPPED_BY_CLOSURE
            else clock
            for clock in clocks
        ]
    return by_act_by(clocks)


def _of_claim(fact: Fact) -> Subject:
    """What a fact in the course of a claim is about: the claim where it is known."""
    return ("claim", fact.claim_id) if fact.claim_id else fact.subject


def _same_case(one: Fact, other: Fact) -> bool:
    """Facts of one case: the same claim, or one of them is not told of which claim it is."""
    return one.claim_id is None or other.claim_id is None or one.claim_id == other.claim_id


def _submission_clocks(book_of: BookOf, facts: OrderFacts, close: OrderClock | None) -> list[OrderClock]:
    clocks: list[OrderClock] = []
    sent = sorted(
        (
            said
            for subject in facts.facts.subjects("submitted")
            if (said := facts.facts.best("submitted", subject)) is not None
        ),
        key=lambda fact: fact.at,
    )
    for said in sent:
        later = next((one for one in sent if one.at > said.at and _of_claim(one) == _of_claim(said)), None)
        book = book_of(said.claim_id)
        pair = [_answer_clock(book, facts, said, later), _escalation_clock(book, facts, said, close)]
        countdown = _countdown(facts, said)
        for clock in pair:
            if later is not None:
                clock = clock.ends("superseded", later.at, "clock.note.sent_again")
            elif countdown is not None:
                clock = clock.ends("superseded", countdown.at, "clock.note.platform_countdown")
            clocks.append(clock)
    return clocks


def _countdown(facts: OrderFacts, said: Fact) -> Fact | None:
    """What the platform's own page says of this case; precedence before our own reckoning."""
    found = [
        fact
        for subject in facts.facts.subjects("platform_timeout")
        if (fact := facts.facts.best("platform_timeout", subject)) is not None and _same_case(fact, said)
    ]
    return max(found, key=lambda fact: fact.at, default=None)


def _answers(facts: OrderFacts, said: Fact, until: Fact | None, kinds: Iterable[str]) -> list[Fact]:
    """What happened to this submission, in time order."""
    found = [
        fact
        for fact in facts.facts.all(*kinds)
        if fact.at >= said.at and (until is None or fact.at < until.at) and _same_case(fact, said)
    ]
    return sorted(found, key=lambda fact: fact.at)


def _answer_clock(book: Book, facts: OrderFacts, said: Fact, later: Fact | None) -> OrderClock:
    """R-04: an expectation, never a promise (S1-12); at its end somebody looks at the status (AMB-04)."""
    clock = fact_clock(
        book,
        facts,
        book.rulebook.rule("R-04"),
        said,
        subject=said.subject,
        note="clock.note.expected",
    )
    if book.switches.auto_approval == "not_expected":
        clock = replace(clock, binding=False, note="clock.note.not_expected")
    for answer in _answers(facts, said, later, ("supplier_answered", "approved", "rejected")):
        if answer.proven:
            return clock.ends("met", answer.at)
        clock = replace(clock, said_done=True)
    return clock


def _escalation_clock(book: Book, facts: OrderFacts, said: Fact, close: OrderClock | None) -> OrderClock:
    """R-05: from a rejection at once, from silence after its hours; always before R-03's act-by. One task: look at the
    status, then record the approval or escalate (AMB-04)."""
    rule = book.rulebook.rule("R-05")
    rejected = next(iter(_answers(facts, said, None, ("rejected",))), None)
    clock = make_clock(
        book,
        rule,
        facts,
        said.at,
        said.kind,
        subject=said.subject,
        zone=said.zone,
        end=None if rejected is None else rejected.at,
        note="clock.note.look_at_status",
        proven=said.proven,
        claim_id=said.claim_id,
    )
    assert clock.deadline is not None
    hard = book.rulebook.rule("R-03").value or 0
    still_until = said.at + timedelta(hours=hard)
    if close is not None and close.deadline is not None:
        still_until = close.deadline.due
        if close.deadline.act_by < clock.deadline.act_by:
            clock = replace(
                clock,
                deadline=replace(clock.deadline, act_by=close.deadline.act_by),
                note="clock.note.before_hard_close",
            )
    clock = replace(clock, still_until=still_until)
    for answer in _answers(facts, said, None, ("escalated", "approved")):
        if answer.kind == "escalated" and answer.proven:
            return clock.ends("met", answer.at)
        if answer.kind == "approved" and answer.proven:
            return clock.ends("cancelled", answer.at, "clock.note.approved")
        clock = replace(clock, said_done=True)
    return clock


def _money_clocks(book_of: BookOf, facts: OrderFacts) -> list[OrderClock]:
    """R-06, by the working days of the chosen country (AMB-18)."""
    clocks = []
    for subject in dict.fromkeys(_of_claim(fact) for fact in facts.facts.all("approved")):
        said = _latest(fact for fact in facts.facts.all("approved") if _of_claim(fact) == subject)
        book = book_of(said.claim_id)
        rule = replace(book.rulebook.rule("R-06"), calendar=book.switches.calendar)
        clock = fact_clock(book, facts, rule, said, subject=subject)
        landed = [fact.subject for fact in facts.facts.all("money_landed") if _same_case(fact, said)]
        clocks.append(met_by(clock, facts.facts, "money_landed", landed))
    return clocks


def _latest(said: Iterable[Fact]) -> Fact:
    """As ``Facts.best``: the latest statement with proof, else the latest word."""
    listed = list(said)
    return max(enumerate(listed), key=lambda item: (item[1].proven, item[0]))[1]


def _given_clocks(book_of: BookOf, facts: OrderFacts, kind: str, rule_id: str, met: str) -> list[OrderClock]:
    """A rule whose end itself is entered: R-12 from the warranty card, R-15 from the platform's own page."""
    clocks = []
    for subject in facts.facts.subjects(kind):
        said = facts.facts.best(kind, subject)
        assert said is not None
        book = book_of(said.claim_id)
        rule = book.rulebook.rule(rule_id)
        clock = fact_clock(book, facts, rule, said, subject=subject, end=True)
        if rule_id == "R-12" and facts.account_owner != "agent" and said.claim_id is None:
            clock = replace(clock, binding=False, note="clock.note.agent_terms_only")
        done = [fact.subject for fact in facts.facts.all(met) if _same_case(fact, said)]
        clocks.append(met_by(clock, facts.facts, met, done))
    return clocks


def _service_clocks(book_of: BookOf, facts: OrderFacts) -> list[OrderClock]:
    """R-13 from the service label's own start, with the label's own length where it says one (S1-17)."""
    clocks = []
    for subject in facts.facts.subjects("service_window"):
        said = facts.facts.best("service_window", subject)
        assert said is not None
        book = book_of(said.claim_id)
        rule = _with_hours(book.rulebook.rule("R-13"), said.hours)
        clock = fact_clock(book, facts, rule, said, subject=subject)
        done = [fact.subject for fact in facts.facts.all("return_requested") if _same_case(fact, said)]
        clocks.append(met_by(clock, facts.facts, "return_requested", done))
    return clocks


def _with_hours(rule: Rule, hours: int | None) -> Rule:
    if hours is None or hours == rule.value:
        return rule
    days = -(-hours // 24)
    return replace(
        rule, value=hours, safe_value=days if rule.safe_mode == "calendar_days" else rule.safe_value
    )


def _freight_clocks(book_of: BookOf, facts: OrderFacts) -> list[OrderClock]:
    """R-14 until the contract's own limit. Handed over under a contract whose notice period nobody stated it is listed
    as unknown, never guessed (AMB-21)."""
    clocks = _given_clocks(book_of, facts, "freight_notice_until", "R-14", "freight_notice_sent")
    if clocks or facts.handed_over_at is None:
        return clocks
    book = book_of(None)
    note = "clock.note.contract_unknown"
    clock = make_clock(book, book.rulebook.rule("R-14"), facts, None, "unknown", note=note)
    return [met_by(clock, facts.facts, "freight_notice_sent", facts.facts.subjects("freight_notice_sent"))]


def _ended_with_claim(clock: OrderClock, facts: OrderFacts) -> OrderClock:
    """A withdrawn or closed claim ends what runs for it; money that is still owed is not ended by a withdrawal."""
    claim = clock.claim_id or (clock.subject[1] if clock.subject[0] == "claim" else None)
    if claim is None:
        return clock
    for fact in facts.facts.all("withdrawn", "claim_closed"):
        if fact.claim_id == claim:
            return clock.ends("cancelled", fact.at, f"clock.note.{fact.kind}")
    return clock


def nearest(clocks: Iterable[OrderClock], now: datetime) -> OrderClock | None:
    """What burns next: the binding clock with the earliest act-by among those that still burn."""
    burning = [
        clock
        for clock in clocks
        if clock.binding and clock.burns_until is not None and clock.burns_until > now and clock.deadline
    ]
    return min(burning, key=lambda clock: clock.deadline.act_by if clock.deadline else now, default=None)


def window_closed_days(clocks: Iterable[OrderClock], now: datetime) -> int | None:
    """Whole days since the request window (R-02) closed; None while it is open, unknown or met (S0-13)."""
    for clock in clocks:
        if clock.rule.id == "R-02" and clock.deadline is not None and clock.ended != "met":
            return None if is_open(clock.rule, clock.deadline, now) else (now - clock.deadline.due).days
    return None

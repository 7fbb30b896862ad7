"""The clocks that an order starts by itself, whether or not anything is claimed: R-01, R-02, R-03, R-07 to R-11."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from webapp.domain.clock_facts import Subject
from webapp.domain.order_clocks import CHINA, Book, OrderClock, OrderFacts, make_clock, met_by
from webapp.domain.switches import Switches

_R08_NOTE: Final = {
    "self": "clock.note.agent_terms_only",
    "agent": None,
    "unknown": "clock.note.account_unknown",
}


def own_clocks(book: Book, facts: OrderFacts) -> list[OrderClock]:
    """R-01, R-02, R-03, R-07 to R-11: what follows from the order itself, whether or not anything is claimed."""
    clocks = [
        *_agent_clocks(book, facts),
        *_platform_clocks(book, facts),
        *_receipt_clocks(book, facts),
        *_postal_clocks(book, facts),
        *_report_clocks(book, facts),
        *_close_clocks(book, facts),
    ]
    over = authority_ended_at(book.switches, facts)
    return [_out_of_reach(clock, over) for clock in clocks]


def authority_ended_at(switches: Switches, facts: OrderFacts) -> datetime | None:
    """When the platform and the agent lost their say over the goods (AMB-03); None: not yet.

    A sealed load unit and a customs declaration are no facts of ours yet: there the first receipt abroad, which comes
    after either, is the latest that it can have been.
    """
    if switches.authority_end == "unit_handover":
        return facts.handed_over_at
    return facts.first_abroad_at


def _out_of_reach(clock: OrderClock, over: datetime | None) -> OrderClock:
    if over is None or clock.rule.id not in ("R-01", "R-02", "R-03"):
        return clock
    if clock.deadline is not None and clock.deadline.due <= over:
        return clock
    return clock.ends("cancelled", over, "clock.note.handed_over")


def _agent_clocks(book: Book, facts: OrderFacts) -> list[OrderClock]:
    if facts.account_owner != "agent":
        return []
    said = facts.facts.best("in_stock")
    clock = make_clock(
        book,
        book.rulebook.rule("R-01"),
        facts,
        said.at if said else None,
        "in_stock" if said else "unknown",
        proven=said is not None and said.proven,
    )
    return [_met(clock, facts, "agent_requested")]


def _met(clock: OrderClock, facts: OrderFacts, kind: str) -> OrderClock:
    """By any proof of the order: what was requested, filed or reported for it was about it."""
    return met_by(clock, facts.facts, kind, facts.facts.subjects(kind))


_PLATFORM_STARTS: Final = ("platform_delivered", "courier_signed", "receiving_time", "completed", "in_stock")
"""AMB-02: the five timestamps; the goods receipt in China is the sixth, our own."""


def _platform_clocks(book: Book, facts: OrderFacts) -> list[OrderClock]:
    """R-02 and R-03. Until the status is proven the earliest known time starts them (AMB-02).

    A receipt abroad starts nothing: the goods were delivered in China weeks before (S0-13), so the clock is
    listed as ``start_unknown`` rather than shown as freshly running.
    """
    if facts.platform != "1688":
        return []
    rules = [book.rulebook.rule("R-02"), book.rulebook.rule("R-03")]
    start = platform_start(book.switches, facts)
    if start is None:
        if not facts.receipts:
            return []
        note = "clock.note.received_abroad"
        return [make_clock(book, rule, facts, None, "unknown", note=note) for rule in rules]
    source, at, proven = start
    request, close = (
        make_clock(book, rule, facts, at, source, assumed=not proven, proven=proven) for rule in rules
    )
    assert close.deadline is not None
    request = replace(request, still_until=close.deadline.due)
    return [_filed(request, facts), _filed(close, facts)]


def _filed(clock: OrderClock, facts: OrderFacts) -> OrderClock:
    """Met by a filing that was not taken back: a request withdrawn leaves the window as if none had been made."""
    gone = {fact.claim_id for fact in facts.facts.all("withdrawn") if fact.claim_id}
    subjects = [
        fact.subject for fact in facts.facts.all("filed") if not (fact.claim_id and fact.claim_id in gone)
    ]
    return met_by(clock, facts.facts, "filed", subjects)


def platform_start(switches: Switches, facts: OrderFacts) -> tuple[str, datetime, bool] | None:
    """What starts R-02 and R-03: source, instant, proven. The importer's choice of timestamp where it is known, else
    the proven status, else the earliest of all that is known."""
    known = {kind: fact for kind in _PLATFORM_STARTS if (fact := facts.facts.best(kind)) is not None}
    chosen = known.get(switches.clock_start)
    if chosen is None:
        status = known.get("platform_delivered")
        chosen = status if status is not None and status.proven else None
    if chosen is not None:
        return _source(chosen.kind), chosen.at, chosen.proven
    found = [(fact.at, n, _source(kind)) for n, (kind, fact) in enumerate(known.items())]
    found += [(one.at, len(known), "goods_receipt") for one in facts.receipts if one.zone == CHINA]
    if not found:
        return None
    at, _, source = min(found)
    return source, at, False


def _source(kind: str) -> str:
    return "platform_status" if kind == "platform_delivered" else kind


def _receipt_clocks(book: Book, facts: OrderFacts) -> list[OrderClock]:
    """R-09 and R-10 at every site that inspects (AMB-17)."""
    clocks = []
    for receipt in facts.receipts:
        notice, inspection = (
            make_clock(
                book,
                book.rulebook.rule(rule_id),
                facts,
                receipt.at,
                "goods_receipt",
                subject=receipt.subject,
                zone=receipt.zone,
            )
            for rule_id in ("R-09", "R-10")
        )
        # A notice tells of what the latest look found: an earlier receipt's clock is met by it too, a later one's not.
        sent = [fact.subject for fact in facts.facts.all("notice_sent") if fact.at >= receipt.at]
        clocks.append(met_by(notice, facts.facts, "notice_sent", sent))
        inspection = met_by(inspection, facts.facts, "inspected", [receipt.subject])
        if receipt.inspected_at is not None:
            inspection = inspection.ends("met", max(receipt.inspected_at, receipt.at))
        clocks.append(inspection)
    return clocks


def _postal_clocks(book: Book, facts: OrderFacts) -> list[OrderClock]:
    """R-07 from the carrier's own delivery time. An agent's customer whose goods came abroad without one has the
    receipt for a start, assumed (AMB-23)."""
    rule = book.rulebook.rule("R-07")
    clocks = []
    for subject in facts.facts.subjects("carrier_site_delivered"):
        said = facts.facts.best("carrier_site_delivered", subject)
        assert said is not None
        clock = make_clock(
            book,
            rule,
            facts,
            said.at,
            said.kind,
            subject=subject,
            zone=said.zone or _zone_abroad(facts),
            proven=said.proven,
        )
        clocks.append(met_by(clock, facts.facts, "postal_reported", [subject, facts.subject]))
    if not clocks and facts.account_owner == "agent":
        for receipt in facts.receipts:
            if receipt.zone != CHINA:
                clock = make_clock(
                    book,
                    rule,
                    facts,
                    receipt.at,
                    "goods_receipt",
                    subject=receipt.subject,
                    zone=receipt.zone,
                    assumed=True,
                    note="clock.note.carrier_time_unknown",
                )
                clocks.append(_met(clock, facts, "postal_reported"))
    return clocks


def _zone_abroad(facts: OrderFacts) -> str:
    return next((one.zone for one in facts.receipts if one.zone != CHINA), "Asia/Ho_Chi_Minh")


def _report_clocks(book: Book, facts: OrderFacts) -> list[OrderClock]:
    """R-08, parcel by parcel; it binds only an agent's customers (AMB-24, decision 0003)."""
    starts: dict[Subject, tuple[datetime, str, str | None, bool, bool]] = {}
    of_dock = facts.parcels or facts.receipts[:1]
    for receipt in (*of_dock, *(one for one in facts.receipts[1:] if one.zone != CHINA)):
        starts[receipt.subject] = (receipt.at, "goods_receipt", receipt.zone, False, False)
    for kind, assumed in (("package_received", False), ("carrier_site_delivered", True)):
        for subject in facts.facts.subjects(kind):
            said = facts.facts.best(kind, subject)
            assert said is not None
            have = starts.get(subject)
            # The carrier's word about its own delivery stands in only where nobody received the goods (AMB-23).
            if assumed and have is not None:
                continue
            if have is None or said.proven or said.at < have[0]:
                starts[subject] = (said.at, kind, said.zone, said.proven and not assumed, assumed)
    rule = book.rulebook.rule("R-08")
    clocks = []
    for subject, (at, source, zone, proven, assumed) in starts.items():
        clock = make_clock(
            book,
            rule,
            facts,
            at,
            source,
            subject=subject,
            zone=zone or _zone_abroad(facts),
            binding=facts.account_owner == "agent",
            note=_R08_NOTE[facts.account_owner],
            proven=proven,
            assumed=assumed,
        )
        clocks.append(met_by(clock, facts.facts, "agent_reported", _reports(facts, subject)))
    return clocks


def _reports(facts: OrderFacts, subject: Subject) -> list[Subject]:
    """A report about another parcel leaves this one's clock running; one about a claim or the order is about all."""
    return [
        said
        for said in facts.facts.subjects("agent_reported")
        if said == subject or said[0] not in ("parcel", "site")
    ]


def _close_clocks(book: Book, facts: OrderFacts) -> list[OrderClock]:
    """R-11, only where somebody gave the planned close of a load unit."""
    clocks = []
    for subject in facts.facts.subjects("planned_close"):
        said = facts.facts.best("planned_close", subject)
        assert said is not None
        rule = book.rulebook.rule("R-11")
        clock = make_clock(book, rule, facts, said.at, said.kind, subject=subject, proven=said.proven)
        clock = _met(clock, facts, "load_unit_closed")
        clocks.append(
            clock if facts.handed_over_at is None else clock.ends("cancelled", facts.handed_over_at)
        )
    return clocks

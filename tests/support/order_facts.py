"""Dated facts of one order and the clocks that follow, for tests of the domain."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from webapp.adapters.rulebook_files import load_rulebook
from webapp.domain.claim_clocks import order_clocks
from webapp.domain.clock_facts import Fact, Facts, Subject
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


FIVE = ("platform_delivered", "courier_signed", "receiving_time", "completed", "in_stock")
"""The timestamps that may start the platform's windows (AMB-02)."""

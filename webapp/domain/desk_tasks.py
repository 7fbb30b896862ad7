"""What somebody at the desk should do about an order, although no clock of the sources says so."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from webapp.domain.claim_clocks import window_closed_days
from webapp.domain.order_clocks import OrderClock, OrderFacts
from webapp.domain.switches import Switches

TaskKind = Literal["check_status", "file_now", "look_at_status", "ask_mediation", "window_closed"]

_SHIPPED: Final = re.compile(
    r"等待买家(确认)?收货|(卖家)?已发货|waitbuyerreceive|waitbuyerconfirmgoods|shipped|đãgửi(hàng)?"
)


@dataclass(frozen=True, slots=True)
class Task:
    """``since``: when it arose; None: before we knew the order. ``days``: whole days since then."""

    kind: TaskKind
    since: datetime | None
    days: int
    claim_id: str | None = None


def desk_tasks(
    facts: OrderFacts, clocks: Iterable[OrderClock], status: str, switches: Switches, now: datetime
) -> list[Task]:
    """S0-45: the 1688 status daily from the shipped date until the delivered time is known. AMB-04: one look at the
    status when the supplier's time is over. S0-20: mediation has no due time, so a reminder now and then. S0-13: goods
    abroad whose request window has closed. DT-7: time to file although the factory was told.
    """
    if facts.closed:
        return []
    listed = list(clocks)
    return [
        *_check_status(facts, status, now),
        *_file_now(facts, listed, switches, now),
        *_look_at_status(listed, now),
        *_ask_mediation(facts, switches, now),
        *_window_closed(facts, listed, now),
    ]


def says_shipped(status: str) -> bool:
    """The platform's status text says that the goods are on their way (domain.md 12.1, 12.3)."""
    bare = re.sub(r"[\s_]+", "", unicodedata.normalize("NFKC", status[:80]).casefold())
    return _SHIPPED.fullmatch(bare) is not None


def _check_status(facts: OrderFacts, status: str, now: datetime) -> list[Task]:
    if facts.platform != "1688" or facts.facts.best("platform_delivered") is not None:
        return []
    shipped = facts.facts.best("shipped")
    if shipped is None and not says_shipped(status):
        return []
    since = shipped.at if shipped is not None else None
    return [Task("check_status", since, _days(since, now))]


def _file_now(
    facts: OrderFacts, clocks: Iterable[OrderClock], switches: Switches, now: datetime
) -> list[Task]:
    """The factory was told, nothing is settled, and the reserve before R-02's act-by has begun (DT-7)."""
    told = facts.facts.all("notice_sent")
    if not told or any(fact.at >= told[0].at for fact in facts.facts.all(*_RULED)):
        return []
    reserve = timedelta(hours=switches.filing_reserve_h)
    return [
        Task("file_now", clock.deadline.act_by - reserve, _days(clock.deadline.act_by - reserve, now))
        for clock in clocks
        if clock.rule.id == "R-02"
        and clock.deadline is not None
        and clock.state(now) == "running"
        and not clock.said_done
        and now >= clock.deadline.act_by - reserve
    ]


def _look_at_status(clocks: Iterable[OrderClock], now: datetime) -> list[Task]:
    return [
        Task(
            "look_at_status",
            clock.deadline.act_by,
            _days(clock.deadline.act_by, now),
            clock.claim_id,
        )
        for clock in clocks
        if clock.rule.id == "R-05" and clock.deadline is not None and clock.act_by_passed(now)
    ]


_RULED: Final = ("approved", "money_landed", "claim_closed", "withdrawn")


def _ask_mediation(facts: OrderFacts, switches: Switches, now: datetime) -> list[Task]:
    found = []
    for said in facts.facts.all("escalated"):
        over = any(
            fact.at >= said.at and (fact.claim_id is None or said.claim_id in (None, fact.claim_id))
            for fact in facts.facts.all(*_RULED)
        )
        if not over and now - said.at >= timedelta(days=switches.mediation_reminder_days):
            found.append(Task("ask_mediation", said.at, _days(said.at, now), said.claim_id))
    return found


def _window_closed(facts: OrderFacts, clocks: Iterable[OrderClock], now: datetime) -> list[Task]:
    if facts.first_abroad_at is None:
        return []
    days = window_closed_days(clocks, now)
    return [] if days is None else [Task("window_closed", now - timedelta(days=days), days)]


def _days(since: datetime | None, now: datetime) -> int:
    return 0 if since is None else max(0, (now - since).days)

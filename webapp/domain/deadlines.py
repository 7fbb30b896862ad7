"""One rule and one start give one deadline: the literal due instant and the safe one to act by.

Elapsed hours are exact instant arithmetic without rounding; only R-06 counts working days. ``act_by`` is
never later than any plausible reading of the source, and never after ``due``; alerts run on it. All instants
are aware UTC ``datetime`` values; the rule's zone decides only where a full hour and a calendar day begin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import LOCAL, Rule, Rulebook, is_zone
from webapp.domain.working_days import is_provisional, nth_working_day

Recourse = Literal["open", "late_try", "closed"]

_LAST_SECOND = time(23, 59, 59)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A rule evaluated. Instants are aware UTC; ``zone`` is the IANA zone the rule was reckoned in.

    The fields after ``zone`` belong to single rules: R-04 ``expect_from``/``expect_to``, R-05
    ``escalate_from``, R-06 ``earliest``/``late_after``/``provisional``, R-09 and R-10 ``target``/``limit``;
    None elsewhere.
    """

    rule_id: str
    start: datetime
    counts_from: datetime
    due: datetime
    act_by: datetime
    zone: str
    expect_from: datetime | None = None
    expect_to: datetime | None = None
    escalate_from: datetime | None = None
    earliest: datetime | None = None
    late_after: datetime | None = None
    #: True if the count touches a year without an official calendar notice; None if no calendar is involved.
    provisional: bool | None = None
    target: datetime | None = None
    limit: datetime | None = None


def require_aware(instant: datetime) -> datetime:
    """The instant in UTC; ``Refusal("instant_naive")`` if it bears no offset and so names no instant."""
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise Refusal("instant_naive", instant=instant.isoformat())
    return instant.astimezone(UTC)


def evaluate(rule: Rule, start: datetime, *, zone: str, end: datetime | None = None) -> Deadline:
    """Reckon one rule.

    ``zone``: IANA name of the place where the start happened; a rule with a zone of its own ignores it.
    ``end``: the end itself where the rule is fed one (R-11 planned close, R-12 warranty end, R-14 contract,
    R-15 the platform's own countdown), or the rejection that opens R-05 at once.
    Refusals: ``instant_naive``, ``zone_unknown``, ``rule_takes_no_end``, ``rule_end_unknown``,
    ``rule_end_before_start``, ``instant_out_of_range``.
    """
    used_zone = zone if rule.zone == LOCAL else rule.zone
    if not is_zone(used_zone):
        raise Refusal("zone_unknown", zone=used_zone)
    try:
        start = require_aware(start)
        end = None if end is None else require_aware(end)
        _check_end(rule, start, end)
        bare = Deadline(rule.id, start, start, start, start, used_zone)
        return _FORMULAS[rule.kind](rule, bare, end)
    except OverflowError:
        raise Refusal("instant_out_of_range", instant=str(start)) from None


def _check_end(rule: Rule, start: datetime, end: datetime | None) -> None:
    if end is None:
        if rule.needs_end:
            raise Refusal("rule_end_unknown", rule=rule.id, end=rule.end_event)
    elif rule.end_event is None:
        raise Refusal("rule_takes_no_end", rule=rule.id)
    elif end < start:
        raise Refusal("rule_end_before_start", rule=rule.id)


def _hours(number: int | None) -> timedelta:
    """A rule's number as elapsed hours; the rulebook has checked that it is there."""
    assert number is not None
    return timedelta(hours=number)


def _end_of_day(day: date, zone: str) -> datetime:
    return datetime.combine(day, _LAST_SECOND, ZoneInfo(zone)).astimezone(UTC)


def _day_of(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


def _next_full_hour(instant: datetime, zone: str) -> datetime:
    """The full hour after ``instant``, an exact hour being followed by the next one (literal reading of
    S2-02).
    """
    local = instant.astimezone(ZoneInfo(zone))
    return local.replace(minute=0, second=0, microsecond=0).astimezone(UTC) + timedelta(hours=1)


def _window(rule: Rule, bare: Deadline, end: datetime | None) -> Deadline:
    counts_from = (
        _next_full_hour(bare.start, bare.zone) if rule.count_from == "next_full_hour" else bare.start
    )
    due = counts_from + _hours(rule.value)
    done = replace(bare, counts_from=counts_from, due=due, act_by=min(due, _safe(rule, bare, due)))
    return replace(done, target=done.act_by, limit=due) if rule.safe_mode == "hours" else done


def _safe(rule: Rule, bare: Deadline, due: datetime) -> datetime:
    if rule.safe_mode == "from_start":
        return bare.start + _hours(rule.value)
    if rule.safe_mode == "hours":
        return bare.start + _hours(rule.safe_value)
    if rule.safe_mode == "hours_before":
        return due - _hours(rule.safe_value)
    if rule.safe_mode == "calendar_days":
        assert rule.safe_value is not None
        # The start's own day is day 1, the reading that ends first.
        return _end_of_day(_day_of(bare.start, bare.zone) + timedelta(days=rule.safe_value - 1), bare.zone)
    return due


def _expectation(rule: Rule, bare: Deadline, end: datetime | None) -> Deadline:
    first, last = bare.start + _hours(rule.value_from), bare.start + _hours(rule.value)
    return replace(
        bare, due=last, act_by=min(last, _safe(rule, bare, last)), expect_from=first, expect_to=last
    )


def _opening(rule: Rule, bare: Deadline, end: datetime | None) -> Deadline:
    opens = bare.start + _hours(rule.value)
    if end is not None:
        opens = min(opens, end)
    return replace(bare, due=opens, act_by=min(opens, _safe(rule, bare, opens)), escalate_from=opens)


def _working_days(rule: Rule, bare: Deadline, end: datetime | None) -> Deadline:
    assert rule.calendar is not None and rule.value is not None and rule.value_from is not None
    day = _day_of(bare.start, bare.zone)
    first_day = nth_working_day(rule.calendar, day, rule.value_from)
    last_day = nth_working_day(rule.calendar, day, rule.value)
    earliest = datetime.combine(first_day, time.min, ZoneInfo(bare.zone)).astimezone(UTC)
    late_after = _end_of_day(last_day, bare.zone)
    return replace(
        bare,
        counts_from=earliest,
        due=late_after,
        act_by=min(late_after, _safe(rule, bare, late_after)),
        earliest=earliest,
        late_after=late_after,
        provisional=is_provisional(rule.calendar, day, last_day),
    )


def _given(rule: Rule, bare: Deadline, end: datetime | None) -> Deadline:
    due = bare.start if end is None else end
    return replace(bare, due=due, act_by=min(due, _safe(rule, bare, due)))


_FORMULAS = {
    "window": _window,
    "expectation": _expectation,
    "opening": _opening,
    "working_days": _working_days,
    "given": _given,
}


def is_open(rule: Rule, deadline: Deadline, now: datetime) -> bool:
    """True while the window is open. At ``now == due`` it counts as closed unless the rule's boundary is
    inclusive.
    """
    now = require_aware(now)
    return now <= deadline.due if rule.boundary == "inclusive" else now < deadline.due


def platform_recourse(rulebook: Rulebook, delivered_at: datetime, now: datetime) -> Recourse:
    """What 1688 may still do without an open request (AMB-01).

    ``open``: inside R-02. ``late_try``: the request window is closed, the order is not (R-03); the platform
    may refuse. ``closed``: the order is closed for good.
    """
    steps: tuple[tuple[str, Recourse], ...] = (("R-02", "open"), ("R-03", "late_try"))
    for rule_id, answer in steps:
        rule = rulebook.rule(rule_id)
        if is_open(rule, evaluate(rule, delivered_at, zone=rule.zone), now):
            return answer
    return "closed"


def receipt_limits(rulebook: Rulebook, received_at: datetime) -> tuple[datetime, ...]:
    """The instants that follow from a goods receipt alone, ascending and without repeats (shipped: 24, 48, 72
    h).

    They are burned into a take's pixels, so nothing else may go in: R-09 and R-10 target and limit, R-08 due.
    """
    found: set[datetime] = set()
    for rule_id in ("R-08", "R-09", "R-10"):
        deadline = evaluate(rulebook.rule(rule_id), received_at, zone="UTC")
        found.update(
            instant for instant in (deadline.target, deadline.limit, deadline.due) if instant is not None
        )
    return tuple(sorted(found))


#: Owner of the platform account -> who acts where a rule says "account_holder".
_HOLDER = {"self": "importer", "agent": "agent", "unknown": "account_holder"}
_R08_NOTE = {"self": "clock.note.agent_terms_only", "agent": None, "unknown": "clock.note.account_unknown"}

StartSource = Literal["platform_status", "goods_receipt", "in_stock", "unknown"]
ClockState = Literal["running", "passed", "start_unknown", "stopped"]


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What is known of an order's milestones. Instants are aware; None means not known.

    ``account_owner``: self, agent or unknown. A receipt without a zone or another owner is a ``ValueError``.
    """

    platform: str
    account_owner: str
    platform_delivered_at: datetime | None = None
    #: A screenshot of the order status proves ``platform_delivered_at`` (S0-11).
    platform_delivered_proven: bool = False
    in_stock_at: datetime | None = None
    #: The order's earliest goods receipt, and the IANA zone of the site that received it.
    first_received_at: datetime | None = None
    site_zone: str | None = None
    #: A screenshot of the agent's page proves ``in_stock_at``; without one it is a person's word.
    in_stock_proven: bool = False
    #: The platform says that the trade ended without being completed (domain/trade_status.py).
    closed: bool = False

    def __post_init__(self) -> None:
        if self.first_received_at is not None and self.site_zone is None:
            raise ValueError("a goods receipt comes with the zone of its site")
        if self.account_owner not in _HOLDER:
            raise ValueError(f"account_owner {self.account_owner!r} is not one of {', '.join(_HOLDER)}")


@dataclass(frozen=True, slots=True)
class OrderClock:
    """One rule running on one order. ``who`` is the rule's party with the account holder resolved."""

    rule: Rule
    deadline: Deadline | None
    start_source: StartSource
    assumed: bool
    binding: bool
    who: str
    #: Catalogue key of the sentence that limits the clock (``clock.note.…``), or None.
    note: str | None = None
    #: A screenshot proves the start. Neither proven nor assumed: stated by a person, or recorded at the dock.
    proven: bool = False
    #: The trade was closed: the clock is listed, runs for nobody and binds nobody.
    stopped: bool = False

    def state(self, now: datetime) -> ClockState:
        """``running`` while the window is open, then ``passed``; ``start_unknown`` without a start."""
        if self.stopped:
            return "stopped"
        if self.deadline is None:
            return "start_unknown"
        return "running" if is_open(self.rule, self.deadline, now) else "passed"

    def act_by_passed(self, now: datetime) -> bool:
        """True from the act-by instant on, also while the window is still open."""
        return self.deadline is not None and require_aware(now) >= self.deadline.act_by


def order_clocks(rulebook: Rulebook, facts: OrderFacts) -> tuple[OrderClock, ...]:
    """The clocks of an order, earliest act-by first, those without a start last; never merged (AMB-08).

    R-01 is listed for every agent account, R-02 and R-03 for 1688 orders whose goods are known to have
    arrived somewhere, R-08, R-09 and R-10 from the first goods receipt on. Rules that need other events (a
    submission, a load unit, a contract) are not clocks of the bare order and are left out. An order whose trade was
    closed keeps its clocks, stopped.
    """
    clocks = [
        *_agent_clocks(rulebook, facts),
        *_platform_clocks(rulebook, facts),
        *_receipt_clocks(rulebook, facts),
    ]
    if facts.closed:
        clocks = [
            replace(clock, binding=False, stopped=True, note="clock.note.order_closed") for clock in clocks
        ]
    last = datetime.max.replace(tzinfo=UTC)
    return tuple(sorted(clocks, key=lambda c: (c.deadline.act_by if c.deadline else last, c.rule.id)))


def _clock(
    rule: Rule,
    facts: OrderFacts,
    start: datetime | None,
    source: StartSource,
    *,
    assumed: bool = False,
    binding: bool = True,
    note: str | None = None,
    proven: bool = False,
) -> OrderClock:
    deadline = None if start is None else evaluate(rule, start, zone=facts.site_zone or rule.zone)
    who = _HOLDER[facts.account_owner] if rule.who == "account_holder" else rule.who
    return OrderClock(rule, deadline, source, assumed, binding, who, note, proven)


def _agent_clocks(rulebook: Rulebook, facts: OrderFacts) -> list[OrderClock]:
    if facts.account_owner != "agent":
        return []
    source: StartSource = "unknown" if facts.in_stock_at is None else "in_stock"
    proven = facts.in_stock_at is not None and facts.in_stock_proven
    return [_clock(rulebook.rule("R-01"), facts, facts.in_stock_at, source, proven=proven)]


def _platform_clocks(rulebook: Rulebook, facts: OrderFacts) -> list[OrderClock]:
    """R-02 and R-03. Until the status is proven the earliest known time starts them (AMB-02).

    A receipt abroad starts nothing: the goods were delivered in China weeks before (S0-13), so the clock is
    listed as ``start_unknown`` rather than shown as freshly running.
    """
    if facts.platform != "1688":
        return []
    clocks = []
    for rule in (rulebook.rule("R-02"), rulebook.rule("R-03")):
        start, source = _platform_start(rule, facts)
        if start is not None:
            proven = source == "platform_status" and facts.platform_delivered_proven
            clocks.append(_clock(rule, facts, start, source, assumed=not proven, proven=proven))
        elif facts.first_received_at is not None:
            clocks.append(_clock(rule, facts, None, "unknown", note="clock.note.received_abroad"))
    return clocks


def _platform_start(rule: Rule, facts: OrderFacts) -> tuple[datetime | None, StartSource]:
    delivered, received = facts.platform_delivered_at, facts.first_received_at
    if delivered is not None and facts.platform_delivered_proven:
        return delivered, "platform_status"
    if facts.site_zone != rule.zone:
        received = None
    if received is not None and (delivered is None or received < delivered):
        return received, "goods_receipt"
    return delivered, "unknown" if delivered is None else "platform_status"


def _receipt_clocks(rulebook: Rulebook, facts: OrderFacts) -> list[OrderClock]:
    start = facts.first_received_at
    if start is None:
        return []
    agent = _clock(
        rulebook.rule("R-08"),
        facts,
        start,
        "goods_receipt",
        binding=facts.account_owner == "agent",
        note=_R08_NOTE[facts.account_owner],
    )
    return [
        agent,
        *(_clock(rulebook.rule(rule_id), facts, start, "goods_receipt") for rule_id in ("R-09", "R-10")),
    ]

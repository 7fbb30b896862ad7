"""One rule and one start give one deadline: the literal due instant and the safe one to act by.

Elapsed hours are exact instant arithmetic without rounding; only R-06 counts working days. ``act_by`` is
never later than any plausible reading of the source, and never after ``due``; alerts run on it. All instants
are aware UTC ``datetime`` values; the rule's zone decides only where a full hour and a calendar day begin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import LOCAL, Rule, Rulebook, is_zone
from webapp.domain.working_days import is_provisional, nth_working_day

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

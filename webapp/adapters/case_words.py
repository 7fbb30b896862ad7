"""What a case says in one language, sentence by sentence and row by row, for the report and the offline page alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from webapp.domain.case import LEVELS, Case, CaseClaim, CaseClock, CaseMoment, CaseSample
from webapp.domain.casefile import CHINA, zone_mark
from webapp.domain.quantities import quantity_text, yuan_text

Say = Callable[..., str]
_VIETNAM: Final = "Asia/Ho_Chi_Minh"
_MOST_AGREED: Final = 3
_DONE: Final = ("met", "met_late")


def both(at: datetime | None) -> str:
    """``2026-11-20 10:00 CST / 09:00 ICT``; the date again where it differs."""
    if at is None:
        return "-"
    china, vietnam = at.astimezone(ZoneInfo(CHINA)), at.astimezone(ZoneInfo(_VIETNAM))
    second = "%H:%M" if china.date() == vietnam.date() else "%Y-%m-%d %H:%M"
    return f"{china:%Y-%m-%d %H:%M} {zone_mark(at, CHINA)} / {vietnam.strftime(second)} {zone_mark(at, _VIETNAM)}"


def stamp(at: datetime, zone: str) -> str:
    """``2026-11-20 10:00 CST``: in the zone where it happened."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} {zone_mark(at, zone)}"


def minutes(ms: int) -> str:
    return f"{ms // 60_000}:{ms // 1000 % 60:02d}"


def named(say: Say, name: str, value: str) -> str:
    return say("case.named", name=name, value=value)


def head(case: Case, say: Say) -> list[str]:
    """Whose goods, ordered when, come with which waybills."""
    rows = [
        named(say, say("role.supplier"), case.supplier or say("app.not_known")),
        named(say, say("order.date"), both(case.placed_at) if case.placed_at else say("app.not_known")),
    ]
    return [*rows, *([named(say, say("parcel.waybill"), ", ".join(case.waybills))] if case.waybills else [])]


def blocks(case: Case, say: Say) -> list[tuple[str, list[str]]]:
    """Promised, arrived, impact: the three blocks of a claim's summary (T-2, S1-15)."""
    return [
        (say("case.promised"), _promised(case, say)),
        (say("case.arrived"), _arrived(case, say)),
        (say("case.impact"), _impact(case, say)),
    ]


def _promised(case: Case, say: Say) -> list[str]:
    paid = say("app.not_known") if case.paid_fen is None else yuan_text(case.paid_fen)
    agreed = [named(say, day, what) for day, what in case.agreed[:_MOST_AGREED]]
    more = len(case.agreed) - _MOST_AGREED
    return [
        say("case.ordered_units", n=quantity_text(case.ordered_milli)),
        named(say, say("order.paid"), paid),
        *agreed,
        *([say("case.agreed_more", n=more)] if more > 0 else []),
    ]


def _arrived(case: Case, say: Say) -> list[str]:
    found = [say("case.not_counted")]
    if case.arrived is not None:
        found = [say("case.received_units", n=case.arrived)]
        if case.short_milli:
            found.append(say("case.short_units", n=quantity_text(case.short_milli)))
    if case.lost_milli:
        found.append(say("case.lost_units", n=quantity_text(case.lost_milli)))
    if case.defective is not None:
        found.append(say("case.defective_units", n=case.defective))
    return found


def _impact(case: Case, say: Say) -> list[str]:
    return [claim_line(one, say) for one in case.claims] or [say("case.no_claim")]


def claim_line(claim: CaseClaim, say: Say) -> str:
    """What is asked, for what and of whom; an unknown amount stays unknown."""
    amount = say("app.not_known") if claim.amount_fen is None else yuan_text(claim.amount_fen)
    kind, whom = say(f"claim.type_{claim.type}"), say(f"claim.channel_{claim.channel}")
    return say("case.claim_asks", n=claim.number, type=kind, whom=whom, amount=amount)


def three_facts(case: Case, say: Say) -> list[tuple[str, str]]:
    """Name → that it is verified, or that it is not proven."""
    facts = case.facts
    unbroken = facts.unbroken_ms
    return [
        (say("case.fact_waybill"), say("case.verified") if facts.waybills else say("case.not_proven")),
        (say("case.fact_tape"), say("case.verified") if facts.tape else say("case.not_proven")),
        (
            say("case.fact_unbroken"),
            say("case.not_proven") if unbroken is None else f"{say('case.verified')} {minutes(unbroken)}",
        ),
    ]


def moment_line(moment: CaseMoment, say: Say) -> tuple[str, str]:
    """What happened, and what nothing shows of it."""
    told = f"{stamp(moment.at, moment.zone)} | {say(moment.key, **dict(moment.vars))}"
    return told, "" if moment.proven else _aside(say, say("case.not_proven"))


def count_rows(case: Case, say: Say) -> list[tuple[str, ...]]:
    """Number, goods, ordered, China, Vietnam, against the order, lost on the way."""
    unknown = say("case.none_counted")
    return [
        (
            str(line.seq),
            f"{line.title} {line.variant}".strip(),
            f"{quantity_text(line.ordered_milli)} {line.unit}",
            unknown if line.china is None else str(line.china),
            unknown if line.vietnam is None else str(line.vietnam),
            "-" if line.short_milli is None else quantity_text(-line.short_milli),
            "-" if line.lost is None else str(line.lost),
        )
        for line in case.lines
    ]


def sample_rows(samples: Iterable[CaseSample], say: Say) -> list[tuple[str, ...]]:
    """When and by whom, goods, lot, drawn, inspected, defective by class, decision."""
    rows: list[tuple[str, ...]] = []
    for one in samples:
        unfinished = one.defective is None or one.inspected is None
        by_class = "" if one.defective is None else say("case.by_class", **_by_class(one.defective))
        rows.append(
            (
                " · ".join(part for part in (stamp(one.at, one.zone), one.inspector) if part),
                one.line,
                str(one.lot),
                str(one.n),
                "-" if one.inspected is None else str(one.inspected),
                say("case.unfinished") if unfinished else by_class,
                say("verdict.undecided") if one.verdict is None else say(f"verdict.{one.verdict}"),
            )
        )
    return rows


def _by_class(defective: tuple[int, int, int]) -> dict[str, object]:
    return dict(zip(("critical", "major", "minor"), defective, strict=True))


def clock_rows(clocks: Iterable[CaseClock], say: Say) -> list[tuple[str, ...]]:
    """The rule and of what, who acts towards whom; act by; closes, and how it ended; its source and date (S0-01)."""
    return [(_rule(one, say), both(one.act_by), _closes(one, say), _source(one, say)) for one in clocks]


def _rule(one: CaseClock, say: Say) -> str:
    about = say(f"clock.place_{one.place[0]}", name=one.place[1]) if one.place else ""
    parties = say("order.who_towards", who=say(f"party.{one.who}"), towards=say(f"party.{one.towards}"))
    marks = [say("deadline.assumed")] if one.assumed else []
    marks += [] if one.binding else [say("order.not_binding")]
    said = " · ".join(part for part in (f"{one.rule} {say(one.name)}", about, parties) if part)
    return said + "".join(_aside(say, mark) for mark in marks)


def _closes(one: CaseClock, say: Say) -> str:
    state = say(f"clock.state.{one.state}")
    ended = f" {stamp(one.ended_at, CHINA)}" if one.ended_at and one.state in _DONE else ""
    return f"{both(one.due)} · {state}{ended}"


def _source(one: CaseClock, say: Say) -> str:
    return f"{one.source}, {one.source_date or say('case.undated')}"


def _aside(say: Say, said: str) -> str:
    return say("case.aside", said=said)


def held_levels(case: Case, say: Say) -> list[tuple[str, str, str]]:
    """(level, its name, what holds of it): the claim ladder (evidence.md). What nothing proves is "not proven"."""
    held = sum(one.level == "E0" for one in case.exhibits)
    unbroken = sum(one.unbroken_ms is not None for one in case.exhibits)
    found = []
    for level in LEVELS:
        proven = say("case.not_proven")
        if level == "E0" and held:
            proven = say("case.held_of", n=held, of=len(case.exhibits))
        if level == "E3" and unbroken:
            proven = say("case.phone_clock_only", n=unbroken)
        found.append((level, say("film." + level.lower()), proven))
    return found


def undelivered_lines(case: Case, say: Say) -> list[str]:
    """What was committed and never came."""
    return [
        say(
            "case.undelivered",
            what=say(f"slot.{lost.slot}") if lost.slot else say("case.no_slot"),
            at=both(lost.received_at),
            record=lost.record,
        )
        for lost in case.undelivered
    ]

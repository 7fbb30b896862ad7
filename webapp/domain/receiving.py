"""How far the receiving of a parcel has come, and what the order of evidence still allows.

Domain.md 4.1 and 11: condition, waybill and weight before the parcel is opened; counted before sampled. Twin of
``static/src/core/receiving.js``; vectors: tests/vectors/receiving.json.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from webapp.domain.receiving_plan import STEPS
from webapp.domain.tranches import Drawn, Lot, lots

NAMES: Final = ("delivery", "condition", "weight", "opening", "count", "sample", "verdict")
"""The steps of a goods receipt, in the order of evidence."""

DELIVERED_AT: Final = "VN_warehouse"
"""Where goods are handed over for good: the courier's receipt is annotated or refused here (S2-09, S2-10)."""

RAISED_TO: Final = ("arrive", "condition", "weight", "count")
"""What a damaged or too light parcel asks for at least."""

BEFORE_OPENING: Final = frozenset({"EV-04", "EV-12", "EV-16"})
"""Slots that prove nothing once the parcel is open."""

COUNT_SLOT: Final = "EV-18"
_CLOSED_TARGETS: Final = ("parcel", "carton")


@dataclass(frozen=True, slots=True)
class Fact:
    """One record as far as this needs it. ``at``: aware, best known. ``gone``: withdrawn or superseded.

    ``corrects``: the record it replaced, so that a corrected reading keeps the time of the first one. A take's
    ``values`` are ``opens`` and ``closed``.
    """

    id: str
    kind: str
    at: datetime
    values: Mapping[str, str | None] = field(default_factory=dict)
    slot: str | None = None
    also: tuple[str, ...] = ()
    worker: str | None = None
    gone: bool = False
    corrects: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """``state``: ``not_asked``, ``open``, ``done``, ``skipped`` or ``late`` (asked, and the parcel is open already).

    ``by``: whose fact it was last.
    """

    name: str
    state: str
    by: str | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """``asked``: steps of the plan, with what the parcel itself raised (``raised``: ``damaged``, ``light`` or None).

    ``missing``: photo slots that can still be filled; ``lost``: those that had to be filled before the opening.
    """

    steps: tuple[Step, ...]
    next: str | None
    opened: datetime | None
    asked: tuple[str, ...]
    raised: str | None
    missing: tuple[str, ...]
    lost: tuple[str, ...]

    def state_of(self, name: str) -> str | None:
        """None: this site has no such step."""
        return next((step.state for step in self.steps if step.name == name), None)


def progress_of(
    facts: Iterable[Fact],
    *,
    asked: Sequence[str],
    site_kind: str,
    least_grams: int | None = None,
    lines: Sequence[str] = (),
) -> Progress:
    """``facts`` of one parcel, in any order. ``asked``: steps of its plan (``receiving_plan.STEPS``).

    ``least_grams``: a closed parcel below it is lighter than earlier ones of the same goods. ``lines``: those with
    goods to sample; left out, the drawn ones.
    """
    known = {fact.id: fact for fact in facts}
    standing = sorted((fact for fact in known.values() if not fact.gone), key=lambda fact: (fact.at, fact.id))
    opened = _opened_at(standing)
    raised = _raised_by(standing, least_grams)
    plan = tuple(step for step in STEPS if step in asked or (raised and step in RAISED_TO))
    wanted = _steps_asked(plan, site_kind)
    found = _found(standing, known, opened, lines)
    steps = tuple(
        _step(name, found[name], standing, opened, asked=name in wanted)
        for name in NAMES
        if name != "delivery" or site_kind == DELIVERED_AT
    )
    missing, lost = _photos_wanted(standing, found, opened)
    following = next((step.name for step in steps if step.state == "open"), None)
    return Progress(steps, following, opened, plan, raised, missing, lost)


def may_record(
    kind: str, values: Mapping[str, str | None], progress: Progress, *, corrects: bool = False
) -> str | None:
    """Why a record is out of the order of evidence now; None: it is not.

    ``opened_already``, ``before_opening``, ``not_opened``, ``before_count``, ``before_sample`` or ``done_already``.
    ``corrects``: it replaces an earlier record of its kind, whose time it keeps.
    """
    if corrects:
        return None
    opened = progress.opened is not None
    if (kind == "weighing" and values.get("opened") == "yes") or kind in ("estimate", "defect"):
        return None if opened else "not_opened"
    if kind in ("condition", "weighing"):
        return "opened_already" if opened else None
    if kind == "opening":
        if opened:
            return "opened_already"
        before = (progress.state_of(step) for step in ("condition", "weight"))
        return "before_opening" if "open" in before else None
    if kind in ("draw", "inspection"):
        return None if progress.state_of("count") == "done" else "before_count"
    if kind == "verdict":
        return _verdict_not_now(values, progress)
    if kind == "skip":
        state = progress.state_of(values.get("step") or "")
        return {"late": "opened_already", "done": "done_already"}.get(state or "")
    return None


def _verdict_not_now(values: Mapping[str, str | None], progress: Progress) -> str | None:
    if progress.state_of("count") == "open":
        return "before_count"
    # A line may be passed while another one still waits for its sample; the parcel as a whole may not.
    whole = values.get("verdict") == "passed" and not values.get("line")
    return "before_sample" if whole and progress.state_of("sample") == "open" else None


def _found(
    standing: Sequence[Fact], known: Mapping[str, Fact], opened: datetime | None, lines: Sequence[str]
) -> dict[str, list[Fact]]:
    """By step, the facts that make it done, oldest first."""

    def in_time(fact: Fact) -> bool:
        return opened is None or _first_time(fact, known) < opened

    counted = [fact for fact in standing if _counts(fact)]
    return {
        "delivery": [fact for fact in standing if fact.kind == "delivery"],
        "condition": [fact for fact in standing if fact.kind == "condition" and in_time(fact)],
        "weight": [fact for fact in standing if _weighs_closed(fact) and in_time(fact)],
        # A count shows that the parcel was opened, though nobody said when.
        "opening": [fact for fact in standing if _opens(fact)] or counted,
        "count": counted,
        "sample": _sample_facts(standing, lines),
        "verdict": _verdict_facts(standing, lines),
    }


def _opened_at(standing: Sequence[Fact]) -> datetime | None:
    """The first proof that the parcel is open."""
    return min((fact.at for fact in standing if _opens(fact) or _counts(fact)), default=None)


def _opens(fact: Fact) -> bool:
    return fact.kind == "opening" or (fact.kind == "weighing" and fact.values.get("opened") == "yes")


def _counts(fact: Fact) -> bool:
    """A finished count on film; estimates by pack or weight never claim one."""
    return fact.kind == "take" and fact.slot == COUNT_SLOT and fact.values.get("closed") == "complete"


def _weighs_closed(fact: Fact) -> bool:
    said = fact.values
    return fact.kind == "weighing" and said.get("opened") == "no" and said.get("target") in _CLOSED_TARGETS


def _first_time(fact: Fact, known: Mapping[str, Fact]) -> datetime:
    """When what the fact corrects was first said."""
    seen = {fact.id}
    first = fact
    while (before := known.get(first.corrects or "")) and before.kind == fact.kind and before.id not in seen:
        seen.add(before.id)
        first = before
    return first.at


def _raised_by(standing: Iterable[Fact], least_grams: int | None) -> str | None:
    light = False
    for fact in standing:
        said = fact.values
        if fact.kind == "condition" and (said.get("outer") != "intact" or said.get("tape") == "broken"):
            return "damaged"
        if least_grams is not None and _weighs_closed(fact) and said.get("target") == "parcel":
            light = light or int(said.get("grams") or 0) < least_grams
    return "light" if light else None


def _steps_asked(plan: Iterable[str], site_kind: str) -> set[str]:
    wanted = set(plan) - {"arrive"}
    if site_kind == DELIVERED_AT:
        wanted.add("delivery")
    if wanted & {"count", "sample"}:
        wanted.add("opening")
    if "sample" in wanted:
        wanted.add("verdict")
    return wanted


def _step(
    name: str, done: Sequence[Fact], standing: Iterable[Fact], opened: datetime | None, *, asked: bool
) -> Step:
    if done:
        return Step(name, "done", done[-1].worker)
    if not asked:
        return Step(name, "not_asked")
    closes = name in ("condition", "weight")
    skips = [
        fact
        for fact in standing
        if fact.kind == "skip"
        and fact.values.get("step") == name
        and (not closes or opened is None or fact.at < opened)
    ]
    if skips:
        return Step(name, "skipped", skips[-1].worker)
    return Step(name, "late" if closes and opened is not None else "open")


def _lots(standing: Iterable[Fact]) -> list[Lot]:
    return lots(
        Drawn(
            id=fact.id,
            line=fact.values.get("line"),
            number=fact.values.get("tranche"),
            redraw=int(fact.values.get("redraw") or 0),
            take=fact.values.get("take"),
            at=fact.at,
        )
        for fact in standing
        if fact.kind == "draw"
    )


def _sample_facts(standing: Sequence[Fact], lines: Iterable[str]) -> list[Fact]:
    """The inspections, when every tranche drawn has one and every line was drawn; else none."""
    tranches = _lots(standing)
    ids = {draw.id for lot in tranches for draw in lot.standing}
    inspections = [fact for fact in standing if fact.kind == "inspection" and fact.values.get("draw") in ids]
    inspected = {fact.values.get("draw") for fact in inspections}
    drawn = {lot.draws[0].line for lot in tranches}
    whole = all(any(draw.id in inspected for draw in lot.standing) for lot in tranches)
    return inspections if whole and drawn.issuperset(lines) else []


def _verdict_facts(standing: Sequence[Fact], lines: Iterable[str]) -> list[Fact]:
    """The verdicts, when one speaks of each line and tranche; else none."""
    verdicts = [fact for fact in standing if fact.kind == "verdict"]
    tranches = _lots(standing)
    by_draw = {draw.id: lot for lot in tranches for draw in lot.draws}
    drawn = {lot.draws[0].line for lot in tranches}

    def covers(verdict: Fact, line: str | None, lot: Lot | None) -> bool:
        said = verdict.values
        if not said.get("line"):
            return True
        if said.get("line") != line or not said.get("tranche") or lot is None:
            return said.get("line") == line
        of = by_draw.get(said.get("draw") or "")
        return of is lot if of else said.get("tranche") == lot.draws[0].number

    subjects = [(lot.draws[0].line, lot) for lot in tranches]
    whole = all(any(covers(verdict, *subject) for verdict in verdicts) for subject in subjects)
    bare = all(any(covers(one, line, None) for one in verdicts) for line in lines if line not in drawn)
    return verdicts if whole and bare else []


def _photos_wanted(
    standing: Sequence[Fact], found: Mapping[str, Sequence[Fact]], opened: datetime | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Photo slots that the steps done so far call for and have not: those still to be filled, and those too late."""
    conditions = [fact.values for fact in found["condition"]]
    calls = {
        "EV-12": bool(conditions),
        "EV-04": any(said.get("tape") != "none" for said in conditions),
        "EV-17": any(said.get("outer") != "intact" for said in conditions),
        "EV-16": bool(found["weight"]),
        "EV-14": any(fact.kind == "weighing" and fact.values.get("opened") == "yes" for fact in standing),
        "EV-28": any(fact.values.get("outcome") != "accepted" for fact in found["delivery"]),
    }
    photos = [fact for fact in standing if fact.kind == "photo"]

    def have(slot: str) -> bool:
        any_time = opened is None or slot not in BEFORE_OPENING
        return any(
            slot in (photo.slot, *photo.also) and (any_time or (opened is not None and photo.at < opened))
            for photo in photos
        )

    without = sorted(slot for slot, called in calls.items() if called and not have(slot))
    late = BEFORE_OPENING if opened is not None else frozenset[str]()
    return tuple(slot for slot in without if slot not in late), tuple(
        slot for slot in without if slot in late
    )

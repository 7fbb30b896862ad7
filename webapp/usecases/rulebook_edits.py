"""Editing the rulebook: what an edit would move is shown first, confirmed with a reason, and becomes the next edition.

Claims keep the edition that they were opened under: their clocks are in no preview.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.order_clocks import OrderClock
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.domain.rulebook_data import profile_to_data
from webapp.domain.rulebook_edit import copied, edited_switches, moved_rules, with_copy, without_copy
from webapp.domain.switches import Switches
from webapp.store import orders as order_rows
from webapp.store import people
from webapp.store import rules as rows
from webapp.store.database import Database
from webapp.store.schema import Deadline
from webapp.usecases import rulebooks
from webapp.usecases.clock_reading import clocks_of_orders
from webapp.usecases.clocks import recompute_deadlines
from webapp.usecases.people import Desk
from webapp.usecases.rulebooks import Edition

SHOWN = 50
LONGEST_REASON = 500
_BATCH = 400


@dataclass(frozen=True)
class Edit:
    """What a form says. ``profile``: id of the profile that is edited or copied, ``""`` for the switches;
    ``agent_id``: the agent whose accounts alone the copy binds; ``drop``: the copy goes, the shipped rules return.
    ``base``: number of the edition that the person saw."""

    profile: str
    base: int
    fields: Mapping[str, str] = field(default_factory=dict)
    agent_id: str | None = None
    drop: bool = False


@dataclass(frozen=True)
class Move:
    """One clock of one open order. ``act_by`` None: it has no start, or it ends, or it is new."""

    order_no: str
    rule_id: str
    before: datetime | None
    after: datetime | None


@dataclass(frozen=True)
class FieldChange:
    """``what`` and its old and new value, as the rulebook holds them; ``unit`` of a number, else ""."""

    what: str
    before: str
    after: str
    unit: str = ""


@dataclass(frozen=True)
class Preview:
    """``moves``: the first ``SHOWN`` of ``moved`` clocks, of ``orders`` open orders; the soonest first."""

    base: int
    changes: list[FieldChange]
    moves: list[Move]
    moved: int
    orders: int


def preview(database: Database, *, actor: Desk, edit: Edit, now: datetime) -> Preview:
    """What the edit would change; nothing is kept. Refusals: ``edition_changed``, ``edit_empty`` and those of the form
    (domain/rulebook_edit.py)."""
    with database.read() as session:
        have, rulebook, switches = _edited(session, actor, edit, now)
        moves = sorted(
            _moves(session, actor.organisation_id, have, Edition("", have.number, rulebook, switches)),
            key=lambda move: (move.after is None, move.after or now, move.order_no, move.rule_id),
        )
        return Preview(
            have.number,
            field_changes(have, rulebook, switches),
            moves[:SHOWN],
            len(moves),
            len({move.order_no for move in moves}),
        )


def confirm(
    database: Database, shipped: Rulebook, *, actor: Desk, edit: Edit, reason: str, now: datetime
) -> int:
    """The edit becomes the next edition, and open orders' clocks follow; returns its number. Raises also
    ``reason_missing``."""
    why = reason.strip()[:LONGEST_REASON]
    if not why:
        raise Refusal("reason_missing")
    with database.write() as session:
        have, rulebook, switches = _edited(session, actor, edit, now)
        if have.id == rulebooks.NOT_YET:
            # What was in force before the first edit stays readable as an edition of its own.
            have = rulebooks.to_pin(session, actor.organisation_id, now=now)
        row = rulebooks.add_edition(
            session,
            organisation_id=actor.organisation_id,
            profiles=rulebook.profiles,
            switches=switches,
            by=f"user:{actor.id}",
            reason=why,
            now=now,
        )
        people.audit(
            session,
            at=now,
            actor=f"user:{actor.id}",
            action="rulebook.edited",
            subject=row.id,
            organisation_id=actor.organisation_id,
            edition=row.number,
            before=have.id,
        )
        affected = _orders_with(
            session, actor.organisation_id, moved_rules(have.rulebook, rulebook, have.switches, switches)
        )
        recompute_deadlines(session, shipped, affected, cause="edition", now=now)
        return row.number


def adopt_shipped(database: Database, shipped: Rulebook, *, now: datetime) -> int:
    """At the start of a program that ships other rules than before: what an importer did not copy follows it, as the
    next edition, and its orders' clocks with it. Returns how many organisations; cheap when there are none.
    """
    with database.read() as session:
        behind = rows.organisations_behind(session, rulebooks.shipped_digest())
    for organisation_id in behind:
        with database.write() as session:
            have = rulebooks.current(session, organisation_id)
            rulebooks.add_edition(
                session,
                organisation_id=organisation_id,
                profiles=rulebooks.with_shipped(have.rulebook, rulebooks.shipped()),
                switches=have.switches,
                by=rulebooks.PROGRAM,
                reason="",
                now=now,
            )
            orders = rows.orders_of(session, organisation_id)
            recompute_deadlines(session, shipped, orders, cause="edition", now=now)
    return len(behind)


def _edited(session: Session, actor: Desk, edit: Edit, now: datetime) -> tuple[Edition, Rulebook, Switches]:
    have = rulebooks.current(session, actor.organisation_id)
    if have.number != edit.base:
        raise Refusal("edition_changed")
    rulebook, switches = have.rulebook, have.switches
    if edit.drop:
        rulebook = without_copy(rulebook, edit.profile, rulebooks.shipped())
    elif edit.profile:
        profile = rulebook.profile(edit.profile)
        own = profile.parent_id is not None and profile.agent_id == edit.agent_id
        copy = copied(
            profile,
            edit.fields,
            profile_id=profile.id if own else f"{profile.parent_id or profile.id}-{new_id()[:8]}",
            agent_id=edit.agent_id,
            by=f"user:{actor.id}",
            at=now.isoformat(),
        )
        rulebook = with_copy(rulebook, copy)
    else:
        switches = edited_switches(switches, edit.fields)
    if not field_changes(have, rulebook, switches):
        raise Refusal("edit_empty")
    return have, rulebook, switches


def field_changes(have: Edition, rulebook: Rulebook, switches: Switches) -> list[FieldChange]:
    """Number by number, also of amounts and switches; keys such as ``R-02.value`` and ``switch.calendar``."""
    before, after = _flat(have.rulebook, have.switches), _flat(rulebook, switches)
    nothing = ("", "")
    keys = [*before, *(key for key in after if key not in before)]
    return [
        FieldChange(key, before.get(key, nothing)[0], *after.get(key, ("", before.get(key, nothing)[1])))
        for key in keys
        if before.get(key, nothing)[0] != after.get(key, nothing)[0]
    ]


_TOLD = ("value", "value_from", "safe_value", "boundary", "count_from")


def _flat(rulebook: Rulebook, switches: Switches) -> dict[str, tuple[str, str]]:
    """Key → value and its unit."""
    found: dict[str, tuple[str, str]] = {}
    for profile in rulebook.profiles:
        mark = f"@{profile.agent_id}" if profile.agent_id else ""
        for rule in profile.rules:
            for name in _TOLD:
                if getattr(rule, name) is not None:
                    found[f"{rule.id}{mark}.{name}"] = str(getattr(rule, name)), rule.unit_of(name)
        for amount in profile.amounts:
            value = "" if amount.value is None else str(amount.value)
            found[f"amount.{amount.id}{mark}"] = value, amount.unit
    for name in Switches.__dataclass_fields__:
        chosen = getattr(switches, name)
        found[f"switch.{name}"] = (
            ", ".join(map(str, chosen)) if isinstance(chosen, tuple) else str(chosen),
            "",
        )
    return found


def _moves(session: Session, organisation_id: str, have: Edition, new: Edition) -> Iterator[Move]:
    rules = moved_rules(have.rulebook, new.rulebook, have.switches, new.switches)
    affected = _orders_with(session, organisation_id, rules)
    for start in range(0, len(affected), _BATCH):
        ids = affected[start : start + _BATCH]
        stored = {
            (row.order_id, row.rule_id, row.subject_kind, row.subject_id): row
            for row in order_rows.deadlines(session, ids)
        }
        orders = order_rows.orders_by_id(session, ids)
        for order_id, clocks in clocks_of_orders(session, orders, instead=new).items():
            number = next(order.order_no for order in orders if order.id == order_id)
            for clock in clocks:
                row = stored.pop((order_id, clock.rule.id, *clock.subject), None)
                before, after = _running(row), _act_by(clock)
                if before != after:
                    yield Move(number, clock.rule.id, before, after)


def _running(row: Deadline | None) -> datetime | None:
    return None if row is None or row.ended else row.act_by


def _act_by(clock: OrderClock) -> datetime | None:
    return None if clock.ended is not None or clock.deadline is None else clock.deadline.act_by


def _orders_with(session: Session, organisation_id: str, rules: frozenset[str]) -> list[str]:
    return rows.open_orders_with_rules(session, organisation_id, rules) if rules else []


@dataclass(frozen=True)
class EditionView:
    """An edition as the page lists it. ``by`` None: the program."""

    id: str
    number: int
    by: str | None
    at: datetime
    reason: str
    in_force: bool


@dataclass(frozen=True)
class RulebookView:
    """``shown``: the edition on the page; ``current`` its number in force."""

    shown: Edition
    current: int
    editions: list[EditionView]
    people: Mapping[str, str]
    in_use: Mapping[str, int]


def rulebook_view(database: Database, *, organisation_id: str, number: int | None = None) -> RulebookView:
    """The edition in force, or an earlier one. Raises ``edition_unknown``."""
    with database.read() as session:
        listed = rows.editions(session, organisation_id)
        current = rulebooks.current(session, organisation_id)
        shown = current
        if number is not None and number != current.number:
            found = next((row for row, _ in listed if row.number == number), None)
            if found is None:
                raise Refusal("edition_unknown")
            shown = rulebooks.pinned(session, found.id)
        return RulebookView(
            shown,
            current.number,
            [
                EditionView(row.id, row.number, name, row.made_at, row.reason, row.number == current.number)
                for row, name in listed
            ],
            rows.editors(session, shown.rulebook),
            rows.claims_by_edition(session, organisation_id),
        )


def agents(database: Database, *, organisation_id: str) -> list[tuple[str, str]]:
    """Id and name of every buying agent that a profile of its own could bind."""
    with database.read() as session:
        return rows.agents(session, organisation_id)


def as_data(edition: Edition) -> dict[str, object]:
    """For the command line."""
    return {
        "edition": edition.number,
        "profiles": [profile_to_data(replace(one)) for one in edition.rulebook.profiles],
        "switches": {name: getattr(edition.switches, name) for name in Switches.__dataclass_fields__},
    }

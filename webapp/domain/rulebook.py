"""Policy profiles and their rules: who must do what, towards whom, counted how, on whose word.

Every duration is data (``webapp/rulebook/*.toml``, later the importer's own copies); this module only says
what a rule may look like. A value that breaks its shape raises ``ValueError`` with a sentence that names the
field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from webapp.domain.refusals import Refusal
from webapp.domain.working_days import is_known_calendar

#: window: closes ``value`` hours after the start. expectation: something is expected within
#: ``value_from``..``value`` hours. opening: something becomes possible ``value`` hours after the start.
#: working_days: arrives between working day ``value_from`` and ``value``. given: the end itself is entered (a
#: contract, a card, the platform's own countdown).
Kind = Literal["window", "expectation", "opening", "working_days", "given"]
Unit = Literal["h", "working_day", "none"]
CountFrom = Literal["start", "next_full_hour"]
#: exclusive: at ``now == due`` the window is closed (the conservative reading); inclusive: still open at that
#: instant.
Boundary = Literal["exclusive", "inclusive"]
#: How act-by is found. due: the same. from_start: ``value`` hours from the unrounded start. calendar_days:
#: end of the ``safe_value``-th calendar day, the start's day being day 1. hours: ``safe_value`` hours from
#: the start. hours_before: ``safe_value`` hours before the end.
SafeMode = Literal["due", "from_start", "calendar_days", "hours", "hours_before"]
Severity = Literal["info", "normal", "high", "critical"]
Scope = Literal["platform", "agent", "carrier", "importer_default"]

#: Who may stand in ``who`` and ``towards``; the word is ``party.<token>`` in the catalogues.
PARTIES = frozenset(
    {
        "importer",
        "agent",
        "account_holder",
        "supplier",
        "platform",
        "buyer",
        "seller",
        "factory",
        "warehouse",
        "cn_warehouse",
        "carrier",
        "post_and_agent",
        "buyer_or_seller",
    }
)
#: A rule's zone when it is the place where the thing happened (receipt, delivery, warehouse, contract).
LOCAL = "local"
QUOTE_WORDS = 15
AMOUNT_UNITS = ("CNY_fen", "day", "h", "sku")

_RULE_ID = re.compile(r"R-\d\d")
_CITATION = re.compile(r"S[0-3]-\d\d|12\.\d{1,2}")
_AMBIGUITY = re.compile(r"AMB-\d\d")
_KEY = re.compile(r"[a-z]+(\.[A-Za-z0-9_-]+)+")


def is_zone(name: str) -> bool:
    """True if ``name`` is an IANA time zone that this machine knows."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True


def _require(condition: bool, sentence: str) -> None:
    if not condition:
        raise ValueError(sentence)


def _require_choices(where: str, pairs: Iterable[tuple[str, str, object]]) -> None:
    for field, value, literal in pairs:
        _require(value in get_args(literal), f"{where}: {field} {value!r} is not one of {get_args(literal)}")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of one profile. ``value`` and ``safe_value`` are whole numbers of ``unit`` (days for
    calendar_days).
    """

    id: str
    profile_id: str
    name: str
    kind: Kind
    unit: Unit
    start_event: str
    zone: str
    safe_mode: SafeMode
    severity: Severity
    who: str
    towards: str
    if_missed: str
    citations: tuple[str, ...]
    value: int | None = None
    value_from: int | None = None
    safe_value: int | None = None
    end_event: str | None = None
    #: The start stands for the end when no end is given (R-11: the planned close is all there is).
    end_is_start: bool = False
    count_from: CountFrom = "start"
    boundary: Boundary = "exclusive"
    calendar: str | None = None
    quote: str | None = None
    ambiguities: tuple[str, ...] = ()
    #: Set only where the rule does not come from the profile's own source.
    source_title: str | None = None

    def unit_of(self, field: str) -> str:
        """What the number in ``value``, ``value_from`` or ``safe_value`` counts; "" of any other field."""
        if field == "safe_value":
            return "day" if self.safe_mode == "calendar_days" else "h"
        return self.unit if field in ("value", "value_from") else ""

    def __post_init__(self) -> None:
        where = f"rule {self.id}"
        _require(_RULE_ID.fullmatch(self.id) is not None, f"{where}: the id must look like R-01")
        _require_choices(
            where,
            (
                ("kind", self.kind, Kind),
                ("unit", self.unit, Unit),
                ("count_from", self.count_from, CountFrom),
                ("boundary", self.boundary, Boundary),
                ("safe_mode", self.safe_mode, SafeMode),
                ("severity", self.severity, Severity),
            ),
        )
        self._check_numbers(where)
        self._check_words(where)
        _require(self.zone == LOCAL or is_zone(self.zone), f"{where}: zone {self.zone!r} is not known")

    def _check_numbers(self, where: str) -> None:
        unit = {"given": "none", "working_days": "working_day"}.get(self.kind, "h")
        _require(self.unit == unit, f"{where}: kind {self.kind} is counted in {unit}, not in {self.unit}")
        _require((self.value is None) == (self.kind == "given"), f"{where}: value missing or out of place")
        for field, number in (
            ("value", self.value),
            ("value_from", self.value_from),
            ("safe_value", self.safe_value),
        ):
            _require(number is None or number > 0, f"{where}: {field} must be above 0")
        ranged = self.kind in ("expectation", "working_days")
        _require((self.value_from is not None) == ranged, f"{where}: value_from missing or out of place")
        if self.value is not None and self.value_from is not None:
            _require(self.value_from <= self.value, f"{where}: value_from lies after value")
        safe = self.safe_mode in ("calendar_days", "hours", "hours_before")
        _require((self.safe_value is not None) == safe, f"{where}: safe_value missing or out of place")
        _require(
            (self.safe_mode == "hours_before") <= (self.kind == "given"),
            f"{where}: hours_before needs a given end",
        )
        _require((self.kind == "given") <= (self.end_event is not None), f"{where}: end_event is missing")
        _require(
            (self.calendar is not None) == (self.kind == "working_days"), f"{where}: calendar out of place"
        )
        _require(
            self.calendar is None or is_known_calendar(self.calendar),
            f"{where}: calendar {self.calendar!r} unknown",
        )

    def _check_words(self, where: str) -> None:
        for field, party in (("who", self.who), ("towards", self.towards)):
            _require(party in PARTIES, f"{where}: {field} {party!r} is no known party")
        for field, key in (("name", self.name), ("if_missed", self.if_missed)):
            _require(_KEY.fullmatch(key) is not None, f"{where}: {field} {key!r} is no catalogue key")
        _require(bool(self.citations), f"{where}: a rule cites at least one fact")
        for fact in self.citations:
            _require(_CITATION.fullmatch(fact) is not None, f"{where}: {fact!r} is no fact id")
        for issue in self.ambiguities:
            _require(_AMBIGUITY.fullmatch(issue) is not None, f"{where}: {issue!r} is no ambiguity id")
        if self.quote is not None:
            _require(
                0 < len(self.quote.split()) <= QUOTE_WORDS, f"{where}: a quote has 1 to {QUOTE_WORDS} words"
            )

    @property
    def needs_end(self) -> bool:
        """True if the end must be entered because no source of ours states it (R-12, R-14, R-15)."""
        return self.kind == "given" and not self.end_is_start


@dataclass(frozen=True, slots=True)
class Amount:
    """A number that a source names, or names without saying how much: ``value`` None is unknown and shown so (AMB-21).

    ``unit``: CNY_fen, day, h or sku. ``id`` is part of a catalogue key: ``amount.<id>``.
    """

    id: str
    unit: str
    citations: tuple[str, ...]
    value: int | None = None
    #: What the importer gave as its source; empty while unknown or as shipped.
    source: str = ""

    def __post_init__(self) -> None:
        where = f"amount {self.id}"
        _require(re.fullmatch(r"[a-z]+(_[a-z]+)*", self.id) is not None, f"{where}: bad id")
        _require(self.unit in AMOUNT_UNITS, f"{where}: unit {self.unit!r} is not one of {AMOUNT_UNITS}")
        _require(self.value is None or self.value >= 0, f"{where}: must not be below 0")
        for fact in self.citations:
            _require(_CITATION.fullmatch(fact) is not None, f"{where}: {fact!r} is no fact id")


@dataclass(frozen=True, slots=True)
class Profile:
    """A set of rules from one source, in force from ``effective_from`` (None: the source bears no date).

    A copy that the importer edits keeps the id of what it was copied from in ``parent_id``. ``agent_id``: the buying
    agent whose accounts alone it binds (AMB-24); None: of an agent profile, every agent account without one of its own.
    """

    id: str
    name: str
    scope: Scope
    source_title: str
    source_file: str
    rules: tuple[Rule, ...]
    platform: str | None = None
    counterparty: str | None = None
    source_date: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    amounts: tuple[Amount, ...] = ()
    parent_id: str | None = None
    agent_id: str | None = None
    #: ``user:<id>`` and the instant in ISO 8601, of a copy.
    edited_by: str | None = None
    edited_at: str | None = None

    def __post_init__(self) -> None:
        where = f"profile {self.id}"
        _require(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", self.id) is not None, f"{where}: bad id")
        _require_choices(where, (("scope", self.scope, Scope),))
        _require(_KEY.fullmatch(self.name) is not None, f"{where}: name {self.name!r} is no catalogue key")
        _require(bool(self.source_title.strip()), f"{where}: source_title is empty")
        _require(
            self.source_date is not None or self.effective_from is None,
            f"{where}: an undated source gives no effective_from",
        )
        _require(
            self.agent_id is None or self.scope == "agent", f"{where}: only an agent profile names an agent"
        )
        for rule in self.rules:
            _require(rule.profile_id == self.id, f"{where}: rule {rule.id} belongs to {rule.profile_id}")

    @property
    def undated(self) -> bool:
        """True if the source bears no date; screens show an "undated source" badge."""
        return self.source_date is None


@dataclass(frozen=True, slots=True)
class Rulebook:
    """The profiles in force together. A rule id stands in exactly one of them, but for profiles of single agents,
    which stand beside the one for all agents: ``for_agent`` makes the choice.
    """

    profiles: tuple[Profile, ...]

    def __post_init__(self) -> None:
        ids = [profile.id for profile in self.profiles]
        twice = sorted({one for one in ids if ids.count(one) > 1})
        _require(not twice, f"profile {', '.join(twice)} stands twice in the rulebook")
        for agent in {None, *(profile.agent_id for profile in self.profiles)}:
            found = [
                rule.id for profile in self.profiles if profile.agent_id == agent for rule in profile.rules
            ]
            twice = sorted({one for one in found if found.count(one) > 1})
            _require(not twice, f"rule {', '.join(twice)} stands twice in the rulebook")

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule that binds without a single agent's profile, by id."""
        return tuple(
            sorted(
                (rule for profile in self.profiles if profile.agent_id is None for rule in profile.rules),
                key=lambda rule: rule.id,
            )
        )

    def for_agent(self, agent_id: str | None) -> Rulebook:
        """The rulebook of orders on this agent's accounts: its own profile before the one for all agents (AMB-24)."""
        own = [profile for profile in self.profiles if agent_id is not None and profile.agent_id == agent_id]
        replaced = {rule.id for profile in own for rule in profile.rules}
        rest = [profile for profile in self.profiles if profile.agent_id is None]
        kept = [
            replace(profile, rules=tuple(rule for rule in profile.rules if rule.id not in replaced))
            for profile in rest
        ]
        return Rulebook((*(replace(profile, agent_id=None) for profile in own), *kept))

    def rule(self, rule_id: str) -> Rule:
        """The rule with this id; ``Refusal("rule_unknown")`` if no profile has it."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise Refusal("rule_unknown", rule=rule_id)

    def profile(self, profile_id: str) -> Profile:
        """The profile with this id; ``Refusal("profile_unknown")`` if there is none."""
        for profile in self.profiles:
            if profile.id == profile_id:
                return profile
        raise Refusal("profile_unknown", profile=profile_id)

    def profile_of(self, rule_id: str) -> Profile:
        """The profile the rule with this id stands in; ``Refusal("rule_unknown")`` if there is none."""
        return self.profile(self.rule(rule_id).profile_id)

    def source_of(self, rule: Rule) -> tuple[str, date | None]:
        """Title and date of the source of a rule; the date is None when the source bears none."""
        profile = self.profile(rule.profile_id)
        if rule.source_title is not None:
            return rule.source_title, None
        return profile.source_title, profile.source_date

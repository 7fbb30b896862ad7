"""An importer's edit of a rulebook: a copy of one profile with other numbers, or other switches.

A form's texts become a new profile or a refusal that names the field; nothing is edited in place. An amount left blank
is unknown, never 0 (AMB-21).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from webapp.domain import switches as switch_data
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Amount, Profile, Rule, Rulebook
from webapp.domain.stakes import read_yuan
from webapp.domain.switches import CHOICES, NUMBERS, Switches

NUMBER_FIELDS: Final = ("value", "value_from", "safe_value")
LARGEST: Final[Mapping[str, int]] = {"h": 24 * 366, "working_day": 60, "none": 24 * 366}
"""Hours, working days; of what has no unit (R-11), hours before its end."""
_WHOLE: Final = re.compile(r"[0-9]{1,12}")
LONGEST_SOURCE: Final = 200


def copied(
    profile: Profile, form: Mapping[str, str], *, profile_id: str, agent_id: str | None, by: str, at: str
) -> Profile:
    """The profile with the form's numbers, as a copy. ``form``: ``R-02.value``, ``R-02.boundary``, ``amount.<id>`` …

    A field that the form leaves out stays. Refusals: ``rule_number`` (rule, field, most), ``rule_broken`` (problem),
    ``amount_number``, ``amount_source_missing``.
    """
    try:
        return replace(
            profile,
            id=profile_id,
            parent_id=profile.parent_id or profile.id,
            agent_id=agent_id,
            edited_by=by,
            edited_at=at,
            rules=tuple(replace(_rule(rule, form), profile_id=profile_id) for rule in profile.rules),
            amounts=tuple(_amount(amount, form) for amount in profile.amounts),
        )
    except ValueError as error:
        raise Refusal("rule_broken", problem=str(error)) from None


def _rule(rule: Rule, form: Mapping[str, str]) -> Rule:
    changes: dict[str, object] = {}
    for name in NUMBER_FIELDS:
        if getattr(rule, name) is not None and f"{rule.id}.{name}" in form:
            changes[name] = _number(rule, name, form[f"{rule.id}.{name}"])
    for name in ("boundary", "count_from"):
        if f"{rule.id}.{name}" in form:
            changes[name] = form[f"{rule.id}.{name}"]
    return replace(rule, **changes)  # type: ignore[arg-type]


def _number(rule: Rule, name: str, text: str) -> int:
    most = LARGEST[rule.unit] if name != "safe_value" else LARGEST["h"]
    typed = text.strip()
    if _WHOLE.fullmatch(typed) is None or not 0 < int(typed) <= most:
        raise Refusal("rule_number", rule=rule.id, most=most)
    return int(typed)


def _amount(amount: Amount, form: Mapping[str, str]) -> Amount:
    typed = form.get(f"amount.{amount.id}")
    if typed is None:
        return amount
    typed = typed.strip()
    if not typed:
        return replace(amount, value=None, source="")
    value = read_yuan(typed) if amount.unit == "CNY_fen" else int(typed) if _WHOLE.fullmatch(typed) else None
    if value is None:
        raise Refusal("amount_number", amount=amount.id)
    source = form.get(f"amount.{amount.id}.source", amount.source).strip()[:LONGEST_SOURCE]
    # A number that nobody can trace is worth no more than an unknown one.
    if value != amount.value and not source:
        raise Refusal("amount_source_missing", amount=amount.id)
    return replace(amount, value=value, source=source)


def edited_switches(switches: Switches, form: Mapping[str, str]) -> Switches:
    """Refusals: ``switch_wrong`` (switch)."""
    data = switch_data.to_data(switches)
    for name in (*CHOICES, "calendar"):
        data[name] = form.get(f"switch.{name}", data[name])
    for name in NUMBERS:
        typed = form.get(f"switch.{name}", str(data[name])).strip()
        data[name] = int(typed) if _WHOLE.fullmatch(typed) else 0
    rungs = re.split(r"[\s,，、]+", form.get("switch.alert_rungs_h", "").strip())
    if rungs != [""]:
        if not all(_WHOLE.fullmatch(rung) for rung in rungs):
            raise Refusal("switch_wrong", switch="alert_rungs_h")
        data["alert_rungs_h"] = sorted({int(rung) for rung in rungs}, reverse=True)
    try:
        return switch_data.from_data(data)
    except ValueError as error:
        named = re.match(r"switch (\w+)", str(error))
        raise Refusal("switch_wrong", switch=named[1] if named else "") from None


def with_copy(rulebook: Rulebook, copy: Profile) -> Rulebook:
    """The copy in its parent's place; of a single agent's profile, beside it. An earlier copy of the same goes."""
    kept = [
        profile
        for profile in rulebook.profiles
        if profile.id != copy.id
        and not (copy.agent_id is None and profile.agent_id is None and profile.id == copy.parent_id)
        and not (profile.parent_id == copy.parent_id and profile.agent_id == copy.agent_id)
    ]
    return Rulebook((*kept, copy))


def without_copy(rulebook: Rulebook, profile_id: str, shipped: Rulebook) -> Rulebook:
    """As shipped again. Raises ``profile_unknown`` when there is no such copy."""
    copy = rulebook.profile(profile_id)
    if copy.parent_id is None:
        raise Refusal("profile_unknown", profile=profile_id)
    kept = tuple(profile for profile in rulebook.profiles if profile.id != profile_id)
    if any(profile.id == copy.parent_id for profile in kept):
        return Rulebook(kept)
    return Rulebook((*(one for one in shipped.profiles if one.id == copy.parent_id), *kept))


_MOVED_BY: Final[Mapping[str, frozenset[str]]] = {
    "clock_start": frozenset({"R-02", "R-03", "R-05"}),
    "authority_end": frozenset({"R-01", "R-02", "R-03"}),
    "auto_approval": frozenset({"R-04"}),
    "calendar": frozenset({"R-06"}),
}


def moved_rules(before: Rulebook, after: Rulebook, old: Switches, new: Switches) -> frozenset[str]:
    """Ids of the rules whose clocks an edit may move; R-05 ends with R-03."""
    found: set[str] = set()
    agents = {None, *(profile.agent_id for book in (before, after) for profile in book.profiles)}
    for agent in agents:
        was, now = ({rule.id: rule for rule in book.for_agent(agent).rules} for book in (before, after))
        found |= {
            rule_id
            for rule_id in was.keys() | now.keys()
            if _bare(was.get(rule_id)) != _bare(now.get(rule_id))
        }
    for name, rules in _MOVED_BY.items():
        if getattr(old, name) != getattr(new, name):
            found |= rules
    return frozenset(found | ({"R-05"} if "R-03" in found else set()))


def _bare(rule: Rule | None) -> Rule | None:
    """Without the name of the profile that it stands in."""
    return None if rule is None else replace(rule, profile_id="")

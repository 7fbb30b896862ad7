"""A profile as JSON holds it, and back: what an edition of the rulebook keeps."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any

from webapp.domain.rulebook import Amount, Profile, Rule, Rulebook


def profile_to_data(profile: Profile) -> dict[str, Any]:
    data = _plain(profile)
    data["rules"] = [_plain(rule) for rule in profile.rules]
    data["amounts"] = [_plain(amount) for amount in profile.amounts]
    return data


def profile_from_data(data: Mapping[str, Any]) -> Profile:
    """Raises ``ValueError`` for what no profile may be; keys that a newer program wrote are left out."""
    given = _known(Profile, data)
    for name in ("source_date", "effective_from", "effective_to"):
        if given.get(name) is not None:
            given[name] = date.fromisoformat(given[name])
    given["rules"] = tuple(Rule(**_known(Rule, rule)) for rule in data["rules"])
    given["amounts"] = tuple(Amount(**_known(Amount, amount)) for amount in data.get("amounts", ()))
    return Profile(**given)


def rulebook_from_data(profiles: Iterable[Mapping[str, Any]]) -> Rulebook:
    return Rulebook(tuple(profile_from_data(profile) for profile in profiles))


def digest(profiles: Iterable[Mapping[str, Any]]) -> str:
    """SHA-256 hex over the profiles' data: whether a program ships other rules than before."""
    text = json.dumps(list(profiles), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Profile | Rule | Amount) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in fields(value):
        one = getattr(value, field.name)
        found[field.name] = (
            one.isoformat() if isinstance(one, date) else list(one) if isinstance(one, tuple) else one
        )
    return found


def _known(shape: type[Profile] | type[Rule] | type[Amount], data: Mapping[str, Any]) -> dict[str, Any]:
    names = {field.name for field in fields(shape)}
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in data.items()
        if name in names
    }

"""What changed between what a phone holds and what its site is now: whole orders, whole parcels, and what is gone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

State = dict[str, str]
"""What a phone holds: ``orders/<id>``, ``parcels/<id>`` and the names of whole parts → 16 hex of their contents."""

LISTS: Final = ("orders", "parcels")
"""In this order: a parcel is told after its orders."""
PARTS: Final = ("blanks", "aliases")
"""Sent whole when they differ. Everything else of a snapshot is small and always sent."""


@dataclass(frozen=True)
class Page:
    """``changes`` as the phone gets them; ``state``: what it holds then; ``more``: it should ask again at once."""

    changes: dict[str, Any]
    state: State
    more: bool


def state_of(snapshot: Mapping[str, Any]) -> State:
    state = {f"{name}/{item['id']}": _digest(item) for name in LISTS for item in snapshot[name]}
    return state | {name: _digest(snapshot[name]) for name in PARTS}


def token_of(state: Mapping[str, str]) -> str:
    """32 hex characters; the same state has the same token."""
    return hashlib.sha256(json.dumps(sorted(state.items())).encode("ascii")).hexdigest()[:32]


def page_of(snapshot: Mapping[str, Any], before: Mapping[str, str], *, most: int | None) -> Page:
    """At most ``most`` orders and parcels that differ from ``before``; None: all of them.

    What is gone, and the parts, come with the last page.
    """
    now = state_of(snapshot)
    differ = [
        (name, item)
        for name in LISTS
        for item in snapshot[name]
        if before.get(f"{name}/{item['id']}") != now[f"{name}/{item['id']}"]
    ]
    sent = differ if most is None else differ[:most]
    more = len(sent) < len(differ)
    changes: dict[str, Any] = {
        key: value for key, value in snapshot.items() if key not in LISTS and key not in PARTS
    }
    for name in LISTS:
        changes[name] = [item for of, item in sent if of == name]
    if more:
        held = {f"{name}/{item['id']}": now[f"{name}/{item['id']}"] for name, item in sent}
        return Page(changes | {"gone": {name: [] for name in LISTS}}, dict(before) | held, more=True)
    changes["gone"] = {
        name: sorted(
            key.removeprefix(f"{name}/") for key in before if key.startswith(f"{name}/") and key not in now
        )
        for name in LISTS
    }
    changes |= {name: snapshot[name] for name in PARTS if before.get(name) != now[name]}
    return Page(changes, now, more=False)


def _digest(value: Any) -> str:
    told = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode("ascii")).hexdigest()[:16]

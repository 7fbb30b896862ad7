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
PARTS: Final = ("blanks", "aliases", "holds")
"""Sent whole when they differ. Everything else of a snapshot is small and always sent."""


@dataclass(frozen=True)
class Page:
    """``sent``: keys of the orders and parcels to tell, ``parts``: names of the whole parts, ``gone``: ids by list.

    ``state``: what the phone holds then; ``more``: it should ask again at once.
    """

    sent: list[str]
    parts: list[str]
    gone: dict[str, list[str]]
    state: State
    more: bool


def state_of(views: Mapping[str, Mapping[str, Any]]) -> State:
    """``views``: lists (by id) and parts by name."""
    state: State = {}
    for name, view in views.items():
        if name in PARTS:
            state[name] = digest(view)
        else:
            state |= {f"{name}/{one}": digest(item) for one, item in view.items()}
    return state


def token_of(state: Mapping[str, str]) -> str:
    """32 hex characters; the same state has the same token."""
    return hashlib.sha256(json.dumps(sorted(state.items())).encode("ascii")).hexdigest()[:32]


def page_of(now: Mapping[str, str], before: Mapping[str, str], *, most: int | None) -> Page:
    """At most ``most`` orders and parcels that differ from ``before``; None: all of them.

    What is gone, and the parts, come with the last page.
    """
    differ = [
        key
        for name in LISTS
        for key, told in sorted(now.items())
        if key.startswith(f"{name}/") and before.get(key) != told
    ]
    sent = differ if most is None else differ[:most]
    if len(sent) < len(differ):
        state = dict(before) | {key: now[key] for key in sent}
        return Page(sent, [], {name: [] for name in LISTS}, state, more=True)
    lost = sorted(before.keys() - now.keys())
    gone = {
        name: [key.removeprefix(f"{name}/") for key in lost if key.startswith(f"{name}/")] for name in LISTS
    }
    return Page(sent, [name for name in PARTS if before.get(name) != now[name]], gone, dict(now), more=False)


def digest(value: Any) -> str:
    told = json.dumps(value, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode("ascii")).hexdigest()[:16]

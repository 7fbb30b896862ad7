"""What a claim of a type still needs, and who has to make it (domain.md 4.2). The data: domain/claim_recipes.py."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from webapp.domain.claim_form import check_form as check_form
from webapp.domain.claim_recipes import CLAIM_TYPES as CLAIM_TYPES
from webapp.domain.claim_recipes import CONDITIONS, PLATFORM_CHANNELS, PLATFORM_MINIMUM
from webapp.domain.claim_recipes import CaseFacts as CaseFacts
from webapp.domain.folders import DOCUMENT_SLOTS
from webapp.domain.receiving import BEFORE_OPENING


@dataclass(frozen=True, slots=True)
class Needs:
    required: tuple[str, ...]
    recommended: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """One exhibit: its slots, the kind of document it is, and where it was made (``CN``, ``VN`` or None)."""

    slots: tuple[str, ...]
    kind: str = ""
    stage: str | None = None


@dataclass(frozen=True, slots=True)
class Todo:
    """A need that nothing fills. ``who``: ``phone`` (somebody at the goods) or ``desk``. ``late``: it had to be made
    before the parcel was opened, and it is open.
    """

    need: str
    slots: tuple[str, ...]
    who: str
    required: bool
    late: bool = False


def held(pieces: Iterable[Held]) -> frozenset[str]:
    """Everything the pieces can answer for: slots, slots at a stage, kinds of paper."""
    found: set[str] = set()
    for piece in pieces:
        found.update(piece.slots)
        if piece.stage:
            found.update(f"{slot}/{piece.stage}" for slot in piece.slots)
        if piece.kind:
            found.add(f"paper:{piece.kind}")
    return frozenset(found)


def needs(type_id: str, facts: CaseFacts) -> Needs:
    """Raises ``KeyError`` for an unknown type."""
    claim_type = CLAIM_TYPES[type_id]
    called = tuple(one.slot for one in claim_type.conditional if CONDITIONS[one.when](facts))
    minimum = PLATFORM_MINIMUM if facts.channel in PLATFORM_CHANNELS else ()
    required = tuple(dict.fromkeys((*claim_type.required, *called, *minimum)))
    return Needs(required, tuple(slot for slot in claim_type.recommended if slot not in required))


def missing(type_id: str, facts: CaseFacts, have: Collection[str]) -> Needs:
    """What of the needs nothing in ``have`` fills (`held`)."""
    asked = needs(type_id, facts)
    return Needs(
        tuple(need for need in asked.required if not fills(need, have)),
        tuple(need for need in asked.recommended if not fills(need, have)),
    )


def fills(need: str, have: Collection[str]) -> bool:
    """Any one of a choice is enough; one film may stand in several slots."""
    return any(slot in have for slot in need.split("|"))


def todos(type_id: str, facts: CaseFacts, have: Collection[str], *, opened: bool) -> tuple[Todo, ...]:
    """What is to be made and by whom, required first; ``opened``: every parcel concerned is open."""
    lacking = missing(type_id, facts, have)
    return tuple(
        _todo(need, required=required, opened=opened)
        for required, listed in ((True, lacking.required), (False, lacking.recommended))
        for need in listed
    )


def _todo(need: str, *, required: bool, opened: bool) -> Todo:
    slots = tuple(one.partition("/")[0] for one in need.split("|"))
    desk = need.startswith("paper:") or (set(slots) <= DOCUMENT_SLOTS and "EV-03" not in slots)
    late = opened and set(slots) <= {*BEFORE_OPENING, "EV-01"} and not need.endswith("/VN")
    return Todo(need, slots, "desk" if desk else "phone", required, late)

"""What open claims still lack and only somebody at the goods can make: a to-do for the phones at the parcel's site."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from webapp.domain.claim_states import BEFORE_FILING
from webapp.domain.claim_types import Todo
from webapp.store import claims as rows


@dataclass(frozen=True, slots=True)
class Ask:
    """``slot``: what a picture or film must fill (domain.md 4.1), or one of ``others``: any of them is enough.

    ``line`` None: the parcel as a whole. ``claim``: its number; a phone is told neither what is asked for in it nor how
    many units are missing.
    """

    slot: str
    line: str | None
    claim: int
    others: tuple[str, ...] = ()


def wanted_of(
    todos: Iterable[Todo], *, claim: int, line_id: str | None, parcel_ids: Iterable[str], abroad: bool
) -> list[dict[str, Any]]:
    """As ``claim.wanted`` keeps it. What had to be made before the opening is not asked for after it.

    ``abroad``: the goods have left China; a need of one stage (``EV-18/VN``) says where itself.
    """
    asked = [todo for todo in todos if todo.who == "phone" and todo.required and not todo.late]
    return [
        {
            "parcel": parcel_id,
            "abroad": _abroad(todo, abroad),
            **asdict(Ask(todo.slots[0], line_id, claim)),
            "others": list(todo.slots[1:]),
        }
        for parcel_id in parcel_ids
        for todo in asked
    ]


def _abroad(todo: Todo, abroad: bool) -> bool:
    stage = todo.need.partition("/")[2]
    return stage == "VN" if stage else abroad


def asks_of_parcels(session: Session, parcel_ids: Collection[str], *, abroad: bool) -> dict[str, list[Ask]]:
    """Parcel → what claims that were not filed yet ask of the phones in Vietnam (``abroad``) or in China."""
    found: dict[str, list[Ask]] = {}
    # Of each parcel by its own orders: what it is told must not hang on which others are asked for.
    for parcel_id, claim in rows.claims_at_parcels(session, parcel_ids, BEFORE_FILING):
        for one in claim.wanted:
            if one["parcel"] == parcel_id and one["abroad"] is abroad:
                # A claim that was settled before choices were told has none.
                ask = Ask(one["slot"], one["line"], one["claim"], tuple(one.get("others", ())))
                found.setdefault(one["parcel"], []).append(ask)
    return found

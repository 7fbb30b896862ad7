"""What lets another phone go on with a sample: the seed of each draw, and of each count the hash that seeds one."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from webapp.domain.evidence import parse
from webapp.domain.sampling import draw_seed
from webapp.store import draws as rows
from webapp.store.schema_dock import DockFact

COUNT_SLOT = "EV-18"


def seeds_told(session: Session, facts: Iterable[DockFact]) -> dict[str, dict[str, str]]:
    """Fact id → what a phone is told besides: ``seed`` of a draw, ``opened`` (hash of its take-open) of a count."""
    known = list(facts)
    drawn = {fact.id: fact for fact in known if fact.kind == "draw"}
    counts = {fact.id: fact for fact in known if fact.kind == "take" and fact.slot == COUNT_SLOT}
    takes = {str(fact.said["take"]) for fact in drawn.values()} | {
        str(fact.said["opens"]) for fact in counts.values()
    }
    opened = rows.takes_opened(session, takes)
    texts = rows.record_texts(session, drawn)
    told: dict[str, dict[str, str]] = {}
    for fact in counts.values():
        if (sha256 := _hash_in_parcel(opened, fact, str(fact.said["opens"]))) is not None:
            told[fact.id] = {"opened": sha256}
    for fact in drawn.values():
        challenge = parse(texts[fact.id]).challenge if fact.id in texts else None
        sha256 = _hash_in_parcel(opened, fact, str(fact.said["take"]))
        if challenge is not None and sha256 is not None:
            said = fact.said
            seed = draw_seed(
                challenge, sha256, str(said["line"]), int(said["tranche"] or 1), int(said["redraw"] or 0)
            )
            told[fact.id] = {"seed": seed.hex()}
    return told


def labels_filmed(session: Session, takes: Iterable[str]) -> dict[str, str | None]:
    """Take → the label that stood for its parcel when the film began."""
    return {take: parse(text).label for take, text in rows.record_texts(session, set(takes)).items()}


def _hash_in_parcel(opened: dict[str, tuple[str, str | None]], fact: DockFact, take: str) -> str | None:
    """Of a film of the same parcel: another parcel's seeds nothing, and its coming is no news of this one."""
    sha256, parcel_id = opened.get(take, (None, None))
    return sha256 if parcel_id == fact.parcel_id else None

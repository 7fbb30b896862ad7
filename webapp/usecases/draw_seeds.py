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
    hashes = rows.record_hashes(session, takes)
    texts = rows.record_texts(session, drawn)
    told: dict[str, dict[str, str]] = {
        fact.id: {"opened": hashes[opens]}
        for fact in counts.values()
        if (opens := str(fact.said["opens"])) in hashes
    }
    for fact in drawn.values():
        challenge = parse(texts[fact.id]).challenge if fact.id in texts else None
        opened = hashes.get(str(fact.said["take"]))
        if challenge is not None and opened is not None:
            said = fact.said
            seed = draw_seed(
                challenge, opened, str(said["line"]), int(said["tranche"] or 1), int(said["redraw"] or 0)
            )
            told[fact.id] = {"seed": seed.hex()}
    return told

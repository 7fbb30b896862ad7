"""Draws as the server keeps them, by the goods that they speak of (domain/tranches.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from webapp.domain.tranches import Drawn, Lot, lot_by_draw
from webapp.store.schema_dock import DockFact


def lots_by_draw(draws: Iterable[DockFact]) -> Mapping[str, Lot]:
    """Draw id → its lot. A line's tranches are numbered at each site, across parcels."""
    return lot_by_draw(_drawn(fact) for fact in draws if fact.kind == "draw")


def last_inspections(found: Iterable[tuple[DockFact, DockFact]]) -> list[DockFact]:
    """Of (inspection, its draw), oldest first: the last one of each lot. What Vietnam inspected anew counts instead of
    what China did, where both gave the lot one number.
    """
    pairs = list(found)
    lots = lots_by_draw(draw for _, draw in pairs)
    last = {(draw.parcel_id, draw.line_id, lots[draw.id].label): inspection for inspection, draw in pairs}
    return list(last.values())


def _drawn(fact: DockFact) -> Drawn:
    said = fact.said
    return Drawn(
        id=fact.id,
        line=said["line"],
        number=said["tranche"],
        redraw=int(said["redraw"] or 0),
        take=said["take"],
        at=fact.at,
        place=fact.site_id,
    )

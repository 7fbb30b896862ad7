"""Every draw of an order's parcels, repeated by the server from its seed for the desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from sqlalchemy.orm import Session

from webapp.domain.draw_check import OPEN, DrawCheck, DrawSaid, check_draw
from webapp.domain.refusals import Refusal
from webapp.domain.sampling import SamplingPlan
from webapp.domain.sampling_choice import FIX, FIX_15, Sampling, chosen
from webapp.store.schema import Take
from webapp.store.schema_dock import DockFact
from webapp.usecases.draw_seeds import seeds_told

_NOT_OURS: Final = frozenset({"challenge_unknown", "challenge_reused"})
"""Findings of a draw whose nonce gives no seed that the server would have given."""


def draw_checks(session: Session, facts: Sequence[DockFact], takes: Iterable[Take]) -> dict[str, DrawCheck]:
    """Draw → what repeating it shows. ``facts`` and ``takes`` of whole parcels."""
    standing = [fact for fact in facts if fact.gone_by is None]
    draws = [fact for fact in standing if fact.kind == "draw"]
    seeds = seeds_told(session, draws)
    closed = {take.id: take for take in takes if take.closed is not None}
    found: dict[str, DrawCheck] = {}
    for draw in draws:
        take, line = str(draw.said["take"]), str(draw.said["line"])
        counted = _counted(closed[take], line) if take in closed else None
        if counted is None:
            found[draw.id] = OPEN
            continue
        ours = not _NOT_OURS & set(draw.findings)
        seed = seeds[draw.id]["seed"] if ours and draw.id in seeds else None
        found[draw.id] = check_draw(
            bytes.fromhex(seed) if seed else None,
            _said(draw, standing),
            counted=counted,
            plan=plan_of_draw(draw),
        )
    return found


def plan_of_draw(draw: DockFact, asked: Sampling = FIX) -> SamplingPlan | None:
    """None: a lot or a table that no plan knows. ``asked``: of the order now; no record names a fixed share's floor."""
    said = draw.said
    try:
        choice = chosen(
            "fix_15" if (said["plan"], asked) == ("fix", FIX_15) else said["plan"] or "",
            said["level"] or "",
            said["aql"] or "",
            waived=False,
        )
        return choice.of_lot(int(said["lot"] or 0))
    except Refusal:
        return None


def _said(draw: DockFact, standing: Iterable[DockFact]) -> DrawSaid:
    own = [fact for fact in standing if fact.said.get("draw") == draw.id]
    inspections = [int(fact.said["inspected"] or 0) for fact in own if fact.kind == "inspection"]
    units = [int(fact.said["unit"] or 0) for fact in own if fact.kind == "defect" and fact.said["unit"]]
    lot, n = int(draw.said["lot"] or 0), int(draw.said["n"] or 0)
    return DrawSaid(lot, n, max(inspections, default=None), units)


def _counted(take: Take, line: str) -> int | None:
    """Units of a line in a film and in the interrupted ones that it goes on with; None while that cannot be said."""
    counted = [tally.counted for tally in take.tallies if tally.line_id == line]
    return counted[0] if counted else 0

"""A sample as the desk shows it: the draw, its limits, what was found, and what such a sample can miss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from webapp.domain.detection import defectives_at, detection_millionths, smallest_found
from webapp.domain.draw_check import OPEN, DrawCheck
from webapp.domain.sampling import SamplingPlan
from webapp.domain.sampling_choice import FIX, Sampling
from webapp.domain.stickers import shown_text
from webapp.store.schema import OrderLine
from webapp.store.schema_dock import DockFact
from webapp.usecases.draw_checks import plan_of_draw
from webapp.usecases.draw_lots import lots_by_draw
from webapp.usecases.photo_views import PhotoView

RATE: Final = 5
"""Percent of defective units at which the chance of finding one is said (domain.md 12.5)."""


@dataclass(frozen=True)
class Said:
    """One fact, and who said it; ``gone`` facts are shown struck through, never left out."""

    fact: DockFact
    worker: str | None

    @property
    def gone(self) -> bool:
        return self.fact.gone_by is not None

    @property
    def item_id(self) -> str:
        """Of an ``item-id`` record: what stands on the item."""
        return shown_text(self.fact.said.get("text") or "")


@dataclass(frozen=True)
class Miss:
    """``n`` of ``lot`` units find a rate of ``RATE`` percent in ``percent`` of cases (rounded half up), and with 95 %
    confidence at least ``surely`` defective units (None: nothing drawn)."""

    lot: int
    n: int
    percent: int
    surely: int | None

    @property
    def surely_tenths(self) -> int:
        """``surely`` as tenths of a percent of the lot, rounded half up."""
        return 0 if self.surely is None else (2_000 * self.surely + self.lot) // (2 * self.lot)


@dataclass(frozen=True)
class DefectView:
    fact: DockFact
    worker: str | None
    photos: Sequence[PhotoView]


@dataclass(frozen=True)
class SampleView:
    """``plan`` None: a lot that no plan knows. ``defective``: units by worst defect, None while nobody finished.

    ``tranche``: what its lot is called (domain/tranches.py).
    """

    draw: DockFact
    worker: str | None
    line: OrderLine | None
    plan: SamplingPlan | None
    miss: Miss | None
    inspected: int | None
    inspector: str | None
    defective: tuple[int, int, int] | None
    defects: list[DefectView]
    redrawn: bool
    tranche: str
    check: DrawCheck

    @property
    def n(self) -> int:
        return int(self.draw.said["n"] or 0)

    @property
    def lot(self) -> int:
        return int(self.draw.said["lot"] or 0)


def what_it_misses(lot: int, n: int) -> Miss | None:
    """None outside of what a lot can be."""
    if not 0 < n <= lot:
        return None
    share = detection_millionths(lot, n, defectives_at(lot, RATE))
    return Miss(lot, n, (share + 5_000) // 10_000, smallest_found(lot, n))


def figures(sampling: Sampling, lots: Sequence[int]) -> list[Miss]:
    """For a choice of plan, at typical lots."""
    found = (what_it_misses(lot, sampling.units_of(lot)) for lot in lots)
    return [one for one in found if one is not None]


def sample_views(
    said: Mapping[str, Sequence[Said]],
    lines: Mapping[str, OrderLine],
    photos: Sequence[PhotoView],
    checks: Mapping[str, DrawCheck],
    asked: Mapping[str, Sampling],
) -> list[SampleView]:
    """Every draw that stands, by time and id; of a tranche drawn again the earlier ones are marked. ``checks``: of each
    draw, as the server repeated it; ``asked``: by order.
    """
    drawn = [one for one in said.get("draw", []) if one.fact.gone_by is None]
    draws = sorted(drawn, key=lambda one: (one.fact.at, one.fact.id))
    lots = lots_by_draw(one.fact for one in draws)
    defects = [one for one in said.get("defect", []) if one.fact.gone_by is None]
    found = []
    for one in draws:
        draw = one.fact
        done = [each for each in said.get("inspection", []) if _is_of(each.fact, draw)]
        lot, n = int(draw.said["lot"] or 0), int(draw.said["n"] or 0)
        line = lines.get(draw.line_id or "")
        found.append(
            SampleView(
                draw=draw,
                worker=one.worker,
                line=line,
                plan=plan_of_draw(draw, asked.get(line.order_id, FIX) if line else FIX),
                miss=what_it_misses(lot, n),
                inspected=int(done[-1].fact.said["inspected"] or 0) if done else None,
                inspector=done[-1].worker if done else None,
                defective=_defective(done[-1].fact) if done else None,
                defects=[_defect(each, photos) for each in defects if _is_of(each.fact, draw)],
                redrawn=all(draw.id != other.id for other in lots[draw.id].standing),
                tranche=lots[draw.id].label,
                check=checks.get(draw.id, OPEN),
            )
        )
    return found


def loose_defects(said: Mapping[str, Sequence[Said]], photos: Sequence[PhotoView]) -> list[DefectView]:
    """Defects that belong to no draw."""
    return [
        _defect(one, photos)
        for one in said.get("defect", [])
        if one.fact.gone_by is None and one.fact.said["draw"] is None
    ]


def _is_of(fact: DockFact, draw: DockFact) -> bool:
    return fact.gone_by is None and fact.said["draw"] == draw.id


def _defective(inspection: DockFact) -> tuple[int, int, int]:
    critical, major, minor = (int(word) for word in str(inspection.said["defective"]).split(" "))
    return critical, major, minor


def _defect(one: Said, photos: Sequence[PhotoView]) -> DefectView:
    shown = [photo for photo in photos if photo.fact.said.get("about") == one.fact.id]
    return DefectView(one.fact, one.worker, shown)

"""Which draws speak of the same goods. Two phones without a connection may both number their lots from 1 (S3-09)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw. ``place``: where it was made, as far as its number is counted there; ``take``: the count it is of."""

    id: str
    line: str | None
    number: str | None
    redraw: int
    take: str | None
    at: datetime
    place: str = ""

    @property
    def subject(self) -> tuple[str, str | None, str | None]:
        return (self.place, self.line, self.number)


@dataclass(slots=True)
class Lot:
    """One tranche: its draws by redraw and time. ``nth`` of those that people gave the same number, from 1."""

    nth: int
    draws: list[Drawn] = field(default_factory=list)

    @property
    def key(self) -> str:
        """The id of its first draw."""
        return self.draws[0].id

    @property
    def label(self) -> str:
        """``1``, and ``1.2`` for another lot that somebody also called 1."""
        number = self.draws[0].number or "1"
        return number if self.nth == 1 else f"{number}.{self.nth}"

    @property
    def standing(self) -> list[Drawn]:
        """The last redraw, or several that people made at once."""
        newest = self.draws[-1].redraw
        return [draw for draw in self.draws if draw.redraw == newest]


def lots(draws: Iterable[Drawn]) -> list[Lot]:
    """In the order of their first draws, by time and id. Draws of one count are of one lot; a redraw of a count that
    was made anew belongs to the newest lot of its number that was drawn before it.
    """
    by_subject: dict[tuple[str, str | None, str | None], list[Lot]] = {}
    for draw in sorted(draws, key=lambda one: (one.redraw, one.at, one.id)):
        known = by_subject.setdefault(draw.subject, [])
        lot = _lot_of(draw, known)
        if lot is None:
            lot = Lot(len(known) + 1)
            known.append(lot)
        lot.draws.append(draw)
    found = [lot for some in by_subject.values() for lot in some]
    return sorted(found, key=lambda lot: (lot.draws[0].at, lot.key))


def lot_by_draw(draws: Iterable[Drawn]) -> Mapping[str, Lot]:
    return {draw.id: lot for lot in lots(draws) for draw in lot.draws}


def _lot_of(draw: Drawn, known: list[Lot]) -> Lot | None:
    same = next((lot for lot in known if any(one.take == draw.take for one in lot.draws)), None)
    if same is not None or draw.redraw == 0 or not known:
        return same
    before = [lot for lot in known if (lot.draws[0].at, lot.key) <= (draw.at, draw.id)]
    return (before or known[:1])[-1]

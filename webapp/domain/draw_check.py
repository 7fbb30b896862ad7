"""A draw repeated from its seed: what its records claim against what the seed, the count and the plan give."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from webapp.domain.sampling import LARGEST_LOT, SamplingPlan, sample

Difference = Literal["seed", "lot", "size", "units"]
"""``seed``: no nonce of ours, or a film of other goods; ``lot``: not what that film counted; ``size``: fewer units than
the plan asks; ``units``: defects in units that were not drawn."""

REPEATED_UP_TO: Final = 50_000
"""Units: every one of a lot is ranked, and a page waits for it."""


@dataclass(frozen=True, slots=True)
class DrawSaid:
    """``inspected``: units, None while nobody finished; ``looked``: the units in which defects were found."""

    lot: int
    n: int
    inspected: int | None
    looked: Collection[int]


@dataclass(frozen=True, slots=True)
class DrawCheck:
    """``units``: to be inspected, in the order of the draw; empty where it could not be repeated. ``open``: its film or
    its nonce is not here yet, or the lot is larger than ``REPEATED_UP_TO``."""

    differs: tuple[Difference, ...] = ()
    units: tuple[int, ...] = ()
    open: bool = False

    @property
    def verified(self) -> bool:
        return not self.differs and not self.open


OPEN: Final = DrawCheck(open=True)


def check_draw(seed: bytes | None, said: DrawSaid, *, counted: int, plan: SamplingPlan | None) -> DrawCheck:
    """``seed`` None: what the draw names gives none. ``counted``: units of the line in the film that it names.
    ``plan`` None: the draw names none that is known.
    """
    differs: list[Difference] = []
    if seed is None:
        differs.append("seed")
    if said.lot != counted:
        differs.append("lot")
    if plan is None or said.n < least_units(plan) or said.n > said.lot:
        differs.append("size")
    if seed is None or not 1 <= said.lot <= LARGEST_LOT:
        return DrawCheck(tuple(differs))
    if said.lot > REPEATED_UP_TO:
        return DrawCheck(tuple(differs), open=not differs)
    drawn = min(said.lot, said.n)
    # Whoever adds units takes the next ones of the same order; how many is known when the inspection is finished.
    reached = said.lot if said.inspected is None else min(said.lot, max(drawn, said.inspected))
    if not set(said.looked) <= set(_sample(seed, said.lot, reached)):
        differs.append("units")
    return DrawCheck(tuple(differs), _sample(seed, said.lot, drawn))


def least_units(plan: SamplingPlan) -> int:
    """A fixed fraction may stop at its floor of 10 %; a table's sample is its own size (AMB-11)."""
    return plan.n_floor if plan.kind == "fix" else plan.n


@lru_cache(maxsize=256)
def _sample(seed: bytes, lot: int, n: int) -> tuple[int, ...]:
    return tuple(sample(seed, lot, n))

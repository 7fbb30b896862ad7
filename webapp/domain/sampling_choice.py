"""Which sample a plan with a sample asks for, as the desk chose it and ``receiving_plan.sampling`` keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from webapp.domain.refusals import Refusal
from webapp.domain.sampling import SamplingPlan, aql_plan, fraction_plan, known_level, read_aql

_WAIVED: Final = "waived"
JUDGED_CLASS: Final = "major"
"""The AQL that the desk chooses is for major defects; critical ones are never allowed (domain.md 12.5)."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """``fix``: 10 % floor, 15 % target (S3-09); ``fix_15``: 15 % is the floor too. ``aql``: ISO 2859-1, single,
    normal, at ``level`` and ``aql``.

    ``waived``: the importer lets an AQL sample be smaller than 10 % of the lot (AMB-11); else the floor is inspected,
    and Ac/Re judge the plan's own first units.
    """

    plan: Literal["fix", "fix_15", "aql"] = "fix"
    level: str | None = None
    aql: str | None = None
    waived: bool = False

    def of_lot(self, lot: int) -> SamplingPlan:
        """Refusal ``lot_size_wrong``."""
        if self.plan != "aql" or self.level is None or self.aql is None:
            return fraction_plan(lot, whole=self.plan == "fix_15")
        return aql_plan(lot, self.level, {JUDGED_CLASS: self.aql})

    def units_of(self, lot: int) -> int:
        """How many units are inspected. Refusal ``lot_size_wrong``."""
        plan = self.of_lot(lot)
        return plan.n if self.waived or not plan.below_floor else plan.n_floor

    def written(self) -> str | None:
        """None for the built-in one."""
        if self.plan != "aql":
            return None if self == FIX else self.plan
        return " ".join(["aql", self.level or "", self.aql or "", *([_WAIVED] if self.waived else [])])


FIX: Final = Sampling()
FIX_15: Final = Sampling("fix_15")


def read_sampling(kept: str | None) -> Sampling:
    """What ``written`` wrote. ``ValueError`` for anything else."""
    words = (kept or "fix").split(" ")
    if words in (["fix"], ["fix_15"]):
        return FIX if words == ["fix"] else FIX_15
    if words[0] != "aql" or len(words) not in (3, 4) or words[3:] not in ([], [_WAIVED]):
        raise ValueError(f"no such sampling: {kept}")
    return _aql(words[1], words[2], waived=len(words) == 4)


def chosen(plan: str, level: str, aql: str, *, waived: bool) -> Sampling:
    """As chosen on a form. Refusals ``sampling_plan_unknown``, ``sampling_level_unknown``, ``aql_unknown``."""
    if plan in ("", "fix", "fix_15"):
        return FIX_15 if plan == "fix_15" else FIX
    if plan != "aql":
        raise Refusal("sampling_plan_unknown")
    return _aql(level.strip(), aql, waived=waived)


def _aql(level: str, aql: str, *, waived: bool) -> Sampling:
    return Sampling("aql", known_level(level), read_aql(aql), waived)

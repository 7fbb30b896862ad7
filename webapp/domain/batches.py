"""A supplier's batches: shortage and defect rate of each order, exactly as counted. Unknown stays unknown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """One order. Units in thousandths of the order's unit. ``counted_milli`` None: not every parcel was counted.

    ``inspected``, ``defective``: units of finished samples; None: nobody finished one.
    """

    order_no: str
    placed_at: datetime | None
    ordered_milli: int
    counted_milli: int | None
    inspected: int | None
    defective: int | None

    @property
    def short_milli(self) -> int | None:
        return None if self.counted_milli is None else max(0, self.ordered_milli - self.counted_milli)

    @property
    def short_tenths(self) -> int | None:
        """Tenths of a percent of the ordered units, rounded half up."""
        return _tenths(self.short_milli, self.ordered_milli)

    @property
    def defect_tenths(self) -> int | None:
        return _tenths(self.defective, self.inspected)


@dataclass(frozen=True, slots=True)
class Rate:
    """``tenths`` of a percent over all batches where both numbers are known; None: there is none."""

    part: int
    whole: int
    batches: int

    @property
    def tenths(self) -> int | None:
        return _tenths(self.part, self.whole)


def shortage(batches: Iterable[Batch]) -> Rate:
    known = [one for one in batches if one.short_milli is not None]
    return Rate(
        sum(one.short_milli or 0 for one in known), sum(one.ordered_milli for one in known), len(known)
    )


def defect_rate(batches: Iterable[Batch]) -> Rate:
    known = [one for one in batches if one.inspected]
    return Rate(
        sum(one.defective or 0 for one in known), sum(one.inspected or 0 for one in known), len(known)
    )


def scale_tenths(values: Sequence[int | None]) -> int:
    """The top of a chart: the largest value, rounded up to a round number, at least 1 %."""
    top = max((value for value in values if value is not None), default=0)
    for step in (10, 20, 50, 100, 200, 500, 1000):
        if top <= step:
            return step
    return top


def percent_text(tenths: int) -> str:
    """``125`` → ``12.5 %``."""
    whole, rest = divmod(tenths, 10)
    return f"{whole}.{rest} %" if rest else f"{whole} %"


def _tenths(part: int | None, whole: int | None) -> int | None:
    if part is None or not whole:
        return None
    return (2000 * part + whole) // (2 * whole)

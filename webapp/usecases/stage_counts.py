"""What was ordered of each line, what China counted of it and what Vietnam did: the numbers of DT-3. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain import site_kinds
from webapp.store import stage_counts as rows
from webapp.store.schema import Order, OrderLine


@dataclass(frozen=True, slots=True)
class StageCount:
    """``units_milli`` is the sum of the parcels counted there; ``complete`` once that is every parcel of the order.

    ``filmed``: every count behind it is a whole, verified film of a finished count. Only a filmed and complete count
    in China proves where a shortage arose (S0-52, S0-53).
    """

    units_milli: int
    complete: bool
    filmed: bool
    take_ids: tuple[str, ...]
    counted_at: datetime

    @property
    def proves_origin(self) -> bool:
        return self.complete and self.filmed


@dataclass(frozen=True, slots=True)
class LineStages:
    """Thousandths of the order's unit. A stage that nobody counted is None, never 0."""

    line: OrderLine
    ordered_milli: int
    china: StageCount | None
    vietnam: StageCount | None


def stage_counts(session: Session, order: Order) -> list[LineStages]:
    """One entry a line, in the order's own sequence; lines and parcels of ``order`` are loaded."""
    found = rows.stage_rows(session, [line.id for line in order.lines])
    parcels = {parcel.id for parcel in order.parcels}

    def stage(line: OrderLine, *, vietnam: bool) -> StageCount | None:
        own = [row for row in found if row.line_id == line.id and (row.site_kind == site_kinds.VN) is vietnam]
        return _sum(own, parcels) if own else None

    return [
        LineStages(line, line.quantity_milli, stage(line, vietnam=False), stage(line, vietnam=True))
        for line in order.lines
    ]


def _sum(own: Iterable[rows.StageRow], parcels: set[str]) -> StageCount:
    counted = sorted(own, key=lambda row: (row.at, row.take_id))
    return StageCount(
        units_milli=1000 * sum(row.units for row in counted),
        complete=parcels <= {row.parcel_id for row in counted},
        filmed=all(row.whole for row in counted),
        take_ids=tuple(row.take_id for row in counted),
        counted_at=counted[-1].at,
    )

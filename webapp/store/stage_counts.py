"""SQL about what China and Vietnam counted of an order's lines."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from webapp.domain import site_kinds
from webapp.store.schema import Site, Take, Tally


@dataclass(frozen=True, slots=True)
class StageRow:
    """The standing count of one line in one parcel at one kind of site."""

    line_id: str
    parcel_id: str
    site_kind: str
    take_id: str
    units: int
    whole: bool  # one film, closed as complete, that arrived with the hash that was signed
    at: datetime


def stage_rows(session: Session, line_ids: Collection[str]) -> list[StageRow]:
    """China and Vietnam apart; of each the latest closed take of a parcel stands (DT-3 compares the two)."""
    ranked = (
        select(
            Tally.line_id,
            Take.parcel_id,
            Site.kind,
            Take.id.label("take_id"),
            Tally.counted.label("units"),
            # A count in two films has a gap: it proves what was counted, not where a shortage arose.
            and_(Take.file_state == "verified", Take.closed == "complete", Take.goes_on.is_(None)).label(
                "whole"
            ),
            Take.closed_at,
            func.row_number()
            .over(
                partition_by=(Tally.line_id, Take.parcel_id, Site.kind == site_kinds.VN),
                order_by=(Take.opened_at.desc(), Take.id.desc()),
            )
            .label("age"),
        )
        .join(Take, Take.id == Tally.take_id)
        .join(Site, Site.id == Take.site_id)
        .where(Tally.line_id.in_(list(line_ids)), Take.closed_at.is_not(None), Tally.counted.is_not(None))
        .subquery()
    )
    columns = [
        ranked.c[name] for name in ("line_id", "parcel_id", "kind", "take_id", "units", "whole", "closed_at")
    ]
    return [StageRow(*row) for row in session.execute(select(*columns).where(ranked.c.age == 1))]

"""What a phone is told of earlier work at its site: facts, its own stage's counts, a check value for a blind count."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.domain import site_kinds
from webapp.domain.count_check import count_check
from webapp.store import dock as rows
from webapp.store import snapshot as snapshot_rows
from webapp.store.schema import OrderLine, Site, Take
from webapp.store.schema_dock import DockFact
from webapp.usecases.draw_seeds import seeds_told
from webapp.usecases.record_projections import COUNT_SLOTS


@dataclass(frozen=True)
class ToldAtTable:
    """``counted`` and ``china``: line → [(parcel, units)]; ``china`` is None at a site that is not in Vietnam."""

    facts: dict[str, list[dict[str, Any]]]
    open_takes: dict[str, list[dict[str, Any]]]
    counted: dict[str, list[tuple[str, int]]]
    china: dict[str, list[tuple[str, int]]] | None

    def of_parcel(self, parcel_id: str) -> dict[str, Any]:
        return {"facts": self.facts.get(parcel_id, []), "open_takes": self.open_takes.get(parcel_id, [])}

    def of_line(self, line: OrderLine, *, parcels: int) -> dict[str, Any]:
        """``check`` says "same" or "differs" to a phone that is not sent the quantity; None: nothing to compare with.

        A phone compares only when every other of the order's ``parcels`` is in ``counted``.
        """
        expected = self._expected(line, parcels)
        return {
            "check": None if expected is None else count_check(line.id, expected),
            "counted": [list(pair) for pair in self.counted.get(line.id, [])],
            "parcels": parcels,
        }

    def _expected(self, line: OrderLine, parcels: int) -> int | None:
        china = (self.china or {}).get(line.id, [])
        if china and len(china) == parcels:
            return sum(units for _, units in china)
        return line.quantity_milli // 1000 if line.quantity_milli % 1000 == 0 else None


def told_at_table(
    session: Session, site: Site, *, since: datetime, parcels: Collection[str], lines: Collection[str]
) -> ToldAtTable:
    """Of these parcels what was recorded since then, and of these lines whatever stands counted."""
    facts = rows.facts_at(session, site.id, since, parcels)
    takes = rows.open_takes_at(session, site.id, since, parcels)
    closed = rows.closed_takes_at(session, site.id, since, parcels)
    people = {fact.worker_id for fact in facts} | {take.worker_id for take in [*takes, *closed]}
    names = rows.worker_names(session, {worker for worker in people if worker})
    by_parcel: dict[str, list[dict[str, Any]]] = {}
    seeds = seeds_told(session, facts)
    for fact in facts:
        if fact.parcel_id is not None:
            told = _fact(fact, names) | seeds.get(fact.id, {})
            by_parcel.setdefault(fact.parcel_id, []).append(told)
    for take in closed:
        by_parcel.setdefault(take.parcel_id, []).append(_closed_take(take, names))
    open_takes: dict[str, list[dict[str, Any]]] = {}
    # Somebody's unfinished film of a measurement or a function test is no count to go on with.
    for take in (take for take in takes if take.slot in COUNT_SLOTS):
        open_takes.setdefault(take.parcel_id, []).append(
            {
                "take": take.id,
                "worker": names.get(take.worker_id or ""),
                "started_at": take.opened_at.isoformat(timespec="milliseconds"),
            }
        )
    vietnam = site.kind == site_kinds.VN
    return ToldAtTable(
        facts=by_parcel,
        open_takes=open_takes,
        counted=_by_line(snapshot_rows.stage_counts(session, lines, vietnam=vietnam)),
        china=_by_line(snapshot_rows.stage_counts(session, lines, vietnam=False)) if vietnam else None,
    )


def _by_line(counts: list[tuple[str, str, int]]) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for line, parcel, units in sorted(counts):
        found.setdefault(line, []).append((parcel, units))
    return found


def _closed_take(take: Take, names: dict[str, str]) -> dict[str, Any]:
    """A `take` record as a fact among the others; how many units it counted stays out."""
    assert take.closed_at is not None
    return {
        "id": take.close_record_id,
        "kind": "take",
        "slot": take.slot,
        "also": [],
        "values": {"opens": take.id, "closed": take.closed},
        "at": take.closed_at.isoformat(timespec="milliseconds"),
        "worker": names.get(take.worker_id or ""),
        "gone": False,
    }


def _fact(fact: DockFact, names: dict[str, str]) -> dict[str, Any]:
    also = fact.said.get("also") or ""
    return {
        "id": fact.id,
        "kind": fact.kind,
        "slot": fact.slot,
        "also": also.split(),
        "values": fact.said,
        "at": fact.at.isoformat(timespec="milliseconds"),
        "worker": names.get(fact.worker_id or ""),
        "gone": fact.gone_by is not None,
        "corrects": None if fact.kind == "withdrawal" else fact.corrects,
    }

"""What a phone is told of earlier work at its site: facts, its own stage's counts, a check value for a blind count."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.domain import site_kinds
from webapp.domain.count_check import count_check
from webapp.domain.segments import part_of
from webapp.store import dock as rows
from webapp.store import snapshot as snapshot_rows
from webapp.store import takes as take_rows
from webapp.store.schema import OrderLine, Site, Take
from webapp.store.schema_dock import DockFact
from webapp.usecases.draw_seeds import labels_filmed, seeds_told
from webapp.usecases.record_projections import COUNT_SLOTS


@dataclass(frozen=True)
class ToldAtTable:
    """``counted``, ``china``, ``vietnam``: line → [(parcel, units)]. ``china`` is None at a site outside Vietnam;
    ``vietnam`` was counted there to the end: of those parcels China's count is no secret any more.
    """

    facts: dict[str, list[dict[str, Any]]]
    open_takes: dict[str, list[dict[str, Any]]]
    counted: dict[str, list[tuple[str, int]]]
    china: dict[str, list[tuple[str, int]]] | None
    vietnam: dict[str, list[tuple[str, int]]]

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
            "china": self._china_told(line.id),
            "parcels": parcels,
        }

    def _china_told(self, line_id: str) -> list[list[object]]:
        """China's count of the parcels whose own count is done: before it would be no blind one."""
        own = {parcel for parcel, _ in self.vietnam.get(line_id, [])}
        return [[parcel, units] for parcel, units in (self.china or {}).get(line_id, []) if parcel in own]

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
    takes = _unfinished(session, rows.unfinished_takes_at(session, site.id, since, parcels), facts)
    closed = rows.closed_takes_at(session, site.id, since, parcels)
    films = take_rows.takes_by_id(session, {film for one in takes for film in one.films})
    labels = labels_filmed(session, films)
    people = {fact.worker_id for fact in facts} | {take.worker_id for take in [*films.values(), *closed]}
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
    for one in takes:
        told = _open_take(one, films, names) | {"label": labels.get(one.take.id)}
        open_takes.setdefault(one.take.parcel_id, []).append(told)
    vietnam = site.kind == site_kinds.VN
    return ToldAtTable(
        facts=by_parcel,
        open_takes=open_takes,
        counted=_by_line(snapshot_rows.stage_counts(session, lines, vietnam=vietnam)),
        china=_by_line(snapshot_rows.stage_counts(session, lines, vietnam=False)) if vietnam else None,
        vietnam=_by_line(snapshot_rows.stage_counts(session, lines, vietnam=True, complete=True))
        if vietnam
        else {},
    )


@dataclass(frozen=True)
class _Unfinished:
    """A count that can be gone on with. ``films``: it and those that it goes on with itself, the first one first.

    ``units`` by line, of all its films; None while somebody's phone has not said how many.
    """

    take: Take
    films: list[str]
    ended_at: datetime | None
    units: list[tuple[str, int]] | None


def _unfinished(session: Session, takes: Sequence[Take], facts: Sequence[DockFact]) -> list[_Unfinished]:
    """Nobody has gone on with them, and after one that was cut off nobody has counted the parcel whole."""
    standing = [fact for fact in facts if fact.gone_by is None]
    gone = {fact.said["opens"] for fact in facts if fact.kind == "take"}
    ended = {fact.said["opens"]: fact.at for fact in standing if fact.kind == "take"}
    followed = {fact.said["of"] for fact in standing if fact.kind == "segment"}
    before = {str(fact.said["next"]): str(fact.said["of"]) for fact in standing if fact.kind == "segment"}
    whole: dict[str, datetime] = {}
    for fact in standing:
        if fact.kind == "take" and fact.said["closed"] == "complete" and fact.slot in COUNT_SLOTS:
            whole[str(fact.parcel_id)] = fact.at
    units = take_rows.counted_units(session, [take.id for take in takes if take.closed is not None])
    found = []
    # Somebody's unfinished film of a measurement or a function test is no count to go on with.
    for take in (take for take in takes if take.slot in COUNT_SLOTS and take.id not in followed):
        at = ended.get(take.id)
        taken_back = at is None and take.id in gone
        counted_since = at is not None and whole.get(take.parcel_id, at) > at
        if take.closed is not None and (taken_back or counted_since):
            continue
        films = [*part_of(before, take.id), take.id]
        found.append(_Unfinished(take, films, at or take.closed_at, units.get(take.id)))
    return found


def _open_take(one: _Unfinished, films: Mapping[str, Take], names: Mapping[str, str]) -> dict[str, Any]:
    """What was counted so far is no secret: it is not what was ordered, and whoever goes on needs it."""
    return {
        "take": one.take.id,
        "worker": names.get(one.take.worker_id or ""),
        "started_at": one.take.opened_at.isoformat(timespec="milliseconds"),
        "ended_at": one.ended_at.isoformat(timespec="milliseconds") if one.ended_at else None,
        "units": None if one.units is None else [list(pair) for pair in one.units],
        "before": [names.get(films[film].worker_id or "") for film in one.films[:-1] if film in films],
    }


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

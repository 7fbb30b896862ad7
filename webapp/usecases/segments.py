"""Counts in several films: what each of them has from the interrupted ones before it (`segment` records).

Call `recarry` wherever a parcel's takes, their tallies or its segments change, in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from webapp.domain.events import RECOUNT
from webapp.domain.evidence import Finding
from webapp.domain.segments import COMPLETE, Film, carried
from webapp.store import dock as rows
from webapp.store import snapshot as snapshot_rows
from webapp.store import takes as take_rows
from webapp.store.database import Database
from webapp.store.schema import Take, Tally
from webapp.store.schema_dock import DockFact
from webapp.usecases.order_progress import recompute_progress

_AT_ONCE: Final = 200


@dataclass(frozen=True)
class _Reckoned:
    """What a take's columns should say."""

    take: Take
    goes_on: str | None
    carried: Sequence[tuple[Tally, int | None]]

    @property
    def count_differs(self) -> bool:
        return any(tally.carried != units for tally, units in self.carried)


def recarry(session: Session, parcel_id: str) -> bool:
    """Brings ``take.goes_on`` and ``tally.carried`` of the parcel up to its facts; whether a count moved by that."""
    session.flush()
    found = _reckoned(session, parcel_id)
    moved = any(one.count_differs for one in found)
    for one in found:
        one.take.goes_on = one.goes_on
        for tally, units in one.carried:
            tally.carried = units
    session.flush()
    return moved


def wrong_takes(session: Session, parcel_id: str) -> list[str]:
    """Takes of the parcel whose columns do not follow from its facts."""
    found = _reckoned(session, parcel_id)
    return [one.take.id for one in found if one.count_differs or one.take.goes_on != one.goes_on]


def _reckoned(session: Session, parcel_id: str) -> list[_Reckoned]:
    takes = take_rows.takes_of_parcel(session, parcel_id)
    before = joined(takes, rows.segments_of_parcel(session, parcel_id))
    if not before and not any(take.goes_on for take in takes):
        return []
    tallies: dict[str, list[Tally]] = {take.id: [] for take in takes}
    for tally in take_rows.tallies_of(session, tallies):
        tallies[tally.take_id].append(tally)
    films = films_of(session, takes, tallies, before)
    reckoned = []
    for take in takes:
        found = carried(films, before, take.id)
        own = [(tally, None if found is None else found.get(tally.line_id, 0)) for tally in tallies[take.id]]
        reckoned.append(_Reckoned(take, before.get(take.id), own))
    return reckoned


def joined(takes: Sequence[Take], segments: Sequence[DockFact]) -> dict[str, str]:
    """Take → the take that it goes on with. ``segments``: that stand, oldest first; the first about a take counts.

    Only the phone that films says whose count it goes on with, and only with one of its own site.
    """
    by_id = {take.id: take for take in takes}
    found: dict[str, str] = {}
    for fact in segments:
        film, of = str(fact.said["next"]), str(fact.said["of"])
        take, earlier = by_id.get(film), by_id.get(of)
        if take is None or take.device_id != fact.device_id or film in found:
            continue
        if earlier is None or earlier.site_id == take.site_id:
            found[film] = of
    return found


def films_of(
    session: Session,
    takes: Sequence[Take],
    tallies: Mapping[str, Sequence[Tally]],
    before: Mapping[str, str],
) -> dict[str, Film]:
    return {
        take.id: Film(
            take.closed,
            {tally.line_id: tally.units for tally in tallies.get(take.id, ())},
            recounted=take.id in before and _recounted(session, take),
        )
        for take in takes
    }


def _recounted(session: Session, take: Take) -> bool:
    events = take_rows.side_text(session, take.events_sha256) if take.events_sha256 else None
    return f" {RECOUNT}\n" in (events or "")


def segment_findings(session: Session, fact: DockFact) -> list[Finding]:
    """What is remarkable about a count that goes on: nothing is refused, both counts and both names stay."""
    if fact.parcel_id is None:
        return []
    of = str(fact.said["of"])
    earlier = next(
        (take for take in take_rows.takes_of_parcel(session, fact.parcel_id) if take.id == of), None
    )
    if earlier is None or earlier.site_id != fact.site_id:
        return [Finding("segment_of_unknown", of)]
    findings = [Finding("segment_of_finished", of)] if earlier.closed == COMPLETE else []
    others = [
        one
        for one in rows.segments_of_parcel(session, fact.parcel_id)
        if one.id != fact.id and one.said["of"] == of
    ]
    return [*findings, Finding("segment_twice", of)] if others else findings


def finished_findings(session: Session, take: Take) -> list[Finding]:
    """A count that was finished after all, when somebody had gone on with it as unfinished: two counts."""
    if take.closed != COMPLETE:
        return []
    followed = [one for one in rows.segments_of_parcel(session, take.parcel_id) if one.said["of"] == take.id]
    return [Finding("take_gone_on_with", str(followed[0].said["next"]))] if followed else []


def fill_missing_segments(database: Database) -> int:
    """Parcels whose counts went on before that was kept here; returns how many. Cheap if none."""
    filled = 0
    with database.read() as session:
        missing = rows.parcels_with_unread_segments(session)
    for start in range(0, len(missing), _AT_ONCE):
        with database.write() as session:
            some = missing[start : start + _AT_ONCE]
            moved = [parcel_id for parcel_id in some if recarry(session, parcel_id)]
            recompute_progress(session, snapshot_rows.orders_of_parcels(session, moved))
            filled += len(moved)
    return filled

"""What was recorded of an order's parcels at each warehouse, in the order of evidence. Reads; nothing here writes.

China and Vietnam are shown apart, and so are two people's counts: nothing is averaged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from webapp.domain import site_kinds
from webapp.domain.draw_check import DrawCheck
from webapp.domain.receiving import COUNT_SLOT, Fact, Progress, progress_of
from webapp.domain.receiving_plan import Plan, deepest
from webapp.domain.refusals import Refusal
from webapp.domain.segments import part_of
from webapp.store import dock as rows
from webapp.store import orders as order_rows
from webapp.store.database import Database
from webapp.store.held import facts_of_holds
from webapp.store.schema import Order, OrderLine, Parcel, Site, Take
from webapp.store.schema_dock import DockFact
from webapp.usecases.applied_plans import plans_of_orders
from webapp.usecases.draw_checks import draw_checks
from webapp.usecases.parcel_weights import least_grams
from webapp.usecases.photo_views import PhotoView, photo_views
from webapp.usecases.record_projections import COUNT_SLOTS
from webapp.usecases.sample_views import DefectView, Said, SampleView, loose_defects, sample_views


@dataclass(frozen=True)
class CountView:
    """One person's count of a parcel. ``stands``: the latest of its parcel and site; ``total`` is its own sum.

    ``at``: when it ended, as well as it is known. ``before``: who counted the films that it goes on with, the first one
    first; ``gap``: what nobody filmed before it; ``counted``: with theirs, None while that cannot be said.
    """

    take: Take
    at: datetime
    worker: str | None
    units: tuple[tuple[OrderLine, int], ...]
    stands: bool
    gone: bool
    before: tuple[str | None, ...] = ()
    gap: timedelta | None = None
    counted: int | None = None

    @property
    def part(self) -> int:
        """From 1."""
        return len(self.before) + 1

    @property
    def total(self) -> int:
        return sum(units for _, units in self.units)


@dataclass(frozen=True)
class StageView:
    """A parcel at one warehouse."""

    site: Site
    progress: Progress
    said: Mapping[str, list[Said]]
    counts: list[CountView]
    samples: list[SampleView]
    defects: list[DefectView]  # of no draw
    photos: list[PhotoView]

    def tranche_of(self, verdict: DockFact) -> str | None:
        """As its sample is called; a draw that is not known here leaves the number that was said."""
        said: str | None = verdict.said["tranche"]
        of = next((one for one in self.samples if one.draw.id == verdict.said["draw"]), None)
        return said if said is None or of is None else of.tranche

    def of(self, *kinds: str) -> list[Said]:
        found = [one for kind in kinds for one in self.said.get(kind, [])]
        return sorted(found, key=lambda one: (one.fact.at, one.fact.id))


@dataclass(frozen=True)
class ParcelRecord:
    parcel: Parcel
    stages: list[StageView]


@dataclass(frozen=True)
class ReceivingRecord:
    """``lines``: id → line of every order in these parcels."""

    parcels: list[ParcelRecord]
    lines: Mapping[str, OrderLine] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not any(one.stages for one in self.parcels)


def receiving_record(database: Database, *, organisation_id: str, order_no: str) -> ReceivingRecord:
    """Raises ``order_unknown``, also for another organisation's order."""
    with database.read() as session:
        order = order_rows.order_by_no(session, organisation_id, order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=order_no)
        return _record(session, order)


def _record(session: Session, order: Order) -> ReceivingRecord:
    ids = [parcel.id for parcel in order.parcels]
    held = facts_of_holds(session, ids)
    facts = [*rows.facts_of_parcels(session, ids), *(fact for fact, _ in held)]
    takes = order_rows.takes_of_parcels(session, ids)
    orders = {one.id: one for parcel in order.parcels for one in parcel.orders}
    lines = {line.id: line for one in orders.values() for line in one.lines}
    people = {fact.worker_id for fact in facts} | {take.worker_id for take in takes}
    names = rows.worker_names(session, {one for one in people if one})
    told = _Told(
        session,
        names,
        lines,
        photo_views(session, facts, names),
        plans_of_orders(session, orders.values()),
        {fact.id: parcel_id for fact, parcel_id in held},
        draw_checks(session, facts, takes),
    )
    sites = rows.sites(session, {fact.site_id for fact in facts} | {take.site_id for take in takes})
    found = []
    for parcel in order.parcels:
        own = [fact for fact in facts if told.parcel_of(fact) == parcel.id]
        counted = [take for take in takes if take.parcel_id == parcel.id]
        here = {fact.site_id for fact in own} | {take.site_id for take in counted}
        listed = sorted((sites[one] for one in here), key=lambda site: (site.kind, site.name, site.id))
        found.append(ParcelRecord(parcel, [_stage(parcel, site, own, counted, told) for site in listed]))
    return ReceivingRecord(found, lines)


@dataclass(frozen=True)
class _Told:
    """What every stage needs. ``holds``: facts of a hold that was matched → its parcel; ``checks``: of draws."""

    session: Session
    names: Mapping[str, str]
    lines: Mapping[str, OrderLine]
    photos: Mapping[str, PhotoView]
    plans: Mapping[str, Plan]
    holds: Mapping[str, str]
    checks: Mapping[str, DrawCheck]

    def parcel_of(self, fact: DockFact) -> str | None:
        return fact.parcel_id or self.holds.get(fact.id)

    def name(self, worker_id: str | None) -> str | None:
        return self.names.get(worker_id or "")


def _stage(
    parcel: Parcel, site: Site, facts: Iterable[DockFact], takes: Iterable[Take], told: _Told
) -> StageView:
    own = [fact for fact in facts if fact.site_id == site.id]
    counts = _counts([take for take in takes if take.site_id == site.id], own, told)
    said: dict[str, list[Said]] = {}
    for fact in own:
        said.setdefault(fact.kind, []).append(Said(fact, told.name(fact.worker_id)))
    plan = deepest(told.plans[order.id] for order in parcel.orders)
    progress = progress_of(
        [*(_as_fact(fact, told) for fact in own), *_unkept(counts, own)],
        asked=plan.asked,
        site_kind=site_kinds.told(site.kind),
        least_grams=least_grams(told.session, site.id, [parcel]).get(parcel.id),
    )
    photos = [told.photos[fact.id] for fact in own if fact.id in told.photos]
    return StageView(
        site,
        progress,
        said,
        counts,
        sample_views(
            said, told.lines, photos, told.checks, {one: plan.sampling for one, plan in told.plans.items()}
        ),
        loose_defects(said, photos),
        sorted(photos, key=lambda one: (one.fact.at, one.fact.id)),
    )


def _as_fact(fact: DockFact, told: _Told) -> Fact:
    slot = COUNT_SLOT if fact.kind == "take" and fact.slot in COUNT_SLOTS else fact.slot
    return Fact(
        id=fact.id,
        kind=fact.kind,
        at=fact.at,
        values=fact.said,
        slot=slot,
        also=tuple((fact.said.get("also") or "").split()),
        worker=told.name(fact.worker_id),
        gone=fact.gone_by is not None,
        corrects=fact.corrects,
    )


def _unkept(counts: Iterable[CountView], facts: Iterable[DockFact]) -> list[Fact]:
    """Counts from before takes were kept as facts."""
    kept = {fact.said.get("opens") for fact in facts if fact.kind == "take"}
    return [
        Fact(
            id=one.take.id,
            kind="take",
            at=one.take.closed_at,
            values={"opens": one.take.id, "closed": one.take.closed},
            slot=COUNT_SLOT,
            worker=one.worker,
        )
        for one in counts
        if one.take.id not in kept and one.take.closed_at is not None
    ]


def _counts(takes: Sequence[Take], facts: Sequence[DockFact], told: _Told) -> list[CountView]:
    """Closed films of a count, oldest first; the last one that counted anything stands."""
    gone = {fact.said.get("opens") for fact in facts if fact.kind == "take" and fact.gone_by is not None}
    again = {fact.said.get("opens") for fact in facts if fact.kind == "take" and fact.gone_by is None}
    ended = {fact.said["opens"]: fact.at for fact in facts if fact.kind == "take" and fact.gone_by is None}
    listed = [take for take in takes if take.closed is not None and take.slot in COUNT_SLOTS]
    last = next((take.id for take in reversed(listed) if _counted(take) is not None and take.tallies), None)
    by_id = {take.id: take for take in takes}
    parts = {take.id: take.goes_on for take in takes if take.goes_on}
    found = []
    for take in listed:
        units = {tally.line_id: tally.units for tally in take.tallies}
        before = [by_id[one] for one in part_of(parts, take.id) if one in by_id]
        at = ended.get(take.id, take.opened_at)
        found.append(
            CountView(
                take,
                at,
                told.name(take.worker_id),
                tuple((line, units[line.id]) for line in told.lines.values() if line.id in units),
                stands=take.id == last,
                gone=take.id in gone - again,
                before=tuple(told.name(one.worker_id) for one in before),
                gap=_gap(take, at, ended.get(before[-1].id)) if before else None,
                counted=_counted(take),
            )
        )
    return found


def _counted(take: Take) -> int | None:
    """With the films before it; None while that cannot be said."""
    units = [tally.counted for tally in take.tallies]
    return None if None in units else sum(one for one in units if one is not None)


def _gap(take: Take, ended_at: datetime, before: datetime | None) -> timedelta | None:
    """Between the end of one film and the beginning of the next; two phones' clocks may disagree by seconds."""
    if before is None or take.duration_ms is None:
        return None
    return max(timedelta(0), ended_at - timedelta(milliseconds=take.duration_ms) - before)

"""Everything about the clocks of one order that its page shows: facts, changes, tasks, and what each clock is about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.domain.clock_facts import Subject
from webapp.domain.desk_tasks import Task, desk_tasks
from webapp.domain.order_clocks import OrderClock
from webapp.domain.refusals import Refusal
from webapp.store import claims as claim_rows
from webapp.store import documents as document_rows
from webapp.store import orders as order_rows
from webapp.store import rules as rows
from webapp.store.database import Database
from webapp.store.schema import Order, Site
from webapp.store.schema_claims import Claim
from webapp.store.schema_desk import Document
from webapp.store.schema_rules import ClockEvent
from webapp.usecases import rulebooks
from webapp.usecases.clock_reading import facts_of_orders, source_of

CHANGES = 30
_LIVE = frozenset({"running", "late_try", "start_unknown"})


@dataclass(frozen=True)
class Place:
    """What a subject is called. ``kind``: parcel, site, claim, submission; ``name``: a number or a name."""

    kind: str
    name: str


@dataclass(frozen=True)
class FactView:
    """A stated fact. ``standing`` False: somebody took it back."""

    id: str
    kind: str
    at: datetime
    place: Place | None
    by: str
    stated_at: datetime
    document: Document | None
    proven: bool
    standing: bool
    #: Stated by hand: whoever stated it may take it back here. Others are taken back where they were said.
    by_hand: bool


@dataclass(frozen=True)
class ChangeView:
    """How one clock moved. Instants None where the clock had no start or was not there."""

    at: datetime
    rule_id: str
    place: Place | None
    cause: str
    before: datetime | None
    after: datetime | None
    ended: str | None


@dataclass(frozen=True)
class ClockPanel:
    """``sources``: (edition, rule) → title and date of what it comes from; ``number`` of the edition in force."""

    facts: list[FactView]
    changes: list[ChangeView]
    tasks: list[Task]
    places: Mapping[Subject, Place]
    sources: Mapping[tuple[str, str], tuple[str, date | None]]
    documents: list[Document]
    claims: list[Claim]

    def live(self, clocks: Iterable[OrderClock], now: datetime) -> list[OrderClock]:
        """What can still be done something about, or starts once somebody enters a time."""
        return [one for one in clocks if one.state(now) in _LIVE]

    def over(self, clocks: Iterable[OrderClock], now: datetime) -> list[OrderClock]:
        return [one for one in clocks if one.state(now) not in _LIVE]

    def place_of(self, clock: OrderClock) -> Place | None:
        return self.places.get(clock.subject)

    def source_of(self, clock: OrderClock) -> tuple[str, date | None]:
        return self.sources[clock.edition_id, clock.rule.id]


def clock_panel(
    database: Database, *, organisation_id: str, order_no: str, clocks: tuple[OrderClock, ...], now: datetime
) -> ClockPanel:
    """``clocks``: of the order, as its page shows them. Raises ``order_unknown``."""
    with database.read() as session:
        order = order_rows.order_by_no(session, organisation_id, order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=order_no)
        events = rows.events(session, [order.id])
        claims = claim_rows.claims_of_order(session, order.id)
        places = places_of(session, order, claims, clocks)
        filed = [document for document, _ in document_rows.documents_of_order(session, order.id)]
        switches = rulebooks.current(session, organisation_id).switches
        return ClockPanel(
            _facts(session, events, {one.id: one for one in filed}, places),
            _changes(session, order, places),
            desk_tasks(facts_of_orders(session, [order])[order.id], clocks, order.status_raw, switches, now),
            places,
            {(clock.edition_id, clock.rule.id): source_of(session, clock) for clock in clocks},
            filed,
            claims,
        )


def places_of(
    session: Session, order: Order, claims: list[Claim], clocks: tuple[OrderClock, ...]
) -> dict[Subject, Place]:
    """What the subjects of an order's clocks are called; the order itself has no entry."""
    found: dict[Subject, Place] = {}
    for parcel in order.parcels:
        number = parcel.waybill.number_raw if parcel.waybill else ""
        codes = [label.code for label in parcel.labels if label.voided_at is None]
        found["parcel", parcel.id] = Place("parcel", number or next(iter(codes), ""))
    for claim in claims:
        found["claim", claim.id] = Place("claim", str(claim.number))
        for sent in claim_rows.submissions(session, claim.id):
            found["submission", sent.id] = Place("submission", f"{claim.number}/{sent.no}")
    for clock in clocks:
        if clock.subject[0] == "site" and (site := session.get(Site, clock.subject[1])) is not None:
            found[clock.subject] = Place("site", site.name)
    return found


def _facts(
    session: Session,
    events: list[ClockEvent],
    documents: Mapping[str, Document],
    places: Mapping[Subject, Place],
) -> list[FactView]:
    """Newest first; a retraction strikes its fact and is no line of its own."""
    gone = {event.retracts for event in events if event.retracts}
    names = document_rows.user_names(session, {event.by.removeprefix("user:") for event in events})
    return [
        FactView(
            event.id,
            event.kind,
            event.at,
            places.get((event.subject_kind, event.subject_id)),
            names.get(event.by.removeprefix("user:"), ""),
            event.recorded_at,
            documents.get(event.document_id or ""),
            event.proven,
            event.id not in gone,
            event.source == "desk" and event.subject_kind in ("order", "parcel"),
        )
        for event in reversed(events)
        if event.retracts is None
    ]


def _changes(session: Session, order: Order, places: Mapping[Subject, Place]) -> list[ChangeView]:
    def instant(said: dict[str, Any] | None) -> datetime | None:
        text = None if said is None else said["act_by"]
        return None if text is None else datetime.fromisoformat(text)

    return [
        ChangeView(
            row.at,
            row.rule_id,
            places.get((row.subject_kind, row.subject_id)),
            row.cause,
            instant(row.before),
            instant(row.after),
            None if row.after is None else row.after["ended"],
        )
        for row in rows.changes(session, order.id, limit=CHANGES)
    ]

"""Reads the clocks of orders from what the desk stated, the dock recorded and the editions of the rulebook say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Final, TypeVar

from sqlalchemy.orm import Session

from webapp.domain.claim_clocks import order_clocks
from webapp.domain.clock_facts import KINDS, Fact, Facts
from webapp.domain.order_clocks import CHINA, Book, OrderClock, OrderFacts, Receipt
from webapp.domain.trade_status import trade_closed
from webapp.store import clock_inputs
from webapp.store import orders as rows
from webapp.store import rules as rule_rows
from webapp.store.clock_inputs import DockInput
from webapp.store.schema import Milestone, Order
from webapp.store.schema_rules import ClockEvent
from webapp.usecases import rulebooks
from webapp.usecases.rulebooks import Edition

_BATCH: Final = 400
_Row = TypeVar("_Row", Milestone, ClockEvent)


def clocks_of_orders(
    session: Session, orders: Iterable[Order], *, instead: Edition | None = None
) -> dict[str, tuple[OrderClock, ...]]:
    """Order id → its clocks, earliest act-by first. The orders' parcels are loaded.

    ``instead``: an edition that is not in force yet, for a preview; claims keep the one that they were opened under.
    """
    listed = list(orders)
    found: dict[str, tuple[OrderClock, ...]] = {}
    for start in range(0, len(listed), _BATCH):
        found.update(_batch(session, listed[start : start + _BATCH], instead))
    return found


def clocks_of_order(session: Session, order: Order) -> tuple[OrderClock, ...]:
    return clocks_of_orders(session, [order])[order.id]


def source_of(session: Session, clock: OrderClock) -> tuple[str, date | None]:
    """Title and date of what the clock's rule comes from, by the edition that it runs under; None: undated."""
    edition = rulebooks.pinned(session, clock.edition_id) if clock.edition_id else rulebooks.unedited()
    rule = clock.rule
    profile = edition.rulebook.profile(rule.profile_id)
    return (rule.source_title, None) if rule.source_title else (profile.source_title, profile.source_date)


def facts_of_orders(session: Session, orders: Iterable[Order]) -> dict[str, OrderFacts]:
    """Order id → everything that its clocks follow from. The orders' parcels are loaded."""
    listed = list(orders)
    ids = [order.id for order in listed]
    milestones = _by_order(rows.milestones(session, ids))
    events = _by_order(rule_rows.events(session, ids))
    docks = clock_inputs.dock_inputs(session, ids)
    parcels = [parcel.id for order in listed for parcel in order.parcels]
    handed = clock_inputs.handed_over(session, parcels)
    found = {}
    for order in listed:
        facts = Facts(facts_of(order.id, milestones.get(order.id, ()), events.get(order.id, ())))
        found[order.id] = _order_facts(order, facts, docks[order.id], handed)
    return found


def _batch(
    session: Session, orders: list[Order], instead: Edition | None
) -> dict[str, tuple[OrderClock, ...]]:
    facts = facts_of_orders(session, orders)
    books = _Books(session, facts.values(), instead)
    return {order.id: books.clocks(order, facts[order.id]) for order in orders}


class _Books:
    """Which edition counts for an order and for each of its claims."""

    def __init__(self, session: Session, facts: Iterable[OrderFacts], instead: Edition | None) -> None:
        self._session = session
        self._instead = instead
        claims = {fact.claim_id for one in facts for fact in one.facts.all(*KINDS) if fact.claim_id}
        self._of_claim = clock_inputs.edition_of_claims(session, claims) if claims else {}
        self._current: dict[str, Edition] = {}
        self._books: dict[tuple[str, str | None], Book] = {}

    def clocks(self, order: Order, facts: OrderFacts) -> tuple[OrderClock, ...]:
        agent_id = order.account.agent_id

        def book_of(claim_id: str | None) -> Book:
            edition = self._edition(order.organisation_id, claim_id)
            key = (edition.id or order.organisation_id, agent_id)
            if key not in self._books:
                self._books[key] = Book(edition.rulebook.for_agent(agent_id), edition.switches, edition.id)
            return self._books[key]

        return order_clocks(book_of, facts)

    def _edition(self, organisation_id: str, claim_id: str | None) -> Edition:
        if claim_id is not None and claim_id in self._of_claim:
            return rulebooks.pinned(self._session, self._of_claim[claim_id])
        if self._instead is not None:
            return self._instead
        if organisation_id not in self._current:
            self._current[organisation_id] = rulebooks.current(self._session, organisation_id)
        return self._current[organisation_id]


def _by_order(said: Iterable[_Row]) -> dict[str, list[_Row]]:
    found: dict[str, list[_Row]] = {}
    for one in said:
        found.setdefault(one.order_id, []).append(one)
    return found


def facts_of(order_id: str, milestones: Iterable[Milestone], events: Iterable[ClockEvent]) -> list[Fact]:
    """What stands of one order's statements, oldest first: status times and dated facts are one history."""
    listed = list(events)
    gone = {event.retracts for event in listed if event.retracts is not None}
    said = [
        (one.stated_at, Fact(one.kind, one.at, ("order", order_id), one.proven, id=one.id))
        for one in milestones
    ]
    said += [
        (
            one.recorded_at,
            Fact(
                one.kind,
                one.at,
                (one.subject_kind, one.subject_id),
                one.proven,
                one.zone,
                one.claim_id,
                one.hours,
                one.id,
            ),
        )
        for one in listed
        if one.retracts is None and one.id not in gone
    ]
    return [fact for _, fact in sorted(said, key=lambda item: item[0])]


def _order_facts(order: Order, facts: Facts, dock: DockInput, handed: Mapping[str, datetime]) -> OrderFacts:
    receipts = _receipts(order, dock)
    abroad = [one.at for one in receipts if one.zone != CHINA]
    return OrderFacts(
        platform=order.platform,
        account_owner=order.account.owner,
        order_id=order.id,
        facts=facts,
        receipts=receipts,
        parcels=tuple(
            Receipt(parcel.received_at, parcel.received_zone, ("parcel", parcel.id))
            for parcel in order.parcels
            if parcel.received_at is not None and parcel.received_zone is not None
        ),
        handed_over_at=_handed_over(order, facts, handed),
        first_abroad_at=min(abroad, default=None),
        closed=trade_closed(order.status_raw),
    )


def _receipts(order: Order, dock: DockInput) -> tuple[Receipt, ...]:
    """The order's first receipt, and the first at each further site (AMB-17)."""
    if order.received_at is None or order.received_zone is None:
        return ()
    first_site = next(
        (parcel.received_site_id for parcel in order.parcels if parcel.received_at == order.received_at), None
    )
    found = [
        Receipt(
            order.received_at,
            order.received_zone,
            ("order", order.id),
            _inspected_at(order, dock, first_site),
        )
    ]
    for one in dock.receipts:
        if first_site is not None and one.site_id != first_site:
            done = _inspected_at(order, dock, one.site_id)
            found.append(Receipt(one.at, one.zone, ("site", one.site_id), done))
    return tuple(found)


def _inspected_at(order: Order, dock: DockInput, site_id: str | None) -> datetime | None:
    """When what came in at the site was counted or judged parcel by parcel, and every sample drawn was finished; None
    while anything of it is open."""
    here = dock.arrived.get(site_id or "", set())
    looks = [dock.looked_at.get((parcel_id, site_id or "")) for parcel_id in here]
    lines = {line_id for line_id in dock.drawn if line_id in {line.id for line in order.lines}}
    samples = [dock.inspected.get(line_id) for line_id in lines]
    every = [*looks, *samples]
    done = [at for at in every if at is not None]
    return max(done) if looks and len(done) == len(every) else None


def _handed_over(order: Order, facts: Facts, handed: Mapping[str, datetime]) -> datetime | None:
    """When the last of its parcels went, or the order as a whole."""
    whole = facts.best("handed_over", ("order", order.id))
    if whole is not None:
        return whole.at
    gone = [handed.get(parcel.id) for parcel in order.parcels]
    went = [at for at in gone if at is not None]
    return max(went) if went and len(went) == len(gone) else None

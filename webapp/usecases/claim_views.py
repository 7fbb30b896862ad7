"""One claim as people see it: what is in it, what it still needs and from whom, what may happen next. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.domain import site_kinds
from webapp.domain.amounts import Balance, Step, balance
from webapp.domain.claim_form import measurable
from webapp.domain.claim_recipes import CLAIM_TYPES, PLATFORM_CHANNELS, FormField
from webapp.domain.claim_states import BEFORE_FILING, acts, allowed
from webapp.domain.claim_types import CaseFacts, Held, Needs, Todo, held, needs, todos
from webapp.domain.gates import Bundle, GateFinding, Piece, findings
from webapp.domain.order_clocks import CHINA
from webapp.domain.refusals import Refusal
from webapp.domain.remedies import ReturnCost, return_cost, sends_back
from webapp.domain.trade_status import trade_closed
from webapp.domain.verdicts import qc_open
from webapp.store import claims as rows
from webapp.store import dock as dock_rows
from webapp.store import orders as order_rows
from webapp.store import papers
from webapp.store.database import Database
from webapp.store.schema import Order, Site
from webapp.store.schema_claims import Claim, ClaimEvent, Discrepancy, Submission
from webapp.usecases.exhibits import Exhibit, exhibits_of_order
from webapp.usecases.timeline import timeline


@dataclass(frozen=True)
class Sending:
    submission: Submission
    proofs: tuple[str, ...]


@dataclass(frozen=True)
class ClaimView:
    """``offered``: everything of the order that could be taken in. ``next_events``: what may be stated now."""

    claim: Claim
    order: Order
    discrepancy: Discrepancy
    lines: Mapping[str, int]
    exhibits: list[Exhibit]
    offered: list[Exhibit]
    needs: Needs
    todos: tuple[Todo, ...]
    gates: tuple[GateFinding, ...]
    events: list[ClaimEvent]
    submissions: list[Sending]
    next_events: tuple[str, ...]
    balance: Balance
    sending_back: ReturnCost | None

    @property
    def said(self) -> tuple[tuple[FormField, str | int], ...]:
        """What the form says, field by field, without what was left out."""
        form = self.claim.form
        return tuple((one, form[one.name]) for one in CLAIM_TYPES[self.claim.type].form if one.name in form)

    @property
    def editable(self) -> bool:
        """Before anything was sent the claim itself may still be changed."""
        return self.claim.state in BEFORE_FILING


@dataclass(frozen=True)
class ClaimRow:
    claim: Claim
    order_no: str
    act_by: datetime | None


def view(database: Database, *, organisation_id: str, number: int) -> ClaimView:
    """Raises ``claim_unknown``, also for another organisation's."""
    with database.read() as session:
        claim = rows.claim_by_number(session, organisation_id, number)
        if claim is None:
            raise Refusal("claim_unknown")
        return view_of(session, claim)


def view_of(session: Session, claim: Claim) -> ClaimView:
    order = order_rows.orders_by_id(session, [claim.order_id])[0]
    offered = exhibits_of_order(session, claim.organisation_id, claim.order_id)
    inside = _inside(session, claim, offered)
    events = rows.events(session, claim.id)
    sent = rows.submissions(session, claim.id)
    proofs = rows.proofs(session, [one.id for one in sent])
    facts = case_facts(session, claim)
    have = _have(session, claim, inside)
    return ClaimView(
        claim=claim,
        order=order,
        discrepancy=session.get_one(Discrepancy, claim.discrepancy_id),
        lines=rows.lines_of(session, [claim.id]).get(claim.id, {}),
        exhibits=inside,
        offered=[one for one in offered if one not in inside],
        needs=needs(claim.type, facts),
        todos=todos(claim.type, facts, have, opened=_opened(session, order)),
        gates=gate_findings(session, claim, inside, description=claim.description_zh),
        events=events,
        submissions=[Sending(one, tuple(proofs.get(one.id, ()))) for one in sent],
        next_events=_stateable(claim),
        sending_back=_sending_back(session, claim, order),
        balance=balance(claim.amount_fen, [Step(event.kind, event.said) for event in events]),
    )


def _sending_back(session: Session, claim: Claim, order: Order) -> ReturnCost | None:
    """What the goods' way back costs against what is asked (S0-15, S1-16); None: nothing goes back."""
    if not sends_back(claim.path, claim.remedy):
        return None
    parcels = [parcel.id for parcel in order.parcels]
    asked = claim.amount_fen if claim.amount_fen is not None else claim.remedy_fen
    return return_cost(
        domestic_fen=claim.form.get("return_fen"),
        international_fen=claim.form.get("return_abroad_fen"),
        abroad=bool(rows.handed_over(session, parcels) or rows.received_in_vietnam(session, parcels)),
        claim_fen=asked,
    )


def claims_of_order(database: Database, *, organisation_id: str, order_id: str) -> list[Claim]:
    """Oldest first; nothing of another organisation's order."""
    with database.read() as session:
        return [
            claim
            for claim in rows.claims_of_order(session, order_id)
            if claim.organisation_id == organisation_id
        ]


def listed(
    database: Database, *, organisation_id: str, states: Iterable[str] = (), now: datetime
) -> list[ClaimRow]:
    """By what burns next."""
    with database.read() as session:
        found = rows.listed(session, organisation_id, states=tuple(states), now=now)
        return [ClaimRow(claim, order_no, act_by) for claim, order_no, act_by in found]


def exhibits_in(session: Session, claim: Claim) -> list[Exhibit]:
    """What is in the claim now, as it stands: what was withdrawn or hidden since is out."""
    return _inside(session, claim, exhibits_of_order(session, claim.organisation_id, claim.order_id))


def gate_findings(
    session: Session, claim: Claim, exhibits: Iterable[Exhibit], *, description: str
) -> tuple[GateFinding, ...]:
    """G-0 to G-2 and G-6 over what would be sent now."""
    inside = list(exhibits)
    lacking = [
        todo
        for todo in todos(claim.type, case_facts(session, claim), _have(session, claim, inside), opened=False)
    ]
    order = session.get_one(Order, claim.order_id)
    return findings(
        Bundle(
            channel="agent" if claim.filer == "agent" else claim.channel,
            description=description,
            measurable=measurable(claim.type, claim.form),
            pieces=tuple(Piece(one.slots, one.is_image, one.is_film) for one in inside if _sendable(one)),
            missing=tuple(todo.need for todo in lacking if todo.required),
            timeline_lines=len(timeline(session, claim.order_id)),
            first=not rows.submissions(session, claim.id),
            path=claim.path,
            changed_mind=claim.type == "no_reason",
            qc_open=qc_open(
                received=order.received_at is not None,
                state=order.state,
                verdict=order.verdict,
                trade_closed=trade_closed(order.status_raw),
            ),
            agreement_before_shipment=_agreed_before_shipment(session, order),
        )
    )


def case_facts(session: Session, claim: Claim) -> CaseFacts:
    """What decides about conditional slots: the claim's form, and what the dock recorded of the order's parcels."""
    parcels = rows.parcels_of_order(session, claim.order_id)
    facts = [fact for fact in dock_rows.facts_of_parcels(session, parcels) if fact.gone_by is None]
    tapes = [str(fact.said["tape"]) for fact in facts if fact.kind == "condition"]
    couriers = [fact.said["courier"] for fact in facts if fact.kind == "delivery"]
    form = claim.form
    return CaseFacts(
        channel=claim.channel,
        tape=tapes[-1] if tapes else None,
        size_or_spec=form.get("reason") == "size_mismatch" or "listed_value" in form,
        about_function=form.get("reason") == "function",
        promise_off_page=form.get("promise") == "chat",
        sample_based=form.get("promise") == "sample",
        courier_present="present" in couriers,
        size_label=form.get("size_label") != "none",
    )


def _stateable(claim: Claim) -> tuple[str, ...]:
    """What a person may state; the rest follows from exhibits, from submissions and from the clocks."""
    who = acts(claim.channel, claim.filer)
    by_itself = {"evidence_missing", "evidence_complete", "added"}
    by_itself.add("handed_to_agent" if who == "agent" else "filed")
    steps = allowed(claim.state, who, platform=claim.channel in PLATFORM_CHANNELS)
    return tuple(step for step in steps if step not in by_itself)


def _agreed_before_shipment(session: Session, order: Order) -> bool:
    """S0-41: only what was agreed before the goods left counts. Nothing known of a shipment: any agreement does."""
    agreed = [one.dated_on for one in papers.agreements(session, order.id) if one.dated_on]
    left = [event.at for event in papers.dated_events(session, order.id) if event.kind == "shipped"]
    left += [handover.at for handover in papers.handovers(session, order.id)]
    if order.received_at is not None:
        left.append(order.received_at)
    if not left:
        return bool(agreed)
    first = min(left).astimezone(ZoneInfo(CHINA)).date().isoformat()
    return any(day < first for day in agreed)


def _inside(session: Session, claim: Claim, offered: Iterable[Exhibit]) -> list[Exhibit]:
    known = {(one.source_kind, one.source_id): one for one in offered}
    taken = [(one.source_kind, one.source_id) for one in rows.exhibits(session, claim.id)]
    return [known[one] for one in taken if one in known]


def _sendable(one: Exhibit) -> bool:
    """What has not arrived whole cannot be sent, and shows nothing yet."""
    return one.sha256 is not None and one.verified


def _have(session: Session, claim: Claim, exhibits: Iterable[Exhibit]) -> frozenset[str]:
    listed = [one for one in exhibits if _sendable(one)]
    stages = _stages(session, listed)
    return held(
        Held(one.slots, one.kind if one.source_kind == "document" else "", stages.get(one.source_id))
        for one in listed
    )


def _stages(session: Session, exhibits: Iterable[Exhibit]) -> dict[str, str]:
    """Source id → CN or VN, of what came from a warehouse."""
    ids = [one.source_id for one in exhibits if one.source_kind in ("take", "photo", "fact")]
    sites: dict[str, Site] = {}
    found = {}
    for source_id, site_id in rows.sites_of_captures(session, ids).items():
        site = sites.setdefault(site_id, session.get_one(Site, site_id))
        found[source_id] = "VN" if site.kind == site_kinds.VN else "CN"
    return found


def _opened(session: Session, order: Order) -> bool:
    parcels = [parcel.id for parcel in order.parcels]
    facts = dock_rows.facts_of_parcels(session, parcels)
    opened = {fact.parcel_id for fact in facts if fact.gone_by is None and fact.kind in ("opening", "take")}
    return bool(parcels) and set(parcels) <= opened

"""What is wrong with an order, who answers for it and whom one may ask: shown with its inputs before anything is done
(S0-02, S0-10; DT-1 to DT-5). Reads; a person confirms it in usecases/discrepancies.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.account_owner import order_tail
from webapp.domain.channels import ChannelChoice, ChannelFacts, MindChanged, Window, channels
from webapp.domain.claim_form import Form, threshold
from webapp.domain.claim_types import CLAIM_TYPES
from webapp.domain.order_clocks import OrderClock
from webapp.domain.refusals import Refusal
from webapp.domain.responsibility import CountProof, shortage
from webapp.domain.situation import Custody
from webapp.domain.trade_status import trade_closed
from webapp.store import claims as rows
from webapp.store import dock as dock_rows
from webapp.store import orders as order_rows
from webapp.store.database import Database
from webapp.store.schema import Order, OrderLine
from webapp.store.schema_claims import Discrepancy
from webapp.store.schema_dock import DockFact
from webapp.usecases import rulebooks
from webapp.usecases.clock_reading import clocks_of_order
from webapp.usecases.diagnosed import Counted as Counted
from webapp.usecases.diagnosed import Diagnosis as Diagnosis
from webapp.usecases.diagnosed import Found as Found
from webapp.usecases.dock_findings import Seen
from webapp.usecases.order_terms import terms_of
from webapp.usecases.stage_counts import LineStages, StageCount, stage_counts


def diagnose(database: Database, *, organisation_id: str, order_no: str, now: datetime) -> Diagnosis:
    """Raises ``order_unknown``, also for another organisation's order."""
    with database.read() as session:
        order = order_rows.order_by_no(session, organisation_id, order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=order_no)
        return diagnosis_of(session, order, now=now)


def diagnosis_of(session: Session, order: Order, *, now: datetime) -> Diagnosis:
    switches = rulebooks.current(session, order.organisation_id).switches
    facts = dock_rows.facts_of_parcels(session, [parcel.id for parcel in order.parcels])
    bare = Diagnosis(
        order=order,
        owner=order.account.owner,
        owner_confirmed=order.account.owner_confirmed_at is not None,
        tail=order_tail(order.order_no),
        counted=[_counted(stages) for stages in stage_counts(session, order)],
        custody=custody_of(session, order),
        clocks=clocks_of_order(session, order),
        found=[],
        switches=switches,
        terms=terms_of(session, order.id),
    )
    seen = Seen(bare, _standing(facts), dock_rows.sites(session, {fact.site_id for fact in facts}), now)
    bare.found.extend([*seen.counts(), *seen.stated(), *seen.damaged(), *seen.measured(), *seen.defective()])
    return bare


def manual(
    diagnosis: Diagnosis, type_id: str, line: OrderLine | None, now: datetime, *, parcel_id: str | None = None
) -> Found:
    """What only a person can say (a wrong colour, a changed mind, a warranty), of one parcel or of the order.

    Raises ``claim_type_unknown``, ``parcel_unknown``.
    """
    if type_id not in CLAIM_TYPES:
        raise Refusal("claim_type_unknown")
    parcels = [parcel.id for parcel in diagnosis.order.parcels]
    if parcel_id is not None:
        if parcel_id not in parcels:
            raise Refusal("parcel_unknown")
        parcels = [parcel_id]
    situation = diagnosis.situation(parcels, now)
    stage = "VN" if any(diagnosis.custody[one].vn_arrived_at for one in parcels) else "CN"
    return Found(
        type_id, line, parcel_id, stage, situation, None, "supplier", ("supplier",), "stated_at_desk"
    )


def again(diagnosis: Diagnosis, discrepancy: Discrepancy, now: datetime) -> Found:
    """What a person confirmed, in the situation of now: goods may have left since."""
    order = diagnosis.order
    line = next((one for one in order.lines if one.id == discrepancy.line_id), None)
    parcels = [discrepancy.parcel_id] if discrepancy.parcel_id else [one.id for one in order.parcels]
    # Of a mixed order's share only the parcels that are still where it was found count (DT-1).
    same = [one for one in parcels if diagnosis.of(one, now).letter == discrepancy.situation]
    return Found(
        discrepancy.type,
        line,
        discrepancy.parcel_id,
        discrepancy.stage,
        diagnosis.situation(same or parcels, now),
        discrepancy.units_milli,
        discrepancy.responsibility,
        tuple(discrepancy.inputs["towards"]),
        discrepancy.inputs["because"],
    )


def choices(
    diagnosis: Diagnosis,
    found: Found,
    *,
    now: datetime,
    answers: Mapping[str, str] | None = None,
    form: Form | None = None,
) -> tuple[ChannelChoice, ...]:
    """Every channel for one finding; dead ones say why and since when. ``answers``: what a person added (see
    `read_answers`). ``form``: the claim's, once it is filled in: only then 1688's threshold can be judged (DT-5).
    """
    return channels(channel_facts(diagnosis, found, answers or {}, form), now)


def channel_facts(
    diagnosis: Diagnosis, found: Found, answers: Mapping[str, str], form: Form | None
) -> ChannelFacts:
    judged = threshold(found.type_id, form) if form is not None else None
    order, terms = diagnosis.order, diagnosis.terms
    return ChannelFacts(
        platform=order.platform,
        owner=diagnosis.owner,
        situation=found.situation,
        type_id=found.type_id,
        windows=_windows(diagnosis.clocks, found.parcel_id),
        trade_closed=trade_closed(order.status_raw),
        qualifies=judged.qualifies if judged is not None else None,
        reason=answers.get("reason", ""),
        size_label=answers.get("size_label") != "none",
        goods_whole=_yes(answers.get("goods_whole")),
        opened_media=answers.get("category") == "opened_media",
        by_post=_yes(answers.get("by_post")),
        signed_present=_yes(answers.get("signed_present", found.said.get("signed_present"))),
        mind=MindChanged(
            label_seen=_yes(answers.get("label_seen") or terms.label_no_reason),
            unused_complete=_yes(answers.get("unused_complete") or terms.unused),
            category=answers.get("category") or terms.category or None,
            motive=answers.get("motive") or None,
            seller_promised=_yes(answers.get("seller_promised") or terms.returns_promised),
            evidence_clean=_yes(answers.get("evidence_clean")),
        ),
    )


def custody_of(session: Session, order: Order) -> dict[str, Custody]:
    """Parcel → what flips it from A to B. Seals and customs are no facts of ours yet."""
    ids = [parcel.id for parcel in order.parcels]
    handed = rows.handed_over(session, ids)
    arrived = rows.received_in_vietnam(session, ids)
    return {
        one: Custody(handed_over_at=handed[one].at if one in handed else None, vn_arrived_at=arrived.get(one))
        for one in ids
    }


def _yes(answer: str | None) -> bool | None:
    return {"yes": True, "no": False}.get(answer or "")


def _windows(clocks: Iterable[OrderClock], parcel_id: str | None) -> dict[str, Window]:
    """Of each rule the clock that closes first among those that concern the parcel or the whole order."""
    found: dict[str, Window] = {}
    for clock in clocks:
        kind, subject = clock.subject
        if kind == "parcel" and parcel_id is not None and subject != parcel_id:
            continue
        window = Window(
            clock.deadline.due if clock.deadline else None,
            clock.deadline.act_by if clock.deadline else None,
            met=clock.ended == "met",
        )
        have = found.get(clock.rule.id)
        if have is None or (window.due is not None and (have.due is None or window.due < have.due)):
            found[clock.rule.id] = window
    return found


def _counted(stages: LineStages) -> Counted:
    return Counted(
        stages,
        shortage(
            stages.ordered_milli, _milli(stages.china), _milli(stages.vietnam), proof=_proof(stages.china)
        ),
    )


def _milli(count: StageCount | None) -> int | None:
    """A stage counts for the order only when every parcel was counted there (domain.md section 14, trap 5)."""
    return count.units_milli if count is not None and count.complete else None


def _proof(china: StageCount | None) -> CountProof | None:
    return None if china is None else CountProof(filmed=china.filmed, complete=china.complete)


def _standing(facts: Iterable[DockFact]) -> list[DockFact]:
    return [fact for fact in facts if fact.gone_by is None]

"""Receiving plans: who decided how deep to receive. What therefore applies to an order: applied_plans.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.order_cells import CellProblem, clean, money_fen
from webapp.domain.receiving_plan import (
    DEPTHS,
    SCOPES,
    Decision,
    PlannedOrder,
    plan_for,
)
from webapp.domain.refusals import Refusal
from webapp.domain.sampling_choice import FIX, Sampling, chosen
from webapp.store import documents, people
from webapp.store import orders as order_rows
from webapp.store import plans as rows
from webapp.store.database import Database
from webapp.store.schema_desk import ReceivingPlan
from webapp.usecases.applied_plans import MOST_RECEIPTS, clean_streaks, decision_of_row, in_force
from webapp.usecases.order_progress import recompute_waiting
from webapp.usecases.people import Desk

LONGEST_REASON = 300


@dataclass(frozen=True)
class PlanWords:
    """A decision as typed. Only the scope's own field is read: ``order_no``, ``supplier_id``, ``least_yuan`` or
    ``clean_receipts``; of a plan with a sample also ``sampling`` (fix or aql), ``level``, ``aql``, ``waived``.
    """

    scope: str
    depth: str
    reason: str = ""
    order_no: str = ""
    supplier_id: str = ""
    least_yuan: str = ""
    clean_receipts: str = ""
    sampling: str = ""
    level: str = ""
    aql: str = ""
    waived: str = ""


@dataclass(frozen=True)
class Standing:
    """A decision as the desk lists it. ``ended_at`` None: in force."""

    decision: Decision
    ended_at: datetime | None
    order_no: str | None
    supplier: str | None


@dataclass(frozen=True)
class Preview:
    """What a decision would touch among the orders that are still to arrive; ``sampling``: which sample it asks."""

    open_orders: int
    touched: int
    lighter: int
    deeper: int
    sampling: Sampling | None = None


def decide(database: Database, *, actor: Desk, said: PlanWords, now: datetime) -> str:
    """Records a standing decision; returns its id. An older one of the same scope and mark ends with it.

    Refusals: ``plan_scope_unknown``, ``plan_depth_unknown``, ``plan_reason_missing``, ``plan_reason_long``,
    ``plan_supplier_unknown``, ``plan_value_unreadable``, ``plan_history_unreadable``, ``order_unknown``,
    ``sampling_plan_unknown``, ``sampling_level_unknown``, ``aql_unknown``.
    """
    reason = clean(said.reason)
    if not reason:
        raise Refusal("plan_reason_missing")
    if len(reason) > LONGEST_REASON:
        raise Refusal("plan_reason_long", most=LONGEST_REASON)
    with database.write() as session:
        decision = _decision(session, actor, said, reason, now)
        for older in rows.plans_in_force(session, [actor.organisation_id]):
            if _key(older) == _key(decision):
                older.ended_at = now
        session.add(
            ReceivingPlan(
                id=decision.id,
                organisation_id=actor.organisation_id,
                scope=decision.scope,
                order_id=decision.order_id,
                supplier_id=decision.supplier_id,
                least_fen=decision.least_fen,
                clean_receipts=decision.clean_receipts,
                depth=decision.depth,
                sampling=decision.sampling.written(),
                reason=reason,
                decided_by=actor.id,
                decided_at=now,
            )
        )
        more = {"sampling": decision.sampling.written()} if decision.sampling != FIX else {}
        _audit(
            session,
            actor,
            "plan.decided",
            decision.id,
            now,
            scope=decision.scope,
            depth=decision.depth,
            **more,
        )
        if decision.sampling.waived:
            # AMB-11: a sample below 10 % is the importer's own waiver, by name and with the reason of the plan.
            _audit(session, actor, "plan.floor_waived", decision.id, now, reason=reason)
        recompute_waiting(session, actor.organisation_id)
        return decision.id


def end(database: Database, *, actor: Desk, plan_id: str, now: datetime) -> None:
    """Ends a decision; the next wider one applies. Ending twice is once. Raises ``plan_unknown``."""
    with database.write() as session:
        row = rows.plan(session, actor.organisation_id, plan_id)
        if row is None:
            raise Refusal("plan_unknown")
        if row.ended_at is None:
            row.ended_at = now
            _audit(session, actor, "plan.ended", row.id, now)
            recompute_waiting(session, actor.organisation_id)


def preview(database: Database, *, actor: Desk, said: PlanWords, now: datetime) -> Preview:
    """The same refusals as ``decide``, except that no reason is needed yet. Writes nothing."""
    with database.read() as session:
        new = _decision(session, actor, said, "-", now)
        known = in_force(session, [actor.organisation_id])[actor.organisation_id]
        rest = [one for one in known if _key(one) != _key(new)]
        facts = rows.order_facts(session, actor.organisation_id)
        streaks = clean_streaks(session, [*known, new], {supplier for _, supplier, _ in facts})
        touched = lighter = deeper = 0
        for order_id, supplier_id, paid in facts:
            order = PlannedOrder(order_id, supplier_id, paid, streaks.get(supplier_id, 0))
            before, after = plan_for(known, order), plan_for([*rest, new], order)
            if after.decision is not None and after.decision.id == new.id:
                touched += 1
                step = DEPTHS.index(after.depth) - DEPTHS.index(before.depth)
                lighter, deeper = lighter + (step < 0), deeper + (step > 0)
        sampling = new.sampling if new.depth == "count_sample" else None
        return Preview(len(facts), touched, lighter, deeper, sampling)


def standing(database: Database, *, organisation_id: str) -> list[Standing]:
    """Every decision, those in force first, each group newest first."""
    with database.read() as session:
        found = rows.plans(session, organisation_id)
        names = documents.user_names(session, {row.decided_by for row in found})
        numbers = rows.order_numbers(session, {row.order_id for row in found if row.order_id})
        sellers = {one.id: one.company or one.member for one in rows.suppliers(session, organisation_id)}
        listed = [
            Standing(
                decision_of_row(row, names),
                row.ended_at,
                numbers.get(row.order_id or ""),
                sellers.get(row.supplier_id or ""),
            )
            for row in found
        ]
        return sorted(listed, key=lambda one: one.ended_at is not None)


@dataclass(frozen=True)
class SupplierChoice:
    id: str
    name: str


def supplier_choices(database: Database, *, organisation_id: str) -> list[SupplierChoice]:
    with database.read() as session:
        return [
            SupplierChoice(one.id, one.company or one.member)
            for one in rows.suppliers(session, organisation_id)
        ]


def _decision(session: Session, actor: Desk, said: PlanWords, reason: str, now: datetime) -> Decision:
    if said.scope not in SCOPES:
        raise Refusal("plan_scope_unknown")
    if said.depth not in DEPTHS:
        raise Refusal("plan_depth_unknown")
    order_id = supplier_id = least_fen = receipts = None
    if said.scope == "order":
        order = order_rows.order_by_no(session, actor.organisation_id, said.order_no.strip())
        if order is None:
            raise Refusal("order_unknown", order_no=said.order_no.strip()[:40])
        order_id = order.id
    elif said.scope == "supplier":
        supplier = rows.supplier_of_organisation(session, actor.organisation_id, said.supplier_id)
        if supplier is None:
            raise Refusal("plan_supplier_unknown")
        supplier_id = supplier.id
    elif said.scope == "value":
        least_fen = _fen(said.least_yuan)
    elif said.scope == "history":
        receipts = _receipts(said.clean_receipts)
    sampling = FIX
    if said.depth == "count_sample":
        sampling = chosen(said.sampling, said.level, said.aql, waived=bool(said.waived))
    return Decision(
        id=new_id(),
        scope=said.scope,
        depth=said.depth,
        reason=reason,
        decided_by=actor.name,
        decided_at=now,
        order_id=order_id,
        supplier_id=supplier_id,
        least_fen=least_fen,
        clean_receipts=receipts,
        sampling=sampling,
    )


def _fen(typed: str) -> int:
    try:
        fen = money_fen(typed)
    except CellProblem:
        fen = None
    if fen is None or fen <= 0:
        raise Refusal("plan_value_unreadable", value=clean(typed)[:40])
    return fen


def _receipts(typed: str) -> int:
    text = typed.strip()
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:4]) <= MOST_RECEIPTS or len(text) > 4:
        raise Refusal("plan_history_unreadable", most=MOST_RECEIPTS)
    return int(text)


def _key(plan: ReceivingPlan | Decision) -> tuple[object, ...]:
    """Two decisions with the same key are about the same orders: the later replaces the earlier."""
    return plan.scope, plan.order_id, plan.supplier_id, plan.least_fen, plan.clean_receipts


def _audit(
    session: Session, actor: Desk, action: str, subject: str, now: datetime, **details: object
) -> None:
    people.audit(
        session,
        at=now,
        actor=f"user:{actor.id}",
        action=action,
        subject=subject,
        organisation_id=actor.organisation_id,
        **details,
    )

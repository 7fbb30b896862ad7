"""How deep an order is received: the importer's standing decisions, narrowest first (issue "Orders in").

A plan lighter than the next one up is somebody's named decision. What it leaves out is "not asked", never "done".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.sampling_choice import FIX, Sampling

STEPS = ("arrive", "condition", "weight", "count", "sample")
"""What a receiver may be asked, in the order of evidence."""

_ASKED = {
    "arrive": ("arrive",),
    "condition_weight": ("arrive", "condition", "weight"),
    "count": ("arrive", "condition", "weight", "count"),
    "count_sample": STEPS,
}
DEPTHS = tuple(_ASKED)
"""Lightest first."""

SCOPES = ("order", "supplier", "value", "history", "default")
"""Narrowest first: the first scope with a decision that fits the order wins."""

DEFAULT_DEPTH = "count"
"""Without any decision a shortage must still be provable."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One standing decision. ``decided_by`` is the person's name; instants are aware.

    Of the four keys only the scope's own is set: ``order_id``; ``supplier_id``; ``least_fen`` (orders paid at least
    this); ``clean_receipts`` (after this many clean receipts of the supplier in a row).
    ``sampling`` is looked at where a sample is asked.
    """

    id: str
    scope: str
    depth: str
    reason: str
    decided_by: str
    decided_at: datetime
    order_id: str | None = None
    supplier_id: str | None = None
    least_fen: int | None = None
    clean_receipts: int | None = None
    sampling: Sampling = FIX

    def __post_init__(self) -> None:
        if self.scope not in SCOPES or self.depth not in DEPTHS:
            raise ValueError(f"no such plan: {self.scope} {self.depth}")


@dataclass(frozen=True, slots=True)
class PlannedOrder:
    """What a decision can look at. ``paid_fen`` None: unknown, no value decision fits."""

    order_id: str
    supplier_id: str
    paid_fen: int | None
    clean_receipts: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """The depth that applies, and the decision behind it; None: nobody decided, the built-in depth applies."""

    depth: str
    decision: Decision | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        return _ASKED[self.depth]

    @property
    def not_asked(self) -> tuple[str, ...]:
        """What this plan leaves out, although a person could have asked for it."""
        return tuple(step for step in STEPS if step not in self.asked)

    @property
    def sampling(self) -> Sampling:
        return self.decision.sampling if self.decision else FIX

    def asks(self, step: str) -> bool:
        return step in self.asked


def plan_for(decisions: Iterable[Decision], order: PlannedOrder) -> Plan:
    """The plan of one order. ``decisions`` are those in force; of two that fit equally the later one counts.

    Within value and history the higher mark that the order reaches is the narrower decision.
    """
    fitting = [decision for decision in decisions if _fits(decision, order)]
    if not fitting:
        return Plan(DEFAULT_DEPTH)
    chosen = min(fitting, key=lambda decision: SCOPES.index(decision.scope))
    rivals = [decision for decision in fitting if decision.scope == chosen.scope]
    best = max(rivals, key=lambda decision: (_mark(decision), decision.decided_at, decision.id))
    return Plan(best.depth, best)


def deepest(plans: Iterable[Plan]) -> Plan:
    """One parcel may hold several orders: what any of them asks is asked of the parcel."""
    return max(plans, key=lambda plan: DEPTHS.index(plan.depth), default=Plan(DEFAULT_DEPTH))


def clean_streak(results: Iterable[bool | None]) -> int:
    """Clean receipts in a row, from a supplier's receipts newest first.

    True: every line counted as ordered; False: short, over or damaged, ends the row; None: not counted under a
    lighter plan, says nothing and is passed over.
    """
    streak = 0
    for clean in results:
        if clean is False:
            break
        streak += clean is True
    return streak


def _fits(decision: Decision, order: PlannedOrder) -> bool:
    if decision.scope == "order":
        return decision.order_id == order.order_id
    if decision.scope == "supplier":
        return decision.supplier_id == order.supplier_id
    if decision.scope == "value":
        return (
            decision.least_fen is not None
            and order.paid_fen is not None
            and order.paid_fen >= decision.least_fen
        )
    if decision.scope == "history":
        return decision.clean_receipts is not None and order.clean_receipts >= decision.clean_receipts
    return True


def _mark(decision: Decision) -> int:
    return (decision.least_fen if decision.scope == "value" else decision.clean_receipts) or 0

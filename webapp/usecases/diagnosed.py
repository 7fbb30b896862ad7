"""What a diagnosis consists of: findings, the numbers behind them, custody and clocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from webapp.domain.order_clocks import OrderClock
from webapp.domain.order_terms import Terms
from webapp.domain.refusals import Refusal
from webapp.domain.responsibility import Shortage
from webapp.domain.situation import Custody, Situation, situation_of
from webapp.domain.switches import Switches
from webapp.store.schema import Order, OrderLine
from webapp.usecases.stage_counts import LineStages


@dataclass(frozen=True)
class Found:
    """Something wrong, as far as it is known. ``key`` names it on forms; it says nothing but what, where and whose.

    ``units_milli`` None: nobody said how many. ``party``, ``towards``, ``reason``: DT-3 and DT-4.
    """

    type_id: str
    line: OrderLine | None
    parcel_id: str | None
    stage: str  # CN | transit | VN
    situation: Situation
    units_milli: int | None
    party: str
    towards: tuple[str, ...]
    reason: str
    records: tuple[str, ...] = ()
    said: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        parts = (self.type_id, self.stage, self.situation.letter)
        return "~".join((*parts, self.line.id if self.line else "-", self.parcel_id or "-"))


@dataclass(frozen=True)
class Counted:
    """One line's numbers and what follows from them."""

    stages: LineStages
    shortage: Shortage


@dataclass(frozen=True)
class Diagnosis:
    """``owner``: whose account (self, agent, unknown); ``tail``: what its order number says of the buyer.

    ``terms``: what was settled before the order; it answers what nobody answers anew.
    """

    order: Order
    owner: str
    owner_confirmed: bool
    tail: str | None
    counted: list[Counted]
    custody: Mapping[str, Custody]
    clocks: tuple[OrderClock, ...]
    found: list[Found]
    switches: Switches
    terms: Terms

    def situation(self, parcel_ids: Iterable[str], now: datetime) -> Situation:
        """Of some parcels together: B as soon as one of them was handed over, named by the latest to flip."""
        every = [self._of(parcel_id, now) for parcel_id in parcel_ids] or [self._of("", now)]
        gone = [one for one in every if one.letter == "B"]
        return gone[-1] if gone else every[0]

    def of(self, parcel_id: str, now: datetime) -> Situation:
        return self._of(parcel_id, now)

    def _of(self, parcel_id: str, now: datetime) -> Situation:
        custody = self.custody.get(parcel_id, Custody())
        return situation_of(self.order.platform, custody, authority_end=self.switches.authority_end, now=now)

    def one(self, key: str) -> Found:
        """Raises ``discrepancy_gone``: what is not found any more is not confirmed."""
        for found in self.found:
            if found.key == key:
                return found
        raise Refusal("discrepancy_gone")

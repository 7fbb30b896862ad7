"""Which window ends a claim, and when (domain.md section 11: ``expired`` by R-01, R-02, R-03 or R-08).

A claim may expire from any state. By itself it does so only while nobody has granted anything and no platform rules
on it: what was granted or escalated in time is still owed when the window closes (S0-18, S0-19); there a person says
the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.claim_recipes import CLAIM_TYPES
from webapp.domain.claim_states import FILED, UNANSWERED
from webapp.domain.gates import AGENT_RETURN
from webapp.domain.order_clocks import OrderClock


@dataclass(frozen=True, slots=True)
class Standing:
    """What of a claim decides about its end."""

    state: str
    channel: str
    type_id: str
    path: str | None


def closed_by(claim: Standing, clocks: Iterable[OrderClock], now: datetime) -> tuple[str, datetime] | None:
    """The rule that closed the claim's channel, and when; None: it is open, or its end is a person's to say.

    In the days between R-02 and R-03 a late try is possible (AMB-01), so R-03 is the platform's last word.
    """
    rule = rule_of(claim)
    dues = [
        clock.deadline.due
        for clock in clocks
        if clock.rule.id == rule and clock.deadline is not None and _kills(claim, clock)
    ]
    if rule is None or not dues or max(dues) > now:
        return None
    return rule, max(dues)


def rule_of(claim: Standing) -> str | None:
    """The one window that ends a claim of this channel, by itself."""
    if claim.state not in UNANSWERED:
        return None
    if claim.channel == "platform_1688":
        return "R-03"
    kind = CLAIM_TYPES[claim.type_id]
    if claim.channel == "agent" and claim.state not in FILED:
        if claim.path in AGENT_RETURN and not kind.quality:
            return "R-01"
        return "R-08" if kind.agent_reports else None
    return None


def _kills(claim: Standing, clock: OrderClock) -> bool:
    """Before a filing the clock itself must have run out unmet. A filing meets R-03, and yet the order closes for good
    at its end while nobody answers (R-05, S0-24); an assumed start is too early on purpose and ends nothing filed."""
    return not clock.assumed if claim.state in FILED else clock.ended != "met"

"""Which limits are near, by the time that is left until their act-by.

The receiver's own clock is a day long: by the measure of the other rules it would be urgent from its first minute on.
Twin of ``static/src/core/urgency.js``; vectors: tests/vectors/urgency.json.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

RECEIVERS_RULE: Final = "R-10"
"""Inspect and document: the only clock that binds the warehouse itself (domain.md section 2)."""

URGENT_HOURS: Final = 24
SOON_HOURS: Final = 72
RECEIVERS_URGENT_HOURS: Final = 4

Urgency = Literal["late", "urgent", "soon", "calm"]


def urgent_within(rule_id: str) -> timedelta:
    """Less than this is left of the rule: urgent."""
    return timedelta(hours=RECEIVERS_URGENT_HOURS if rule_id == RECEIVERS_RULE else URGENT_HOURS)


def urgency_of(rule_id: str, act_by: datetime, now: datetime) -> Urgency:
    """``late`` from the act-by instant on. ``rule_id`` empty: of no rule that is known."""
    left = act_by - now
    if left <= timedelta(0):
        return "late"
    if left < urgent_within(rule_id):
        return "urgent"
    return "soon" if left < timedelta(hours=SOON_HOURS) else "calm"

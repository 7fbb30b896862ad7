"""Claims whose window closed before anybody filed or escalated end by an event that names the rule (domain.md 11)."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.domain.claim_states import BEFORE_FILING, EXPIRES_BY
from webapp.domain.claim_types import CLAIM_TYPES
from webapp.domain.gates import AGENT_RETURN
from webapp.store import claims as rows
from webapp.store import orders as order_rows
from webapp.store.database import Database
from webapp.store.schema_claims import Claim
from webapp.usecases.claim_events import PROGRAM, add_event
from webapp.usecases.clock_reading import clocks_of_orders

WAITING: Final = (*BEFORE_FILING, "handed_to_agent", "rejected", "silent")
"""States in which only a step of ours would have kept the claim alive. What lies with the supplier or the platform is
not ended by our own reckoning."""


def expire_due(database: Database, *, now: datetime) -> int:
    """Ends what can no longer be filed, each at the instant its window closed; returns how many. Doing it late or twice
    changes nothing about the instants.
    """
    with database.read() as session:
        waiting = rows.ids_past_due(session, WAITING, EXPIRES_BY, now=now)
    ended = 0
    for claim_id in waiting:
        with database.write() as session:
            claim = session.get(Claim, claim_id)
            if claim is None or claim.state not in WAITING:
                continue
            found = _closed_by(session, claim, now)
            if found is not None:
                rule, due = found
                add_event(session, claim, by=PROGRAM, kind="expired", at=due, said={"rule": rule}, now=now)
                ended += 1
    return ended


def _closed_by(session: Session, claim: Claim, now: datetime) -> tuple[str, datetime] | None:
    """The rule that closed the claim's channel, and when. In the days between R-02 and R-03 a late try is possible."""
    wanted = _rules(claim)
    if not wanted:
        return None
    order = order_rows.orders_by_id(session, [claim.order_id])[0]
    dues = [
        (clock.deadline.due, clock.rule.id)
        for clock in clocks_of_orders(session, [order])[order.id]
        if clock.rule.id in wanted and clock.deadline is not None and clock.ended != "met"
    ]
    if not dues or max(dues)[0] > now:
        return None
    due, rule = max(dues)
    return rule, due


def _rules(claim: Claim) -> frozenset[str]:
    if claim.channel == "platform_1688":
        return frozenset({"R-03"})
    if claim.channel == "agent":
        if claim.path in AGENT_RETURN and not CLAIM_TYPES[claim.type].quality:
            return frozenset({"R-01"})
        return frozenset({"R-08"}) if CLAIM_TYPES[claim.type].agent_reports else frozenset()
    return frozenset()

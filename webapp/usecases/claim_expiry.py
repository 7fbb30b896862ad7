"""Claims whose window closed while nobody had answered end by an event that names the rule (domain/claim_expiry.py)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.claim_expiry import Standing, closed_by
from webapp.domain.claim_states import EXPIRES_BY, UNANSWERED
from webapp.store import claims as rows
from webapp.store import orders as order_rows
from webapp.store.database import Database
from webapp.store.schema_claims import Claim
from webapp.usecases.claim_events import PROGRAM, add_event
from webapp.usecases.clock_reading import clocks_of_orders


def expire_due(database: Database, *, now: datetime) -> int:
    """Ends what can no longer be won, each at the instant its window closed; returns how many. Doing it late or twice
    changes nothing about the instants.
    """
    with database.read() as session:
        waiting = rows.ids_past_due(session, UNANSWERED, EXPIRES_BY, now=now)
    ended = 0
    for claim_id in waiting:
        with database.write() as session:
            claim = session.get(Claim, claim_id)
            found = None if claim is None else _closed_by(session, claim, now)
            if claim is not None and found is not None:
                rule, due = found
                add_event(session, claim, by=PROGRAM, kind="expired", at=due, said={"rule": rule}, now=now)
                ended += 1
    return ended


def _closed_by(session: Session, claim: Claim, now: datetime) -> tuple[str, datetime] | None:
    order = order_rows.orders_by_id(session, [claim.order_id])[0]
    standing = Standing(claim.state, claim.channel, claim.type, claim.path)
    return closed_by(standing, clocks_of_orders(session, [order])[order.id], now)

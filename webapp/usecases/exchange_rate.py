"""The importer's own rate from yuan to dong: stated by a person, never fetched, never guessed."""

from __future__ import annotations

from datetime import datetime

from webapp.adapters.secrets import new_id
from webapp.domain.stakes import rate_text, read_rate
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema_desk import ExchangeRate
from webapp.usecases.board import Rate, rate_of
from webapp.usecases.sessions import Desk


def stated_rate(database: Database, *, organisation_id: str) -> Rate | None:
    with database.read() as session:
        return rate_of(session, organisation_id)


def state_rate(database: Database, *, actor: Desk, typed: str, now: datetime) -> None:
    """The latest statement counts; earlier ones stay on record. Raises ``rate_unreadable``."""
    dong_e4 = read_rate(typed)
    with database.write() as session:
        rate = ExchangeRate(
            id=new_id(),
            organisation_id=actor.organisation_id,
            dong_e4=dong_e4,
            stated_by=actor.id,
            stated_at=now,
        )
        session.add(rate)
        people.audit(
            session,
            at=now,
            actor=f"user:{actor.id}",
            action="exchange_rate.stated",
            subject=rate.id,
            organisation_id=actor.organisation_id,
            dong_for_one_yuan=rate_text(dong_e4),
        )

"""Rate limits per login, person, device or worker, counted in the database: a restart forgives nothing, a power cut
the last tries at most.

Never per address: a warehouse is one address.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from webapp.domain.refusals import Refusal
from webapp.store import doors as rows
from webapp.store.database import Database
from webapp.store.schema_doors import RateCount

_KEPT = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Limit:
    """At most ``count`` in each ``window``, windows counted from the epoch. ``window`` is at most a day."""

    count: int
    window: timedelta


SIGN_IN = Limit(20, timedelta(minutes=15))
NOBODY = Limit(5, timedelta(minutes=5))
"""As ``domain.people.Tries`` locks a login that somebody has."""
SHIFT = Limit(40, timedelta(minutes=5))
LINKS = Limit(60, timedelta(hours=1))
PASSWORD_CHANGE = Limit(10, timedelta(minutes=15))


def spend(database: Database, subject: str, limit: Limit, *, now: datetime) -> None:
    """Counts one try. Raises ``too_many_requests`` (with ``seconds`` until the next window) and counts nothing then."""
    start = now - (now - _EPOCH) % limit.window
    with database.write_unflushed() as session:
        row = rows.rate_count(session, subject, start)
        if row is None:
            rows.forget_rates(session, now - _KEPT)
            session.add(RateCount(subject=subject, window_start=start, count=1))
            return
        if row.count >= limit.count:
            seconds = max(1, round((start + limit.window - now).total_seconds()))
            raise Refusal("too_many_requests", seconds=seconds, minutes=-(-seconds // 60))
        row.count += 1

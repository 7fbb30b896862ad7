"""Is the instance able to work? Words for anybody who asks: no numbers, no names."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from webapp.adapters.blobs import Blobs
from webapp.store import doctor as rows
from webapp.store.database import Database

log = logging.getLogger(__name__)

LATE: Final = timedelta(minutes=30)
"""A job that has waited longer says that no worker runs, or that it keeps failing."""


@dataclass(frozen=True)
class Health:
    """``database``: ``ok`` or ``failed``. ``disk``: ``ok`` or ``full`` (uploads are refused). ``jobs``: ``ok``,
    ``late`` or ``unknown``; late jobs lose nothing, so they do not make the instance unhealthy."""

    database: str
    disk: str
    jobs: str

    @property
    def ok(self) -> bool:
        return (self.database, self.disk) == ("ok", "ok")


def health(database: Database, blobs: Blobs, *, now: datetime) -> Health:
    try:
        with database.read() as session:
            waiting = rows.oldest_waiting_work(session)
    except SQLAlchemyError:
        log.exception("the database does not answer")
        return Health("failed", _disk(blobs), "unknown")
    return Health("ok", _disk(blobs), "ok" if waiting is None or now - waiting <= LATE else "late")


def _disk(blobs: Blobs) -> str:
    return "ok" if blobs.room() > 0 else "full"

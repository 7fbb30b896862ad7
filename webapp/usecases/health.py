"""Is the instance able to work?"""

from __future__ import annotations

from webapp.store.database import Database
from webapp.store.migrate import current_revision


def schema_revision(database: Database) -> str | None:
    """Also proves that the database answers."""
    return current_revision(database)

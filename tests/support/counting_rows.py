"""How many rows each table has: what a refused request may not change."""

from __future__ import annotations

from sqlalchemy import func, select

from webapp.store.columns import Base
from webapp.store.database import Database


def rows_by_table(database: Database, *, but: frozenset[str] = frozenset()) -> dict[str, int]:
    """``but``: tables that note that somebody looked, whatever came of it."""
    with database.read() as session:
        return {
            name: session.scalar(select(func.count()).select_from(table)) or 0
            for name, table in Base.metadata.tables.items()
            if name not in but
        }


def new_rows(database: Database, before: dict[str, int]) -> dict[str, int]:
    """What came since, by table; tables without a change are left out."""
    after = rows_by_table(database)
    return {name: after[name] - n for name, n in before.items() if after[name] != n}

"""What stands behind a draw: the records whose texts and hashes seed it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.store.schema import Record


def record_hashes(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Record id → SHA-256 of its text; of an id that was used twice the first one received."""
    query = (
        select(Record.id, Record.sha256).where(Record.id.in_(list(ids))).order_by(Record.entry_index.desc())
    )
    return {record_id: sha256 for record_id, sha256 in session.execute(query)}


def record_texts(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Record id → its text; of an id that was used twice the first one received."""
    query = select(Record.id, Record.text).where(Record.id.in_(list(ids))).order_by(Record.entry_index.desc())
    return {record_id: text for record_id, text in session.execute(query)}

"""What stands behind a draw: the records whose texts and hashes seed it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.store.portions import portions
from webapp.store.schema import Record


def takes_opened(session: Session, ids: Collection[str]) -> dict[str, tuple[str, str | None]]:
    """Take-open record id → (SHA-256 of its text, parcel); of an id that was used twice the first one received."""
    found: dict[str, tuple[int, str, str | None]] = {}
    for some in portions(ids):
        query = select(Record.id, Record.entry_index, Record.sha256, Record.parcel_id).where(
            Record.id.in_(some), Record.kind == "take-open"
        )
        for record_id, entry, sha256, parcel_id in session.execute(query):
            if record_id not in found or entry < found[record_id][0]:
                found[record_id] = (entry, sha256, parcel_id)
    return {record_id: (sha256, parcel_id) for record_id, (_, sha256, parcel_id) in found.items()}


def record_texts(session: Session, ids: Collection[str]) -> dict[str, str]:
    """Record id → its text; of an id that was used twice the first one received."""
    found: dict[str, str] = {}
    for some in portions(ids):
        query = select(Record.id, Record.text).where(Record.id.in_(some)).order_by(Record.entry_index.desc())
        found |= {record_id: text for record_id, text in session.execute(query)}
    return found

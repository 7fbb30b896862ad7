"""Appends to the log: gapless, inside the fact's own transaction."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.domain.ledger import leaf_hash
from webapp.store.schema import LogEntry, LogHead


def append_entry(session: Session, text: str) -> int:
    """Adds one leaf and returns its index. Holds the head until the transaction ends, so indexes have no gap."""
    head = session.scalars(select(LogHead).with_for_update()).one()
    index = head.size
    session.add(LogEntry(index=index, text=text, leaf_hash=leaf_hash(text.encode("utf-8")).hex()))
    head.size = index + 1
    session.flush()
    return index


def entry(session: Session, index: int) -> LogEntry | None:
    return session.get(LogEntry, index)

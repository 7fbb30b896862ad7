"""An owner takes what a revoked phone had sent into the evidence. What nobody releases stays where it is."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from webapp.domain.evidence import Finding
from webapp.domain.ledger import iso_milliseconds
from webapp.store.audit import audit
from webapp.store.database import Database
from webapp.store.schema_doors import Quarantine
from webapp.usecases import evidence, quarantine
from webapp.usecases.record_projections import OrdersChanged
from webapp.usecases.sessions import Desk

RELEASED: Final = "released_from_quarantine"


def release(
    database: Database, *, actor: Desk, item_id: str, now: datetime, on_orders_changed: OrdersChanged
) -> None:
    """The record enters the log now, with a finding that says when it had come. Doing it again changes nothing.

    Raises ``quarantine_unknown``, ``quarantine_not_signed``, ``quarantine_not_yours``.
    """
    with database.write() as session:
        found = quarantine.to_release(session, item_id, organisation_id=actor.organisation_id)
        row = session.get_one(Quarantine, found.row.id)
        if row.released_at is not None:
            return
        item = evidence.Item(row.text, row.signature, row.side)
        why = Finding(RELEASED, iso_milliseconds(row.received_at))
        evidence.release(session, item, found.device, why=why, now=now, on_orders_changed=on_orders_changed)
        row.released_at, row.released_by = now, actor.actor
        audit(
            session,
            at=now,
            actor=actor.actor,
            action="quarantine.released",
            subject=row.device_id,
            organisation_id=actor.organisation_id,
            record=row.sha256,
        )


def release_phone(
    database: Database, *, actor: Desk, device_id: str, now: datetime, on_orders_changed: OrdersChanged
) -> int:
    """Releases all of one phone that may be, in the order in which it signed them, each in a transaction of its own.

    Returns how many; what is cut short is gone on with by doing it again. Raises ``quarantine_unknown``.
    """
    with database.read() as session:
        items = quarantine.releasable_of(session, device_id, organisation_id=actor.organisation_id)
    for item_id in items:
        release(database, actor=actor, item_id=item_id, now=now, on_orders_changed=on_orders_changed)
    return len(items)

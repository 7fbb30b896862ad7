"""Keeps what a person knows of a line: unit weight, pack factor, listing. A re-import never touches it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from webapp.domain.line_facts import LineFacts
from webapp.domain.refusals import Refusal
from webapp.store import orders as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.usecases.people import Desk


def set_line_facts(
    database: Database, *, actor: Desk, order_no: str, line_id: str, facts: LineFacts, now: datetime
) -> None:
    """Replaces all four; the audit keeps what stood there before. Raises ``line_unknown``."""
    with database.write() as session:
        line = rows.line_of_organisation(session, actor.organisation_id, line_id)
        if line is None or line.order.order_no != order_no:
            raise Refusal("line_unknown")
        new = asdict(facts)
        changed = {
            name: [getattr(line, name), value] for name, value in new.items() if getattr(line, name) != value
        }
        if not changed:
            return
        for name, value in new.items():
            setattr(line, name, value)
        people.audit(
            session,
            at=now,
            actor=f"user:{actor.id}",
            action="line.facts",
            subject=line.id,
            organisation_id=actor.organisation_id,
            changed=changed,
        )

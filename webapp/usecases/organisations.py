"""Further importers on one instance; the first one comes with the first owner."""

from __future__ import annotations

from datetime import datetime

from webapp.adapters.secrets import new_id
from webapp.domain.refusals import Refusal
from webapp.store import people as rows
from webapp.store.database import Database
from webapp.store.schema import Organisation


def add_organisation(database: Database, *, name: str, customer_code: str, now: datetime) -> str:
    """An importer without people and without a site; returns its id.

    Raises ``name_missing``, ``customer_code_missing``, ``customer_code_taken``.
    """
    name, customer_code = name.strip()[:200], customer_code.strip()[:40]
    if not name:
        raise Refusal("name_missing")
    if not customer_code:
        raise Refusal("customer_code_missing")
    with database.write() as session:
        if rows.organisation_by_code(session, customer_code) is not None:
            raise Refusal("customer_code_taken", customer_code=customer_code)
        importer = Organisation(id=new_id(), name=name, customer_code=customer_code, created_at=now)
        session.add(importer)
        session.flush()
        rows.audit(
            session,
            at=now,
            actor="cli",
            action="organisation.added",
            subject=importer.id,
            organisation_id=importer.id,
        )
        return importer.id

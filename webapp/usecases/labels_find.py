"""From a label to what it belongs to."""

from __future__ import annotations

from webapp.store import orders as rows
from webapp.store.database import Database


def order_of_label(database: Database, *, organisation_id: str, code: str) -> str | None:
    """The order number of the first order in the label's parcel, if the parcel is this organisation's."""
    with database.read() as session:
        return rows.order_no_of_label(session, organisation_id, code)

"""What was agreed with a supplier about an order: its date, where the chat says so; withdrawn with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.blobs import Blobs
from webapp.adapters.secrets import new_id
from webapp.domain.folders import AGREEMENT_KINDS, read_date
from webapp.domain.refusals import Refusal
from webapp.store import orders as order_rows
from webapp.store import papers as rows
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.store.schema_papers import Agreement
from webapp.usecases import statements
from webapp.usecases.document_filing import Kept, Labels, Upload, file_document, keep
from webapp.usecases.people import Desk

DOCUMENT_OF = {"spec": "spec", "sample": "sample", "confirmation": "confirmation"}
"""Kind of agreement → kind of the paper filed with it; else a chat screenshot."""


@dataclass(frozen=True)
class Stated:
    """``dated_on``: ISO date of the chat. ``chat_ref``: how the supplier finds it (S3-20)."""

    kind: str
    dated_on: str
    attribute: str = ""
    value: str = ""
    unit: str = ""
    tolerance: str = ""
    chat_ref: str = ""
    upload: Upload | None = None
    document_id: str = ""


def state(
    database: Database, blobs: Blobs, *, actor: Desk, order_no: str, said: Stated, now: datetime
) -> str:
    """Returns the agreement's id. Refusals: ``agreement_kind``, ``agreement_date``, ``agreement_empty``,
    ``order_unknown``, ``document_*``."""
    if said.kind not in AGREEMENT_KINDS:
        raise Refusal("agreement_kind")
    day = read_date(said.dated_on)
    if day is None or day > now.date():
        raise Refusal("agreement_date")
    if not (said.value.strip() or said.chat_ref.strip()):
        raise Refusal("agreement_empty")
    kept = None if said.upload is None else keep(database, blobs, actor, said.upload)
    with database.write() as session:
        order = order_rows.order_by_no(session, actor.organisation_id, order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=order_no)
        row = Agreement(
            id=new_id(),
            organisation_id=actor.organisation_id,
            order_id=order.id,
            kind=said.kind,
            dated_on=day.isoformat(),
            attribute=said.attribute.strip()[:100],
            value=said.value.strip()[:1000],
            unit=said.unit.strip()[:40],
            tolerance=said.tolerance.strip()[:100],
            chat_ref=said.chat_ref.strip()[:200],
            document_id=_document(session, actor, order, said, kept, now),
            stated_by=actor.id,
            stated_at=now,
        )
        session.add(row)
        statements.note(session, actor, "agreement.stated", row.id, now)
        return row.id


def withdraw(database: Database, *, actor: Desk, agreement_id: str, reason: str, now: datetime) -> str:
    """It stays on record. Returns the order number. Raises ``agreement_unknown``, ``reason_missing``."""
    with database.write() as session:
        row = rows.agreement(session, actor.organisation_id, agreement_id)
        return statements.withdraw(session, actor, row, called="agreement", reason=reason, now=now)


def _document(
    session: Session, actor: Desk, order: Order, said: Stated, kept: Kept | None, now: datetime
) -> str | None:
    if kept is None:
        if not said.document_id:
            return None
        filed = {one.id for one in rows.documents(session, actor.organisation_id, order_id=order.id)}
        if said.document_id not in filed:
            raise Refusal("document_unknown")
        return said.document_id
    kind = DOCUMENT_OF.get(said.kind, "chat")
    labels = Labels(order.supplier_id, said.dated_on, note=said.chat_ref)
    return file_document(
        session, kept, actor=actor, kind=kind, links={order.id: None}, now=now, labels=labels
    ).id

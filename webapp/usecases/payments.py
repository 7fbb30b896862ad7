"""Transfers for an order: date, amount, receiving account, what each covers, with its proof (S3-08)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.adapters.blobs import Blobs
from webapp.adapters.secrets import new_id
from webapp.domain.csv_text import BOM, csv_line, text_cell
from webapp.domain.folders import PURPOSES, read_date
from webapp.domain.quantities import plain_amount
from webapp.domain.refusals import Refusal
from webapp.domain.stakes import read_yuan
from webapp.store import orders as order_rows
from webapp.store import papers as rows
from webapp.store.database import Database
from webapp.store.schema_desk import Document
from webapp.store.schema_papers import Payment
from webapp.usecases import statements
from webapp.usecases.document_filing import Labels, Upload, file_document, keep
from webapp.usecases.people import Desk

CURRENCIES: Final = ("CNY", "VND", "USD")
HEADER: Final = ("date", "amount", "currency", "account", "purpose", "note", "proof", "sha256")


@dataclass(frozen=True)
class Paid:
    """``amount`` as typed, in ``currency``; ``paid_on``: ISO date."""

    paid_on: str
    amount: str
    currency: str
    account: str
    purpose: str
    note: str = ""
    upload: Upload | None = None


@dataclass(frozen=True)
class Totals:
    """Per currency, refunds taken off: hundredths."""

    paid: dict[str, int]


def state(database: Database, blobs: Blobs, *, actor: Desk, order_no: str, said: Paid, now: datetime) -> str:
    """Returns the payment's id. Refusals: ``payment_date``, ``amount_unreadable``, ``payment_purpose``,
    ``payment_account``, ``order_unknown``, ``document_*``."""
    day = read_date(said.paid_on)
    if day is None:
        raise Refusal("payment_date")
    fen = read_yuan(said.amount)
    if fen is None or fen <= 0 or said.currency not in CURRENCIES:
        raise Refusal("amount_unreadable")
    if said.purpose not in PURPOSES:
        raise Refusal("payment_purpose")
    if not said.account.strip():
        raise Refusal("payment_account")
    kept = None if said.upload is None else keep(database, blobs, actor, said.upload)
    with database.write() as session:
        order = order_rows.order_by_no(session, actor.organisation_id, order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=order_no)
        document = kept and file_document(
            session,
            kept,
            actor=actor,
            kind="payment_proof",
            links={order.id: None},
            now=now,
            labels=Labels(order.supplier_id, day.isoformat(), note=said.note),
        )
        row = Payment(
            id=new_id(),
            organisation_id=actor.organisation_id,
            order_id=order.id,
            paid_on=day.isoformat(),
            amount_fen=fen,
            currency=said.currency,
            account=said.account.strip()[:200],
            purpose=said.purpose,
            note=said.note.strip()[:500],
            document_id=document.id if document else None,
            stated_by=actor.id,
            stated_at=now,
        )
        session.add(row)
        statements.note(session, actor, "payment.stated", row.id, now)
        return row.id


def withdraw(database: Database, *, actor: Desk, payment_id: str, reason: str, now: datetime) -> str:
    """It stays on record. Returns the order number. Raises ``payment_unknown``, ``reason_missing``."""
    with database.write() as session:
        row = rows.payment(session, actor.organisation_id, payment_id)
        return statements.withdraw(session, actor, row, called="payment", reason=reason, now=now)


def totals(payments: list[Payment]) -> Totals:
    found: dict[str, int] = {}
    for one in payments:
        signed = -one.amount_fen if one.purpose == "refund" else one.amount_fen
        found[one.currency] = found.get(one.currency, 0) + signed
    return Totals(found)


def payments_csv(session: Session, order_id: str) -> str:
    """``payments.csv`` of the case file (section 7): one line a transfer, oldest first."""
    lines = [csv_line(HEADER)]
    for one in rows.payments(session, order_id):
        document = session.get(Document, one.document_id) if one.document_id else None
        lines.append(
            csv_line(
                [
                    one.paid_on,
                    plain_amount(one.amount_fen),
                    one.currency,
                    text_cell(one.account),
                    one.purpose,
                    text_cell(one.note),
                    text_cell(document.filename) if document else "",
                    document.sha256 if document else "",
                ]
            )
        )
    return BOM + "".join(lines)


def csv_of_order(database: Database, *, organisation_id: str, order_no: str) -> str:
    """Raises ``order_unknown``."""
    with database.read() as session:
        order = order_rows.order_by_no(session, organisation_id, order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=order_no)
        return payments_csv(session, order.id)

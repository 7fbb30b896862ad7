"""Papers of an order: what was agreed, paid, asked and written. Statements are withdrawn or replaced, never deleted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.store.columns import Base, Big, Id


class Agreement(Base):
    """One thing that was agreed before or while the goods were made (S3-05, S1-14)."""

    __tablename__ = "agreement"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    kind: Mapped[str]  # domain.folders.AGREEMENT_KINDS
    dated_on: Mapped[str] = mapped_column(String(10))  # ISO date, as it stands in the chat
    attribute: Mapped[str]
    value: Mapped[str] = mapped_column(Text)
    unit: Mapped[str]
    tolerance: Mapped[str]
    chat_ref: Mapped[str]  # how the supplier finds it again: screenshot number, time in the chat
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    stated_by: Mapped[str]
    stated_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="", server_default="")


class Payment(Base):
    """One transfer: amount, date, receiving account, what it covers (S3-08). An order may have several."""

    __tablename__ = "payment"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    paid_on: Mapped[str] = mapped_column(String(10))  # ISO date
    amount_fen: Mapped[Big]  # hundredths of the currency
    currency: Mapped[str] = mapped_column(String(3))
    account: Mapped[str]
    purpose: Mapped[str]  # deposit | balance | full | freight | refund
    note: Mapped[str] = mapped_column(Text)
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    stated_by: Mapped[str]
    stated_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_reason: Mapped[str] = mapped_column(Text, default="", server_default="")


class OrderTerms(Base):
    """What was settled before the order (S0-26, S0-38, S1-04, S1-05, S3-11). Append-only: the latest row counts."""

    __tablename__ = "order_terms"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    said: Mapped[dict[str, Any]] = mapped_column(JSON)  # domain.order_terms.Terms, field by field
    stated_by: Mapped[str]
    stated_at: Mapped[datetime]


class SupplierAddress(Base):
    """Where the supplier takes goods back in China (S1-22). The latest statement counts; earlier ones stay."""

    __tablename__ = "supplier_address"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    supplier_id: Mapped[str] = mapped_column(ForeignKey("supplier.id"), index=True)
    address: Mapped[str] = mapped_column(Text)
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    stated_by: Mapped[str]
    stated_at: Mapped[datetime]


class Message(Base):
    """A message as it was sent, with the proof of sending. Append-only."""

    __tablename__ = "message"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    claim_id: Mapped[str | None] = mapped_column(String(32), index=True)
    template: Mapped[str] = mapped_column(String(4))  # T-1 … T-7
    language: Mapped[str]
    text: Mapped[str] = mapped_column(Text)  # exactly what went out
    slots: Mapped[dict[str, Any]] = mapped_column(JSON)  # what was filled in, as text
    remedy: Mapped[str | None]
    recipient: Mapped[str]
    via: Mapped[str]  # wechat | wangwang | email | zalo | paper | other
    sent_at: Mapped[datetime]
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"))  # proof of sending
    clock_event_id: Mapped[str | None] = mapped_column(String(32))
    stated_by: Mapped[str]
    stated_at: Mapped[datetime]


class MessageWithdrawal(Base):
    """A sent message that was entered by mistake: it stays, and closes no clock any more. Append-only."""

    __tablename__ = "message_withdrawal"
    message_id: Mapped[str] = mapped_column(ForeignKey("message.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    withdrawn_by: Mapped[str]
    withdrawn_at: Mapped[datetime]


class PreFilingAnswers(Base):
    """The five questions before filing (S1-24). Append-only: the latest row of an order and claim counts."""

    __tablename__ = "pre_filing_answers"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    claim_id: Mapped[str | None] = mapped_column(String(32), index=True)
    said: Mapped[dict[str, Any]] = mapped_column(JSON)  # question → yes | no | unknown …
    answered_by: Mapped[str]
    answered_at: Mapped[datetime]

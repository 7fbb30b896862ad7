"""Editions of the rulebook, dated facts that start, meet or end clocks, and every change of a clock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.store.columns import Base, Id


class RulebookEdition(Base):
    """One organisation's rulebook as it stood: profiles and switches whole, so that a claim keeps what it was opened
    under. Append-only."""

    __tablename__ = "rulebook_edition"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    number: Mapped[int]  # from 1 within the organisation
    profiles: Mapped[list[dict[str, Any]]] = mapped_column(JSON)  # domain/rulebook_data.py
    switches: Mapped[dict[str, Any]] = mapped_column(JSON)
    shipped_sha256: Mapped[str] = mapped_column(String(64))  # of the shipped profiles that it was made from
    made_by: Mapped[str]  # user:<id> | program
    made_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    __table_args__ = (UniqueConstraint("organisation_id", "number"),)


class ClockEvent(Base):
    """A dated fact about an order or a part of it. Append-only: a retraction is a row of its own (``retracts``)."""

    __tablename__ = "clock_event"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    kind: Mapped[str]  # domain/clock_facts.py KINDS, or "retraction"
    at: Mapped[datetime]
    zone: Mapped[str | None]  # IANA, where it happened; None: the rule's own
    subject_kind: Mapped[str]  # order | parcel | claim | submission | message | handover
    subject_id: Mapped[str] = mapped_column(String(32))
    claim_id: Mapped[str | None] = mapped_column(String(32))  # the claim in whose course it happened
    hours: Mapped[int | None]  # service_window: how long the label promises
    source: Mapped[str]
    proven: Mapped[bool]
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    retracts: Mapped[str | None] = mapped_column(String(32), index=True)
    by: Mapped[str]
    recorded_at: Mapped[datetime]


class DeadlineChange(Base):
    """How one clock moved, and why. Append-only; ``before`` None: it appeared, ``after`` None: it went."""

    __tablename__ = "deadline_change"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"))
    rule_id: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]
    cause: Mapped[str]  # a clock event's kind, receipt, account, status, edition, dock or start
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    __table_args__ = (Index("ix_deadline_change_order_id_at", "order_id", "at"),)

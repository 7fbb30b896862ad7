"""Projections of what was recorded at the table: facts, photos, parcels nobody knows, notices to the account holder."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.store.columns import Base, Big, Id


class DockFact(Base):
    """Projection: one record of a kind with value keys (domain/record_kinds.py); also of a photo's values.

    ``at`` is the best known time of the fact; ``gone_by`` the record that withdrew or superseded it.
    """

    __tablename__ = "dock_fact"
    id: Mapped[Id]  # the record's id
    kind: Mapped[str]
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    worker_id: Mapped[str | None] = mapped_column(String(32))
    parcel_id: Mapped[str | None] = mapped_column(ForeignKey("parcel.id"), index=True)
    order_id: Mapped[str | None] = mapped_column(ForeignKey("order.id"), index=True)
    line_id: Mapped[str | None] = mapped_column(ForeignKey("order_line.id"))
    slot: Mapped[str | None]
    said: Mapped[dict[str, Any]] = mapped_column(JSON)  # value keys of the kind, as text or None
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    corrects: Mapped[str | None] = mapped_column(String(32))  # the record that it replaced
    gone_by: Mapped[str | None] = mapped_column(String(32))
    findings: Mapped[list[str]] = mapped_column(JSON)  # codes, as they stood at its receipt
    __table_args__ = (Index("ix_dock_fact_site_id_at", "site_id", "at"),)


class Photo(Base):
    """Projection of a `photo` record and the upload of its bytes; what it shows stands in its dock fact."""

    __tablename__ = "photo"
    id: Mapped[Id]  # the record's id
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    file_sha256: Mapped[str] = mapped_column(String(64), index=True)
    file_bytes: Mapped[Big]
    mime: Mapped[str]
    file_state: Mapped[str]  # missing | partial | verified | mismatch
    verified_at: Mapped[datetime | None]


class Unidentified(Base):
    """A parcel that was held because nobody knew its code; matched at the desk, never deleted."""

    __tablename__ = "unidentified"
    id: Mapped[Id]  # the `unidentified` record's id
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), index=True)
    text: Mapped[str]
    text_norm: Mapped[str]
    held_at: Mapped[datetime]
    matched_parcel_id: Mapped[str | None] = mapped_column(ForeignKey("parcel.id"))
    matched_at: Mapped[datetime | None]
    matched_by: Mapped[str | None]


class Notice(Base):
    """What the account holder must hear at once (issue 4: short now, not later). Once a subject and kind."""

    __tablename__ = "notice"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    parcel_id: Mapped[str | None] = mapped_column(ForeignKey("parcel.id"))
    kind: Mapped[str]  # a discrepancy type of domain/record_kinds.py, or a verdict
    line_id: Mapped[str | None] = mapped_column(ForeignKey("order_line.id"))
    units: Mapped[Big | None]
    record_id: Mapped[str] = mapped_column(String(32))
    raised_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
    seen_by: Mapped[str | None]


class SnapshotChange(Base):
    """What of a phone's snapshot changed, written by the database's own triggers (migration 0010), oldest forgotten.

    ``what``: order | parcel | organisation | goods | weight | site | blanks | aliases | holds | everything. ``mark`` is
    random: who kept a number learns by it that the database is another one, for instance a restored one.
    """

    __tablename__ = "snapshot_change"
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    what: Mapped[str]
    subject: Mapped[str]
    mark: Mapped[str] = mapped_column(String(16), server_default=text("(lower(hex(randomblob(8))))"))

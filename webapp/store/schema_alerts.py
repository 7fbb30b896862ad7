"""Alerts as they fired, where they are told, and calendars that people subscribe to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.store.columns import Base, Id, Sha256


class Alert(Base):
    """One rung of one clock. Never changed: a clock whose act-by moved fires the rungs of the new one."""

    __tablename__ = "alert"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"))
    rule_id: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str] = mapped_column(String(32))
    act_by: Mapped[datetime]
    rung_hours: Mapped[int]  # before act-by; 0: passed
    at: Mapped[datetime]  # the rung's own instant
    fired_at: Mapped[datetime]  # when the sweep saw it
    who: Mapped[str]
    __table_args__ = (
        UniqueConstraint("order_id", "rule_id", "subject_kind", "subject_id", "act_by", "rung_hours"),
        Index("ix_alert_organisation_id_at", "organisation_id", "at"),
    )


class AlertTarget(Base):
    """Where one person is told. ``address``: an e-mail address, a webhook's URL or a browser's push subscription."""

    __tablename__ = "alert_target"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    kind: Mapped[str]  # email | webhook | push
    address: Mapped[str] = mapped_column(Text)
    secret: Mapped[str]  # signs a webhook's body; empty elsewhere
    language: Mapped[str]
    digest: Mapped[bool]  # one message a day instead of one a sweep
    digest_day: Mapped[str | None] = mapped_column(String(10))  # the last day, ISO, in the reader's zone
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class AlertDelivery(Base):
    """One alert to one target: waiting until it was sent, given up after too many attempts."""

    __tablename__ = "alert_delivery"
    alert_id: Mapped[str] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    target_id: Mapped[str] = mapped_column(ForeignKey("alert_target.id"), primary_key=True, index=True)
    attempts: Mapped[int] = mapped_column(default=0, server_default="0")
    next_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
    problem: Mapped[str | None]


class CalendarLink(Base):
    """A calendar feed behind a secret address; only the address's hash is kept."""

    __tablename__ = "calendar_link"
    token_hash: Mapped[Sha256] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    language: Mapped[str]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

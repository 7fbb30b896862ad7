"""Doors for people without a sign-in: agents, links to one case, and every look through them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.store.columns import Base, Big, Id


class Agent(Base):
    """A buying agent of one organisation: files in its own accounts, by one standing link (S0-07, S0-08)."""

    __tablename__ = "agent"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    contact: Mapped[str]
    language: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ShareLink(Base):
    """Whoever holds the token reads one case (or, of an agent, its list of cases); only the token's hash is kept.

    ``expires_at`` None: an agent's standing link, which lives until it is revoked.
    """

    __tablename__ = "share_link"
    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    audience: Mapped[str]  # supplier | agent | mediator
    order_id: Mapped[str | None] = mapped_column(ForeignKey("order.id"), index=True)
    claim_id: Mapped[str | None] = mapped_column(ForeignKey("claim.id"))
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agent.id"), index=True)
    language: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None]


class ShareView(Base):
    """One look through a link: the page, the film, a picture. Append-only."""

    __tablename__ = "share_view"
    id: Mapped[Id]
    link_id: Mapped[str] = mapped_column(ForeignKey("share_link.id"), index=True)
    at: Mapped[datetime]
    what: Mapped[str]


class Voucher(Base):
    """A pack for 1688's refund form as it was made once (domain.md 4.4); another pack is another row."""

    __tablename__ = "voucher"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    claim_id: Mapped[str | None] = mapped_column(ForeignKey("claim.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class VoucherFile(Base):
    """One JPEG of a pack: a derivative whose log entry names the originals that it shows."""

    __tablename__ = "voucher_file"
    voucher_id: Mapped[str] = mapped_column(ForeignKey("voucher.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(String(64))
    bytes: Mapped[Big]
    entry_index: Mapped[int] = mapped_column(ForeignKey("log_entry.index"))

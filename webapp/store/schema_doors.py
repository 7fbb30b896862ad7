"""Tables of people and doors: invitations, passkeys, job links, quarantine, rate limits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.domain.permissions import Role
from webapp.store.columns import Base, Big, Id, RoleSet, Sha256


class Invitation(Base):
    """A one-time link that makes a desk person of an organisation, or resets a password."""

    __tablename__ = "invitation"
    token_hash: Mapped[Sha256] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    purpose: Mapped[str]  # join | reset
    user_id: Mapped[str | None] = mapped_column(ForeignKey("user.id"))
    roles: Mapped[frozenset[Role]] = mapped_column("role", RoleSet)
    name: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Passkey(Base):
    """A WebAuthn credential of a desk person."""

    __tablename__ = "passkey"
    credential_id: Mapped[str] = mapped_column(primary_key=True)  # base64url
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[Big]
    name: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class JobLink(Base):
    """Lets whoever holds it capture for one parcel, without enrolment, until it expires; captures are marked so."""

    __tablename__ = "job_link"
    token_hash: Mapped[Sha256] = mapped_column(primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcel.id"))
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class JobCapture(Base):
    """A photo or film that came by a job link or a plain file input: hashed here, not signed by a device."""

    __tablename__ = "job_capture"
    id: Mapped[Id]
    link_hash: Mapped[str] = mapped_column(ForeignKey("job_link.token_hash"), index=True)
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcel.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    mime: Mapped[str]
    bytes: Mapped[Big]
    note: Mapped[str] = mapped_column(Text)
    over_https: Mapped[bool]  # plain HTTP in a LAN: anybody there could have changed the bytes on their way
    received_at: Mapped[datetime]


class Quarantine(Base):
    """What a revoked device still sent: kept for the desk, read by nothing else."""

    __tablename__ = "quarantine"
    id: Mapped[Id]
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(Text)
    side: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")  # file name → text
    received_at: Mapped[datetime]
    released_at: Mapped[datetime | None]  # into the evidence, by a person at the desk
    released_by: Mapped[str | None]


class DeviceKey(Base):
    """Earlier keys of a device after a rotation: they verify old records, and sign nothing new."""

    __tablename__ = "device_key"
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), primary_key=True)
    until: Mapped[datetime] = mapped_column(primary_key=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    last_seq: Mapped[Big] = mapped_column(server_default="0")  # of the last record that this key signed


class RateCount(Base):
    """Tries in a window, per device, worker or login; in the database, so that a restart forgives nothing."""

    __tablename__ = "rate_count"
    subject: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]

"""All tables. Only this layer knows SQL.

Facts are append-only (``record``, ``log_entry``, ``audit_event``: triggers in the migration refuse update and delete);
what screens show (`parcel.received_at`, ``take``, ``tally``, ``deadline``) are projections computed from facts.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.domain.permissions import Role
from webapp.store.columns import Base, Big, Id, RoleSet, Sha256


class Organisation(Base):
    """An importer. Its id is part of every unique key and filter of what it owns."""

    __tablename__ = "organisation"
    id: Mapped[Id]
    name: Mapped[str]
    customer_code: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    quota_bytes: Mapped[Big | None]  # of films and photos; None: no limit


class Site(Base):
    """A warehouse. It may serve many organisations (``site_organisation``)."""

    __tablename__ = "site"
    id: Mapped[Id]
    name: Mapped[str]
    kind: Mapped[str]  # cn_warehouse | vn_warehouse
    zone: Mapped[str]  # IANA
    language: Mapped[str]
    created_at: Mapped[datetime]
    quota_bytes: Mapped[Big | None]  # of what its phones sent; None: no limit
    phone_day_bytes: Mapped[Big | None]  # what one phone may send in 24 hours; None: no limit


class SiteOrganisation(Base):
    __tablename__ = "site_organisation"
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)


class Worker(Base):
    """A person on the warehouse floor; signs in by PIN on an enrolled phone."""

    __tablename__ = "worker"
    id: Mapped[Id]
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), index=True)
    name: Mapped[str]
    roles: Mapped[frozenset[Role]] = mapped_column("role", RoleSet)
    pin_hash: Mapped[str]
    pin_failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class User(Base):
    """A person at a desk, of one organisation."""

    __tablename__ = "user"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    name: Mapped[str]
    login: Mapped[str] = mapped_column(unique=True)
    roles: Mapped[frozenset[Role]] = mapped_column("role", RoleSet)
    language: Mapped[str]
    password_hash: Mapped[str | None]
    password_failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class DeskSession(Base):
    __tablename__ = "desk_session"
    device_note: Mapped[str] = mapped_column(
        Text, default="", server_default=""
    )  # browser, as it names itself
    seen_at: Mapped[datetime | None]
    token_hash: Mapped[Sha256] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SignInLink(Base):
    """The printed first-owner link (and, in the demo, the demo owner's link)."""

    __tablename__ = "sign_in_link"
    token_hash: Mapped[Sha256] = mapped_column(primary_key=True)
    purpose: Mapped[str]  # first_owner | demo
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class EnrolmentCode(Base):
    __tablename__ = "enrolment_code"
    code_hash: Mapped[Sha256] = mapped_column(primary_key=True)
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    device_id: Mapped[str | None]
    in_place_of: Mapped[str | None] = mapped_column(String(32))  # the phone that lost what it held


class Device(Base):
    """A phone. Its P-256 key was made on it and cannot leave it.

    ``in_place_of``: the enrolment that it had before its storage was cleared; ``former_seq``: the last number that it
    says to have signed there.
    """

    __tablename__ = "device"
    id: Mapped[Id]
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), index=True)
    name: Mapped[str]
    public_key: Mapped[bytes] = mapped_column(LargeBinary)  # SPKI DER
    enrolled_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    in_place_of: Mapped[str | None] = mapped_column(String(32))
    former_seq: Mapped[Big | None]


class PlatformAccount(Base):
    """An account on 1688 or Taobao; its owner decides who may file (DT-2)."""

    __tablename__ = "platform_account"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    platform: Mapped[str]
    name: Mapped[str]
    owner: Mapped[str]  # self | agent | unknown
    order_tail6: Mapped[
        str | None
    ]  # the last six digits of its order numbers encode the buyer (domain.md 12.1)
    owner_confirmed_by: Mapped[str | None]
    owner_confirmed_at: Mapped[datetime | None]
    agent_id: Mapped[str | None] = mapped_column(
        String(32)
    )  # store/schema_shares.Agent, of an agent's account
    standing: Mapped[str] = mapped_column(
        Text, default="", server_default=""
    )  # what is known of its credibility, in words; never a score (S1-10, AMB-14)
    __table_args__ = (UniqueConstraint("organisation_id", "platform", "name"),)


class Supplier(Base):
    __tablename__ = "supplier"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    company: Mapped[str]
    member: Mapped[str]
    __table_args__ = (UniqueConstraint("organisation_id", "company", "member"),)


class OrderWaybill(Base):
    """The M:N ledger keyed (order, waybill) of domain.md 12.1: a waybill is never dropped."""

    __tablename__ = "order_waybill"
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), primary_key=True)
    waybill_id: Mapped[str] = mapped_column(ForeignKey("waybill.id"), primary_key=True, index=True)


class ParcelOrder(Base):
    __tablename__ = "parcel_order"
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcel.id"), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), primary_key=True, index=True)


class Order(Base):
    __tablename__ = "order"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    account_id: Mapped[str] = mapped_column(ForeignKey("platform_account.id"))
    supplier_id: Mapped[str] = mapped_column(ForeignKey("supplier.id"))
    platform: Mapped[str]
    order_no: Mapped[str]
    status_raw: Mapped[str]
    placed_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    goods_fen: Mapped[Big | None]
    freight_fen: Mapped[Big | None]
    adjust_fen: Mapped[Big | None]
    paid_fen: Mapped[Big | None]
    remark: Mapped[str] = mapped_column(Text)
    order_kind: Mapped[str | None]  # stock | bulk | negotiated | sample_to_bulk | custom
    imported_at: Mapped[datetime]
    received_at: Mapped[datetime | None]  # projection: earliest goods receipt of its parcels
    received_zone: Mapped[str | None]
    # Projections of usecases/order_progress.py; ``state`` is None until it was computed once.
    arrived_parcels: Mapped[int] = mapped_column(default=0, server_default="0")
    expected_parcels: Mapped[int] = mapped_column(default=0, server_default="0")
    state: Mapped[str | None]  # domain.progress.OrderState
    verdict: Mapped[str | None]  # projection: the worst standing verdict of its lines

    account: Mapped[PlatformAccount] = relationship(lazy="joined")
    supplier: Mapped[Supplier] = relationship(lazy="joined")
    lines: Mapped[list[OrderLine]] = relationship(order_by="OrderLine.seq", back_populates="order")
    waybills: Mapped[list[Waybill]] = relationship(secondary="order_waybill")
    parcels: Mapped[list[Parcel]] = relationship(secondary="parcel_order", back_populates="orders")
    __table_args__ = (
        UniqueConstraint("organisation_id", "platform", "order_no"),
        Index("ix_order_organisation_id_state", "organisation_id", "state"),
    )


class OrderLine(Base):
    __tablename__ = "order_line"
    id: Mapped[Id]
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"))
    seq: Mapped[int]
    title: Mapped[str] = mapped_column(Text)
    spec: Mapped[str] = mapped_column(Text)
    colour: Mapped[str]
    size: Mapped[str]
    unit: Mapped[str]
    quantity_milli: Mapped[Big]
    unit_price_fen: Mapped[Big | None]
    offer_id: Mapped[str] = mapped_column(index=True)
    sku_id: Mapped[str]
    article_no: Mapped[str]
    model: Mapped[str]
    material_no: Mapped[str]
    single_item_no: Mapped[str]
    picture_sha256: Mapped[str | None] = mapped_column(String(64))
    unit_weight_mg: Mapped[Big | None]
    pack_factor: Mapped[int | None]
    listing_url: Mapped[str] = mapped_column(Text, default="", server_default="")
    listing_spec: Mapped[str] = mapped_column(Text, default="", server_default="")

    order: Mapped[Order] = relationship(back_populates="lines")
    __table_args__ = (UniqueConstraint("order_id", "seq"),)


class Waybill(Base):
    __tablename__ = "waybill"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    courier: Mapped[str]
    number_raw: Mapped[str]
    number_norm: Mapped[str] = mapped_column(index=True)
    __table_args__ = (UniqueConstraint("organisation_id", "number_norm"),)


class Parcel(Base):
    """A courier's unit: one per waybill, or one per order that has no waybill yet."""

    __tablename__ = "parcel"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    waybill_id: Mapped[str | None] = mapped_column(ForeignKey("waybill.id"), unique=True)
    created_at: Mapped[datetime]
    received_at: Mapped[datetime | None]  # projection: earliest `arrival` record
    received_zone: Mapped[str | None]
    received_site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    received_record_id: Mapped[str | None]

    organisation: Mapped[Organisation] = relationship(lazy="joined")
    waybill: Mapped[Waybill | None] = relationship(lazy="joined")
    orders: Mapped[list[Order]] = relationship(secondary="parcel_order", back_populates="parcels")
    labels: Mapped[list[Label]] = relationship(back_populates="parcel", order_by="Label.printed_at")


class Label(Base):
    """One print, one code. A reprint voids the earlier ones; a voided code still opens its parcel, with a warning."""

    __tablename__ = "label"
    code: Mapped[str] = mapped_column(String(10), primary_key=True)
    parcel_id: Mapped[str | None] = mapped_column(
        ForeignKey("parcel.id"), index=True
    )  # None: blank, not bound
    stock: Mapped[str]
    printed_at: Mapped[datetime]
    printed_by: Mapped[str]
    voided_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(
        default="parcel", server_default="parcel"
    )  # | carton | sku | load_unit | blank
    carton_no: Mapped[int | None]
    carton_of: Mapped[int | None]
    line_id: Mapped[str | None] = mapped_column(ForeignKey("order_line.id"))
    load_unit_id: Mapped[str | None] = mapped_column(ForeignKey("load_unit.id"))
    roll_id: Mapped[str | None] = mapped_column(ForeignKey("label_roll.id"), index=True)
    bound_at: Mapped[datetime | None]
    bound_record_id: Mapped[str | None] = mapped_column(String(32))

    parcel: Mapped[Parcel | None] = relationship(back_populates="labels")


class Milestone(Base):
    """A dated fact about an order that starts a clock (in_stock, platform_delivered), stated at the desk."""

    __tablename__ = "milestone"
    id: Mapped[Id]
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    kind: Mapped[str]  # in_stock | platform_delivered
    at: Mapped[datetime]
    proven: Mapped[bool]  # true only with EV-21
    stated_by: Mapped[str]
    stated_at: Mapped[datetime]
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))


class Deadline(Base):
    """Projection: one clock of one subject of an order; recomputed whenever a start becomes known or better."""

    __tablename__ = "deadline"
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), primary_key=True)
    rule_id: Mapped[str] = mapped_column(primary_key=True)
    subject_kind: Mapped[str] = mapped_column(primary_key=True)  # order | parcel | site | claim | submission
    subject_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    profile_id: Mapped[str]
    edition_id: Mapped[str] = mapped_column(
        String(32)
    )  # "": the shipped rulebook, of which no edition was needed yet
    start_at: Mapped[datetime | None]
    start_source: Mapped[str]
    assumed: Mapped[bool]
    proven: Mapped[bool]
    binding: Mapped[bool]  # false also once it has ended
    zone: Mapped[str]
    due_at: Mapped[datetime | None]
    act_by: Mapped[datetime | None]
    burns_until: Mapped[datetime | None]  # act_by; of R-05, which opens and does not close, the end of R-03
    who: Mapped[str]
    towards: Mapped[str]
    note: Mapped[str | None]
    ended: Mapped[str | None]  # met | cancelled | superseded | stopped
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        Index("ix_deadline_act_by", "act_by"),
        Index("ix_deadline_burns_until", "burns_until"),
    )


class Challenge(Base):
    """A single-use lower bound in time that a phone prefetches (evidence.md)."""

    __tablename__ = "challenge"
    id: Mapped[Id]
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    note: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    record_id: Mapped[str | None]


class Record(Base):
    """A fact from the dock, byte for byte as its device signed it. Append-only."""

    __tablename__ = "record"
    sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(32), index=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    seq: Mapped[Big]
    kind: Mapped[str]
    parcel_id: Mapped[str | None] = mapped_column(String(32), index=True)
    order_id: Mapped[str | None] = mapped_column(String(32), index=True)
    worker_id: Mapped[str | None] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(Text)
    signature: Mapped[bytes] = mapped_column(LargeBinary)  # DER
    received_at: Mapped[datetime]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    file_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    entry_index: Mapped[int] = mapped_column(ForeignKey("log_entry.index"), unique=True)
    __table_args__ = (Index("ix_record_device_seq", "device_id", "seq"),)


class MalformedRecord(Base):
    """What could not be read or was wrongly signed: kept and shown, never part of the log."""

    __tablename__ = "malformed_record"
    sha256: Mapped[Sha256] = mapped_column(primary_key=True)  # of device, text and signature together
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    text: Mapped[str] = mapped_column(Text)
    signature: Mapped[str] = mapped_column(Text)
    problem: Mapped[str]
    received_at: Mapped[datetime]


class SideFile(Base):
    """Small text that a record names by hash: events.txt, chunks.txt."""

    __tablename__ = "side_file"
    sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    name: Mapped[str]
    tree_root: Mapped[str | None] = mapped_column(String(64), index=True)  # chunks.txt: what its record names
    text: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]


class LogEntry(Base):
    """A leaf of the log: gapless from 0, appended in the fact's own transaction."""

    __tablename__ = "log_entry"
    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    leaf_hash: Mapped[Sha256]


class LogHead(Base):
    """One row. Locked while appending (on PostgreSQL by FOR UPDATE), so that indexes have no gap."""

    __tablename__ = "log_head"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int]


class Take(Base):
    """Projection of `take-open`, `take` and the upload of its bytes."""

    __tablename__ = "take"
    id: Mapped[Id]  # the take-open record's id
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcel.id"), index=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    worker_id: Mapped[str | None] = mapped_column(String(32))
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"))
    opened_at: Mapped[datetime]  # server receipt of take-open, or of the take if that came first
    device_started_ms: Mapped[Big]
    slot: Mapped[str | None]  # what the film is for; None: from before takes named it
    closed_at: Mapped[datetime | None]
    closed: Mapped[str | None]  # complete | interrupted
    close_record_id: Mapped[str | None] = mapped_column(String(32))
    duration_ms: Mapped[Big | None]
    file_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    file_bytes: Mapped[Big | None]
    mime: Mapped[str | None]
    chunk_count: Mapped[Big | None]
    events_sha256: Mapped[str | None] = mapped_column(String(64))
    file_state: Mapped[str]  # missing | partial | verified | mismatch
    verified_at: Mapped[datetime | None]
    goes_on: Mapped[str | None] = mapped_column(String(32))  # the take whose count it goes on with

    parcel: Mapped[Parcel] = relationship(lazy="joined")
    tallies: Mapped[list[Tally]] = relationship(back_populates="take")


class Tally(Base):
    """Projection: what one take counted for one order line, and what it goes on from (usecases/segments.py)."""

    __tablename__ = "tally"
    take_id: Mapped[str] = mapped_column(ForeignKey("take.id"), primary_key=True)
    line_id: Mapped[str] = mapped_column(ForeignKey("order_line.id"), primary_key=True, index=True)
    units: Mapped[Big]
    carried: Mapped[Big | None] = mapped_column(default=0, server_default="0")  # None: not known (yet)

    @hybrid_property
    def counted(self) -> int | None:
        """Units of the whole count, all its films together; None while that cannot be said."""
        return None if self.carried is None else self.units + self.carried

    @counted.inplace.expression
    @classmethod
    def _counted(cls) -> ColumnElement[int]:
        return cls.units + cls.carried

    take: Mapped[Take] = relationship(back_populates="tallies")


class Upload(Base):
    """A tus upload in its spool file; becomes a blob when its bytes are complete."""

    __tablename__ = "upload"
    id: Mapped[Id]
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    record_id: Mapped[str] = mapped_column(String(32), index=True)
    mime: Mapped[str]
    length: Mapped[Big | None]  # unknown while recording
    offset: Mapped[Big] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # terminated or expired


class Blob(Base):
    """Bytes that were fsynced and hashed here; the path follows from the hash."""

    __tablename__ = "blob"
    sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    bytes: Mapped[Big]
    mime: Mapped[str]
    stored_at: Mapped[datetime]


class Derivative(Base):
    """A file made from an original that stays untouched, e.g. the seekable copy of a take."""

    __tablename__ = "derivative"
    of_sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)  # seekable | poster
    sha256: Mapped[str] = mapped_column(String(64))
    mime: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime]


class Work(Base):
    """A job, written in the transaction of the fact that asks for it; leased, never popped."""

    __tablename__ = "work"
    id: Mapped[Id]
    kind: Mapped[str]
    subject: Mapped[str]
    run_after: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        Index(
            "ix_work_open",
            "run_after",
            sqlite_where=text("done_at IS NULL"),
            postgresql_where=text("done_at IS NULL"),
        ),
    )


class AuditEvent(Base):
    """Who did what at the desk, and sign-ins. Append-only."""

    __tablename__ = "audit_event"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    organisation_id: Mapped[str | None] = mapped_column(String(32), index=True)
    action: Mapped[str]
    subject: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSON)

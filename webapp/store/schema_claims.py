"""What is asked of whom: discrepancies as a person confirmed them, claims, what happened to them, what was sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.store.columns import Base, Big, Id


class FreightContract(Base):
    """What a carrier owes and until when it must hear of a loss (S0-55). Notice period unknown: None, never 0."""

    __tablename__ = "freight_contract"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    carrier: Mapped[str]
    reference: Mapped[str]
    notice_hours: Mapped[int | None]
    notice_from: Mapped[str]  # vn_received | carrier_site_delivered
    terms: Mapped[str] = mapped_column(Text)
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    stated_by: Mapped[str]
    stated_at: Mapped[datetime]


class Handover(Base):
    """Goods given to an international carrier: the only event that turns situation A into B (S0-39, AMB-03).

    Stated at the desk or on a phone; taken back by another statement, never changed.
    """

    __tablename__ = "handover"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    at: Mapped[datetime]
    carrier: Mapped[str]
    seals: Mapped[str]
    contract_id: Mapped[str | None] = mapped_column(ForeignKey("freight_contract.id"))
    load_unit_id: Mapped[str | None] = mapped_column(ForeignKey("load_unit.id"))
    note: Mapped[str] = mapped_column(Text)
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    record_id: Mapped[str | None] = mapped_column(String(32))  # the phone's record, when stated there
    stated_by: Mapped[str]
    stated_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[str | None]
    taken_back_because: Mapped[str | None] = mapped_column(Text)


class HandoverParcel(Base):
    __tablename__ = "handover_parcel"
    handover_id: Mapped[str] = mapped_column(ForeignKey("handover.id"), primary_key=True)
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcel.id"), primary_key=True, index=True)


class Discrepancy(Base):
    """A diagnosis that a person confirmed (S0-10): its inputs and its answer, as they stood then. Never changed.

    ``line_id`` None: of the whole order or of a parcel. The latest of its order, line, type and stage counts.
    """

    __tablename__ = "discrepancy"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    line_id: Mapped[str | None] = mapped_column(ForeignKey("order_line.id"))
    parcel_id: Mapped[str | None] = mapped_column(ForeignKey("parcel.id"))
    type: Mapped[str]  # domain/claim_types.py
    stage: Mapped[str]  # CN | transit | VN
    ordered_milli: Mapped[Big | None]
    china_milli: Mapped[Big | None]
    vietnam_milli: Mapped[Big | None]
    units_milli: Mapped[Big | None]
    situation: Mapped[str]  # A | B
    responsibility: Mapped[str]  # supplier | freight | courier | undetermined | none
    inputs: Mapped[dict[str, Any]] = mapped_column(JSON)
    confirmed_by: Mapped[str]
    confirmed_at: Mapped[datetime]


class Claim(Base):
    """One demand on one party. ``state`` is a projection of its events (domain/claim_states.py)."""

    __tablename__ = "claim"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    number: Mapped[int]  # counts within the organisation; people say "claim 12"
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    discrepancy_id: Mapped[str] = mapped_column(ForeignKey("discrepancy.id"))
    type: Mapped[str]
    channel: Mapped[str]
    filer: Mapped[str]  # importer | agent
    situation: Mapped[str]
    path: Mapped[str | None]
    reason_code: Mapped[str]
    form: Mapped[dict[str, Any]] = mapped_column(JSON)
    description_zh: Mapped[str] = mapped_column(Text)
    amount_fen: Mapped[Big | None]
    currency: Mapped[str]
    remedy: Mapped[str | None]
    remedy_fen: Mapped[Big | None]
    remedy_milli: Mapped[Big | None]
    edition_id: Mapped[str] = mapped_column(ForeignKey("rulebook_edition.id"))
    state: Mapped[str]
    wanted: Mapped[list[dict[str, Any]]] = mapped_column(
        JSON
    )  # usecases/capture_asks.py: what phones are asked for
    external_id: Mapped[str]  # TQ… or a complaint's number, as the platform gave it
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("organisation_id", "number"),
        Index("ix_claim_organisation_id_state", "organisation_id", "state"),
    )


class ClaimLine(Base):
    """Units in the order's unit, in thousandths; never summed with parcels (AMB-12)."""

    __tablename__ = "claim_line"
    claim_id: Mapped[str] = mapped_column(ForeignKey("claim.id"), primary_key=True)
    line_id: Mapped[str] = mapped_column(ForeignKey("order_line.id"), primary_key=True, index=True)
    units_milli: Mapped[Big]


class ClaimExhibit(Base):
    """A capture or a paper that a person took into a claim; all of the order's are offered."""

    __tablename__ = "claim_exhibit"
    id: Mapped[Id]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claim.id"), index=True)
    slot: Mapped[str | None]
    source_kind: Mapped[str]  # photo | take | document
    source_id: Mapped[str] = mapped_column(String(32))
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]


class ClaimEvent(Base):
    """What happened to a claim, by whose word and with what proof. Append-only; ``seq`` counts from 1 in its claim."""

    __tablename__ = "claim_event"
    id: Mapped[Id]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claim.id"), index=True)
    seq: Mapped[int]
    kind: Mapped[str]
    at: Mapped[datetime]  # when it happened, as stated
    by: Mapped[str]
    recorded_at: Mapped[datetime]
    said: Mapped[dict[str, Any]] = mapped_column(JSON)
    document_id: Mapped[str | None] = mapped_column(ForeignKey("document.id"))
    entry_index: Mapped[int] = mapped_column(ForeignKey("log_entry.index"))
    __table_args__ = (UniqueConstraint("claim_id", "seq"),)


class Submission(Base):
    """What was sent to whom, byte for byte. Append-only; an addition is the next number (S0-17)."""

    __tablename__ = "submission"
    id: Mapped[Id]
    claim_id: Mapped[str] = mapped_column(ForeignKey("claim.id"), index=True)
    no: Mapped[int]
    channel: Mapped[str]
    recipient: Mapped[str]
    sent_at: Mapped[datetime]
    description: Mapped[str] = mapped_column(Text)
    manifest: Mapped[str] = mapped_column(Text)  # domain/submission_manifest.py
    manifest_sha256: Mapped[str] = mapped_column(String(64))
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    entry_index: Mapped[int] = mapped_column(ForeignKey("log_entry.index"))
    __table_args__ = (UniqueConstraint("claim_id", "no"),)


class SubmissionProof(Base):
    """A screenshot that a submission was sent; it may come later than the submission. Append-only."""

    __tablename__ = "submission_proof"
    submission_id: Mapped[str] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), primary_key=True)
    stated_by: Mapped[str]
    stated_at: Mapped[datetime]

"""Tables that the desk fills: how files are read, what is known of goods, plans, documents, views."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.store.columns import Base, Big, Id


class ImportMapping(Base):
    """How one importer reads files of one header: remembered by the header's fingerprint."""

    __tablename__ = "import_mapping"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(String(64))
    columns: Mapped[dict[str, Any]] = mapped_column(JSON)  # field name → header text
    platform: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("organisation_id", "fingerprint"),)


class ImportDraft(Base):
    """An uploaded file between preview and confirmation; its bytes lie in the spool and go within a day."""

    __tablename__ = "import_draft"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    filename: Mapped[str]
    account_name: Mapped[str]
    account_owner: Mapped[str]
    platform: Mapped[str]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    state: Mapped[str]  # domain/import_states.py
    rows_read: Mapped[int]
    rows_total: Mapped[int | None]
    orders_done: Mapped[
        int
    ]  # written, counted in the transaction that wrote them: where to go on after a power cut
    orders_total: Mapped[int | None]
    report: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    ended_at: Mapped[datetime | None]


class LabelRoll(Base):
    """A print of blank labels, bound one by one at the first scan."""

    __tablename__ = "label_roll"
    id: Mapped[Id]
    organisation_id: Mapped[str | None] = mapped_column(ForeignKey("organisation.id"))
    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    stock: Mapped[str]
    count: Mapped[int]
    printed_at: Mapped[datetime]
    printed_by: Mapped[str]


class LabelAlias(Base):
    """A forwarder's own sticker, bound once to a parcel; projection of a `bind` record."""

    __tablename__ = "label_alias"
    site_id: Mapped[str] = mapped_column(ForeignKey("site.id"), primary_key=True)
    text_norm: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    parcel_id: Mapped[str] = mapped_column(ForeignKey("parcel.id"), index=True)
    bound_at: Mapped[datetime]
    record_id: Mapped[str] = mapped_column(String(32))
    ended_at: Mapped[
        datetime | None
    ]  # the desk took the binding back; the next `bind` record may bind it again


class LabelCorrection(Base):
    """What the desk corrected about one label or sticker. Added to, never changed: the last one of a code counts."""

    __tablename__ = "label_correction"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    what: Mapped[str]  # voided | unbound | moved
    code: Mapped[str | None] = mapped_column(
        ForeignKey("label.code"), index=True
    )  # else a sticker at a site:
    site_id: Mapped[str | None] = mapped_column(ForeignKey("site.id"))
    text_norm: Mapped[str | None] = mapped_column(index=True)
    text: Mapped[str]  # as people see it: the code, or what stands on the sticker
    from_parcel_id: Mapped[str | None] = mapped_column(ForeignKey("parcel.id"), index=True)
    to_parcel_id: Mapped[str | None] = mapped_column(ForeignKey("parcel.id"), index=True)
    bound_record_id: Mapped[str | None] = mapped_column(String(32))  # the `bind` record that it takes back
    reason: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class LoadUnit(Base):
    """A container, truck, pallet or bag, as far as a label needs it; loading and seals come later."""

    __tablename__ = "load_unit"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str]  # container | truck | pallet | bag
    number: Mapped[str]
    made_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("organisation_id", "kind", "number"),)


class ReceivingPlan(Base):
    """A standing decision: how deep to receive. Ended and replaced, never changed (it is somebody's decision)."""

    __tablename__ = "receiving_plan"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    scope: Mapped[str]  # order | supplier | value | history | default
    order_id: Mapped[str | None] = mapped_column(ForeignKey("order.id"))
    supplier_id: Mapped[str | None] = mapped_column(ForeignKey("supplier.id"))
    least_fen: Mapped[Big | None]  # value: orders paid at least this
    clean_receipts: Mapped[int | None]  # history: after this many clean receipts of the supplier
    depth: Mapped[str]
    sampling: Mapped[str | None]  # domain.sampling_plan: "fix" or e.g. "aql II 2.5"; None: fix
    reason: Mapped[str] = mapped_column(Text)
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class OrderCheck(Base):
    """A special check or note for the receiver: a phrase in three languages, or free text (untranslated)."""

    __tablename__ = "order_check"
    id: Mapped[Id]
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), index=True)
    line_id: Mapped[str | None] = mapped_column(ForeignKey("order_line.id"))
    phrase: Mapped[str | None]  # catalogue key below `phrase.`
    free_text: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Document(Base):
    """A file that a person put into the record of orders: a status screenshot, a listing capture."""

    __tablename__ = "document"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[str]  # domain.folders.DOCUMENT_KINDS
    sha256: Mapped[str] = mapped_column(String(64))
    mime: Mapped[str]
    bytes: Mapped[Big]
    filename: Mapped[str]
    note: Mapped[str] = mapped_column(Text)
    filed_by: Mapped[str]
    filed_at: Mapped[datetime]
    dated_on: Mapped[str | None] = mapped_column(String(10))  # ISO date of what it shows; None: not said
    supplier_id: Mapped[str | None] = mapped_column(String(32), index=True)
    slot: Mapped[str | None]  # EV-id
    folder: Mapped[str] = mapped_column(default="order", server_default="order")  # domain.folders.Folder
    hidden_at: Mapped[datetime | None]  # nobody deletes evidence: it leaves the lists, with a reason
    hidden_by: Mapped[str | None]
    hidden_reason: Mapped[str] = mapped_column(Text, default="", server_default="")
    firm: Mapped[str] = mapped_column(default="", server_default="")  # of a condition report (S0-44)
    report_no: Mapped[str] = mapped_column(default="", server_default="")


class DocumentOrder(Base):
    """One screenshot may serve many orders."""

    __tablename__ = "document_order"
    document_id: Mapped[str] = mapped_column(ForeignKey("document.id"), primary_key=True)
    order_id: Mapped[str] = mapped_column(ForeignKey("order.id"), primary_key=True, index=True)
    line_id: Mapped[str | None] = mapped_column(ForeignKey("order_line.id"))


class SavedView(Base):
    """A board's filters under a name, of one person."""

    __tablename__ = "saved_view"
    id: Mapped[Id]
    user_id: Mapped[str] = mapped_column(ForeignKey("user.id"))
    name: Mapped[str]
    query: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("user_id", "name"),)


class ExchangeRate(Base):
    """₫ for one ¥ as the importer stated it, in ten-thousandths of a dong; the latest statement counts."""

    __tablename__ = "exchange_rate"
    id: Mapped[Id]
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), index=True)
    dong_e4: Mapped[Big]
    stated_by: Mapped[str]
    stated_at: Mapped[datetime]

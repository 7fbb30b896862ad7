"""Files that people put into the record of orders: status screenshots, listing captures, the papers of four folders.

The original is kept byte for byte under its hash, with a log entry in the transaction that files it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.blobs import Blobs
from webapp.domain.folders import DOCUMENT_KINDS, DOCUMENT_SLOTS, read_date
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.store import documents as rows
from webapp.store import orders as order_rows
from webapp.store import papers as paper_rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.store.schema_desk import Document, DocumentOrder
from webapp.usecases.clocks import MILESTONES, add_milestones
from webapp.usecases.document_filing import Labels, file_document, file_once, keep
from webapp.usecases.document_filing import Upload as Upload
from webapp.usecases.people import Desk

ORDER_STATUS = "order_status"
LISTING = "listing"


@dataclass(frozen=True)
class StatedTimes:
    """``times``: order number → instant. ``upload`` or ``document_id`` (filed before) proves them."""

    kind: str
    times: Mapping[str, datetime]
    upload: Upload | None = None
    document_id: str = ""


@dataclass(frozen=True)
class Filed:
    orders: int
    document_id: str | None


def state_times(
    database: Database, blobs: Blobs, rulebook: Rulebook, *, actor: Desk, said: StatedTimes, now: datetime
) -> Filed:
    """States one milestone for many orders, all or none. With a screenshot the times are proven (S0-11, AMB-02).

    Refusals: ``milestone_unknown``, ``milestone_orders_missing``, ``milestone_future``, ``orders_unknown``,
    ``document_unknown``, ``quota_desk`` and those of the image.
    """
    _check(said, now)
    kept = None if said.upload is None else keep(database, blobs, actor, said.upload, pdf=False)
    with database.write() as session:
        orders = _orders(session, actor.organisation_id, said.times)
        links: dict[str, str | None] = {order.id: None for order in orders}
        document = (
            _known_document(session, actor.organisation_id, said.document_id, orders)
            if kept is None
            else file_document(session, kept, actor=actor, kind=ORDER_STATUS, links=links, now=now)
        )
        add_milestones(
            session,
            rulebook,
            actor=actor,
            kind=said.kind,
            times={order: said.times[order.order_no] for order in orders},
            document_id=document.id if document else None,
            now=now,
        )
        return Filed(len(orders), document.id if document else None)


def file_listing(
    database: Database,
    blobs: Blobs,
    *,
    actor: Desk,
    order_no: str,
    line_id: str,
    upload: Upload,
    now: datetime,
) -> str:
    """Keeps a capture of one line's listing; returns the document's id. Raises ``line_unknown``, ``document_*``,
    ``quota_desk``."""
    kept = keep(database, blobs, actor, upload, pdf=False)
    with database.write() as session:
        line = order_rows.line_of_organisation(session, actor.organisation_id, line_id)
        if line is None or line.order.order_no != order_no:
            raise Refusal("line_unknown")
        links = {line.order_id: line.id}
        return file_document(session, kept, actor=actor, kind=LISTING, links=links, now=now).id


def file_many(
    database: Database,
    blobs: Blobs,
    *,
    actor: Desk,
    kind: str,
    order_nos: Sequence[str],
    uploads: Sequence[Upload],
    now: datetime,
    supplier_id: str | None = None,
    dated_on: str | None = None,
    slot: str | None = None,
    note: str = "",
    firm: str = "",
    report_no: str = "",
) -> list[str]:
    """Files images and PDFs for orders, or for a supplier alone; all or none. The documents' ids, in the same order.

    What is filed already for all of these orders under the same kind is not filed twice: an answer may get lost.
    Refusals: ``document_kind``, ``document_slot``, ``document_date``, ``documents_missing``, ``document_place``,
    ``orders_unknown``, ``supplier_unknown`` and those of each file.
    """
    if kind not in DOCUMENT_KINDS:
        raise Refusal("document_kind")
    if slot is not None and slot not in DOCUMENT_SLOTS:
        raise Refusal("document_slot")
    if dated_on and read_date(dated_on) is None:
        raise Refusal("document_date")
    if not uploads:
        raise Refusal("documents_missing")
    if not order_nos and supplier_id is None:
        raise Refusal("document_place")
    kept = [keep(database, blobs, actor, upload) for upload in uploads]
    with database.write() as session:
        orders = _orders(session, actor.organisation_id, dict.fromkeys(order_nos, now))
        report = (firm, report_no) if kind == "third_party_report" else ("", "")
        labels = Labels(_supplier(session, actor, supplier_id, orders), dated_on or None, slot, note, *report)
        links: dict[str, str | None] = {order.id: None for order in orders}
        return [
            file_once(session, one, actor=actor, kind=kind, links=links, now=now, labels=labels).id
            for one in kept
        ]


def _supplier(session: Session, actor: Desk, supplier_id: str | None, orders: list[Order]) -> str | None:
    """The one that was named, else the one that all the orders share."""
    if supplier_id is None:
        of_orders = {order.supplier_id for order in orders}
        return of_orders.pop() if len(of_orders) == 1 else None
    if paper_rows.supplier(session, actor.organisation_id, supplier_id) is None:
        raise Refusal("supplier_unknown")
    return supplier_id


def hide(database: Database, *, actor: Desk, document_id: str, reason: str, now: datetime) -> Document:
    """Takes a document off the lists; its bytes, its row and its log entry stay. Raises ``document_unknown``,
    ``reason_missing``."""
    if not reason.strip():
        raise Refusal("reason_missing")
    return _show_or_hide(database, actor=actor, document_id=document_id, reason=reason.strip(), now=now)


def show_again(database: Database, *, actor: Desk, document_id: str, now: datetime) -> Document:
    """Takes the hiding back. Raises ``document_unknown``."""
    return _show_or_hide(database, actor=actor, document_id=document_id, reason="", now=now)


def _show_or_hide(
    database: Database, *, actor: Desk, document_id: str, reason: str, now: datetime
) -> Document:
    with database.write() as session:
        document = rows.document(session, actor.organisation_id, document_id)
        if document is None:
            raise Refusal("document_unknown")
        document.hidden_at = now if reason else None
        document.hidden_by = actor.id if reason else None
        document.hidden_reason = reason[:500]
        people.audit(
            session,
            at=now,
            actor=f"user:{actor.id}",
            action="document.hidden" if reason else "document.shown",
            subject=document.id,
            organisation_id=actor.organisation_id,
        )
        return document


@dataclass(frozen=True)
class Shown:
    """What a page serves: a hash that is stored here."""

    sha256: str
    mime: str
    filename: str


def original(database: Database, *, organisation_id: str, document_id: str) -> Shown:
    """Raises ``document_unknown``, also for another organisation's."""
    with database.read() as session:
        document = rows.document(session, organisation_id, document_id)
        if document is None:
            raise Refusal("document_unknown")
        return Shown(document.sha256, document.mime, document.filename)


def thumbnail(database: Database, *, organisation_id: str, document_id: str) -> Shown:
    """Raises ``document_unknown``."""
    with database.read() as session:
        document = rows.document(session, organisation_id, document_id)
        small = rows.thumbnail_of(session, document.sha256) if document else None
        if document is None or small is None:
            raise Refusal("document_unknown")
        return Shown(small.sha256, small.mime, document.filename)


@dataclass(frozen=True)
class OrdersToProve:
    """What the status page offers to tick."""

    assumed: list[Order]
    without_stock_time: list[Order]


def orders_to_prove(database: Database, *, organisation_id: str, limit: int = 60) -> OrdersToProve:
    with database.read() as session:
        return OrdersToProve(
            rows.orders_with_assumed_start(session, organisation_id, limit=limit),
            rows.agent_orders_without_stock_time(session, organisation_id, limit=limit),
        )


def _check(said: StatedTimes, now: datetime) -> None:
    if said.kind not in MILESTONES:
        raise Refusal("milestone_unknown")
    if not said.times:
        raise Refusal("milestone_orders_missing")
    if any(at > now for at in said.times.values()):
        raise Refusal("milestone_future")


def _orders(session: Session, organisation_id: str, times: Mapping[str, datetime]) -> list[Order]:
    orders = rows.orders_by_numbers(session, organisation_id, times)
    unknown = sorted(set(times) - {order.order_no for order in orders})
    if unknown:
        raise Refusal("orders_unknown", n=len(unknown), orders=", ".join(unknown[:5]))
    return orders


def _known_document(
    session: Session, organisation_id: str, document_id: str, orders: list[Order]
) -> Document | None:
    """A screenshot filed before, now also for these orders."""
    if not document_id:
        return None
    document = rows.document(session, organisation_id, document_id)
    if document is None or document.kind != ORDER_STATUS:
        raise Refusal("document_unknown")
    for order in orders:
        if not rows.serves(session, document.id, order.id):
            session.add(DocumentOrder(document_id=document.id, order_id=order.id, line_id=None))
    session.flush()
    return document

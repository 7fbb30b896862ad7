"""Files that people put into the record of orders: status screenshots (EV-21) and listing captures (EV-20).

The original is kept byte for byte under its hash, with a log entry in the transaction that files it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from sqlalchemy.orm import Session

from webapp.adapters.blobs import Blobs, Stored
from webapp.adapters.document_images import DocumentImage, read_document_image
from webapp.adapters.secrets import new_id
from webapp.domain.ledger import derivative_entry, document_entry
from webapp.domain.order_cells import clean
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.store import documents as rows
from webapp.store import ledger, people, takes
from webapp.store import orders as order_rows
from webapp.store.database import Database
from webapp.store.schema import Blob, Derivative, Order
from webapp.store.schema_desk import Document, DocumentOrder
from webapp.usecases.clocks import MILESTONES, add_milestones
from webapp.usecases.people import Desk

ORDER_STATUS = "order_status"
LISTING = "listing"
LONGEST_NAME = 200


@dataclass(frozen=True)
class Upload:
    """A file as a browser sends it; ``filename`` is shown, never used as a path."""

    stream: BinaryIO
    filename: str


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


@dataclass(frozen=True)
class _Kept:
    image: DocumentImage
    original: Stored
    thumbnail: Stored
    filename: str


def state_times(
    database: Database, blobs: Blobs, rulebook: Rulebook, *, actor: Desk, said: StatedTimes, now: datetime
) -> Filed:
    """States one milestone for many orders, all or none. With a screenshot the times are proven (S0-11, AMB-02).

    Refusals: ``milestone_unknown``, ``milestone_orders_missing``, ``milestone_future``, ``orders_unknown``,
    ``document_unknown`` and those of the image.
    """
    _check(said, now)
    kept = None if said.upload is None else _keep(blobs, said.upload)
    with database.write() as session:
        orders = _orders(session, actor.organisation_id, said.times)
        links: dict[str, str | None] = {order.id: None for order in orders}
        document = (
            _known_document(session, actor.organisation_id, said.document_id, orders)
            if kept is None
            else _file(session, kept, actor=actor, kind=ORDER_STATUS, links=links, now=now)
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
    """Keeps a capture of one line's listing; returns the document's id. Raises ``line_unknown``, ``document_*``."""
    kept = _keep(blobs, upload)
    with database.write() as session:
        line = order_rows.line_of_organisation(session, actor.organisation_id, line_id)
        if line is None or line.order.order_no != order_no:
            raise Refusal("line_unknown")
        links = {line.order_id: line.id}
        return _file(session, kept, actor=actor, kind=LISTING, links=links, now=now).id


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


def _keep(blobs: Blobs, upload: Upload) -> _Kept:
    image = read_document_image(upload.stream)
    blobs.need_room(len(image.original) + len(image.thumbnail))
    name = clean(upload.filename)[:LONGEST_NAME]
    return _Kept(image, blobs.put_bytes(image.original), blobs.put_bytes(image.thumbnail), name)


def _file(
    session: Session, kept: _Kept, *, actor: Desk, kind: str, links: Mapping[str, str | None], now: datetime
) -> Document:
    _blob(session, kept.original, kept.image.mime, now)
    _blob(session, kept.thumbnail, "image/jpeg", now)
    document = Document(
        id=new_id(),
        organisation_id=actor.organisation_id,
        kind=kind,
        sha256=kept.original.sha256,
        mime=kept.image.mime,
        bytes=kept.original.bytes,
        filename=kept.filename,
        note="",
        filed_by=actor.id,
        filed_at=now,
    )
    session.add(document)
    session.flush()
    for order_id, line_id in links.items():
        session.add(DocumentOrder(document_id=document.id, order_id=order_id, line_id=line_id))
    entry = ledger.append_entry(
        session,
        document_entry(
            received=now,
            document=document.id,
            kind=kind,
            sha256=document.sha256,
            size=document.bytes,
            mime=document.mime,
            filed_by=actor.id,
            orders=links,
        ),
    )
    _thumbnail(session, kept, now)
    people.audit(
        session,
        at=now,
        actor=f"user:{actor.id}",
        action=f"document.{kind}",
        subject=document.id,
        organisation_id=actor.organisation_id,
        sha256=document.sha256,
        entry=entry,
        orders=len(links),
    )
    return document


def _blob(session: Session, stored: Stored, mime: str, now: datetime) -> None:
    if takes.blob(session, stored.sha256) is None:
        session.add(Blob(sha256=stored.sha256, bytes=stored.bytes, mime=mime, stored_at=now))
        session.flush()


def _thumbnail(session: Session, kept: _Kept, now: datetime) -> None:
    if rows.thumbnail_of(session, kept.original.sha256) is not None:
        return
    session.add(
        Derivative(
            of_sha256=kept.original.sha256,
            kind="thumbnail",
            sha256=kept.thumbnail.sha256,
            mime="image/jpeg",
            facts={"width": kept.image.width, "height": kept.image.height},
            made_at=now,
        )
    )
    entry = derivative_entry(
        received=now, of=kept.original.sha256, kind="thumbnail", derivative=kept.thumbnail.sha256
    )
    ledger.append_entry(session, entry)

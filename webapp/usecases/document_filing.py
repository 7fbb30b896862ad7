"""How a file that a person hands over is kept: byte for byte under its hash, with its log entry in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

from sqlalchemy.orm import Session

from webapp.adapters.blobs import Blobs, Stored
from webapp.adapters.document_images import DocumentFile, read_document
from webapp.adapters.secrets import new_id
from webapp.domain.folders import DOCUMENT_KINDS
from webapp.domain.ledger import derivative_entry, document_entry
from webapp.domain.order_cells import clean
from webapp.store import documents as rows
from webapp.store import ledger, people, takes
from webapp.store import papers as paper_rows
from webapp.store.database import Database
from webapp.store.schema import Blob, Derivative, Order
from webapp.store.schema_desk import Document, DocumentOrder
from webapp.usecases import quotas
from webapp.usecases.people import Desk

LONGEST_NAME: Final = 200
LONGEST_NOTE: Final = 2000


@dataclass(frozen=True)
class Upload:
    """A file as a browser sends it; ``filename`` is shown, never used as a path."""

    stream: BinaryIO
    filename: str


@dataclass(frozen=True)
class Kept:
    """A file whose bytes are stored; no row tells of it yet."""

    file: DocumentFile
    original: Stored
    thumbnail: Stored | None
    filename: str


@dataclass(frozen=True)
class Labels:
    """What a person says about a file. ``slot`` None: that of its kind. ``dated_on``: ISO date of what it shows.

    ``firm`` and ``report_no``: of a third party's condition report (S0-44).
    """

    supplier_id: str | None = None
    dated_on: str | None = None
    slot: str | None = None
    note: str = ""
    firm: str = ""
    report_no: str = ""


def keep(database: Database, blobs: Blobs, actor: Desk, upload: Upload, *, pdf: bool = True) -> Kept:
    """Looks at the file and stores its bytes. Refusals ``document_*``, ``quota_desk``, ``disk_full``."""
    file = read_document(upload.stream, pdf=pdf)
    with database.read() as session:
        quotas.allow_desk(session, actor.organisation_id, len(file.original))
    blobs.need_room(len(file.original) + len(file.thumbnail or b""))
    small = blobs.put_bytes(file.thumbnail) if file.thumbnail else None
    return Kept(file, blobs.put_bytes(file.original), small, clean(upload.filename)[:LONGEST_NAME])


def file_once(
    session: Session,
    kept: Kept,
    *,
    actor: Desk,
    kind: str,
    links: Mapping[str, str | None],
    now: datetime,
    labels: Labels = Labels(),
) -> Document:
    """As ``file_document``; what is filed already for all of these orders under the same kind is not filed twice."""
    known = paper_rows.same_document(
        session, actor.organisation_id, kind, kept.original.sha256, links, labels.supplier_id
    )
    return known or file_document(session, kept, actor=actor, kind=kind, links=links, now=now, labels=labels)


def file_proof(
    session: Session, kept: Kept | None, *, actor: Desk, kind: str, orders: Iterable[Order], now: datetime
) -> str | None:
    """The paper behind a step, filed in the step's own transaction, so that a refused step files none; its id."""
    if kept is None:
        return None
    told = list(orders)
    suppliers = {order.supplier_id for order in told}
    labels = Labels(suppliers.pop() if len(suppliers) == 1 else None)
    links: dict[str, str | None] = {order.id: None for order in told}
    return file_once(session, kept, actor=actor, kind=kind, links=links, now=now, labels=labels).id


def file_document(
    session: Session,
    kept: Kept,
    *,
    actor: Desk,
    kind: str,
    links: Mapping[str, str | None],
    now: datetime,
    labels: Labels = Labels(),
) -> Document:
    """Adds the row in the caller's transaction. ``links``: order id → line id or None."""
    _blob(session, kept.original, kept.file.mime, now)
    if kept.thumbnail is not None:
        _blob(session, kept.thumbnail, "image/jpeg", now)
    paper = DOCUMENT_KINDS[kind]
    document = Document(
        id=new_id(),
        organisation_id=actor.organisation_id,
        kind=kind,
        sha256=kept.original.sha256,
        mime=kept.file.mime,
        bytes=kept.original.bytes,
        filename=kept.filename,
        note=labels.note.strip()[:LONGEST_NOTE],
        filed_by=actor.id,
        filed_at=now,
        dated_on=labels.dated_on,
        supplier_id=labels.supplier_id,
        slot=labels.slot or paper.slot,
        folder=paper.folder.value,
        firm=clean(labels.firm)[:LONGEST_NAME],
        report_no=clean(labels.report_no)[:LONGEST_NAME],
    )
    session.add(document)
    session.flush()
    for order_id, line_id in links.items():
        session.add(DocumentOrder(document_id=document.id, order_id=order_id, line_id=line_id))
    _log(session, document, actor, links, now)
    _thumbnail(session, kept, now)
    return document


def _log(
    session: Session, document: Document, actor: Desk, links: Mapping[str, str | None], now: datetime
) -> None:
    entry = ledger.append_entry(
        session,
        document_entry(
            received=now,
            document=document.id,
            kind=document.kind,
            sha256=document.sha256,
            size=document.bytes,
            mime=document.mime,
            filed_by=actor.id,
            orders=links,
        ),
    )
    people.audit(
        session,
        at=now,
        actor=actor.actor,
        action=f"document.{document.kind}",
        subject=document.id,
        organisation_id=actor.organisation_id,
        sha256=document.sha256,
        entry=entry,
        orders=len(links),
    )


def _blob(session: Session, stored: Stored, mime: str, now: datetime) -> None:
    if takes.blob(session, stored.sha256) is None:
        session.add(Blob(sha256=stored.sha256, bytes=stored.bytes, mime=mime, stored_at=now))
        session.flush()


def _thumbnail(session: Session, kept: Kept, now: datetime) -> None:
    if kept.thumbnail is None or rows.thumbnail_of(session, kept.original.sha256) is not None:
        return
    session.add(
        Derivative(
            of_sha256=kept.original.sha256,
            kind="thumbnail",
            sha256=kept.thumbnail.sha256,
            mime="image/jpeg",
            facts={"width": kept.file.width, "height": kept.file.height},
            made_at=now,
        )
    )
    entry = derivative_entry(
        received=now, of=kept.original.sha256, kind="thumbnail", derivative=kept.thumbnail.sha256
    )
    ledger.append_entry(session, entry)

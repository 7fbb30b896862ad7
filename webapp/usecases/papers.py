"""What the page of an order's papers shows, and the search in notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.completeness import Completeness
from webapp.domain.folders import Folder
from webapp.domain.refusals import Refusal
from webapp.store import orders as order_rows
from webapp.store import papers as rows
from webapp.store.database import Database
from webapp.store.schema import Order, Supplier
from webapp.store.schema_desk import Document
from webapp.store.schema_papers import Agreement, Payment
from webapp.usecases.completeness import of_order
from webapp.usecases.exhibits import Exhibit, exhibits_of_order
from webapp.usecases.payments import Totals, totals


@dataclass(frozen=True)
class PaperView:
    """A document with who filed it and, for a search, the orders that it serves."""

    document: Document
    by: str
    orders: list[Order]


@dataclass(frozen=True)
class PapersView:
    """``captures``: what came from the table, by folder beside the filed papers; ``hidden``: taken off the lists."""

    order: Order
    papers: Mapping[Folder, list[PaperView]]
    captures: list[Exhibit]
    agreements: list[Agreement]
    payments: list[Payment]
    totals: Totals
    completeness: Completeness
    hidden: list[PaperView]


def view(database: Database, *, organisation_id: str, order_no: str, now: datetime) -> PapersView:
    """Raises ``order_unknown``."""
    with database.read() as session:
        order = order_rows.order_by_no(session, organisation_id, order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=order_no)
        filed = rows.documents(session, organisation_id, order_id=order.id)
        hidden = rows.documents(session, organisation_id, order_id=order.id, hidden=True)
        shown = _views(session, filed)
        payments = rows.payments(session, order.id)
        return PapersView(
            order=order,
            papers={folder: [one for one in shown if one.document.folder == folder] for folder in Folder},
            captures=[
                one
                for one in exhibits_of_order(session, organisation_id, order.id)
                if one.source_kind in ("photo", "take", "job")
            ],
            agreements=rows.agreements(session, order.id),
            payments=payments,
            totals=totals(payments),
            completeness=of_order(session, order.id, now),
            hidden=_views(session, hidden),
        )


def summary(database: Database, *, order_id: str, now: datetime) -> Completeness:
    """For the order's own page."""
    with database.read() as session:
        return of_order(session, order_id, now)


@dataclass(frozen=True)
class SearchView:
    """Newest first; ``suppliers`` and ``recent`` are what a form offers."""

    found: list[PaperView]
    suppliers: list[Supplier]
    recent: list[Order]


def search(
    database: Database, *, organisation_id: str, query: str, supplier_id: str | None = None
) -> SearchView:
    """Papers whose note or file name holds every word, also papers of a supplier without an order."""
    with database.read() as session:
        found = rows.documents(
            session, organisation_id, supplier_id=supplier_id or None, query=query[:200], limit=100
        )
        return SearchView(
            _views(session, found),
            rows.suppliers(session, organisation_id),
            rows.recent_orders(session, organisation_id, limit=30),
        )


def _views(session: Session, documents: list[Document]) -> list[PaperView]:
    names = rows.user_names(session, {one.filed_by for one in documents})
    orders = rows.orders_of_documents(session, [one.id for one in documents])
    return [
        PaperView(one, names.get(one.filed_by, one.filed_by), orders.get(one.id, [])) for one in documents
    ]

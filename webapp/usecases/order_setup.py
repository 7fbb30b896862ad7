"""What the desk set up for one order: plan, checks, status times with their proof, listing captures, account."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.account_owner import order_tail
from webapp.domain.receiving_plan import Plan
from webapp.domain.refusals import Refusal
from webapp.store import documents as rows
from webapp.store import orders as order_rows
from webapp.store import plans as plan_rows
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.store.schema_desk import Document, OrderCheck
from webapp.usecases.applied_plans import plans_of_orders
from webapp.usecases.checks import in_order
from webapp.usecases.clocks import MILESTONES, counting
from webapp.usecases.documents import LISTING, ORDER_STATUS


@dataclass(frozen=True)
class StatementView:
    """One stated time. ``counts``: the clocks run on it; the others are only on record."""

    kind: str
    at: datetime
    by: str
    stated_at: datetime
    document: Document | None
    counts: bool


@dataclass(frozen=True)
class OrderSetup:
    """``listings`` by line id. ``shared``: document id → how many orders it serves.

    ``foreign_tail``: the six digits, when this order seems to be another buyer's than its account's (12.1).
    """

    plan: Plan
    checks: list[OrderCheck]
    statements: list[StatementView]
    status_documents: list[Document]
    listings: dict[str, list[Document]] = field(default_factory=dict)
    shared: dict[str, int] = field(default_factory=dict)
    foreign_tail: str | None = None


def order_setup(database: Database, *, organisation_id: str, order_no: str) -> OrderSetup:
    """Raises ``order_unknown``."""
    with database.read() as session:
        order = order_rows.order_by_no(session, organisation_id, order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=order_no)
        filed = rows.documents_of_order(session, order.id)
        listings: dict[str, list[Document]] = {}
        for document, line_id in filed:
            if document.kind == LISTING and line_id is not None:
                listings.setdefault(line_id, []).append(document)
        return OrderSetup(
            plan=plans_of_orders(session, [order])[order.id],
            checks=in_order(plan_rows.checks_of(session, [order.id])),
            statements=_statements(session, order, {document.id: document for document, _ in filed}),
            status_documents=[document for document, _ in filed if document.kind == ORDER_STATUS],
            listings=listings,
            shared=rows.orders_served(session, [document.id for document, _ in filed]),
            foreign_tail=_foreign_tail(order),
        )


def _statements(session: Session, order: Order, filed: dict[str, Document]) -> list[StatementView]:
    """Newest first."""
    said = order_rows.milestones(session, [order.id])
    names = rows.user_names(session, {one.stated_by for one in said})
    current = {id(one) for kind in MILESTONES if (one := counting(said, kind)) is not None}
    return [
        StatementView(
            kind=one.kind,
            at=one.at,
            by=names.get(one.stated_by, one.stated_by),
            stated_at=one.stated_at,
            document=filed.get(one.document_id or ""),
            counts=id(one) in current,
        )
        for one in reversed(said)
    ]


def _foreign_tail(order: Order) -> str | None:
    tail, usual = order_tail(order.order_no), order.account.order_tail6
    return tail if tail is not None and usual is not None and tail != usual else None

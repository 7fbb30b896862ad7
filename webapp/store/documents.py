"""SQL about documents, the orders they serve, milestones, and the accounts that orders were bought with."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.store.orders import not_closed
from webapp.store.schema import Deadline, Derivative, Order, PlatformAccount, User
from webapp.store.schema_desk import Document, DocumentOrder


def document(session: Session, organisation_id: str, document_id: str) -> Document | None:
    return session.scalar(
        select(Document).where(Document.id == document_id, Document.organisation_id == organisation_id)
    )


def documents_of_order(session: Session, order_id: str) -> list[tuple[Document, str | None]]:
    """Newest first, each with the line it belongs to, if any; none that was hidden."""
    rows = session.execute(
        select(Document, DocumentOrder.line_id)
        .join(DocumentOrder, DocumentOrder.document_id == Document.id)
        .where(DocumentOrder.order_id == order_id, Document.hidden_at.is_(None))
        .order_by(Document.filed_at.desc(), Document.id)
    )
    return [(document, line_id) for document, line_id in rows]


def orders_served(session: Session, document_ids: Iterable[str]) -> dict[str, int]:
    """Document id → how many orders it serves."""
    rows = session.execute(
        select(DocumentOrder.document_id, func.count())
        .where(DocumentOrder.document_id.in_(list(document_ids)))
        .group_by(DocumentOrder.document_id)
    )
    return {document_id: count for document_id, count in rows}


def serves(session: Session, document_id: str, order_id: str) -> bool:
    return session.get(DocumentOrder, (document_id, order_id)) is not None


def thumbnail_of(session: Session, sha256: str) -> Derivative | None:
    return session.get(Derivative, (sha256, "thumbnail"))


def orders_by_numbers(session: Session, organisation_id: str, numbers: Iterable[str]) -> list[Order]:
    return list(
        session.scalars(
            select(Order).where(Order.organisation_id == organisation_id, Order.order_no.in_(list(numbers)))
        )
    )


def orders_with_assumed_start(session: Session, organisation_id: str, *, limit: int) -> list[Order]:
    """Orders of which a platform clock runs on an assumed start, the most urgent first."""
    urgent = (
        select(Deadline.order_id, func.min(Deadline.act_by).label("act_by"))
        .where(Deadline.rule_id.in_(("R-02", "R-03")), Deadline.assumed.is_(True), Deadline.ended.is_(None))
        .group_by(Deadline.order_id)
        .subquery()
    )
    return list(
        session.scalars(
            select(Order)
            .join(urgent, urgent.c.order_id == Order.id)
            .where(Order.organisation_id == organisation_id, not_closed())
            .order_by(urgent.c.act_by.is_(None), urgent.c.act_by, Order.order_no)
            .limit(limit)
        )
    )


def agent_orders_without_stock_time(session: Session, organisation_id: str, *, limit: int) -> list[Order]:
    """Orders of agent accounts whose R-01 has no start yet, newest first."""
    return list(
        session.scalars(
            select(Order)
            .join(Deadline, Deadline.order_id == Order.id)
            .where(
                Order.organisation_id == organisation_id,
                Deadline.rule_id == "R-01",
                Deadline.start_at.is_(None),
                not_closed(),
            )
            .order_by(Order.placed_at.desc(), Order.order_no)
            .limit(limit)
        )
    )


def accounts(session: Session, organisation_id: str) -> list[PlatformAccount]:
    return list(
        session.scalars(
            select(PlatformAccount)
            .where(PlatformAccount.organisation_id == organisation_id)
            .order_by(PlatformAccount.platform, PlatformAccount.name)
        )
    )


def account_of_organisation(
    session: Session, organisation_id: str, account_id: str
) -> PlatformAccount | None:
    return session.scalar(
        select(PlatformAccount).where(
            PlatformAccount.id == account_id, PlatformAccount.organisation_id == organisation_id
        )
    )


def account_tails(session: Session, organisation_id: str) -> dict[str, dict[str, int]]:
    """Account id → last six digits of its order numbers → how many orders end so."""
    tail = func.substr(Order.order_no, func.length(Order.order_no) - 5)
    rows = session.execute(
        select(Order.account_id, tail, func.count())
        .where(Order.organisation_id == organisation_id, func.length(Order.order_no) >= 15)
        .group_by(Order.account_id, tail)
    )
    found: dict[str, dict[str, int]] = {}
    for account_id, digits, count in rows:
        found.setdefault(account_id, {})[digits] = count
    return found


def account_order_counts(session: Session, organisation_id: str) -> dict[str, int]:
    rows = session.execute(
        select(Order.account_id, func.count())
        .where(Order.organisation_id == organisation_id)
        .group_by(Order.account_id)
    )
    return {account_id: count for account_id, count in rows}


def order_ids_of_account(session: Session, account_id: str) -> set[str]:
    return set(session.scalars(select(Order.id).where(Order.account_id == account_id)))


def user_names(session: Session, ids: Iterable[str]) -> dict[str, str]:
    """Names of desk people by id, also of those who have left."""
    return {row.id: row.name for row in session.scalars(select(User).where(User.id.in_(list(ids))))}

"""SQL about what became of a supplier's orders and claims."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from webapp.domain.claim_states import OWED_STATES
from webapp.store.schema import Order, Parcel, Supplier
from webapp.store.schema_claims import Claim, ClaimEvent, ClaimExhibit


def orders_of_supplier(session: Session, organisation_id: str, supplier_id: str) -> list[Order]:
    """Every order with the supplier, oldest first; lines and parcels loaded."""
    found = (
        select(Order)
        .where(Order.organisation_id == organisation_id, Order.supplier_id == supplier_id)
        .options(selectinload(Order.lines), selectinload(Order.parcels).selectinload(Parcel.labels))
        .order_by(func.coalesce(Order.placed_at, Order.imported_at), Order.order_no)
    )
    return list(session.scalars(found))


def claims_of_orders(session: Session, order_ids: Iterable[str]) -> list[Claim]:
    found = select(Claim).where(Claim.order_id.in_(list(order_ids)))
    return list(session.scalars(found.order_by(Claim.opened_at, Claim.id)))


def owed_claims(session: Session, organisation_id: str, supplier_id: str) -> list[tuple[Claim, str]]:
    """(claim, its order's number) for which something was granted that has not come yet, oldest first."""
    found = (
        select(Claim, Order.order_no)
        .join(Order, Order.id == Claim.order_id)
        .where(
            Claim.organisation_id == organisation_id,
            Order.supplier_id == supplier_id,
            Claim.state.in_(OWED_STATES),
        )
        .order_by(Claim.number)
    )
    return [(claim, number) for claim, number in session.execute(found)]


def claims_with_event(session: Session, claim_ids: Collection[str], kind: str) -> set[str]:
    found = select(ClaimEvent.claim_id).where(
        ClaimEvent.claim_id.in_(list(claim_ids)), ClaimEvent.kind == kind
    )
    return set(session.scalars(found))


def exhibits_of_claims(session: Session, claim_ids: Collection[str]) -> dict[str, set[tuple[str, str]]]:
    """Claim → (kind, id) of what was taken into it and not taken out."""
    rows = session.execute(
        select(ClaimExhibit.claim_id, ClaimExhibit.source_kind, ClaimExhibit.source_id).where(
            ClaimExhibit.claim_id.in_(list(claim_ids)), ClaimExhibit.removed_at.is_(None)
        )
    )
    found: dict[str, set[tuple[str, str]]] = {}
    for claim_id, kind, source in rows:
        found.setdefault(claim_id, set()).add((kind, source))
    return found


def suppliers_with_orders(session: Session, organisation_id: str) -> list[tuple[Supplier, int, int | None]]:
    """(supplier, orders, fen paid as far as known), most orders first."""
    found = (
        select(Supplier, func.count(Order.id), func.sum(Order.paid_fen))
        .join(Order, Order.supplier_id == Supplier.id)
        .where(Supplier.organisation_id == organisation_id)
        .group_by(Supplier.id)
        .order_by(func.count(Order.id).desc(), Supplier.company, Supplier.id)
    )
    return [(supplier, orders, fen) for supplier, orders, fen in session.execute(found)]

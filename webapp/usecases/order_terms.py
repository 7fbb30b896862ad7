"""What was settled before the order was placed, the supplier's address for returns, and the hints that follow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.order_terms import Situation, Terms, hints, read_terms, terms_data
from webapp.domain.refusals import Refusal
from webapp.store import orders as order_rows
from webapp.store import papers as rows
from webapp.store import people
from webapp.store import plans as plan_rows
from webapp.store.database import Database
from webapp.store.schema import Order
from webapp.store.schema_claims import Claim
from webapp.store.schema_desk import OrderCheck
from webapp.store.schema_papers import OrderTerms, SupplierAddress
from webapp.store.supplier_record import owed_claims
from webapp.usecases import rulebooks
from webapp.usecases.board import Rate, rate_of, stake_of
from webapp.usecases.people import Desk

LONGEST_ADDRESS = 500


@dataclass(frozen=True)
class TermsView:
    """``stated_at`` None: nobody has said anything yet. ``total_fen`` None: the order does not say.

    ``owed``: what the supplier granted and has not given yet, with the order that it is about (S0-42).
    """

    order: Order
    terms: Terms
    by: str | None
    stated_at: datetime | None
    hints: tuple[str, ...]
    address: SupplierAddress | None
    checks: list[OrderCheck]
    rate: Rate | None
    total_fen: int | None
    threshold_vnd: int
    labels_filed: list[str]
    owed: list[tuple[Claim, str]]


def terms_of(session: Session, order_id: str) -> Terms:
    """As they stand, in the caller's transaction; all empty while nobody said anything."""
    row = rows.latest_terms(session, order_id)
    return read_terms(row.said) if row else Terms()


def return_address(session: Session, organisation_id: str, supplier_id: str) -> str | None:
    """Where the supplier takes goods back in China (S1-22); None: not known."""
    row = rows.latest_address(session, organisation_id, supplier_id)
    return row.address if row else None


def view(database: Database, *, organisation_id: str, order_no: str) -> TermsView:
    """Raises ``order_unknown``."""
    with database.read() as session:
        order = _order(session, organisation_id, order_no)
        row = rows.latest_terms(session, order.id)
        terms = read_terms(row.said) if row else Terms(order_kind=order.order_kind or "")
        address = rows.latest_address(session, organisation_id, order.supplier_id)
        checks = plan_rows.checks_of(session, [order.id])
        filed = [
            one.id
            for one in rows.documents(session, organisation_id, order_id=order.id)
            if one.kind == "label_protection"
        ]
        rate = rate_of(session, organisation_id)
        threshold = rulebooks.current(session, organisation_id).switches.big_order_vnd
        situation = Situation(
            terms=terms,
            total_fen=stake_of(order),
            dong_e4=rate.dong_e4 if rate else None,
            payments=len([one for one in rows.payments(session, order.id) if one.purpose != "refund"]),
            threshold_vnd=threshold,
            labels_filed=bool(filed),
            special_checks=len(checks),
            address_known=address is not None,
        )
        names = rows.user_names(session, {row.stated_by} if row else ())
        return TermsView(
            order=order,
            terms=terms,
            by=names.get(row.stated_by, row.stated_by) if row else None,
            stated_at=row.stated_at if row else None,
            hints=hints(situation),
            address=address,
            checks=checks,
            rate=rate,
            total_fen=situation.total_fen,
            threshold_vnd=threshold,
            labels_filed=filed,
            owed=owed_claims(session, organisation_id, order.supplier_id),
        )


def state(database: Database, *, actor: Desk, order_no: str, form: Mapping[str, str], now: datetime) -> None:
    """The whole of what is known now; earlier statements stay on record. Raises ``order_unknown``."""
    terms = read_terms(form)
    with database.write() as session:
        order = _order(session, actor.organisation_id, order_no)
        before = terms_data(terms_of(session, order.id))
        session.add(
            OrderTerms(
                id=new_id(),
                organisation_id=actor.organisation_id,
                order_id=order.id,
                said=terms_data(terms),
                stated_by=actor.id,
                stated_at=now,
            )
        )
        if terms.order_kind:
            order.order_kind = terms.order_kind
        changed = [name for name, value in terms_data(terms).items() if before.get(name) != value]
        people.audit(
            session,
            at=now,
            actor=f"user:{actor.id}",
            action="terms.stated",
            subject=order.id,
            organisation_id=actor.organisation_id,
            changed=" ".join(changed),
        )


def state_address(database: Database, *, actor: Desk, supplier_id: str, address: str, now: datetime) -> None:
    """The latest statement counts. Raises ``supplier_unknown``, ``address_missing``."""
    if not address.strip():
        raise Refusal("address_missing")
    with database.write() as session:
        if rows.supplier(session, actor.organisation_id, supplier_id) is None:
            raise Refusal("supplier_unknown")
        row = SupplierAddress(
            id=new_id(),
            organisation_id=actor.organisation_id,
            supplier_id=supplier_id,
            address=address.strip()[:LONGEST_ADDRESS],
            document_id=None,
            stated_by=actor.id,
            stated_at=now,
        )
        session.add(row)
        people.audit(
            session,
            at=now,
            actor=f"user:{actor.id}",
            action="supplier.address",
            subject=supplier_id,
            organisation_id=actor.organisation_id,
        )


def _order(session: Session, organisation_id: str, order_no: str) -> Order:
    order = order_rows.order_by_no(session, organisation_id, order_no)
    if order is None:
        raise Refusal("order_unknown", order_no=order_no)
    return order

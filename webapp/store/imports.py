"""SQL of imports: what a batch of orders may meet, drafts between preview and confirmation, remembered mappings."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from webapp.store.schema import Order, Parcel, PlatformAccount, Supplier, Waybill, Work
from webapp.store.schema_desk import ImportDraft, ImportMapping

Item = TypeVar("Item")
_AT_ONCE = 500  # an order may have more waybills than a statement takes variables


def _pieces(items: Collection[Item]) -> Iterator[Sequence[Item]]:
    listed = list(items)
    for start in range(0, len(listed), _AT_ONCE):
        yield listed[start : start + _AT_ONCE]


def account(session: Session, organisation_id: str, platform: str, name: str) -> PlatformAccount | None:
    return session.scalar(
        select(PlatformAccount).where(
            PlatformAccount.organisation_id == organisation_id,
            PlatformAccount.platform == platform,
            PlatformAccount.name == name,
        )
    )


def account_names(session: Session, organisation_id: str) -> list[str]:
    query = select(PlatformAccount.name).where(PlatformAccount.organisation_id == organisation_id).distinct()
    return list(session.scalars(query.order_by(PlatformAccount.name)))


def other_tails(session: Session, account_id: str, tail: str) -> bool:
    """True if an order of the account ends in other digits."""
    query = select(Order.id).where(Order.account_id == account_id, func.substr(Order.order_no, -6) != tail)
    return session.scalar(query.limit(1)) is not None


def orders_by_no(session: Session, organisation_id: str, order_nos: Collection[str]) -> dict[str, Order]:
    """With lines, waybills and parcels loaded. The platforms number their orders in one sequence."""
    found: dict[str, Order] = {}
    for piece in _pieces(order_nos):
        query = (
            select(Order)
            .where(Order.organisation_id == organisation_id, Order.order_no.in_(piece))
            .options(selectinload(Order.lines), selectinload(Order.waybills), selectinload(Order.parcels))
        )
        found |= {order.order_no: order for order in session.scalars(query)}
    return found


def accounts_of_orders(session: Session, organisation_id: str, order_nos: Collection[str]) -> dict[str, str]:
    """Order number → name of its account, of those that are here."""
    found: dict[str, str] = {}
    for piece in _pieces(order_nos):
        query = (
            select(Order.order_no, PlatformAccount.name)
            .join(PlatformAccount, PlatformAccount.id == Order.account_id)
            .where(Order.organisation_id == organisation_id, Order.order_no.in_(piece))
        )
        found |= {order_no: name for order_no, name in session.execute(query)}
    return found


def suppliers(
    session: Session, organisation_id: str, companies: Collection[str]
) -> dict[tuple[str, str], Supplier]:
    """By company and member name."""
    found: dict[tuple[str, str], Supplier] = {}
    for piece in _pieces(companies):
        query = select(Supplier).where(
            Supplier.organisation_id == organisation_id, Supplier.company.in_(piece)
        )
        found |= {(row.company, row.member): row for row in session.scalars(query)}
    return found


def waybills_by_norm(session: Session, organisation_id: str, norms: Collection[str]) -> dict[str, Waybill]:
    found: dict[str, Waybill] = {}
    for piece in _pieces(norms):
        query = select(Waybill).where(
            Waybill.organisation_id == organisation_id, Waybill.number_norm.in_(piece)
        )
        found |= {row.number_norm: row for row in session.scalars(query)}
    return found


def parcels_by_waybill(session: Session, waybill_ids: Collection[str]) -> dict[str, Parcel]:
    found: dict[str, Parcel] = {}
    for piece in _pieces(waybill_ids):
        for row in session.scalars(select(Parcel).where(Parcel.waybill_id.in_(piece))):
            found[row.waybill_id or ""] = row
    return found


def draft(session: Session, organisation_id: str, draft_id: str) -> ImportDraft | None:
    return session.scalar(
        select(ImportDraft).where(ImportDraft.organisation_id == organisation_id, ImportDraft.id == draft_id)
    )


def draft_by_id(session: Session, draft_id: str) -> ImportDraft | None:
    """For the job, which works for whoever asked."""
    return session.get(ImportDraft, draft_id, populate_existing=True)


def open_drafts(session: Session, organisation_id: str) -> list[ImportDraft]:
    return list(
        session.scalars(
            select(ImportDraft)
            .where(ImportDraft.organisation_id == organisation_id, ImportDraft.ended_at.is_(None))
            .order_by(ImportDraft.made_at.desc(), ImportDraft.id)
        )
    )


def last_ended(session: Session, organisation_id: str, state: str, limit: int) -> list[ImportDraft]:
    return list(
        session.scalars(
            select(ImportDraft)
            .where(ImportDraft.organisation_id == organisation_id, ImportDraft.state == state)
            .order_by(ImportDraft.ended_at.desc(), ImportDraft.id)
            .limit(limit)
        )
    )


def drafts_older_than(session: Session, before: datetime) -> list[ImportDraft]:
    return list(
        session.scalars(
            select(ImportDraft).where(ImportDraft.ended_at.is_(None), ImportDraft.made_at < before)
        )
    )


def open_draft_ids(session: Session) -> set[str]:
    return set(session.scalars(select(ImportDraft.id).where(ImportDraft.ended_at.is_(None))))


def mapping(session: Session, organisation_id: str, fingerprint: str) -> ImportMapping | None:
    return session.scalar(
        select(ImportMapping).where(
            ImportMapping.organisation_id == organisation_id, ImportMapping.fingerprint == fingerprint
        )
    )


def save_mapping(session: Session, new: ImportMapping) -> None:
    """The latest choice for a header counts."""
    row = mapping(session, new.organisation_id, new.fingerprint)
    if row is None:
        session.add(new)
        return
    row.name, row.columns, row.platform = new.name, new.columns, new.platform
    row.made_by, row.made_at = new.made_by, new.made_at


def leased_work(session: Session, subject: str, kinds: Collection[str]) -> list[Work]:
    query = select(Work).where(
        Work.subject == subject, Work.kind.in_(kinds), Work.done_at.is_(None), Work.leased_until.is_not(None)
    )
    return list(session.scalars(query))


def open_work(session: Session, kind: str, subject: str) -> Work | None:
    query = select(Work).where(Work.kind == kind, Work.subject == subject, Work.done_at.is_(None))
    return session.scalar(query)


def ask_again(session: Session, *, work_id: str, kind: str, subject: str, now: datetime) -> None:
    """Asks for a job also when the same one was done before: columns may be chosen anew. ``now``: not before."""
    work = session.scalar(select(Work).where(Work.kind == kind, Work.subject == subject))
    if work is None:
        session.add(Work(id=work_id, kind=kind, subject=subject, run_after=now, attempts=0))
        return
    work.run_after, work.attempts = now, 0
    work.done_at = work.leased_until = work.problem = None

"""Importing orders: in batches, each of them one transaction that leaves whole orders."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.import_notices import Notice, account_notices, shared_tail, tails_of
from webapp.domain.order_draft import RowProblem
from webapp.domain.order_sheet import SheetReading
from webapp.domain.orders import ImportedOrder
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.store import imports as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema import PlatformAccount
from webapp.usecases.clocks import recompute_deadlines
from webapp.usecases.order_progress import recompute_progress
from webapp.usecases.order_writing import OrderWriter, Written

OWNERS = ("self", "agent", "unknown")
BATCH_ORDERS = 200
BATCH_LINES = 1_000
Ids = Callable[[], str]


@dataclass(frozen=True)
class Target:
    """Where orders go. ``platform`` and ``account_name`` are "" when only known orders are completed."""

    organisation_id: str
    account_name: str
    account_owner: str
    platform: str


@dataclass(frozen=True)
class ImportReport:
    """Counts of what went in; ``updated`` are orders that were there before; ``rejected`` rows stayed out."""

    orders: int
    lines: int
    waybills: int
    updated: int
    reading: SheetReading
    rejected: tuple[RowProblem, ...]
    notices: tuple[Notice, ...]


def import_orders(
    database: Database,
    rulebook: Rulebook,
    reading: SheetReading,
    *,
    organisation_id: str,
    account_name: str,
    account_owner: str,
    actor: str,
    now: datetime,
    ids: Ids = new_id,
) -> ImportReport:
    """Importing twice equals importing once. Each batch of about 200 orders is one transaction: who is interrupted
    imports the file again. ``ids`` is fixed in the demo.

    Raises Refusal: account_owner_unknown, account_name_missing.
    """
    target = Target(organisation_id, account_name.strip(), account_owner, reading.layout.platform)
    check_target(target, reading.orders)
    total = Written()
    notices = notices_of(database, target, reading.orders)
    for batch in batches(reading.orders):
        with database.write() as session:
            total.add(write_batch(session, rulebook, batch, target, actor=actor, now=now, ids=ids))
    finish(database, target, reading.orders)
    return ImportReport(
        orders=total.orders,
        lines=total.lines,
        waybills=total.waybills,
        updated=total.updated,
        reading=reading,
        rejected=with_unknown(reading.rejected, total.unknown),
        notices=notices,
    )


def check_target(target: Target, orders: Iterable[ImportedOrder]) -> None:
    """Raises Refusal account_owner_unknown or account_name_missing; completing known orders needs no account."""
    if all(order.completes for order in orders):
        return
    if target.account_owner not in OWNERS:
        raise Refusal("account_owner_unknown")
    if not target.account_name:
        raise Refusal("account_name_missing")


def batches(orders: Iterable[ImportedOrder]) -> Iterator[list[ImportedOrder]]:
    """Small enough that phones do not wait for the database while one is written."""
    batch: list[ImportedOrder] = []
    lines = 0
    for order in orders:
        batch.append(order)
        lines += len(order.lines) + len(order.waybills)
        if len(batch) >= BATCH_ORDERS or lines >= BATCH_LINES:
            yield batch
            batch, lines = [], 0
    if batch:
        yield batch


def write_batch(
    session: Session,
    rulebook: Rulebook,
    batch: list[ImportedOrder],
    target: Target,
    *,
    actor: str,
    now: datetime,
    ids: Ids = new_id,
) -> Written:
    """Orders, lines, waybills and parcels; their clocks and progress; an audit event. The caller's transaction."""
    account = None if all(order.completes for order in batch) else _account(session, target, ids)
    writer = OrderWriter(
        session,
        batch,
        organisation_id=target.organisation_id,
        platform=target.platform,
        account=account,
        now=now,
        ids=ids,
    )
    for order in batch:
        writer.write(order)
    written = writer.written
    recompute_deadlines(session, rulebook, written.touched, cause="import", now=now)
    recompute_progress(session, written.touched)
    people.audit(
        session,
        at=now,
        actor=actor,
        action="orders.imported",
        subject=target.organisation_id,
        organisation_id=target.organisation_id,
        orders=written.orders,
        updated=written.updated,
        unknown=len(written.unknown),
    )
    return written


def finish(database: Database, target: Target, orders: Iterable[ImportedOrder]) -> None:
    """Remembers how the account's order numbers end, once all orders of a file agree on it (domain.md 12.1)."""
    tail = shared_tail(tails_of(order.order_no for order in orders if not order.completes))
    if tail is None:
        return
    with database.write() as session:
        account = rows.account(session, target.organisation_id, target.platform, target.account_name)
        if account is not None and account.order_tail6 is None:
            others = rows.other_tails(session, account.id, tail)
            account.order_tail6 = None if others else tail


def notices_of(database: Database, target: Target, orders: Iterable[ImportedOrder]) -> tuple[Notice, ...]:
    """What is odd about these order numbers in this account; ask before the orders are written."""
    tails = tails_of(order.order_no for order in orders if not order.completes)
    with database.read() as session:
        account = rows.account(session, target.organisation_id, target.platform, target.account_name)
        known = account.order_tail6 if account is not None else None
    return account_notices(tails, account=target.account_name, known_tail=known)


def with_unknown(
    rejected: tuple[RowProblem, ...], unknown: Iterable[ImportedOrder]
) -> tuple[RowProblem, ...]:
    """The refused rows, with those that name an order which is not here to be completed."""
    missing = [RowProblem(order.row, "order_not_known", {"order_no": order.order_no}) for order in unknown]
    return tuple(sorted([*rejected, *missing], key=lambda problem: problem.row))


def _account(session: Session, target: Target, ids: Ids) -> PlatformAccount:
    account = rows.account(session, target.organisation_id, target.platform, target.account_name)
    if account is None:
        account = PlatformAccount(
            id=ids(),
            organisation_id=target.organisation_id,
            platform=target.platform,
            name=target.account_name,
            owner=target.account_owner,
        )
        session.add(account)
    elif target.account_owner != "unknown" and account.owner_confirmed_at is None:
        account.owner = target.account_owner  # a person's word, once confirmed, stands (S0-07)
    return account

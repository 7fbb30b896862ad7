"""SQL about what a case file takes along: signed records, phones' keys, payments, claims, orders of one day."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from webapp.domain.refusals import Refusal
from webapp.store.schema import (
    Blob,
    Derivative,
    Device,
    LogEntry,
    Order,
    Record,
    SideFile,
    Site,
    Take,
    Work,
    Worker,
)
from webapp.store.schema_claims import Claim

_BATCH = 200


def records_of_order(session: Session, order_id: str, parcel_ids: Collection[str]) -> Iterator[Record]:
    """Every signed record about the order or its parcels, as it entered the log; streamed."""
    found = select(Record).where(or_(Record.order_id == order_id, Record.parcel_id.in_(list(parcel_ids))))
    yield from session.scalars(found.order_by(Record.entry_index).execution_options(yield_per=_BATCH))


def records_by_id(session: Session, ids: Collection[str]) -> dict[str, Record]:
    """The first of each id: a record that came twice with other words is a finding of its own."""
    found = session.scalars(select(Record).where(Record.id.in_(list(ids))).order_by(Record.entry_index))
    rows: dict[str, Record] = {}
    for row in found:
        rows.setdefault(row.id, row)
    return rows


def closing_records(session: Session, takes: Collection[Take]) -> dict[str, Record]:
    """Take id → the record that closed it."""
    by_close = {take.close_record_id: take.id for take in takes if take.close_record_id}
    return {by_close[one]: row for one, row in records_by_id(session, list(by_close)).items()}


def takes_by_id(session: Session, ids: Collection[str]) -> dict[str, Take]:
    return {row.id: row for row in session.scalars(select(Take).where(Take.id.in_(list(ids))))}


def undelivered_takes(session: Session, parcel_ids: Collection[str]) -> list[Take]:
    """Films that were begun and whose bytes are not here as they were promised."""
    found = select(Take).where(Take.parcel_id.in_(list(parcel_ids)), Take.file_state != "verified")
    return list(session.scalars(found.order_by(Take.opened_at, Take.id)))


def entry(session: Session, index: int) -> LogEntry:
    return session.get_one(LogEntry, index)


def devices(session: Session, ids: Collection[str]) -> dict[str, Device]:
    return {row.id: row for row in session.scalars(select(Device).where(Device.id.in_(list(ids))))}


def workers(session: Session, ids: Collection[str]) -> dict[str, str]:
    return {row.id: row.name for row in session.scalars(select(Worker).where(Worker.id.in_(list(ids))))}


def sites(session: Session, ids: Collection[str]) -> dict[str, Site]:
    return {row.id: row for row in session.scalars(select(Site).where(Site.id.in_(list(ids))))}


def derivatives(session: Session, hashes: Collection[str], kind: str) -> dict[str, Derivative]:
    """Original's hash → the copy of this kind."""
    found = select(Derivative).where(Derivative.kind == kind, Derivative.of_sha256.in_(list(hashes)))
    return {row.of_sha256: row for row in session.scalars(found)}


def result_pictures(session: Session, hashes: Collection[str]) -> dict[tuple[str, str], str]:
    """(original, kind) → the picture of a count's result; one file may be the film of two counts."""
    found = select(Derivative.of_sha256, Derivative.kind, Derivative.sha256).where(
        Derivative.of_sha256.in_(list(hashes)), Derivative.kind.startswith("result-")
    )
    return {(of, kind): sha256 for of, kind, sha256 in session.execute(found)}


def blobs(session: Session, hashes: Collection[str]) -> dict[str, Blob]:
    return {row.sha256: row for row in session.scalars(select(Blob).where(Blob.sha256.in_(list(hashes))))}


def shares_folder(session: Session, order: Order, start: datetime) -> bool:
    """Another order of the same supplier was placed in the 24 h from ``start``, the begin of its day."""
    found = select(Order.id).where(
        Order.organisation_id == order.organisation_id,
        Order.supplier_id == order.supplier_id,
        Order.id != order.id,
        Order.placed_at >= start,
        Order.placed_at < start + timedelta(days=1),
    )
    return session.scalar(found.limit(1)) is not None


def side_text(session: Session, named: str) -> str | None:
    """A side file by its hash, or a ``chunks.txt`` by ``root:`` and its tree's root."""
    root = named.removeprefix("root:")
    if root == named:
        row = session.get(SideFile, named)
        return row.text if row else None
    return session.scalar(select(SideFile.text).where(SideFile.tree_root == root).limit(1))


def entries_about(session: Session, order_id: str, devices: Collection[str]) -> list[tuple[int, str]]:
    """Leaves of the log about papers, claims and vouchers of the order, and about keys and life of these phones."""
    kinds = [LogEntry.text.startswith(f"type {kind}\n") for kind in ("key", "enrol", "revoke")]
    named = [LogEntry.text.contains(f"\ndevice {device}\n") for device in devices]
    claims = session.scalars(select(Claim.id).where(Claim.order_id == order_id))
    subjects = [f"\norder {order_id}\n", *(f"\nclaim {claim}\n" for claim in claims)]
    papers = or_(*(LogEntry.text.contains(subject) for subject in subjects))
    about = or_(papers, and_(or_(*kinds), or_(*named))) if named else papers
    found = select(LogEntry.index, LogEntry.text).where(about).order_by(LogEntry.index)
    return [(index, text) for index, text in session.execute(found)]


def organisation_of_order_no(session: Session, order_no: str) -> str:
    """Raises ``order_unknown``; ``order_not_one`` when two importers have an order of this number."""
    found = set(session.scalars(select(Order.organisation_id).where(Order.order_no == order_no)))
    if not found:
        raise Refusal("order_unknown", order_no=order_no)
    if len(found) > 1:
        raise Refusal("order_not_one", order_no=order_no)
    return found.pop()


def work(session: Session, kind: str, subject: str) -> Work | None:
    return session.scalar(select(Work).where(Work.kind == kind, Work.subject == subject))

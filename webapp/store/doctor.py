"""SQL that looks at a whole database without changing it; everything large is streamed."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from webapp.store.schema import (
    AuditEvent,
    Blob,
    Challenge,
    Derivative,
    Device,
    LogEntry,
    LogHead,
    Order,
    Parcel,
    ParcelOrder,
    Record,
    Take,
    Tally,
    Upload,
    Work,
)
from webapp.store.schema_dock import DockFact, Photo, Unidentified

_BATCH = 1_000


def integrity_problems(session: Session, most: int = 20) -> list[str]:
    """SQLite's own check of pages and indexes; nothing on another database, which checks itself."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    answers = session.scalars(text(f"PRAGMA integrity_check({most})")).all()
    return [] if answers == ["ok"] else [str(answer) for answer in answers]


def foreign_key_problems(session: Session) -> list[str]:
    if session.get_bind().dialect.name != "sqlite":
        return []
    rows = session.execute(text("PRAGMA foreign_key_check")).all()
    return [f"{row[0]} row {row[1]} names no {row[2]}" for row in rows]


def triggers(session: Session) -> dict[str, str]:
    """Name → definition (SQLite)."""
    rows = session.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    return {str(name): str(sql) for name, sql in rows}


def head_size(session: Session) -> int:
    """-1 when the row that counts the entries is not there."""
    size = session.scalar(select(LogHead.size))
    return -1 if size is None else size


def log_with_records(session: Session) -> Iterator[tuple[LogEntry, Record | None]]:
    """Every entry in order, with the record that names its index."""
    rows = select(LogEntry, Record).outerjoin(Record, Record.entry_index == LogEntry.index)
    yield from session.execute(rows.order_by(LogEntry.index).execution_options(yield_per=_BATCH))


def records_without_entry(session: Session) -> Iterator[str]:
    found = select(Record.sha256).outerjoin(LogEntry, LogEntry.index == Record.entry_index)
    yield from session.scalars(found.where(LogEntry.index.is_(None)))


def derivatives(session: Session) -> set[tuple[str, str, str]]:
    """(of, kind, sha256)"""
    rows = session.execute(select(Derivative.of_sha256, Derivative.kind, Derivative.sha256))
    return {(of, kind, sha256) for of, kind, sha256 in rows}


def devices(session: Session) -> list[Device]:
    return list(session.scalars(select(Device).order_by(Device.enrolled_at, Device.id)))


def chain(session: Session, device_id: str) -> Iterator[tuple[int, str, str]]:
    """(seq, sha256, text) of a device's records by number, in the order of their acceptance."""
    rows = (
        select(Record.seq, Record.sha256, Record.text)
        .where(Record.device_id == device_id)
        .order_by(Record.seq, Record.entry_index)
        .execution_options(yield_per=_BATCH)
    )
    yield from session.execute(rows)


def blobs(session: Session) -> Iterator[tuple[str, int]]:
    """(sha256, bytes)"""
    rows = select(Blob.sha256, Blob.bytes).order_by(Blob.sha256).execution_options(yield_per=_BATCH)
    yield from session.execute(rows)


def blob_known(session: Session, sha256: str) -> bool:
    return session.get(Blob, sha256) is not None


def takes(session: Session) -> Iterator[Take]:
    yield from session.scalars(select(Take).order_by(Take.id).execution_options(yield_per=_BATCH))


def tallies(session: Session, take_id: str) -> dict[str, int]:
    rows = session.execute(select(Tally.line_id, Tally.units).where(Tally.take_id == take_id))
    return {line: units for line, units in rows}


def parcels_of_segments(session: Session) -> list[str]:
    """Parcels with a count in several films, or with a take that says so."""
    said = select(DockFact.parcel_id).where(DockFact.kind == "segment", DockFact.parcel_id.is_not(None))
    shown = select(Take.parcel_id).where(Take.goes_on.is_not(None))
    return sorted(set(session.scalars(said.union(shown))))


def records_of(session: Session, record_id: str, device_id: str) -> list[Record]:
    found = select(Record).where(Record.id == record_id, Record.device_id == device_id)
    return list(session.scalars(found.order_by(Record.entry_index)))


def records_with_device(
    session: Session, but: Collection[str]
) -> Iterator[tuple[Record, Device, Challenge | None]]:
    """Records of all kinds ``but`` these in the order of the log, with the challenge that their text names."""
    rows = (
        select(Record, Device)
        .join(Device, Device.id == Record.device_id)
        .where(Record.kind.not_in(list(but)))
        .order_by(Record.entry_index)
        .execution_options(yield_per=_BATCH)
    )
    for record, device in session.execute(rows):
        named = record.text.partition("\nchallenge ")[2].partition("\n")[0]
        yield record, device, session.get(Challenge, named)


def fact(session: Session, record_id: str) -> DockFact | None:
    return session.get(DockFact, record_id)


def withdrawn(session: Session, record_id: str) -> bool:
    gone = session.get(DockFact, record_id)
    by = session.get(DockFact, gone.gone_by) if gone is not None and gone.gone_by else None
    return by is not None and by.kind == "withdrawal"


def gone_facts(session: Session) -> list[tuple[str, str]]:
    """(fact, the record that took it back)"""
    rows = session.execute(select(DockFact.id, DockFact.gone_by).where(DockFact.gone_by.is_not(None)))
    return [(fact_id, by) for fact_id, by in rows if by is not None]


def photos(session: Session) -> Iterator[Photo]:
    yield from session.scalars(select(Photo).order_by(Photo.id).execution_options(yield_per=_BATCH))


def orders_with_verdict(session: Session) -> list[tuple[str, str | None]]:
    """(order, verdict shown) of the orders that show one or of which a verdict was said."""
    spoken = select(DockFact.order_id).where(DockFact.kind == "verdict")
    of_parcel = (
        select(ParcelOrder.order_id)
        .join(DockFact, DockFact.parcel_id == ParcelOrder.parcel_id)
        .where(DockFact.kind == "verdict", DockFact.order_id.is_(None))
    )
    found = select(Order.id, Order.verdict).where(
        or_(Order.verdict.is_not(None), Order.id.in_(spoken), Order.id.in_(of_parcel))
    )
    return [(order_id, verdict) for order_id, verdict in session.execute(found.order_by(Order.id))]


def receipts(session: Session) -> Iterator[tuple[str, datetime | None]]:
    """(parcel, receipt shown) of the parcels that show one or that somebody received."""
    arrived = select(DockFact.parcel_id).where(DockFact.kind == "arrival")
    matched = select(Unidentified.matched_parcel_id)
    rows = (
        select(Parcel.id, Parcel.received_at)
        .where(or_(Parcel.received_at.is_not(None), Parcel.id.in_(arrived), Parcel.id.in_(matched)))
        .order_by(Parcel.id)
    )
    yield from session.execute(rows.execution_options(yield_per=_BATCH))


def upload(session: Session, upload_id: str) -> Upload | None:
    return session.get(Upload, upload_id)


def open_uploads(session: Session) -> Iterator[tuple[str, int]]:
    """(id, bytes that were acknowledged) of uploads whose bytes lie in the spool."""
    rows = select(Upload.id, Upload.offset).where(Upload.completed_at.is_(None), Upload.ended_at.is_(None))
    yield from session.execute(rows.order_by(Upload.id))


def newest_instant(session: Session) -> datetime | None:
    """When the server last wrote down a record or what somebody did."""
    found = [session.scalar(select(func.max(column))) for column in (Record.received_at, AuditEvent.at)]
    return max((at for at in found if at is not None), default=None)


def oldest_waiting_work(session: Session) -> datetime | None:
    return session.scalar(select(func.min(Work.run_after)).where(Work.done_at.is_(None)))

"""What screens show of a record: the parcel's receipt time, the take, its tallies. Nothing here may fail on a
foreign or unknown reference: the record stands, the projection is left out, and a finding says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from webapp.domain.evidence import Finding, RecordFields
from webapp.store import evidence as rows
from webapp.store.schema import Parcel, Take, Tally
from webapp.usecases.label_binding import bind
from webapp.usecases.order_progress import recompute_progress
from webapp.usecases.record_findings import Facts
from webapp.usecases.take_files import settle, type_findings

OrdersChanged = Callable[[Session, set[str]], None]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def project(
    session: Session, fields: RecordFields, facts: Facts, *, now: datetime, orders_changed: OrdersChanged
) -> list[Finding]:
    """Applies the record to its projections and returns what was remarkable about that."""
    if facts.challenge is not None and facts.challenge.record_id is None:
        facts.challenge.record_id = fields.id
    if facts.reused:
        return []
    if fields.kind == "arrival":
        _arrival(session, fields, facts, orders_changed)
        return []
    if fields.kind == "take-open":
        return _open_take(session, fields, facts, now)
    if fields.kind == "bind":
        return bind(session, fields, facts)
    return _close_take(session, fields, facts, now)


def _arrival(session: Session, fields: RecordFields, facts: Facts, orders_changed: OrdersChanged) -> None:
    parcel = facts.parcel
    if parcel is None:
        return
    at = _EPOCH + timedelta(milliseconds=facts.time.ms)
    if parcel.received_at is not None and parcel.received_at <= at:
        return
    parcel.received_at, parcel.received_zone = at, facts.site.zone
    parcel.received_site_id, parcel.received_record_id = facts.site.id, fields.id
    changed = set()
    orders = rows.orders_of_parcel(session, parcel.id)
    for order in orders:
        if order.received_at is None or at < order.received_at:
            order.received_at, order.received_zone = at, facts.site.zone
            changed.add(order.id)
    recompute_progress(session, [order.id for order in orders])
    if changed:
        session.flush()
        orders_changed(session, changed)


def _open_take(session: Session, fields: RecordFields, facts: Facts, now: datetime) -> list[Finding]:
    take = session.get(Take, fields.id)
    if take is None:
        if facts.parcel is not None:
            _new_take(session, fields, facts, facts.parcel, fields.id, now)
        return []
    # The `take` came first and made the row; what it could not know is filled in.
    if take.device_id != facts.device.id:
        return [Finding("take_of_other_device", fields.id)]
    take.device_started_ms = fields.wall.start
    take.worker_id = take.worker_id or fields.worker
    return []


def _new_take(
    session: Session, fields: RecordFields, facts: Facts, parcel: Parcel, take_id: str, now: datetime
) -> Take:
    take = Take(
        id=take_id,
        parcel_id=parcel.id,
        device_id=facts.device.id,
        worker_id=fields.worker,
        site_id=facts.site.id,
        opened_at=now,
        device_started_ms=fields.wall.start,
        file_state="missing",
    )
    session.add(take)
    session.flush()
    return take


def _close_take(session: Session, fields: RecordFields, facts: Facts, now: datetime) -> list[Finding]:
    assert fields.opens is not None
    findings = []
    opened = {record.kind for record in rows.records_with_id(session, fields.opens)}
    if "take-open" not in opened:
        findings.append(Finding("take_without_open", fields.opens))
    take = session.get(Take, fields.opens)
    if take is None:
        if facts.parcel is None:
            if fields.parcel is None:
                findings.append(Finding("parcel_unknown"))
            return findings + _line_findings(session, fields, None)[1]
        take = _new_take(session, fields, facts, facts.parcel, fields.opens, now)
    if take.device_id != facts.device.id:
        return [*findings, Finding("take_of_other_device", fields.opens)]
    if fields.parcel is not None and fields.parcel != take.parcel_id:
        findings.append(Finding("take_parcel_differs", fields.parcel))
    units, line_findings = _line_findings(session, fields, take.parcel_id)
    findings += line_findings
    if take.close_record_id is not None and fields.supersedes != take.close_record_id:
        return [*findings, Finding("take_closed_twice", take.close_record_id)]
    _apply_close(session, take, fields, now)
    rows.drop_tallies(session, take.id)
    session.add_all(Tally(take_id=take.id, line_id=line, units=count) for line, count in units.items())
    session.flush()
    return findings + _file_findings(session, take, now)


def _apply_close(session: Session, take: Take, fields: RecordFields, now: datetime) -> None:
    take.closed_at, take.closed, take.close_record_id = now, fields.closed, fields.id
    take.duration_ms = fields.mono.stop - fields.mono.start
    take.events_sha256 = fields.events
    take.file_sha256 = fields.file.sha256 if fields.file else None
    take.file_bytes = fields.file.bytes if fields.file else None
    take.mime = fields.file.mime if fields.file else None
    take.chunk_count = fields.chunks.n if fields.chunks else None
    take.verified_at = None
    session.flush()


def _file_findings(session: Session, take: Take, now: datetime) -> list[Finding]:
    findings = []
    if settle(session, take, now=now) == "mismatch":
        findings.append(Finding("file_mismatch"))
    if take.file_sha256 and rows.other_take_of_file(session, take.file_sha256, take.id):
        findings.append(Finding("file_reused", f"sha256:{take.file_sha256}"))
    return findings + type_findings(session, take)


def _line_findings(
    session: Session, fields: RecordFields, parcel_id: str | None
) -> tuple[dict[str, int], list[Finding]]:
    """The tally lines that may be shown for the parcel, and findings for the others."""
    orders = rows.order_of_each_line(session, [row.line for row in fields.tally])
    in_parcel = rows.order_ids_of_parcel(session, parcel_id) if parcel_id else set()
    units: dict[str, int] = {}
    findings = []
    for row in fields.tally:
        if row.line not in orders:
            findings.append(Finding("line_unknown", row.line))
        elif parcel_id and orders[row.line] not in in_parcel:
            findings.append(Finding("line_of_other_parcel", row.line))
        elif parcel_id:
            units[row.line] = row.units
    return units, findings

"""What screens show of a record: the parcel's receipt time, the take, its tallies. Nothing here may fail on a
foreign or unknown reference: the record stands, the projection is left out, and a finding says why."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from webapp.domain.evidence import Finding, RecordFields
from webapp.store import evidence as rows
from webapp.store.schema import Parcel, Take, Tally
from webapp.store.schema_dock import DockFact, Unidentified
from webapp.usecases import freight_handovers
from webapp.usecases.dock_facts import keep_fact, keep_take
from webapp.usecases.label_binding import bind
from webapp.usecases.notices import raise_counts
from webapp.usecases.order_progress import recompute_progress
from webapp.usecases.receipts import OrdersChanged as OrdersChanged
from webapp.usecases.receipts import recompute_receipt
from webapp.usecases.record_findings import Facts
from webapp.usecases.segments import finished_findings, recarry
from webapp.usecases.take_files import settle, type_findings

LOOKS: Final = frozenset({"take", "draw", "inspection", "verdict"})
COUNT_SLOTS: Final = frozenset({None, "EV-01", "EV-18"})
"""Films whose taps are a count: EV-18, which may be one clip with EV-01."""


def project(
    session: Session, fields: RecordFields, facts: Facts, *, now: datetime, orders_changed: OrdersChanged
) -> list[Finding]:
    """Applies the record to its projections and returns what was remarkable about that."""
    if facts.challenge is not None and facts.challenge.record_id is None:
        facts.challenge.record_id = fields.id
    if facts.reused:
        return []
    if fields.kind == "arrival":
        findings = keep_fact(session, fields, facts, now=now)
        recompute_receipt(session, facts.parcel.id if facts.parcel else None, orders_changed)
        _receipt_of_gone(session, fields, orders_changed)
        if facts.parcel is not None and facts.parcel.received_site_id != facts.site.id:
            orders_changed(session, rows.order_ids_of_parcel(session, facts.parcel.id))
        return findings
    if fields.kind == "take-open":
        return _open_take(session, fields, facts, now)
    if fields.kind == "bind":
        return bind(session, fields, facts)
    if fields.kind == "take":
        findings = _close_take(session, fields, facts, now)
        _looked_at(session, fields, facts, orders_changed)
        return findings
    findings = keep_fact(session, fields, facts, now=now)
    freight_handovers.take_back_gone(session, fields, now=now)
    if fields.kind == "handover":
        findings += freight_handovers.hand_over(session, fields, facts, now=now)
    if fields.kind == "withdrawal":
        _receipt_of_gone(session, fields, orders_changed)
        _take_back_take(session, fields, now)
    _joined_anew(session, fields, now)
    _looked_at(session, fields, facts, orders_changed)
    return findings


def _looked_at(session: Session, fields: RecordFields, facts: Facts, orders_changed: OrdersChanged) -> None:
    """What was counted, drawn, inspected or judged, or taken back of that, may meet R-10 or open it again."""
    gone = session.get(DockFact, fields.supersedes) if fields.supersedes else None
    if fields.kind in LOOKS and facts.parcel is not None:
        orders_changed(session, rows.order_ids_of_parcel(session, facts.parcel.id))
    elif fields.kind == "withdrawal" and gone is not None and gone.kind in LOOKS and gone.parcel_id:
        orders_changed(session, rows.order_ids_of_parcel(session, gone.parcel_id))


def _receipt_of_gone(session: Session, fields: RecordFields, orders_changed: OrdersChanged) -> None:
    """A goods receipt, or a hold matched to a parcel, that was taken back or corrected."""
    gone = session.get(DockFact, fields.supersedes) if fields.supersedes else None
    if gone is None or gone.gone_by != fields.id:
        return
    if gone.kind == "arrival":
        recompute_receipt(session, gone.parcel_id, orders_changed)
    elif gone.kind == "unidentified":
        held = session.get(Unidentified, gone.id)
        recompute_receipt(session, held.matched_parcel_id if held else None, orders_changed)


def _open_take(session: Session, fields: RecordFields, facts: Facts, now: datetime) -> list[Finding]:
    take = session.get(Take, fields.id)
    if take is None:
        if facts.parcel is not None:
            _new_take(session, fields, facts, facts.parcel, fields.id, now)
        return []
    # The `take` came first and made the row; what it could not know is filled in.
    if take.device_id != facts.device.id:
        return [Finding("take_of_other_device", fields.id)]
    take.device_started_ms, take.slot = fields.wall.start, fields.slot
    take.worker_id = take.worker_id or fields.worker
    return []


def _joined_anew(session: Session, fields: RecordFields, now: datetime) -> None:
    """A count that goes on with another, or was said to and does not."""
    facts = [session.get(DockFact, one) for one in (fields.id, fields.supersedes) if one]
    parcels = {fact.parcel_id for fact in facts if fact is not None and fact.kind == "segment"}
    for parcel_id in sorted(one for one in parcels if one):
        if recarry(session, parcel_id):
            _recount(session, parcel_id, fields.id, now)


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
        slot=fields.slot,
        file_state="missing",
    )
    session.add(take)
    # A segment of this take may have come before it.
    recarry(session, parcel.id)
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
    # A film of something else (a measurement, a function test) counts nothing, not even zero.
    if take.slot in COUNT_SLOTS:
        session.add_all(Tally(take_id=take.id, line_id=line, units=count) for line, count in units.items())
    recarry(session, take.parcel_id)
    findings += finished_findings(session, take)
    findings += _file_findings(session, take, now)
    # First: a take that this one replaces ends its unread notices, which a count that is still wrong raises anew.
    keep_take(session, fields, facts, parcel_id=take.parcel_id, findings=findings, now=now)
    _recount(session, take.parcel_id, fields.id, now)
    return findings


def _take_back_take(session: Session, fields: RecordFields, now: datetime) -> None:
    """A withdrawn count counts nothing; its film stays."""
    gone = session.get(DockFact, fields.supersedes) if fields.supersedes else None
    if gone is None or gone.kind != "take" or gone.gone_by != fields.id:
        return
    take = session.get(Take, gone.said["opens"])
    if take is None or take.close_record_id != gone.id:
        return
    rows.drop_tallies(session, take.id)
    recarry(session, take.parcel_id)
    _recount(session, take.parcel_id, fields.id, now)


def _recount(session: Session, parcel_id: str, record_id: str, now: datetime) -> None:
    """The parcel's tallies moved: the progress of its orders follows, and what the counts tell their importers."""
    recompute_progress(
        session,
        rows.order_ids_of_parcel(session, parcel_id),
        counts_read=partial(raise_counts, session, record_id=record_id, now=now),
    )


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

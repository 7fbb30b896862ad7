"""Do the screens' numbers still follow from the facts? Each is computed again and compared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from webapp.domain.evidence import FileClaim, MalformedRecord, parse
from webapp.domain.receipt_time import best_time
from webapp.store import doctor as rows
from webapp.store.schema import Challenge, Device, Record, Take
from webapp.usecases.doctor_findings import Check
from webapp.usecases.take_files import file_state

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NO_RECEIPT: Final = frozenset({"id_reused", "parcel_unknown", "parcel_of_other_site"})
"""A goods receipt with one of these findings changed no parcel when it came."""

_NO_TALLY: Final = frozenset({"line_unknown", "line_of_other_parcel"})


def check_projections(session: Session) -> Check:
    """``take.file_state``, the tallies, and the goods receipts of parcels."""
    check = Check("projections")
    takes = 0
    for take in rows.takes(session):
        takes += 1
        _check_take(session, check, take)
    parcels = _check_receipts(session, check)
    check.facts.update(takes=takes, received_parcels=parcels)
    return check


def _check_take(session: Session, check: Check, take: Take) -> None:
    claim = None
    if take.file_sha256 is not None and take.file_bytes is not None:
        claim = FileClaim(take.file_sha256, take.file_bytes, take.mime or "")
    state = file_state(session, take_id=take.id, device_id=take.device_id, claim=claim)
    if state != take.file_state or (take.verified_at is not None) != (state == "verified"):
        check.add("take_state_wrong", f"take {take.id}: {take.file_state}, not {state}")
    expected = _tallies_of(session, take)
    if rows.tallies(session, take.id) != expected:
        check.add("tally_wrong", f"take {take.id}")


def _tallies_of(session: Session, take: Take) -> dict[str, int]:
    if take.close_record_id is None:
        return {}
    for record in rows.records_of(session, take.close_record_id, take.device_id):
        try:
            fields = parse(record.text)
        except MalformedRecord:
            continue
        if fields.kind == "take" and fields.opens == take.id:
            left_out = {finding.get("detail") for finding in record.findings if finding["code"] in _NO_TALLY}
            return {row.line: row.units for row in fields.tally if row.line not in left_out}
    return {}


def _check_receipts(session: Session, check: Check) -> int:
    earliest: dict[str, int] = {}
    for record, device, challenge in rows.arrivals(session):
        if record.parcel_id is None or _NO_RECEIPT & {finding["code"] for finding in record.findings}:
            continue
        ms = _receipt_ms(record, device, challenge)
        if ms is not None:
            earliest[record.parcel_id] = min(ms, earliest.get(record.parcel_id, ms))
    shown = dict(rows.received_parcels(session))
    for parcel_id in sorted(earliest.keys() | shown.keys()):
        said = earliest.get(parcel_id)
        if shown.get(parcel_id) != (None if said is None else _EPOCH + timedelta(milliseconds=said)):
            check.add("receipt_time_wrong", f"parcel {parcel_id}")
    return len(shown)


def _receipt_ms(record: Record, device: Device, challenge: Challenge | None) -> int | None:
    """As usecases/record_findings.py bounds it, from what was known at the record's receipt."""
    try:
        fields = parse(record.text)
    except MalformedRecord:
        return None
    since = device.enrolled_at
    if challenge is not None and challenge.device_id == device.id:
        since = max(since, challenge.issued_at)
    time = best_time(fields, earliest_ms=_ms(since), received_ms=_ms(record.received_at))
    return time.ms


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)

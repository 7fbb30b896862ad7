"""Do the screens' numbers still follow from the facts? Each is computed again and compared."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from webapp.domain.evidence import FileClaim, MalformedRecord, parse
from webapp.store import doctor as rows
from webapp.store.dock import first_receipt
from webapp.store.schema import Take
from webapp.usecases.doctor_findings import Check
from webapp.usecases.record_projections import COUNT_SLOTS
from webapp.usecases.segments import wrong_takes
from webapp.usecases.take_files import file_state

_NO_TALLY: Final = frozenset({"line_unknown", "line_of_other_parcel"})


def check_projections(session: Session) -> Check:
    """``take.file_state``, the tallies, and the goods receipts of parcels."""
    check = Check("projections")
    takes = 0
    for take in rows.takes(session):
        takes += 1
        _check_take(session, check, take)
    for parcel_id in rows.parcels_of_segments(session):
        for take_id in wrong_takes(session, parcel_id):
            check.add("tally_wrong", f"take {take_id}: what it goes on from")
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
    # A film of something else counts nothing (usecases/record_projections.py).
    expected = _tallies_of(session, take) if take.slot in COUNT_SLOTS else {}
    if rows.tallies(session, take.id) != expected:
        check.add("tally_wrong", f"take {take.id}")


def _tallies_of(session: Session, take: Take) -> dict[str, int]:
    if take.close_record_id is None or rows.withdrawn(session, take.close_record_id):
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
    """Against the arrivals that stand and the holds that were matched; those facts have a check of their own."""
    received = 0
    for parcel_id, shown in rows.receipts(session):
        first = first_receipt(session, parcel_id)
        received += shown is not None
        if shown != (first.at if first else None):
            check.add("receipt_time_wrong", f"parcel {parcel_id}")
    return received

"""Do facts from the table, photos and verdicts still follow from the records? Each is computed again and compared."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from webapp.domain.evidence import FileClaim, MalformedRecord, RecordFields, parse
from webapp.store import doctor as rows
from webapp.store.schema import Challenge, Device, Record
from webapp.store.schema_dock import DockFact
from webapp.usecases.dock_facts import take_end_ms
from webapp.usecases.doctor_findings import Check
from webapp.usecases.record_findings import time_of
from webapp.usecases.take_files import file_state
from webapp.usecases.verdicts import order_verdict

_NOT_FACTS: Final = frozenset({"take-open", "bind"})


def check_dock(session: Session) -> Check:
    """Facts against their records, photos against their bytes, orders' verdicts against the verdicts that stand."""
    check = Check("dock")
    facts = _check_facts(session, check)
    photos = _check_photos(session, check)
    for order_id, shown in rows.orders_with_verdict(session):
        if order_verdict(session, order_id) != shown:
            check.add("verdict_wrong", f"order {order_id}")
    check.facts.update(facts=facts, photos=photos)
    return check


def _check_facts(session: Session, check: Check) -> int:
    """In the order of the log, so that the first record that took another back is the one that counts."""
    gone: dict[str, str] = {}
    count = 0
    for record, device, challenge in rows.records_with_device(session, _NOT_FACTS):
        if any(finding["code"] == "id_reused" for finding in record.findings):
            continue
        count += 1
        fact = rows.fact(session, record.id)
        try:
            fields = parse(record.text)
        except MalformedRecord:
            continue  # the records' own check names it
        if fact is None:
            # A second close of one take, and those from before facts were kept, have none.
            if record.kind != "take":
                check.add("fact_missing", f"record {record.id}")
            continue
        if not _same(fact, fields, record, device, challenge):
            check.add("fact_wrong", f"record {record.id}")
        _follow(session, fact, gone)
    for fact_id, by in rows.gone_facts(session):
        if gone.pop(fact_id, None) != by:
            check.add("fact_gone_wrong", f"record {fact_id}")
    for fact_id in gone:
        check.add("fact_gone_wrong", f"record {fact_id}")
    return count


def _same(
    fact: DockFact, fields: RecordFields, record: Record, device: Device, challenge: Challenge | None
) -> bool:
    return (fact.kind, fact.slot, fact.worker_id, fact.device_id, fact.corrects) == (
        fields.kind,
        fields.slot,
        fields.worker,
        fields.device,
        fields.supersedes,
    ) and (fact.said, round(fact.at.timestamp() * 1000)) == _said(fields, time_of(record, device, challenge))


def _said(fields: RecordFields, ms: int) -> tuple[dict[str, str | None], int]:
    if fields.kind == "take":
        return {"opens": fields.opens, "closed": fields.closed}, take_end_ms(fields, ms)
    return dict(fields.values), ms


def _follow(session: Session, fact: DockFact, gone: dict[str, str]) -> None:
    """As usecases/dock_facts.py takes back: the same site, the same kind or a withdrawal, once."""
    old = rows.fact(session, fact.corrects) if fact.corrects else None
    if old is None or old.site_id != fact.site_id or fact.kind not in ("withdrawal", old.kind):
        return
    if old.received_at <= fact.received_at:
        gone.setdefault(old.id, fact.id)


def _check_photos(session: Session, check: Check) -> int:
    count = 0
    for photo in rows.photos(session):
        count += 1
        claim = FileClaim(photo.file_sha256, photo.file_bytes, photo.mime)
        state = file_state(session, take_id=photo.id, device_id=photo.device_id, claim=claim)
        if state != photo.file_state or (photo.verified_at is not None) != (state == "verified"):
            check.add("photo_state_wrong", f"photo {photo.id}: {photo.file_state}, not {state}")
    return count

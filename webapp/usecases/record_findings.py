"""What is remarkable about an authentic record, judged against what the server knows at its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.domain.evidence import Finding, RecordFields, parse
from webapp.domain.permissions import Permission, may
from webapp.domain.receipt_time import BestTime, best_time, clock_findings, moved_findings
from webapp.store import evidence as rows
from webapp.store.schema import Challenge, Device, Label, Order, Parcel, Record, Site, Worker

_NO_PARCEL_NEEDED: Final = frozenset(
    {"take", "slip", "unidentified", "withdrawal", "segment", "photo", "handover"}
)
_DECIDING: Final = {"verdict": Permission.GOODS_DECIDE, "handover": Permission.GOODS_HAND_OVER}


@dataclass(frozen=True)
class Facts:
    """The rows that a record names, as far as they exist and the device's site may touch them.

    ``parcel`` is None when it is unknown or belongs to an organisation that the site does not serve: a phone of one
    importer's warehouse must not change another importer's parcel.
    """

    device: Device
    site: Site
    parcel: Parcel | None
    challenge: Challenge | None
    reused: bool
    time: BestTime
    findings: tuple[Finding, ...]


def gather(session: Session, fields: RecordFields, *, sha256: str, device: Device, now: datetime) -> Facts:
    site = session.get_one(Site, device.site_id)
    findings: list[Finding] = []
    if fields.site != site.id:
        findings.append(Finding("site_mismatch", fields.site))
    reused = bool(rows.records_with_id(session, fields.id))
    if reused:
        findings.append(Finding("id_reused"))
    findings += _chain(session, fields, sha256)
    parcel, parcel_findings = _parcel(session, fields, site)
    findings += parcel_findings
    findings += _order_and_label(session, fields)
    challenge = None if fields.challenge is None else session.get(Challenge, fields.challenge)
    if challenge is not None and challenge.device_id != device.id:
        challenge = None
    received_ms = _ms(now)
    # A device cannot have signed anything before its key was enrolled.
    earliest = max(device.enrolled_at, challenge.issued_at) if challenge else device.enrolled_at
    time = best_time(fields, earliest_ms=_ms(earliest), received_ms=received_ms)
    findings += _worker(session, fields, site, time)
    findings += _challenge(fields, challenge, time)
    findings += clock_findings(fields, time, received_ms=received_ms)
    return Facts(device, site, parcel, challenge, reused, time, tuple(findings))


def time_of(record: Record, device: Device, challenge: Challenge | None) -> int:
    """Best known time in epoch ms of an accepted record, bounded as at its receipt."""
    since = device.enrolled_at
    if challenge is not None and challenge.device_id == device.id:
        since = max(since, challenge.issued_at)
    fields = parse(record.text)
    return best_time(fields, earliest_ms=_ms(since), received_ms=_ms(record.received_at)).ms


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def _chain(session: Session, fields: RecordFields, sha256: str) -> list[Finding]:
    findings = []
    twins = rows.records_at(session, fields.device, fields.seq)
    if twins:
        findings.append(Finding("sequence_fork", f"seq {fields.seq}"))
    last = rows.last_seq(session, fields.device)
    if fields.seq > last + 1:
        findings.append(Finding("sequence_gap", f"{last + 1} to {fields.seq - 1}"))
    before = rows.records_at(session, fields.device, fields.seq - 1)
    after = rows.records_at(session, fields.device, fields.seq + 1)
    if before and fields.prev not in {record.sha256 for record in before}:
        findings.append(Finding("prev_mismatch", f"seq {fields.seq}"))
    # A record that fills a gap late must be the one that its successor has named.
    elif after and not twins and not any(f"\nprev sha256:{sha256}\n" in record.text for record in after):
        findings.append(Finding("prev_mismatch", f"seq {fields.seq + 1}"))
    named = [record for record in before if record.sha256 == fields.prev]
    return findings + [one for record in named for one in moved_findings(parse(record.text), fields)]


def _worker(session: Session, fields: RecordFields, site: Site, time: BestTime) -> list[Finding]:
    if fields.worker is None:
        # Anonymous work counts; a decision that nobody stands for does not.
        return [Finding("worker_may_not", "-")] if fields.kind in _DECIDING else []
    worker = session.get(Worker, fields.worker)
    if worker is None:
        return [Finding("worker_unknown", fields.worker)]
    if worker.site_id != site.id:
        return [Finding("worker_of_other_site", fields.worker)]
    # Made before, and come late: a phone may have been without a network for days.
    left = worker.left_at is not None and time.ms > _ms(worker.left_at)
    findings = [Finding("worker_left", fields.worker)] if left else []
    if not may(worker.roles, _DECIDING.get(fields.kind, Permission.GOODS_COUNT)):
        findings.append(Finding("worker_may_not", fields.worker))
    return findings


def _parcel(session: Session, fields: RecordFields, site: Site) -> tuple[Parcel | None, list[Finding]]:
    if fields.parcel is None:
        return None, [] if fields.kind in _NO_PARCEL_NEEDED else [Finding("parcel_unknown")]
    parcel = session.get(Parcel, fields.parcel)
    if parcel is None:
        return None, [Finding("parcel_unknown", fields.parcel)]
    if not rows.site_serves(session, site.id, parcel.organisation_id):
        return None, [Finding("parcel_of_other_site", fields.parcel)]
    return parcel, []


def _order_and_label(session: Session, fields: RecordFields) -> list[Finding]:
    findings = []
    if fields.order is not None:
        if session.get(Order, fields.order) is None:
            findings.append(Finding("order_unknown", fields.order))
        elif fields.parcel and fields.order not in rows.order_ids_of_parcel(session, fields.parcel):
            findings.append(Finding("order_of_other_parcel", fields.order))
    if fields.label is not None:
        label = session.get(Label, fields.label)
        if label is None:
            findings.append(Finding("label_unknown", fields.label))
        elif label.parcel_id is None:
            findings.append(Finding("label_not_bound", fields.label))
        elif fields.parcel and label.parcel_id != fields.parcel:
            findings.append(Finding("label_of_other_parcel", fields.label))
        elif label.voided_at is not None:
            findings.append(Finding("label_voided", fields.label))
    return findings


def _challenge(fields: RecordFields, challenge: Challenge | None, time: BestTime) -> list[Finding]:
    if fields.challenge is None:
        return []
    if challenge is None:
        return [Finding("challenge_unknown", fields.challenge)]
    findings = []
    # The draw of a counted lot shares the nonce of its own take: so the units put aside in the count are the sample.
    shared = fields.kind == "draw" and fields.text("take") == challenge.record_id
    if challenge.record_id is not None and not shared:
        findings.append(Finding("challenge_reused", fields.challenge))
    # Judged by when it was made, not when it came: a capture may wait offline for days.
    if time.ms > _ms(challenge.expires_at):
        findings.append(Finding("challenge_expired", fields.challenge))
    return findings


def names_of(record: Record) -> list[Finding]:
    """The findings as they were stored with the record."""
    return [Finding(row["code"], row.get("detail", "")) for row in record.findings]

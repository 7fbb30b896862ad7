"""A hand-over to international freight that a phone at the China site recorded: the same row as the desk's own.

One record is one lorry; its parcels may be several importers', and each importer gets a hand-over of its own. What the
desk would refuse is left out, and a finding on the record says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from webapp.domain import site_kinds
from webapp.domain.evidence import Finding, RecordFields
from webapp.domain.order_cells import clean
from webapp.domain.stickers import shown_text
from webapp.store import claims as rows
from webapp.store import evidence as evidence_rows
from webapp.store.schema import Parcel
from webapp.store.schema_dock import DockFact
from webapp.usecases import handovers, rulebooks
from webapp.usecases.handovers import By, HandoverSaid
from webapp.usecases.record_findings import Facts

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def hand_over(session: Session, fields: RecordFields, facts: Facts, *, now: datetime) -> list[Finding]:
    """Adds the hand-overs that the record states; returns what was remarkable. Nothing is refused."""
    at = _EPOCH + timedelta(milliseconds=facts.time.ms) - timedelta(minutes=fields.number("ago") or 0)
    carrier = clean(shown_text(fields.text("carrier") or ""))
    fact = session.get_one(DockFact, fields.id)
    findings: list[Finding] = []
    if facts.site.kind == site_kinds.VN:
        findings.append(Finding("handover_abroad"))
    elif not carrier:
        findings.append(Finding("handover_carrier_missing"))
    elif "worker_may_not" not in fact.findings:
        parcels, findings = _parcels(session, fields, facts, at)
        said = HandoverSaid(at, carrier, clean(shown_text(fields.text("seals") or "")), ())
        findings += _add(session, fields, facts, said, parcels, now)
    fact.findings = sorted({*fact.findings, *(one.code for one in findings)})
    session.flush()
    return findings


def _add(
    session: Session,
    fields: RecordFields,
    facts: Facts,
    said: HandoverSaid,
    parcels: Iterable[Parcel],
    now: datetime,
) -> list[Finding]:
    by_importer: dict[str, list[Parcel]] = {}
    for parcel in parcels:
        by_importer.setdefault(parcel.organisation_id, []).append(parcel)
    contract_id = fields.text("contract")
    served = [one for one in by_importer if contract_id and rows.contract(session, one, contract_id)]
    for organisation_id, some in by_importer.items():
        told = HandoverSaid(
            said.at,
            said.carrier,
            said.seals,
            [parcel.id for parcel in some],
            contract_id if organisation_id in served else None,
        )
        rulebook = rulebooks.current(session, organisation_id).rulebook
        by = _by(organisation_id, fields, facts)
        handovers.add(session, rulebook, by=by, said=told, parcels=some, record_id=fields.id, now=now)
    return [Finding("handover_contract_unknown", contract_id)] if contract_id and not served else []


def take_back_gone(session: Session, fields: RecordFields, *, now: datetime) -> None:
    """The record withdraws or corrects an earlier hand-over: that one is taken back, before the new one is judged."""
    gone = session.get(DockFact, fields.supersedes) if fields.supersedes else None
    if gone is None or gone.kind != "handover" or gone.gone_by != fields.id:
        return
    reason = fields.text("reason") if fields.kind == "withdrawal" else "corrected"
    for handover in rows.handovers_of_record(session, gone.id):
        rulebook = rulebooks.current(session, handover.organisation_id).rulebook
        by = By(handover.organisation_id, fields.worker or fields.device, _actor(fields))
        handovers.undo(session, rulebook, handover, by=by, reason=reason or "", now=now)


def _by(organisation_id: str, fields: RecordFields, facts: Facts) -> By:
    return By(organisation_id, fields.worker or facts.device.id, _actor(fields))


def _actor(fields: RecordFields) -> str:
    return f"worker:{fields.worker}" if fields.worker else f"device:{fields.device}"


def _parcels(
    session: Session, fields: RecordFields, facts: Facts, at: datetime
) -> tuple[list[Parcel], list[Finding]]:
    """Those that can have left then, judged as the desk's are; the others are findings."""
    ids = list(dict.fromkeys((fields.text("parcels") or "").split()))
    handed = rows.handed_over(session, ids)
    found, findings = [], []
    for one in ids:
        parcel = session.get(Parcel, one)
        if parcel is None:
            findings.append(Finding("parcel_unknown", one))
        elif not evidence_rows.site_serves(session, facts.site.id, parcel.organisation_id):
            findings.append(Finding("parcel_of_other_site", one))
        elif one in handed:
            findings.append(Finding("handover_stated_before", one))
        elif handovers.received_after(parcel, at):
            findings.append(Finding("handover_before_receipt", one))
        else:
            found.append(parcel)
    return found, findings

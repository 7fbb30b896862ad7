"""What a record from the table changes on screens: its fact, its file, what it takes back, who must hear of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from webapp.domain.evidence import FileClaim, Finding, RecordFields
from webapp.domain.receiving_order import order_finding, redraw_finding
from webapp.domain.stickers import read_spelling, sticker_key
from webapp.store import dock as rows
from webapp.store import evidence as evidence_rows
from webapp.store.schema_dock import DockFact, Photo, Unidentified
from webapp.usecases import notices, verdicts
from webapp.usecases.photo_files import settle_photo, type_differs
from webapp.usecases.record_findings import Facts
from webapp.usecases.segments import segment_findings

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def keep_fact(session: Session, fields: RecordFields, facts: Facts, *, now: datetime) -> list[Finding]:
    """Adds the record's fact and whatever follows from it. Nothing is refused; what is odd is a finding."""
    line_id, findings = _line(session, fields, facts)
    fact = DockFact(
        id=fields.id,
        kind=fields.kind,
        site_id=facts.site.id,
        device_id=facts.device.id,
        worker_id=fields.worker,
        parcel_id=facts.parcel.id if facts.parcel else None,
        order_id=_order(session, fields, facts, line_id),
        line_id=line_id,
        slot=fields.slot,
        said=dict(fields.values),
        at=_EPOCH + timedelta(milliseconds=facts.time.ms),
        received_at=now,
        corrects=fields.supersedes,
        gone_by=None,
        findings=[],
    )
    session.add(fact)
    session.flush()
    findings += _supersede(session, fields, fact)
    findings += _out_of_order(session, fact)
    if code := redraw_finding(fact.kind, fact.said):
        findings.append(Finding(code))
    if fields.kind == "photo":
        findings += _photo(session, fields, now)
    elif fields.kind == "unidentified":
        _hold(session, fact, fields)
    elif fields.kind == "segment":
        findings += segment_findings(session, fact)
    fact.findings = sorted({finding.code for finding in (*facts.findings, *findings)})
    session.flush()
    if fields.kind in ("verdict", "draw", "withdrawal"):
        verdicts.recompute(session, fact)
    notices.raise_for(session, fact, now=now)
    return findings


def keep_take(
    session: Session,
    fields: RecordFields,
    facts: Facts,
    *,
    parcel_id: str,
    findings: Iterable[Finding],
    now: datetime,
) -> None:
    """A closed take as a fact of its parcel: when it ended, by whom; what it counted stands in its tallies."""
    fact = DockFact(
        id=fields.id,
        kind=fields.kind,
        site_id=facts.site.id,
        device_id=facts.device.id,
        worker_id=fields.worker,
        parcel_id=parcel_id,
        order_id=None,
        line_id=None,
        slot=fields.slot,
        said={"opens": fields.opens, "closed": fields.closed},
        at=_EPOCH + timedelta(milliseconds=take_end_ms(fields, facts.time.ms)),
        received_at=now,
        corrects=fields.supersedes,
        gone_by=None,
        findings=sorted({finding.code for finding in (*facts.findings, *findings)}),
    )
    session.add(fact)
    session.flush()
    _supersede(session, fields, fact)


def take_end_ms(fields: RecordFields, started_ms: int) -> int:
    """By the monotonic clock: nobody can set it while the film runs."""
    return started_ms + fields.mono.stop - fields.mono.start


def _line(session: Session, fields: RecordFields, facts: Facts) -> tuple[str | None, list[Finding]]:
    """The order line that the record names, if it exists and its order lies in the record's parcel."""
    line = dict(fields.values).get("line")
    if line is None:
        return None, []
    order = evidence_rows.order_of_each_line(session, [line]).get(line)
    # A phone must not touch the orders of importers whom its site does not serve.
    if order is None or not evidence_rows.site_serves(
        session, facts.site.id, rows.organisation_of_order(session, order)
    ):
        return None, [Finding("line_unknown", line)]
    if fields.parcel and order not in evidence_rows.order_ids_of_parcel(session, fields.parcel):
        return None, [Finding("line_of_other_parcel", line)]
    return line, []


def _order(session: Session, fields: RecordFields, facts: Facts, line_id: str | None) -> str | None:
    """The line's order, else the one that the record names, else the only one of its parcel."""
    if line_id is not None:
        return evidence_rows.order_of_each_line(session, [line_id])[line_id]
    if facts.parcel is None:
        return None
    of_parcel = evidence_rows.order_ids_of_parcel(session, facts.parcel.id)
    if fields.order in of_parcel:
        return fields.order
    return next(iter(of_parcel)) if len(of_parcel) == 1 else None


def _supersede(session: Session, fields: RecordFields, fact: DockFact) -> list[Finding]:
    if fields.supersedes is None:
        return []
    old = session.get(DockFact, fields.supersedes)
    if old is None or old.site_id != fact.site_id:
        return [Finding("supersedes_unknown", fields.supersedes)]
    if fields.kind not in ("withdrawal", old.kind):
        return [Finding("supersedes_other_kind", old.kind)]
    if old.gone_by is not None:
        return [Finding("superseded_before", old.gone_by)]
    old.gone_by = fact.id
    notices.take_back(session, old.id)
    if fact.kind == "withdrawal" and fact.parcel_id is None:
        fact.parcel_id, fact.order_id, fact.line_id = old.parcel_id, old.order_id, old.line_id
    session.flush()
    return []


def _out_of_order(session: Session, fact: DockFact) -> list[Finding]:
    """The order of evidence (domain.md section 11, invariants); judged by the facts' own times."""
    if fact.parcel_id is None:
        return []
    opened = rows.first_opening(session, fact.parcel_id, fact.site_id)
    at = _first_said(session, fact)
    code = order_finding(fact.kind, fact.said, at=at, opened_at=opened, slot=fact.slot)
    return [Finding(code)] if code else []


def _first_said(session: Session, fact: DockFact) -> datetime:
    """A corrected reading was seen when it was first said."""
    at, older = fact.at, fact
    while older.corrects is not None:
        before = session.get(DockFact, older.corrects)
        if before is None or before.kind != fact.kind or before.gone_by != older.id:
            break
        at, older = min(at, before.at), before
    return at


def _photo(session: Session, fields: RecordFields, now: datetime) -> list[Finding]:
    assert fields.file is not None
    claim: FileClaim = fields.file
    findings = []
    if rows.other_photo_of_file(session, claim.sha256, fields.id):
        findings.append(Finding("file_reused", f"sha256:{claim.sha256}"))
    photo = Photo(
        id=fields.id,
        device_id=fields.device,
        file_sha256=claim.sha256,
        file_bytes=claim.bytes,
        mime=claim.mime,
        file_state="missing",
    )
    session.add(photo)
    session.flush()
    if settle_photo(session, photo, now=now) == "mismatch":
        findings.append(Finding("file_mismatch"))
    if type_differs(session, photo):
        findings.append(Finding("file_type_differs"))
    return findings


def _hold(session: Session, fact: DockFact, fields: RecordFields) -> None:
    spelling = fields.text("alias") or ""
    try:
        text = read_spelling(spelling)
    except ValueError:
        text = spelling
    session.add(
        Unidentified(
            id=fact.id, site_id=fact.site_id, text=text, text_norm=sticker_key(text), held_at=fact.at
        )
    )
    session.flush()

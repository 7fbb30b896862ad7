"""What a `bind` record does: a blank label or somebody else's sticker becomes a parcel's. The first binding stands.

What the desk took back stays so for whatever was bound before that: a phone may send its records days later.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from webapp.domain.evidence import Finding, RecordFields
from webapp.domain.labels import parse_label
from webapp.domain.stickers import sticker_key
from webapp.store import label_corrections as corrections
from webapp.store import labels as rows
from webapp.store.schema import Label, Parcel
from webapp.store.schema_desk import LabelAlias
from webapp.usecases.record_findings import Facts

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def bind(session: Session, fields: RecordFields, facts: Facts) -> list[Finding]:
    """Binds what may be bound, and says what was in the way. Nothing is refused: the record stands."""
    at = _EPOCH + timedelta(milliseconds=facts.time.ms)
    if fields.code is not None:
        return _bind_label(session, fields.code, fields.id, facts, at)
    assert fields.alias is not None
    return _bind_sticker(session, fields.alias, fields.id, facts, at)


def _bind_label(session: Session, code: str, record_id: str, facts: Facts, at: datetime) -> list[Finding]:
    label = rows.label_to_bind(session, code)
    if label is None:
        return [Finding("bind_code_unknown", code)]
    parcel = facts.parcel
    if parcel is None or label.parcel_id == parcel.id:
        return []
    problem = _in_the_way(session, label, parcel, facts.site.id, at)
    if problem is not None:
        return [Finding(problem, code)]
    label.parcel_id, label.bound_at, label.bound_record_id = parcel.id, at, record_id
    return []


def _in_the_way(session: Session, label: Label, parcel: Parcel, site_id: str, at: datetime) -> str | None:
    if label.parcel_id is not None:
        return "bind_code_taken"
    if label.roll_id is None:
        return "bind_code_not_blank"
    if label.voided_at is not None:
        return "bind_code_voided"
    roll = rows.roll(session, label.roll_id)
    if roll.organisation_id not in (None, parcel.organisation_id) or roll.site_id not in (None, site_id):
        return "bind_code_foreign"
    corrected = corrections.last_correction_of_code(session, label.code)
    return "bind_corrected" if corrected is not None and at <= corrected else None


def _bind_sticker(session: Session, text: str, record_id: str, facts: Facts, at: datetime) -> list[Finding]:
    key = sticker_key(text)
    if not key:
        return [Finding("bind_sticker_empty")]
    code = parse_label(text).code
    if code is not None and session.get(Label, code) is not None:
        return [Finding("bind_sticker_is_label", code)]
    parcel = facts.parcel
    if parcel is None:
        return []
    known = rows.alias(session, facts.site.id, key)
    if known is not None and known.ended_at is None:
        return [] if known.parcel_id == parcel.id else [Finding("bind_sticker_taken")]
    if known is not None:
        if known.ended_at is not None and at <= known.ended_at:
            return [Finding("bind_corrected")]
        known.text, known.parcel_id, known.ended_at = text, parcel.id, None
        known.bound_at, known.record_id = at, record_id
        return []
    session.add(
        LabelAlias(
            site_id=facts.site.id,
            text_norm=key,
            text=text,
            parcel_id=parcel.id,
            bound_at=at,
            record_id=record_id,
        )
    )
    session.flush()
    return []

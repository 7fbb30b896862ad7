"""A person confirms a diagnosis: its inputs and its answer are kept as they stood (S0-10)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.refusals import Refusal
from webapp.store import claims as rows
from webapp.store import orders as order_rows
from webapp.store.audit import audit
from webapp.store.database import Database
from webapp.store.schema import OrderLine
from webapp.store.schema_claims import Discrepancy
from webapp.usecases import diagnosis as diagnoses
from webapp.usecases.diagnosis import Counted, Diagnosis, Found
from webapp.usecases.sessions import Desk

ANSWERS = (
    "by_post",
    "signed_present",
    "size_label",
    "goods_whole",
    "category",
    "motive",
    "label_seen",
    "unused_complete",
    "seller_promised",
    "evidence_clean",
    "reason",
)
LONGEST_ANSWER = 40


def read_answers(form: Mapping[str, str]) -> dict[str, str]:
    """What a person adds to the facts; anything else on the form is left out."""
    return {name: form[name].strip()[:LONGEST_ANSWER] for name in ANSWERS if form.get(name, "").strip()}


def confirm(
    database: Database,
    *,
    actor: Desk,
    order_no: str,
    key: str,
    answers: Mapping[str, str],
    now: datetime,
    type_id: str = "",
    line_id: str = "",
    parcel_id: str = "",
) -> str:
    """Keeps the diagnosis of one finding; returns its id. ``type_id`` (with ``line_id``, ``parcel_id``): what only a
    person can say; of a mixed order each parcel has its own situation (DT-1).

    Refusals: ``order_unknown``, ``discrepancy_gone``, ``claim_type_unknown``, ``line_unknown``, ``parcel_unknown``.
    """
    with database.write() as session:
        order = order_rows.order_by_no(session, actor.organisation_id, order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=order_no)
        diagnosis = diagnoses.diagnosis_of(session, order, now=now)
        found = (
            diagnosis.one(key)
            if key
            else diagnoses.manual(
                diagnosis, type_id, _line(order.lines, line_id), now, parcel_id=parcel_id or None
            )
        )
        row = _row(diagnosis, found, answers, actor=actor, now=now)
        session.add(row)
        session.flush()
        _audit(session, actor, row, now)
        return row.id


def _line(lines: list[OrderLine], line_id: str) -> OrderLine | None:
    if not line_id:
        return None
    line = next((one for one in lines if one.id == line_id), None)
    if line is None:
        raise Refusal("line_unknown")
    return line


def _row(
    diagnosis: Diagnosis, found: Found, answers: Mapping[str, str], *, actor: Desk, now: datetime
) -> Discrepancy:
    counted = next(
        (one for one in diagnosis.counted if found.line and one.stages.line.id == found.line.id), None
    )
    china, vietnam = (counted.stages.china, counted.stages.vietnam) if counted else (None, None)
    return Discrepancy(
        id=new_id(),
        organisation_id=diagnosis.order.organisation_id,
        order_id=diagnosis.order.id,
        line_id=found.line.id if found.line else None,
        parcel_id=found.parcel_id,
        type=found.type_id,
        stage=found.stage,
        ordered_milli=counted.stages.ordered_milli if counted else None,
        china_milli=china.units_milli if china else None,
        vietnam_milli=vietnam.units_milli if vietnam else None,
        units_milli=found.units_milli,
        situation=found.situation.letter,
        responsibility=found.party,
        inputs=_inputs(diagnosis, found, counted, answers, now),
        confirmed_by=actor.id,
        confirmed_at=now,
    )


def _inputs(
    diagnosis: Diagnosis, found: Found, counted: Counted | None, answers: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """Everything that the answer was made from, so that nobody has to guess later why it was so."""
    offered = diagnoses.choices(diagnosis, found, now=now, answers=answers)
    return {
        "platform": diagnosis.order.platform,
        "owner": diagnosis.owner,
        "owner_confirmed": diagnosis.owner_confirmed,
        "tail": diagnosis.tail,
        "situation": {
            "letter": found.situation.letter,
            "reason": found.situation.reason,
            "since": found.situation.since.isoformat() if found.situation.since else None,
        },
        "authority_end": diagnosis.switches.authority_end,
        "towards": list(found.towards),
        "because": found.reason,
        "notes": list(counted.shortage.notes) if counted else [],
        "records": list(found.records),
        "answers": dict(answers),
        "channels": [
            {
                "channel": one.channel,
                "open": one.open,
                "late": one.late,
                "blocked": one.blocked,
                "why": one.reason_key,
                "since": one.since.isoformat() if one.since else None,
                "filer": one.filer,
            }
            for one in offered
        ],
    }


def _audit(session: Session, actor: Desk, row: Discrepancy, now: datetime) -> None:
    audit(
        session,
        at=now,
        actor=actor.actor,
        action="diagnosis.confirmed",
        subject=row.id,
        organisation_id=actor.organisation_id,
        order=row.order_id,
        type=row.type,
        situation=row.situation,
    )


def confirmed(database: Database, *, organisation_id: str, discrepancy_id: str) -> Discrepancy:
    """Raises ``discrepancy_unknown``, also for another organisation's."""
    with database.read() as session:
        found = rows.discrepancy(session, organisation_id, discrepancy_id)
        if found is None:
            raise Refusal("discrepancy_unknown")
        return found


def rediagnosed(database: Database, discrepancy: Discrepancy, *, now: datetime) -> tuple[Diagnosis, Found]:
    """The order as it stands now, and the confirmed finding in the situation of now."""
    with database.read() as session:
        order = order_rows.orders_by_id(session, [discrepancy.order_id])[0]
        diagnosis = diagnoses.diagnosis_of(session, order, now=now)
        return diagnosis, diagnoses.again(diagnosis, discrepancy, now)

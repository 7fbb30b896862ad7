"""The five questions before filing (S1-24): answered once for an order or a claim, and read by whoever files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.pre_filing import advice, read_answers, unanswered
from webapp.domain.refusals import Refusal
from webapp.store import papers as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema_papers import PreFilingAnswers
from webapp.usecases.people import Desk


@dataclass(frozen=True)
class Answers:
    """``said``: question → answer, as far as somebody answered. ``at`` None: nobody did."""

    said: Mapping[str, str]
    unanswered: tuple[str, ...]
    advice: tuple[str, ...]
    at: datetime | None = None
    by: str | None = None

    @property
    def complete(self) -> bool:
        return not self.unanswered


def answers(session: Session, order_id: str, claim_id: str | None = None) -> Answers:
    """Of the claim, else what was answered for its order before."""
    row = rows.latest_answers(session, order_id, claim_id)
    said = read_answers(row.said) if row else {}
    names = rows.user_names(session, {row.answered_by} if row else ())
    return Answers(
        said,
        unanswered(said),
        advice(said),
        row.answered_at if row else None,
        names.get(row.answered_by, row.answered_by) if row else None,
    )


def answers_of_order(database: Database, *, order_id: str) -> Answers:
    """For a page that has checked whose order it is."""
    with database.read() as session:
        return answers(session, order_id)


def answer(
    database: Database,
    *,
    actor: Desk,
    order_id: str,
    form: Mapping[str, str],
    now: datetime,
    claim_id: str | None = None,
) -> Answers:
    """Keeps the answers; unanswered questions stay open. Raises ``order_unknown``."""
    with database.write() as session:
        order = rows.order_of_organisation(session, actor.organisation_id, order_id)
        if order is None:
            raise Refusal("order_unknown", order_no="")
        if claim_id is not None:
            claim = rows.claim(session, actor.organisation_id, claim_id)
            if claim is None or claim.order_id != order_id:
                raise Refusal("claim_unknown")
        row = PreFilingAnswers(
            id=new_id(),
            organisation_id=actor.organisation_id,
            order_id=order_id,
            claim_id=claim_id,
            said=read_answers(form),
            answered_by=actor.id,
            answered_at=now,
        )
        session.add(row)
        session.flush()
        people.audit(
            session,
            at=now,
            actor=f"user:{actor.id}",
            action="pre_filing.answered",
            subject=order_id,
            organisation_id=actor.organisation_id,
        )
        return answers(session, order_id, claim_id)

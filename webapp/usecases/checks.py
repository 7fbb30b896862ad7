"""Special checks and notes for the receiver: phrases that exist in three languages, or free text (untranslated)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.adapters.secrets import new_id
from webapp.domain.order_cells import clean
from webapp.domain.phrases import LONGEST_FREE_TEXT, is_phrase, place_of
from webapp.domain.refusals import Refusal
from webapp.store import orders as order_rows
from webapp.store import people
from webapp.store import plans as rows
from webapp.store.database import Database
from webapp.store.schema_desk import OrderCheck
from webapp.usecases.people import Desk

MOST_CHECKS = 30
"""More is a document, not something a receiver reads at the dock."""


@dataclass(frozen=True)
class Asked:
    """What the desk ticked and typed for an order, or for one of its lines."""

    order_no: str
    phrases: tuple[str, ...] = ()
    free_text: str = ""
    line_id: str = ""


def ask(database: Database, *, actor: Desk, asked: Asked, now: datetime) -> int:
    """Adds what is not asked yet; returns how many are new.

    Refusals: ``order_unknown``, ``line_unknown``, ``phrase_unknown``, ``check_missing``, ``check_long``,
    ``checks_many``.
    """
    text = clean(asked.free_text)
    if len(text) > LONGEST_FREE_TEXT:
        raise Refusal("check_long", most=LONGEST_FREE_TEXT)
    if not all(is_phrase(code) for code in asked.phrases):
        raise Refusal("phrase_unknown")
    if not asked.phrases and not text:
        raise Refusal("check_missing")
    with database.write() as session:
        order = order_rows.order_by_no(session, actor.organisation_id, asked.order_no)
        if order is None:
            raise Refusal("order_unknown", order_no=asked.order_no)
        line_id = asked.line_id or None
        if line_id is not None and rows.line_in_order(session, order.id, line_id) is None:
            raise Refusal("line_unknown")
        standing = rows.checks_of(session, [order.id])
        known = {(one.line_id, one.phrase, one.free_text) for one in standing}
        wanted: list[tuple[str | None, str | None, str]] = [
            (line_id, code, "") for code in dict.fromkeys(asked.phrases)
        ]
        wanted += [(line_id, None, text)] if text else []
        new = [one for one in wanted if one not in known]
        if len(standing) + len(new) > MOST_CHECKS:
            raise Refusal("checks_many", most=MOST_CHECKS)
        _add(session, actor, order.id, new, now)
        return len(new)


def in_order(standing: Iterable[OrderCheck]) -> list[OrderCheck]:
    """As a receiver meets them; free text last, in the order in which it was asked."""
    return sorted(standing, key=lambda one: (place_of(one.phrase), one.asked_at, one.id))


def end(database: Database, *, actor: Desk, order_no: str, check_id: str, now: datetime) -> None:
    """Takes a check back; ending twice is once. Raises ``check_unknown``."""
    with database.write() as session:
        check = rows.check_of_organisation(session, actor.organisation_id, check_id)
        order = order_rows.order_by_no(session, actor.organisation_id, order_no)
        if check is None or order is None or check.order_id != order.id:
            raise Refusal("check_unknown")
        if check.ended_at is None:
            check.ended_at = now
            _audit(session, actor, "check.ended", check.id, now)


def _add(
    session: Session,
    actor: Desk,
    order_id: str,
    new: Iterable[tuple[str | None, str | None, str]],
    now: datetime,
) -> None:
    for line_id, phrase, text in new:
        check = OrderCheck(
            id=new_id(),
            order_id=order_id,
            line_id=line_id,
            phrase=phrase,
            free_text=text,
            asked_by=actor.id,
            asked_at=now,
        )
        session.add(check)
        _audit(session, actor, "check.asked", check.id, now, order=order_id, phrase=phrase)


def _audit(
    session: Session, actor: Desk, action: str, subject: str, now: datetime, **details: object
) -> None:
    people.audit(
        session,
        at=now,
        actor=f"user:{actor.id}",
        action=action,
        subject=subject,
        organisation_id=actor.organisation_id,
        **details,
    )

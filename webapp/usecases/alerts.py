"""The sweep: every rung of every burning clock fires once, and is told to whoever wants to hear it.

What is told may fail and is tried again; that it fired stands by itself. Nothing here depends on a message arriving.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Final

from sqlalchemy.orm import Session

from webapp.adapters.notifier import Mail, Mailer, NotSent, Webhooks
from webapp.adapters.secrets import new_id
from webapp.adapters.web_push import Push, read_subscription
from webapp.domain.alerts import due, ladder
from webapp.domain.ledger import iso_milliseconds
from webapp.store import alerts as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema import Deadline
from webapp.store.schema_alerts import Alert, AlertDelivery, AlertTarget
from webapp.usecases import alert_texts, rulebooks
from webapp.usecases.alert_texts import Burns

LOOKED_BACK: Final = timedelta(days=30)
"""A clock that passed longer ago is told no more; boards show it still."""

MOST_AT_ONCE: Final = 500
MET_MEANWHILE: Final = "met_meanwhile"
MOST_ATTEMPTS: Final = 8
_FIRST_WAIT: Final = timedelta(minutes=2)


_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Out:
    """The ways out that the operator configured."""

    mailer: Mailer
    webhooks: Webhooks
    push: Push


def sweep(database: Database, *, now: datetime) -> int:
    """Fires what is due, each alert dated by its rung's instant; returns how many. A second sweep fires nothing."""
    with database.read() as session:
        organisations = [one.id for one in people.organisations(session)]
    return sum(_sweep_one(database, organisation_id, now) for organisation_id in organisations)


def _sweep_one(database: Database, organisation_id: str, now: datetime) -> int:
    with database.read() as session:
        found = _due(session, organisation_id, now)
    if not found:
        return 0
    with database.write() as session:
        # Read again: a clock may have been met since, and another sweep may have been faster.
        found = _due(session, organisation_id, now)
        # Who asked for one message a day is told by it (usecases/digests.py).
        targets = [one for one in rows.targets(session, organisation_id) if not one.digest]
        for alert in found:
            session.add(alert)
        session.flush()
        for alert in found:
            for target in targets:
                session.add(AlertDelivery(alert_id=alert.id, target_id=target.id, attempts=0, next_at=now))
        session.flush()
    return len(found)


def _due(session: Session, organisation_id: str, now: datetime) -> list[Alert]:
    hours = rulebooks.current(session, organisation_id).switches.alert_rungs_h
    since, until = now - LOOKED_BACK, now + timedelta(hours=max(hours))
    fired: dict[tuple[str, str, str, str, datetime], set[int]] = {}
    for order_id, rule_id, kind, subject, act_by, rung in rows.fired(
        session, organisation_id, since=since, until=until
    ):
        fired.setdefault((order_id, rule_id, kind, subject, act_by), set()).add(rung)
    return [
        Alert(
            id=new_id(),
            organisation_id=organisation_id,
            order_id=clock.order_id,
            rule_id=clock.rule_id,
            subject_kind=clock.subject_kind,
            subject_id=clock.subject_id,
            act_by=clock.act_by,
            rung_hours=rung.hours,
            at=rung.at,
            fired_at=now,
            who=clock.who,
        )
        for clock in rows.to_sweep(session, organisation_id, since=since, until=until)
        if clock.act_by is not None
        for rung in due(
            ladder(clock.act_by, start=clock.start_at, hours=hours),
            fired=fired.get(_key(clock, clock.act_by), ()),
            now=now,
        )
    ]


def _key(clock: Deadline, act_by: datetime) -> tuple[str, str, str, str, datetime]:
    return clock.order_id, clock.rule_id, clock.subject_kind, clock.subject_id, act_by


def deliver(database: Database, out: Out, *, now: datetime) -> int:
    """Sends what waits, all of one target in one message; returns how many targets heard something."""
    with database.read() as session:
        waiting = [(to.id, delivery.alert_id) for delivery, _, to in rows.waiting(session, now, MOST_AT_ONCE)]
    told = 0
    for target_id, listed in groupby(waiting, key=lambda one: one[0]):
        told += _tell(database, out, target_id, {alert_id for _, alert_id in listed}, now)
    return told


def _tell(database: Database, out: Out, target_id: str, alert_ids: set[str], now: datetime) -> int:
    """No transaction is open while a message goes out: a slow mail server must not hold the writer.

    What was met, or moved, between firing and sending is not told: nobody should act on it any more.
    """
    with database.read() as session:
        target = session.get(AlertTarget, target_id)
        burning = rows.still_burning(session, alert_ids)
        listed = burns_of(session, [session.get_one(Alert, one) for one in sorted(burning)])
    if target is None or target.ended_at is not None:
        return _settle(database, target_id, alert_ids, now, problem="target_ended")
    over = alert_ids - burning
    if over:
        _log.info("alerts not told: met meanwhile n=%d target=%s", len(over), target_id)
        _settle(database, target_id, over, now, problem=MET_MEANWHILE)
    if not burning:
        return 0
    try:
        _send(out, target, listed, now)
    except NotSent as failed:
        return _settle(database, target_id, burning, now, problem=failed.code)
    return _settle(database, target_id, burning, now, problem=None)


def _send(out: Out, target: AlertTarget, listed: list[Burns], now: datetime) -> None:
    if target.kind == "webhook":
        body = json.dumps(_payload(listed, now), ensure_ascii=False).encode("utf-8")
        out.webhooks.post(target.address, body, secret=target.secret)
    elif target.kind == "push":
        title = alert_texts.subject(listed, target.language, now)
        said = {"title": title, "body": alert_texts.line(listed[0], target.language, now)}
        out.push.send(read_subscription(target.address), json.dumps(said, ensure_ascii=False).encode("utf-8"))
    else:
        subject = alert_texts.subject(listed, target.language, now)
        out.mailer.send(Mail(target.address, subject, alert_texts.text(listed, target.language, now)))


def _payload(listed: Iterable[Burns], now: datetime) -> dict[str, object]:
    """What a webhook is told: codes and instants, no words and no prices."""
    return {
        "sent_at": iso_milliseconds(now),
        "clocks": [
            {
                "order_no": one.order_no,
                "rule": one.rule_id,
                "who": one.who,
                "towards": one.towards,
                "act_by": iso_milliseconds(one.act_by),
                "due": iso_milliseconds(one.due) if one.due else None,
            }
            for one in listed
        ],
    }


def _settle(
    database: Database, target_id: str, alert_ids: set[str], now: datetime, *, problem: str | None
) -> int:
    with database.write() as session:
        for alert_id in alert_ids:
            delivery = session.get(AlertDelivery, (alert_id, target_id))
            if delivery is None or delivery.sent_at is not None:
                continue
            delivery.attempts += problem != MET_MEANWHILE
            delivery.problem = problem
            if problem is None:
                delivery.sent_at = now
            elif (
                problem in ("target_ended", "push_gone", MET_MEANWHILE) or delivery.attempts >= MOST_ATTEMPTS
            ):
                delivery.given_up_at = now
            else:
                delivery.next_at = now + _FIRST_WAIT * 2 ** (delivery.attempts - 1)
    return 0 if problem else 1


def burns_of(session: Session, alerts: Iterable[Alert]) -> list[Burns]:
    """One entry a clock, earliest act-by first, of one organisation's alerts that may be several rungs of it."""
    listed = list(alerts)
    if not listed:
        return []
    numbers = rows.order_numbers(session, {one.order_id for one in listed})
    rulebook = rulebooks.current(session, listed[0].organisation_id).rulebook
    found: dict[tuple[str, str, str, str, datetime], Burns] = {}
    for one in listed:
        rule = rulebook.rule(one.rule_id)
        found[(one.order_id, one.rule_id, one.subject_kind, one.subject_id, one.act_by)] = Burns(
            numbers[one.order_id], rule.id, rule.name, rule.if_missed, one.who, rule.towards, one.act_by, None
        )
    return sorted(found.values(), key=lambda burns: (burns.act_by, burns.order_no, burns.rule_id))


def burns_next(
    session: Session, organisation_id: str, *, since: datetime, limit: int | None = None
) -> list[Burns]:
    """Every clock of the organisation that burns, earliest act-by first; those that passed since ``since`` too."""
    return [burns for _, burns in burning_clocks(session, organisation_id, since=since, limit=limit)]


def burning_clocks(
    session: Session, organisation_id: str, *, since: datetime, limit: int | None = None
) -> list[tuple[Deadline, Burns]]:
    """`burns_next` with the clock behind each."""
    rulebook = rulebooks.current(session, organisation_id).rulebook
    found = []
    for one in rows.burning(session, organisation_id=organisation_id, since=since, limit=limit):
        clock, rule = one.clock, rulebook.rule(one.clock.rule_id)
        assert clock.act_by is not None
        found.append(
            (
                clock,
                Burns(
                    one.order_no,
                    rule.id,
                    rule.name,
                    rule.if_missed,
                    clock.who,
                    clock.towards,
                    clock.act_by,
                    clock.due_at,
                ),
            )
        )
    return found

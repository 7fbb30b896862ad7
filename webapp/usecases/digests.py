"""One e-mail a day to whoever asked for that: everything that burns, at eight in the morning where the reader lives."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.adapters.notifier import Mail, Mailer, NotSent
from webapp.store import alerts as rows
from webapp.store import people
from webapp.store.database import Database
from webapp.store.schema_alerts import AlertTarget
from webapp.usecases import alert_texts, alerts

AT: Final = time(8)
AHEAD: Final = timedelta(days=7)
PASSED: Final = timedelta(days=2)
_ZONE: Final = {"zh_CN": ZoneInfo("Asia/Shanghai")}
_ELSEWHERE: Final = ZoneInfo("Asia/Ho_Chi_Minh")


def send_due(database: Database, mailer: Mailer, *, now: datetime) -> int:
    """Sends each reader's digest of the day once; one that failed is tried again at the next sweep."""
    with database.read() as session:
        wanted = [
            (target.id, target.language, target.address, target.organisation_id)
            for organisation in people.organisations(session)
            for target in rows.targets(session, organisation.id)
            if _is_due(target, now)
        ]
    sent = 0
    for target_id, language, address, organisation_id in wanted:
        with database.read() as session:
            listed = _listed(session, organisation_id, now)
        if listed:
            subject = alert_texts.subject(listed, language, now)
            try:
                mailer.send(Mail(address, subject, alert_texts.text(listed, language, now)))
            except NotSent:
                continue
        with database.write() as session:
            target = session.get_one(AlertTarget, target_id)
            target.digest_day = _day(language, now)
        sent += bool(listed)
    return sent


def _is_due(target: AlertTarget, now: datetime) -> bool:
    zone = _ZONE.get(target.language, _ELSEWHERE)
    local = now.astimezone(zone)
    return (
        target.digest
        and target.kind == "email"
        and local.time() >= AT
        and target.digest_day != local.date().isoformat()
    )


def _day(language: str, now: datetime) -> str:
    return now.astimezone(_ZONE.get(language, _ELSEWHERE)).date().isoformat()


def _listed(session: Session, organisation_id: str, now: datetime) -> list[alert_texts.Burns]:
    return [
        one
        for one in alerts.burns_next(session, organisation_id, since=now - PASSED)
        if one.act_by <= now + AHEAD
    ]

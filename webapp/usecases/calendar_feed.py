"""The clocks that burn as a calendar that people subscribe to, behind a secret address (RFC 5545)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from icalendar import Alarm, Calendar, Event

from webapp.adapters.catalogues import LANGUAGES, translate
from webapp.adapters.secrets import new_token, token_hash
from webapp.domain.refusals import Refusal
from webapp.store import alerts as rows
from webapp.store import people
from webapp.store.audit import audit
from webapp.store.database import Database
from webapp.store.schema_alerts import CalendarLink
from webapp.usecases import alert_texts, alerts
from webapp.usecases.sessions import Desk

MOST_EVENTS: Final = 1000
KEPT: Final = timedelta(days=14)
"""How long an act-by that passed stays in the calendar."""

MOST_LINKS: Final = 5
_ALARMS: Final = (timedelta(hours=24), timedelta(hours=3))
_LENGTH: Final = timedelta(minutes=30)


def make_link(database: Database, *, actor: Desk, language: str, now: datetime) -> str:
    """A new address's token; it is shown once, only its hash is kept. Raises ``calendar_links_full``."""
    token = new_token()
    with database.write() as session:
        if len(rows.calendar_links(session, actor.id)) >= MOST_LINKS:
            raise Refusal("calendar_links_full", most=MOST_LINKS)
        session.add(
            CalendarLink(
                token_hash=token_hash(token),
                organisation_id=actor.organisation_id,
                user_id=actor.id,
                language=language if language in LANGUAGES else actor.language,
                made_at=now,
                ended_at=None,
            )
        )
        audit(
            session,
            at=now,
            actor=actor.actor,
            action="calendar.link_made",
            subject=actor.id,
            organisation_id=actor.organisation_id,
        )
    return token


def links_of(database: Database, *, actor: Desk) -> list[CalendarLink]:
    with database.read() as session:
        return rows.calendar_links(session, actor.id)


def end_links(database: Database, *, actor: Desk, now: datetime) -> None:
    """Every calendar address of the person stops answering."""
    with database.write() as session:
        links = rows.calendar_links(session, actor.id)
        for link in links:
            link.ended_at = now
        if links:
            audit(
                session,
                at=now,
                actor=actor.actor,
                action="calendar.links_ended",
                subject=actor.id,
                organisation_id=actor.organisation_id,
                n=len(links),
            )


def feed(database: Database, *, token: str, now: datetime) -> bytes:
    """The calendar. Raises ``link_unknown`` for a token that nobody made, that has ended, or of a person who left."""
    with database.read() as session:
        link = rows.calendar_link(session, token_hash(token))
        user = people.user(session, link.user_id) if link is not None else None
        if link is None or link.ended_at is not None or user is None or user.left_at is not None:
            raise Refusal("link_unknown")
        burning = alerts.burning_clocks(session, link.organisation_id, since=now - KEPT, limit=MOST_EVENTS)
        calendar = Calendar()
        calendar.add("prodid", "-//Dockproof//EN")
        calendar.add("version", "2.0")
        calendar.add("x-wr-calname", translate(link.language, "calendar.name"))
        for clock, burns in burning:
            uid = f"{clock.rule_id}-{clock.subject_kind}-{clock.subject_id}@dockproof"
            calendar.add_component(_event(burns, uid, link.language, now))
        return bytes(calendar.to_ical())


def _event(burns: alert_texts.Burns, uid: str, language: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now)
    event.add("dtstart", burns.act_by)
    event.add("duration", _LENGTH)
    event.add(
        "summary",
        translate(
            language,
            "calendar.summary",
            rule=burns.rule_id,
            name=translate(language, burns.name),
            order=burns.order_no,
        ),
    )
    event.add(
        "description", alert_texts.line(burns, language, now) + "\n" + translate(language, burns.missed)
    )
    for before in _ALARMS:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", translate(language, burns.name))
        alarm.add("trigger", -before)
        event.add_component(alarm)
    return event

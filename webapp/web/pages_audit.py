"""The audit, for reading."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from webapp.adapters.catalogues import catalogue, translate
from webapp.domain.permissions import Permission
from webapp.usecases import audit
from webapp.web.access import desk, requires
from webapp.web.services import services
from webapp.web.words import language, t

pages = Blueprint("audit", __name__)

_DAYS_IN = ZoneInfo("Asia/Shanghai")
"""A day to filter by begins here; each line shows both zones."""


@pages.get("/audit")
@requires(Permission.AUDIT_READ)
def show() -> ResponseReturnValue:
    asked = {name: request.args.get(name, "") for name in ("group", "person", "since", "until", "before")}
    since, until = _day(asked["since"]), _day(asked["until"])
    before = asked["before"]
    reading = audit.read(
        services().database,
        actor=desk(),
        group=asked["group"],
        person=asked["person"][:32],
        since=since,
        until=None if until is None else until + timedelta(days=1),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 16 else None,
    )
    return render_template(
        "people/audit.html",
        reading=reading,
        asked=asked,
        groups=list(audit.GROUPS),
        people=audit.people_to_ask_for(services().database, actor=desk()),
        action_word=_action_word,
        fact_word=lambda name: _word(f"audit.fact.{name}", name),
        actor_words={
            "cli": t("audit.actor_cli"),
            "unknown": t("audit.actor_unknown"),
            "demo": t("audit.actor_demo"),
        },
    )


def _action_word(action: str) -> str:
    """The action's own word, else its family's: ``document.listing`` is a ``document``."""
    family = _word(f"audit.action.{action.partition('.')[0]}", action)
    return _word(f"audit.action.{action}", family)


def _word(key: str, otherwise: str) -> str:
    """An event of a newer program may have no word yet: it is shown as it is stored."""
    return translate(language(), key) if key in catalogue(language()) else otherwise


def _day(text: str) -> datetime | None:
    """The day's first instant; what is no date filters nothing."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    if not 2000 <= day.year <= 2200:
        return None
    return datetime.combine(day, time(), _DAYS_IN).astimezone(UTC)

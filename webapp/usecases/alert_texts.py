"""Alerts as people read them: one line a clock, in the reader's language, ready for an e-mail, Zalo or WeChat."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from webapp.adapters.catalogues import translate

CHINA: Final = ZoneInfo("Asia/Shanghai")
VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Burns:
    """One clock, as alerts and calendars tell it. ``rule``: its name's key; ``missed``: what is lost, a key."""

    order_no: str
    rule_id: str
    name: str
    missed: str
    who: str
    towards: str
    act_by: datetime
    due: datetime | None


def line(burns: Burns, language: str, now: datetime) -> str:
    """Order, what to do, who, act-by in both zones, how long still."""
    return translate(
        language,
        "alert.line",
        order=burns.order_no,
        rule=burns.rule_id,
        name=translate(language, burns.name),
        who=translate(language, f"party.{burns.who}"),
        towards=translate(language, f"party.{burns.towards}"),
        act_by=both_zones(burns.act_by, language),
        left=left(burns.act_by, language, now),
    )


def left(act_by: datetime, language: str, now: datetime) -> str:
    """``3 h left``, ``passed 2 h ago``; whole hours, never rounded up."""
    if act_by <= now:
        return translate(language, "alert.passed", n=(now - act_by) // _HOUR)
    hours = (act_by - now) // _HOUR
    if hours == 0:
        return translate(language, "alert.under_hour")
    return translate(language, "alert.left", n=hours)


def both_zones(at: datetime, language: str) -> str:
    """``2026-11-26 23:59 China · 22:59 Vietnam``; with the date of Vietnam too where it is still the day before."""
    china, vietnam = at.astimezone(CHINA), at.astimezone(VIETNAM)
    return translate(
        language,
        "alert.both_zones",
        china=china.strftime("%Y-%m-%d %H:%M"),
        vietnam=vietnam.strftime("%H:%M" if vietnam.date() == china.date() else "%Y-%m-%d %H:%M"),
    )


def text(listed: Iterable[Burns], language: str, now: datetime) -> str:
    """Everything that burns, for a chat group: a heading, one paragraph a clock, no link and no price."""
    lines = [line(one, language, now) for one in listed]
    if not lines:
        return translate(language, "alert.none")
    return "\n\n".join([translate(language, "alert.heading", n=len(lines)), *lines])


def subject(listed: list[Burns], language: str, now: datetime) -> str:
    """Of an e-mail: the one that burns first, and how many more."""
    first = listed[0]
    return translate(
        language,
        "alert.subject",
        left=left(first.act_by, language, now),
        name=translate(language, first.name),
        order=first.order_no,
        more=len(listed) - 1,
    )

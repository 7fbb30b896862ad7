"""Words in the reader's language, numbers and instants as people write them."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import g, has_request_context, request

from webapp.adapters.catalogues import LANGUAGES, translate
from webapp.domain.quantities import yuan_text
from webapp.web.cookies import LANGUAGE_COOKIE

HTML_LANG = {"zh_CN": "zh-CN", "vi": "vi", "en": "en"}


def language() -> str:
    """A link's own, else the signed-in person's choice, else this browser's, else what the browser asks for."""
    if not has_request_context():
        return "en"
    if "link_language" in g:
        return str(g.link_language)
    principal = getattr(g, "principal", None)
    if principal is not None and principal.user is not None and principal.user.language in LANGUAGES:
        return str(principal.user.language)
    chosen = request.cookies.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    wanted = request.accept_languages.best_match(
        ["zh-CN", "zh", "vi", "en"], default=g.get("first_language", "en")
    )
    return {"zh-CN": "zh_CN", "zh": "zh_CN"}.get(wanted, wanted)


def t(key: str, **values: object) -> str:
    return translate(language(), key, **values)


def word_of(prefix: str, code: str) -> str:
    """The words of a code that a record carries; the code itself when it is newer than our words."""
    found = t(prefix + code)
    return code if found == prefix + code else found


def money(fen: int | None) -> str:
    """An unknown amount is said to be unknown, never 0."""
    return t("app.not_known") if fen is None else yuan_text(fen)


def instant(at: datetime | None, zone: str) -> str:
    """``2026-11-25 16:00`` in the zone; callers name the zone beside it."""
    return t("app.not_known") if at is None else at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M")


def zone_name(zone: str) -> str:
    return {"Asia/Shanghai": t("time.cn"), "Asia/Ho_Chi_Minh": t("time.vn")}.get(zone, zone)

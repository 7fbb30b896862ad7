"""The cookies: the session's, the forms', the language's. Under HTTPS a name with ``__Host-`` cannot be set by a
neighbour: not by another host of the domain, not over plain HTTP.
"""

from __future__ import annotations

from typing import Final

from flask import request
from werkzeug.wrappers import Response

from webapp.config import Settings
from webapp.domain.people import DESK_SESSION_LIFE
from webapp.web.services import services

SESSION_COOKIE: Final = "dockproof_session"
FORM_COOKIE: Final = "dockproof_form"
LANGUAGE_COOKIE: Final = "dockproof_language"
_YEAR_S: Final = 365 * 86400


def is_https(settings: Settings) -> bool:
    return (settings.public_url or "").startswith("https://")


def cookie_name(settings: Settings, name: str) -> str:
    return f"__Host-{name}" if is_https(settings) else name


def carried_token() -> str:
    """The session token that this browser carries, or nothing."""
    return request.cookies.get(cookie_name(services().settings, SESSION_COOKIE), "")


def keep_token(response: Response, token: str) -> None:
    settings = services().settings
    response.set_cookie(
        cookie_name(settings, SESSION_COOKIE),
        token,
        max_age=int(DESK_SESSION_LIFE.total_seconds()),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=is_https(settings),
    )


def drop_token(response: Response) -> None:
    # A __Host- cookie is deleted only by one that is secure itself.
    settings = services().settings
    response.delete_cookie(
        cookie_name(settings, SESSION_COOKIE), path="/", secure=is_https(settings), httponly=True
    )


def keep_language(response: Response, language: str) -> None:
    response.set_cookie(
        LANGUAGE_COOKIE,
        language,
        max_age=_YEAR_S,
        samesite="Lax",
        secure=is_https(services().settings),
    )

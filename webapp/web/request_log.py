"""One line for each request that was refused or failed: an id, the route's rule and a code; never what was sent.

The rule and not the path: a path may be a secret (``/welcome/<token>``). Nobody's address, no query, no body.
"""

from __future__ import annotations

import logging
from typing import Final

from flask import Flask, Response, g, request

from webapp.adapters.secrets import new_id

log = logging.getLogger(__name__)

REQUEST_HEADER: Final = "Dockproof-Request"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def install(app: Flask) -> None:
    app.after_request(_note)
    app.log_exception = lambda exc_info: log.error(  # type: ignore[method-assign]
        "request id=%s failed", request_id(), exc_info=exc_info
    )


def request_id() -> str:
    """Names this request in the log and in the answer's ``Dockproof-Request``."""
    if "request_id" not in g:
        g.request_id = new_id()[:12]
    return str(g.request_id)


def note_code(code: str) -> None:
    """Why the request is refused: a Refusal's code."""
    g.refused_code = code


def note_crash(error: Exception) -> None:
    g.crash = error


def _note(response: Response) -> Response:
    if response.status_code < 400:
        return response
    response.headers[REQUEST_HEADER] = request_id()
    crash = g.get("crash")
    log.log(
        logging.INFO if response.status_code < 500 else logging.ERROR,
        "request id=%s method=%s route=%s status=%d code=%s",
        request_id(),
        request.method if request.method in _METHODS else "?",
        request.url_rule.rule if request.url_rule is not None else "-",
        response.status_code,
        g.get("refused_code", "-"),
        exc_info=(type(crash), crash, crash.__traceback__) if crash is not None else None,
    )
    return response

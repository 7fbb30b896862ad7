"""One table from refusal codes to HTTP; everything else is a 500 that says what is safe."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from webapp.domain.refusals import Refusal
from webapp.web.device_auth import EVIDENCE_STATUSES
from webapp.web.words import t

log = logging.getLogger(__name__)

STATUSES: dict[str, int] = {
    "sign_in_needed": 401,
    "not_allowed": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "too_large": 413,
    "bad_request": 400,
    "csrf": 400,
    "link_unknown": 404,
    "sign_in_wrong": 403,
    "sign_in_locked": 423,
    "pin_wrong": 403,
    "pin_locked": 423,
    "worker_unknown": 404,
    "site_unknown": 404,
    "device_unknown": 404,
    "order_unknown": 404,
    "take_unknown": 404,
    "line_unknown": 404,
    "picture_unknown": 404,
    "label_unknown": 404,
    "enrolment_code_unknown": 404,
    **EVIDENCE_STATUSES,
}
"""A code that is not listed is a plain 400: the request was read and refused."""

_HTTP_CODES = {
    400: "bad_request",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}


def install(app: Flask) -> None:
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _crashed)


def status_of(refusal: Refusal) -> int:
    return STATUSES.get(refusal.code, 400)


def sentence(refusal: Refusal) -> str:
    return t(f"error.{refusal.code}", **refusal.vars)


def _refused(refusal: Refusal) -> Response:
    return _answer(refusal, status_of(refusal))


def _csrf(error: CSRFError) -> Response:
    return _answer(Refusal("csrf"), 400)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    response = _answer(Refusal(_HTTP_CODES.get(status, "bad_request")), status)
    allow = error.get_response().headers.get("Allow")
    if allow:
        response.headers["Allow"] = allow
    return response


def _crashed(error: Exception) -> Response:
    # The path only: a query or body may hold personal data.
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return _answer(Refusal("server_failed"), 500)


def _answer(refusal: Refusal, status: int) -> Response:
    if request.path.startswith("/api/"):
        body = {
            "error": {"code": refusal.code, "message": sentence(refusal)},
            **getattr(refusal, "extra", {}),
        }
        response = jsonify(body)
    else:
        signed_in = getattr(g, "principal", None) is not None and g.principal.user is not None
        response = make_response(
            render_template("error.html", sentence=sentence(refusal), status=status, signed_in=signed_in)
        )
    response.status_code = status
    return response

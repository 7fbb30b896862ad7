"""One table from refusal codes to HTTP; everything else is a 500 that says what is safe."""

from __future__ import annotations

from flask import Flask, Response, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from webapp.adapters.disk import says_full
from webapp.domain.refusals import Refusal
from webapp.web.device_auth import EVIDENCE_STATUSES
from webapp.web.request_log import note_code, note_crash, request_id
from webapp.web.words import t

STATUSES: dict[str, int] = {
    "sign_in_needed": 401,
    "not_allowed": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "too_large": 413,
    "body_slow": 408,
    "busy": 503,
    "bad_request": 400,
    "csrf": 400,
    "link_unknown": 404,
    "sign_in_wrong": 403,
    "sign_in_locked": 423,
    "sign_in_again": 403,
    "too_many_requests": 429,
    "site_shared": 403,
    "person_unknown": 404,
    "person_out_of_reach": 403,
    "session_unknown": 404,
    "phone_unknown": 404,
    "queue_device_unknown": 404,
    "queue_too_large": 413,
    "quarantine_unknown": 404,
    "quarantine_not_yours": 403,
    "passkey_unknown": 404,
    "passkey_refused": 403,
    "password_wrong": 403,
    "organisation_not_found": 404,
    "pin_wrong": 403,
    "pin_locked": 423,
    "worker_unknown": 404,
    "site_unknown": 404,
    "device_unknown": 404,
    "order_unknown": 404,
    "view_unknown": 404,
    "account_unknown": 404,
    "document_unknown": 404,
    "plan_unknown": 404,
    "check_unknown": 404,
    "document_large": 413,
    "import_unknown": 404,
    "import_not_ready": 409,
    "import_running": 409,
    "take_unknown": 404,
    "line_unknown": 404,
    "alert_target_unknown": 404,
    "claim_event_out_of_order": 409,
    "submission_gate": 409,
    "message_gate": 409,
    "return_cost_missing": 409,
    "message_not_here": 409,
    "submission_unknown": 404,
    "contract_unknown": 404,
    "handover_stated_before": 409,
    "handover_unknown": 404,
    "exhibit_unknown": 404,
    "claim_sent": 409,
    "channel_closed": 409,
    "discrepancy_unknown": 404,
    "discrepancy_gone": 409,
    "picture_unknown": 404,
    "photo_unknown": 404,
    "notice_unknown": 404,
    "held_unknown": 404,
    "label_unknown": 404,
    "sticker_unknown": 404,
    "mat_paper_unknown": 404,
    "claim_unknown": 404,
    "share_unknown": 404,
    "share_expired": 410,
    "share_revoked": 410,
    "voucher_unknown": 404,
    "agent_unknown": 404,
    "job_link_unknown": 404,
    "job_link_expired": 410,
    "job_link_revoked": 410,
    "job_capture_unknown": 404,
    "parcel_unknown": 404,
    "edition_unknown": 404,
    "edition_changed": 409,
    "profile_unknown": 404,
    "clock_event_unknown": 404,
    "clock_event_retracted": 409,
    "enrolment_code_unknown": 404,
    "message_withdrawn": 409,
    "supplier_unknown": 404,
    "agreement_unknown": 404,
    "payment_unknown": 404,
    "message_unknown": 404,
    "template_unknown": 404,
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
    app.register_error_handler(Refusal, refused)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _crashed)


def status_of(refusal: Refusal) -> int:
    note_code(refusal.code)
    return STATUSES.get(refusal.code, 400)


def refused_page(page: str, refusal: Refusal) -> Response:
    """A form shown again with why it was refused."""
    response = make_response(page, status_of(refusal))
    add_headers(response, refusal)
    return response


def sentence(refusal: Refusal) -> str:
    return t(f"error.{refusal.code}", **refusal.vars)


def refused(refusal: Refusal) -> Response:
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
    note_crash(error)
    # Wherever it was met: nothing was acknowledged, and the phone keeps its copy.
    if says_full(error):
        return _answer(Refusal("disk_full"), status_of(Refusal("disk_full")))
    return _answer(Refusal("server_failed"), 500)


def _answer(refusal: Refusal, status: int) -> Response:
    note_code(refusal.code)
    if request.path.startswith("/api/"):
        body = {
            "error": {"code": refusal.code, "message": sentence(refusal)},
            **getattr(refusal, "extra", {}),
        }
        response = jsonify(body)
    else:
        signed_in = getattr(g, "principal", None) is not None and g.principal.user is not None
        response = make_response(
            render_template(
                "error.html",
                sentence=sentence(refusal),
                status=status,
                signed_in=signed_in,
                request_id=request_id(),
            )
        )
    response.status_code = status
    add_headers(response, refusal)
    return response


def add_headers(response: Response, refusal: Refusal) -> None:
    if refusal.code == "busy":
        response.headers["Retry-After"] = "10"
    if refusal.code == "too_many_requests":
        response.headers["Retry-After"] = str(refusal.vars["seconds"])

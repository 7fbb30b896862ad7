"""Who is calling: each request of the phone's API is signed by the phone's key (docs/architecture.md, "Phone API").

A session only bounds how long a captured request could be replayed; it is stateless and belongs to no device.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from flask import g, request
from itsdangerous import BadData, URLSafeSerializer

from webapp.domain.refusals import Refusal
from webapp.domain.signatures import BadSignature, decode_base64url, verify
from webapp.store.database import Database
from webapp.usecases.devices import device_key
from webapp.web.services import services
from webapp.web.slow_bodies import UPLOAD_TYPE, bound_known

SESSION_SECONDS: Final = 86_400
MAX_JSON_BYTES: Final = 16 << 20

EVIDENCE_STATUSES: dict[str, int] = {
    "authorization_missing": 401,
    "authorization_wrong": 401,
    "session_stale": 401,
    "device_revoked": 401,
    "device_unknown": 401,
    "body_hash_wrong": 400,
    "request_malformed": 400,
    "request_too_large": 413,
    "too_many_records": 413,
    "record_unknown": 409,
    "mime_unknown": 415,
    "content_type_wrong": 415,
    "length_required": 411,
    "metadata_wrong": 400,
    "tus_version": 412,
    "tus_header_wrong": 400,
    "checksum_missing": 400,
    "checksum_algorithm": 400,
    "checksum_wrong": 460,
    "offset_wrong": 409,
    "upload_taken_over": 423,  # to a 409 on a HEAD tus-js-client answers with a second upload
    "upload_unknown": 404,
    "upload_complete": 403,
    "upload_empty": 400,
    "upload_too_long": 413,
    "length_changed": 400,
    "body_cut": 400,
    "disk_full": 507,
    "quota_organisation": 507,
    "quota_site": 507,
    "quota_desk": 507,
    "quota_phone_day": 413,
    "quarantine_full": 429,
    "key_known": 409,
}

_HEADER: Final = re.compile(
    r"Dockproof device=([0-9a-f]{32}),session=([A-Za-z0-9._-]{1,400}),body=([0-9a-f]{64}|-),sig=([A-Za-z0-9_-]{86})"
)
_SESSION_SALT: Final = "dockproof-session-1"
# What a browser leaves as it is in a path; PATH_INFO arrives percent-decoded.
_PATH_SAFE: Final = "/:@!$&'()*+,;=-._~"


class StaleSession(Refusal):
    """Carries a fresh session: the phone signs again and goes on."""

    def __init__(self) -> None:
        super().__init__("session_stale")
        self.extra: dict[str, Any] = {"session": new_session(), "server_time_ms": _now_ms()}


def new_session() -> str:
    return _serializer().dumps(_now_ms())


def authenticate(*, revoked_may_send: bool = False) -> None:
    """Sets ``g.device_id``, ``g.device_key`` (SPKI DER) and ``g.body_sha256`` (hex, ``-`` for no body), or refuses.

    A revoked phone is refused, except where ``revoked_may_send``: what it sends there is quarantined.

    A JSON body is read and compared with its signed hash here. An upload's body is not: its view compares while it
    streams.
    """
    match = _HEADER.fullmatch(request.headers.get("Authorization", ""))
    if match is None:
        raise Refusal("authorization_missing")
    device_id, session, body, signature = match.groups()
    key = _key(services().database, device_id, revoked_may_send)
    text = f"dockproof-request-1\n{request.method}\n{path_as_sent()}\n{session}\n{body}\n"
    try:
        verify(key, decode_base64url(signature), text.encode("utf-8"))
    except BadSignature:
        raise Refusal("authorization_wrong") from None
    # After the signature: only a phone that holds an enrolled key is handed a new session.
    if not _fresh(session):
        raise StaleSession
    bound_known()
    # By blueprint too: a replayed request must not smuggle another JSON body in under an upload's content type.
    if not (request.blueprint == "api_files" and request.mimetype == UPLOAD_TYPE):
        _check_body(body)
    g.device_id, g.device_key = device_id, key
    g.body_sha256 = body


def _key(database: Database, device_id: str, revoked_may_send: bool) -> bytes:
    device = device_key(database, device_id)
    if device is None:
        raise Refusal("device_unknown")
    if device.revoked and not revoked_may_send:
        raise Refusal("device_revoked")
    return device.public_key


def path_as_sent() -> str:
    path = quote(request.script_root + request.path, safe=_PATH_SAFE)
    query = request.query_string.decode("latin-1")
    return f"{path}?{query}" if query else path


def _check_body(claimed: str) -> None:
    if (request.content_length or 0) > MAX_JSON_BYTES:
        raise Refusal("request_too_large")
    request.max_content_length = MAX_JSON_BYTES
    data = request.get_data(cache=True)
    actual = hashlib.sha256(data).hexdigest() if data else "-"
    # An empty body may be named either way.
    if not hmac.compare_digest(actual, claimed) and not (
        not data and claimed == hashlib.sha256().hexdigest()
    ):
        raise Refusal("body_hash_wrong")


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(services().secret, salt=_SESSION_SALT)


def _fresh(session: str) -> bool:
    try:
        issued = _serializer().loads(session)
    except BadData:
        return False
    return isinstance(issued, int) and 0 <= _now_ms() - issued < SESSION_SECONDS * 1000


def _now_ms() -> int:
    return _epoch_ms(services().clock.now())


def _epoch_ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)

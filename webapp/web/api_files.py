"""``/api/v1/files``: resumable uploads, tus 1.0 (core, creation, creation-with-upload, creation-defer-length,
checksum, termination, expiration). No concatenation: it would break the hash that is made while writing."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Final

from flask import Blueprint, Response, g, request, url_for
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import uploads
from webapp.usecases.uploads import Body, BodyCut, UploadState
from webapp.web.access import requires
from webapp.web.services import services
from webapp.web.slow_bodies import UPLOAD_TYPE

api = Blueprint("api_files", __name__, url_prefix="/api/v1/files")

TUS_VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,creation-defer-length,checksum,termination,expiration"
_NUMBER: Final = re.compile(r"0|[1-9][0-9]{0,15}")


@api.after_request
def tus_headers(response: Response) -> Response:
    response.headers["Tus-Resumable"] = TUS_VERSION
    response.headers["Cache-Control"] = "no-store"
    offset = g.get("upload_offset")
    if offset is not None:
        response.headers["Upload-Offset"] = str(offset)
    if response.status_code == 412:
        response.headers["Tus-Version"] = TUS_VERSION
    return response


@api.route("", methods=["OPTIONS"], provide_automatic_options=False)
@api.route("/<upload_id>", methods=["OPTIONS"], provide_automatic_options=False)
@requires(Permission.PUBLIC)
def capabilities(upload_id: str | None = None) -> Response:
    response = Response(status=204)
    response.headers["Tus-Version"] = TUS_VERSION
    response.headers["Tus-Extension"] = EXTENSIONS
    response.headers["Tus-Checksum-Algorithm"] = "sha256"
    response.headers["Tus-Max-Size"] = str(services().blobs.room())
    return response


@api.post("")
@requires(Permission.FILES_SEND)
def create() -> Response:
    _check_version()
    length = _announced_length()
    metadata = _metadata(request.headers.get("Upload-Metadata", ""))
    body = _body() if request.mimetype == UPLOAD_TYPE else None
    if body is not None and body.length == length and 0 < body.length <= uploads.AT_ONCE_BYTES:
        return _located(_whole(metadata, body))
    state = uploads.create(
        services().database,
        services().blobs,
        device_id=g.device_id,
        record_id=metadata.get("record", ""),
        mime=metadata.get("mime", ""),
        length=length,
        now=services().clock.now(),
    )
    if body is not None and body.length:
        try:
            state = _append(state.id, 0, None, body)
        except Refusal as refusal:
            # The upload exists: the phone goes on from what was kept instead of making another.
            if refusal.code not in ("body_cut", "checksum_wrong", "disk_full", "upload_taken_over"):
                raise
            state = uploads.head(
                services().database,
                services().blobs,
                device_id=g.device_id,
                upload_id=state.id,
                now=services().clock.now(),
            )
    return _located(state)


def _whole(metadata: Mapping[str, str], body: Body) -> UploadState:
    return uploads.create_whole(
        services().database,
        services().blobs,
        device_id=g.device_id,
        record_id=metadata.get("record", ""),
        mime=metadata.get("mime", ""),
        body=body,
        now=services().clock.now(),
    )


def _located(state: UploadState) -> Response:
    response = _answer(state, 201)
    response.headers["Location"] = url_for("api_files.append", upload_id=state.id)
    return response


@api.route("/<upload_id>", methods=["HEAD"])
@requires(Permission.FILES_SEND)
def head(upload_id: str) -> Response:
    _check_version()
    state = uploads.head(
        services().database,
        services().blobs,
        device_id=g.device_id,
        upload_id=upload_id,
        now=services().clock.now(),
    )
    response = _answer(state, 200)
    if state.length is None:
        response.headers["Upload-Defer-Length"] = "1"
    else:
        response.headers["Upload-Length"] = str(state.length)
    return response


@api.patch("/<upload_id>")
@requires(Permission.FILES_SEND)
def append(upload_id: str) -> Response:
    _check_version()
    if request.mimetype != UPLOAD_TYPE:
        raise Refusal("content_type_wrong")
    offset = _number("Upload-Offset")
    if offset is None:
        raise Refusal("tus_header_wrong", header="Upload-Offset")
    return _answer(_append(upload_id, offset, _number("Upload-Length"), _body()), 204)


@api.delete("/<upload_id>")
@requires(Permission.FILES_SEND)
def terminate(upload_id: str) -> Response:
    _check_version()
    uploads.terminate(
        services().database,
        services().blobs,
        device_id=g.device_id,
        upload_id=upload_id,
        now=services().clock.now(),
    )
    return Response(status=204)


def _append(upload_id: str, offset: int, total: int | None, body: Body) -> UploadState:
    try:
        return uploads.append(
            services().database,
            services().blobs,
            device_id=g.device_id,
            upload_id=upload_id,
            offset=offset,
            total=total,
            body=body,
            now=services().clock.now(),
        )
    except Refusal as refusal:
        g.upload_offset = refusal.vars.get("offset")
        raise


def _answer(state: UploadState, status: int) -> Response:
    response = Response(status=status)
    response.headers["Upload-Offset"] = str(state.offset)
    g.upload_offset = state.offset
    if state.sha256 is None:
        response.headers["Upload-Expires"] = http_date(state.expires_at)
    else:
        response.headers["Dockproof-Sha256"] = f"sha256:{state.sha256}"
    return response


def _check_version() -> None:
    if request.headers.get("Tus-Resumable") != TUS_VERSION:
        raise Refusal("tus_version")


def _number(header: str) -> int | None:
    value = request.headers.get(header)
    if value is None:
        return None
    if not _NUMBER.fullmatch(value):
        raise Refusal("tus_header_wrong", header=header)
    return int(value)


def _announced_length() -> int | None:
    length = _number("Upload-Length")
    deferred = request.headers.get("Upload-Defer-Length")
    if (length is None) == (deferred is None) or deferred not in (None, "1"):
        raise Refusal("tus_header_wrong", header="Upload-Length")
    return length


def _metadata(header: str) -> dict[str, str]:
    """tus: ``key base64,key base64``. Unknown keys are ignored; what does not decode is refused."""
    pairs: dict[str, str] = {}
    for part in header.split(",") if header else []:
        key, _, value = part.strip().partition(" ")
        try:
            decoded = base64.b64decode(value, validate=True).decode("ascii")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise Refusal("metadata_wrong") from None
        if not key or key in pairs:
            raise Refusal("metadata_wrong")
        pairs[key] = decoded
    return pairs


def _body() -> Body:
    """The request's body, still unread. Its checksum must be the one that the phone has signed."""
    length = request.content_length
    if length is None:
        if request.headers.get("Transfer-Encoding"):
            # Without a length a cut body could not be told from a whole one.
            raise Refusal("length_required")
        # No length and no transfer coding is no body (RFC 9112 6.3): a PATCH that only declares the length.
        length = 0
    checksum = _checksum()
    if (checksum.hex() if checksum is not None else "-") != g.body_sha256:
        raise Refusal("checksum_missing" if checksum is None else "body_hash_wrong")
    if checksum is None and length:
        raise Refusal("checksum_missing")
    # The application's limit is for forms; here the disk is the limit. (None would mean the application's.)
    request.max_content_length = length
    stream = request.stream

    def read(size: int) -> bytes:
        try:
            return stream.read(size)
        except (ClientDisconnected, OSError):
            raise BodyCut from None

    return Body(read, length, checksum)


def _checksum() -> bytes | None:
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    algorithm, _, value = header.partition(" ")
    if algorithm != "sha256":
        raise Refusal("checksum_algorithm")
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise Refusal("tus_header_wrong", header="Upload-Checksum") from None
    # Altered trailing bits decode to the same bytes; one digest has one spelling.
    if len(digest) != 32 or base64.b64encode(digest).decode("ascii") != value:
        raise Refusal("tus_header_wrong", header="Upload-Checksum")
    return digest

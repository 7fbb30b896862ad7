"""Serves stored files by hash: a path of ours, a type we decided, never the sender's word."""

from __future__ import annotations

from flask import Response, send_file

from webapp.domain.file_types import INLINE_SAFE, plain
from webapp.domain.refusals import Refusal
from webapp.usecases.pictures import stored_mime
from webapp.web.services import services


def picture_response(sha256: str) -> Response:
    return blob_response(sha256, download_name=None)


def shared_response(sha256: str, download_name: str | None = None) -> Response:
    """For the holder of a link, who asks each time: what a browser kept would outlive the link's end."""
    response = blob_response(sha256, download_name=download_name)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def blob_response(sha256: str, *, download_name: str | None) -> Response:
    """Answers Range requests, so that a film can be sought. ``download_name`` makes it an attachment."""
    mime = stored_mime(services().database, sha256)
    path = services().blobs.path(sha256)
    if mime is None or not path.exists():
        raise Refusal("not_found")
    response = send_file(
        path,
        mimetype=mime,
        as_attachment=download_name is not None or plain(mime) not in INLINE_SAFE,
        download_name=download_name or sha256[:16],
        conditional=True,
        etag=sha256,
        max_age=3600,
    )
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response

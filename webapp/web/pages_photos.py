"""Photos from the table: the small picture for screens, and the original as the phone made it."""

from __future__ import annotations

from flask import Blueprint, Response

from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases.photo_views import PhotoView, photo_view
from webapp.web.access import desk, requires
from webapp.web.pictures import blob_response
from webapp.web.services import services

pages = Blueprint("photos", __name__)


@pages.get("/photos/<photo_id>")
@requires(Permission.EVIDENCE_VIEW)
def small(photo_id: str) -> Response:
    """The small picture. There is none of a HEIC, nor of what is no picture: the original is downloaded."""
    view = _view(photo_id)
    if view.small is None:
        raise Refusal("not_found")
    return blob_response(view.small, download_name=None)


@pages.get("/photos/<photo_id>/original")
@requires(Permission.EVIDENCE_VIEW)
def original(photo_id: str) -> Response:
    """The bytes as the phone made them, for whoever wants to hash them."""
    view = _view(photo_id)
    if view.photo.file_state != "verified":
        raise Refusal("not_found")
    return blob_response(view.photo.file_sha256, download_name=view.file_name)


def _view(photo_id: str) -> PhotoView:
    return photo_view(services().database, organisation_id=desk().organisation_id, photo_id=photo_id)

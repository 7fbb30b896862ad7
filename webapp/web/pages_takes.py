"""A take's film at the desk: the seekable copy, its poster, the original."""

from __future__ import annotations

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import board as reading
from webapp.web.access import desk, requires
from webapp.web.pictures import blob_response
from webapp.web.services import services

pages = Blueprint("takes", __name__)


@pages.get("/takes/<take_id>")
@requires(Permission.EVIDENCE_VIEW)
def show(take_id: str) -> ResponseReturnValue:
    """One take alone, for a phone held upright or a second screen."""
    return render_template("takes/take.html", view=_view(take_id))


@pages.get("/takes/<take_id>/film")
@requires(Permission.EVIDENCE_VIEW)
def film(take_id: str) -> Response:
    """The seekable copy; until it is made, the verified original (which plays, but may not seek); else what is kept of
    it."""
    view = _view(take_id)
    if view.seekable is not None:
        return blob_response(view.seekable.sha256, download_name=None)
    if view.take.file_state == "verified" and view.take.file_sha256 is not None:
        return blob_response(view.take.file_sha256, download_name=None)
    if view.part is not None:
        return blob_response(view.part[0], download_name=None)
    raise Refusal("not_found")


@pages.get("/takes/<take_id>/poster")
@requires(Permission.EVIDENCE_VIEW)
def poster(take_id: str) -> Response:
    view = _view(take_id)
    if view.poster is None:
        raise Refusal("not_found")
    return blob_response(view.poster.sha256, download_name=None)


@pages.get("/takes/<take_id>/original")
@requires(Permission.EVIDENCE_VIEW)
def original(take_id: str) -> Response:
    """The bytes as the phone made them, for whoever wants to hash them."""
    view = _view(take_id)
    if view.take.file_state != "verified" or view.take.file_sha256 is None:
        raise Refusal("not_found")
    ending = "webm" if "webm" in (view.take.mime or "") else "mp4"
    return blob_response(view.take.file_sha256, download_name=f"take-{take_id}.{ending}")


def _view(take_id: str) -> reading.TakeView:
    return reading.take_view(services().database, organisation_id=desk().organisation_id, take_id=take_id)

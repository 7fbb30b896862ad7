"""What the holder of a link reads, without a sign-in: one case on the first screen of a phone.

No cookie is a right here: the token in the path is all.
"""

from __future__ import annotations

from flask import Blueprint, Response, g, render_template, request
from flask.typing import ResponseReturnValue

from webapp.adapters.case_pdf import held_levels
from webapp.adapters.catalogues import LANGUAGES
from webapp.domain.case import Case, CaseExhibit
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import reader_files, shares
from webapp.usecases.shares import Reading
from webapp.web import errors
from webapp.web.access import requires
from webapp.web.pictures import blob_response
from webapp.web.services import services
from webapp.web.words import t

pages = Blueprint("reader", __name__)


@pages.get("/s/<token>")
@requires(Permission.PUBLIC)
def show(token: str) -> ResponseReturnValue:
    """Consumes nothing, and logs that it was opened."""
    g.first_language = "zh_CN"
    try:
        reading = _reading(token, "page")
    except Refusal as refusal:
        return errors.refused_page(
            render_template("reader/closed.html", sentence=errors.sentence(refusal)), refusal
        )
    case = _case(reading)
    shown = reader_files.film_of(services().database, case)
    page = render_template(
        "reader/case.html",
        token=token,
        case=case,
        film=shown,
        still=_still(case, shown),
        asked=_asked(reading, case),
        levels=held_levels(case, t),
        exhibits=_shown(case),
    )
    response = Response(page, mimetype="text/html")
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@pages.get("/s/<token>/film")
@requires(Permission.PUBLIC)
def film(token: str) -> Response:
    """The copy that a phone plays and seeks in; pieces of it are not logged one by one."""
    first = request.headers.get("Range", "bytes=0-").startswith("bytes=0-")
    case = _case(_reading(token, "film" if first else ""))
    shown = reader_files.film_of(services().database, case)
    if shown is None:
        raise Refusal("not_found")
    return blob_response(shown.sha256, download_name=None)


@pages.get("/s/<token>/still")
@requires(Permission.PUBLIC)
def still(token: str) -> Response:
    """The count's result as the film shows it."""
    shown = reader_files.film_of(services().database, _case(_reading(token, "")))
    if shown is None or shown.still is None:
        raise Refusal("not_found")
    return blob_response(shown.still, download_name=None)


@pages.get("/s/<token>/exhibits/<int:number>")
@requires(Permission.PUBLIC)
def exhibit(token: str, number: int) -> Response:
    """The small picture of an exhibit. Papers stay out: chats and payments name persons."""
    case = _case(_reading(token, ""))
    found = next((one for one in _shown(case) if one.number == number), None)
    if found is None or found.shown is None:
        raise Refusal("not_found")
    return blob_response(found.shown, download_name=None)


def _reading(token: str, what: str) -> Reading:
    reading = shares.read(services().database, token, what=what, now=services().clock.now())
    chosen = request.args.get("lang", "")
    g.link_language = chosen if chosen in LANGUAGES else reading.link.language
    return reading


def _case(reading: Reading) -> Case:
    if reading.case is None:
        raise Refusal("share_unknown")
    return reading.case


def _asked(reading: Reading, case: Case) -> int | None:
    """Of the claim that the link is for; else of all that were opened."""
    if reading.link.claim_id is None:
        return case.asked_fen
    return next((one.amount_fen for one in case.claims if one.id == reading.link.claim_id), None)


def _still(case: Case, film: reader_files.Film | None) -> int | None:
    """Number of the exhibit that shows the layout with the label, 0 for the film's own still, None for neither."""
    photo = case.label_still
    if photo is not None and photo.slot == "EV-01p":
        return photo.number
    if film is not None and film.still is not None:
        return 0
    return None if photo is None else photo.number


def _shown(case: Case) -> list[CaseExhibit]:
    """What was captured at the table."""
    return [one for one in case.exhibits if one.source_kind in ("photo", "take")]

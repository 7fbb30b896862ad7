"""What the holder of a link reads, without a sign-in: one case on the first screen of a phone.

No cookie is a right here: the token in the path is all.
"""

from __future__ import annotations

from flask import Blueprint, Response, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.adapters.case_words import held_levels
from webapp.adapters.catalogues import LANGUAGES
from webapp.domain.case import Case, CaseExhibit
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import reader_files, shares
from webapp.usecases.reader_files import Film
from webapp.usecases.shares import Reading
from webapp.web import errors
from webapp.web.access import requires
from webapp.web.pictures import shared_response
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
    claim = next((one for one in case.claims if one.id == reading.link.claim_id), None)
    exhibits = _shown(case)
    films = reader_files.playable(services().database, tuple(one for one in exhibits if one.is_film))
    counted = case.film_of(claim)
    film = films.get(counted.source_id) if counted else None
    page = render_template(
        "reader/case.html",
        token=token,
        case=case,
        figures=case.figures(claim),
        film=film,
        films=films,
        still=_still(token, case, film),
        unbroken_ms=counted.unbroken_ms if counted else None,
        asked=case.asked_fen if reading.link.claim_id is None else claim and claim.amount_fen,
        levels=held_levels(case, t),
        exhibits=exhibits,
    )
    response = Response(page, mimetype="text/html")
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@pages.get("/s/<token>/films/<take_id>")
@requires(Permission.PUBLIC)
def film(token: str, take_id: str) -> Response:
    """The copy that a phone plays and seeks in, piece by piece."""
    return shared_response(reader_files.film(services().database, token, take_id, now=services().clock.now()))


@pages.get("/s/<token>/films/<take_id>/still")
@requires(Permission.PUBLIC)
def still(token: str, take_id: str) -> Response:
    """The count's result as the film shows it."""
    return shared_response(
        reader_files.still(services().database, token, take_id, now=services().clock.now())
    )


@pages.get("/s/<token>/photos/<photo_id>")
@requires(Permission.PUBLIC)
def photo(token: str, photo_id: str) -> Response:
    """Small. Papers have no address here: chats and payments name persons."""
    return shared_response(
        reader_files.photo(services().database, token, photo_id, now=services().clock.now())
    )


def _reading(token: str, what: str) -> Reading:
    reading = shares.read(services().database, token, what=what, now=services().clock.now())
    chosen = request.args.get("lang", "")
    g.link_language = chosen if chosen in LANGUAGES else reading.link.language
    return reading


def _case(reading: Reading) -> Case:
    if reading.case is None:
        raise Refusal("share_unknown")
    return reading.case


def _still(token: str, case: Case, film: Film | None) -> str | None:
    """Address of the layout with the label: the photo of it, else the film's own still, else any photo."""
    photo = case.label_still
    if film is not None and film.still and (photo is None or photo.slot != "EV-01p"):
        return url_for("reader.still", token=token, take_id=film.id)
    return None if photo is None else url_for("reader.photo", token=token, photo_id=photo.source_id)


def _shown(case: Case) -> list[CaseExhibit]:
    """What was captured at the table."""
    return [one for one in case.exhibits if one.source_kind in ("photo", "take")]

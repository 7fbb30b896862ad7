"""Passkeys: sign-in without a login, adding and removing one's own; the browser's part is desk/passkey.js."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, make_response, redirect, request, url_for
from flask import session as form_session
from flask.typing import ResponseReturnValue

from webapp.adapters.secrets import random_bytes
from webapp.domain.browsers import browser_note
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import passkeys
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.cookies import carried_token
from webapp.web.pages_sign_in import safe_next, signed_in
from webapp.web.relying_party import relying_party
from webapp.web.services import services

pages = Blueprint("passkeys", __name__)

_MOST_BYTES = 64 * 1024


@pages.errorhandler(Refusal)
def refused(refusal: Refusal) -> ResponseReturnValue:
    """A script asks here: the sentence alone, for it to show. A form gets the usual page."""
    if not request.accept_mimetypes.accept_html:
        response = jsonify({"problem": errors.sentence(refusal)})
        response.status_code = errors.status_of(refusal)
        errors.add_headers(response, refusal)
        return response
    return errors.refused(refusal)


@pages.post("/sign-in/passkey/options")
@requires(Permission.PUBLIC)
def sign_in_options() -> ResponseReturnValue:
    return _json(passkeys.sign_in_options(relying_party(), challenge=_ask("sign_in")))


@pages.post("/sign-in/passkey")
@requires(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    token = passkeys.sign_in(
        services().database,
        relying_party(),
        asked=_asked("sign_in"),
        answer=_answer(),
        user_agent=request.user_agent.string,
        replaces=carried_token(),
        now=services().clock.now(),
    )
    return signed_in(jsonify({"next": safe_next(request.args.get("next", ""))}), token)


@pages.post("/account/passkeys/options")
@requires(Permission.SIGNED_IN)
def add_options() -> ResponseReturnValue:
    options = passkeys.registration_options(
        services().database,
        relying_party(),
        actor=desk(),
        challenge=_ask(desk().id),
        now=services().clock.now(),
    )
    return _json(options)


@pages.post("/account/passkeys")
@requires(Permission.SIGNED_IN)
def add() -> ResponseReturnValue:
    name = request.args.get("name", "").strip() or browser_note(request.user_agent.string)
    passkeys.register(
        services().database,
        relying_party(),
        actor=desk(),
        asked=_asked(desk().id),
        answer=_answer(),
        name=name,
        now=services().clock.now(),
    )
    return jsonify({"next": url_for("account.show") + "#passkeys"})


@pages.post("/account/passkeys/<credential_id>/remove")
@requires(Permission.SIGNED_IN)
def remove(credential_id: str) -> ResponseReturnValue:
    passkeys.remove(
        services().database, actor=desk(), credential_id=credential_id, now=services().clock.now()
    )
    return redirect(url_for("account.show") + "#passkeys")


def _ask(purpose: str) -> bytes:
    """A fresh challenge, remembered in this browser's signed cookie for one purpose."""
    challenge = random_bytes(32)
    form_session["passkey"] = {
        "for": purpose,
        "challenge": base64.b64encode(challenge).decode("ascii"),
        "at_ms": int(services().clock.now().timestamp() * 1000),
    }
    return challenge


def _asked(purpose: str) -> passkeys.Ceremony:
    kept = form_session.pop("passkey", None)
    if not isinstance(kept, dict) or kept.get("for") != purpose:
        raise Refusal("passkey_refused")
    return passkeys.Ceremony(
        base64.b64decode(kept["challenge"]), datetime.fromtimestamp(kept["at_ms"] / 1000, UTC)
    )


def _answer() -> str:
    if (request.content_length or 0) > _MOST_BYTES:
        raise Refusal("too_large")
    return request.get_data(as_text=True)


def _json(text: str) -> Response:
    response = make_response(text)
    response.mimetype = "application/json"
    return response

"""A person's own page: password, passkeys, and where they are signed in."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import Permission, ordered
from webapp.domain.refusals import Refusal
from webapp.usecases import passkeys, people, sessions
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.pages_sign_in import signed_out
from webapp.web.relying_party import passkey_place, passkeys_possible
from webapp.web.services import services

pages = Blueprint("account", __name__)

_LONGEST = 200


@pages.get("/account")
@requires(Permission.SIGNED_IN)
def show() -> ResponseReturnValue:
    return _page(changed=request.args.get("changed") == "password")


@pages.post("/account/password")
@requires(Permission.SIGNED_IN)
def change_password() -> ResponseReturnValue:
    try:
        people.change_password(
            services().database,
            actor=desk(),
            current=request.form.get("current", "")[:_LONGEST],
            new=request.form.get("password", "")[: _LONGEST + 1],
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return errors.refused_page(_page(problem=errors.sentence(refusal)), refusal)
    return redirect(url_for("account.show", changed="password"))


@pages.post("/account/sessions/<handle>/end")
@requires(Permission.SIGNED_IN)
def end_session(handle: str) -> ResponseReturnValue:
    sessions.end_session(services().database, actor=desk(), handle=handle, now=services().clock.now())
    return signed_out() if handle == desk().session else redirect(url_for("account.show") + "#sessions")


@pages.post("/account/sessions/end-all")
@requires(Permission.SIGNED_IN)
def end_all() -> ResponseReturnValue:
    sessions.end_own_sessions(services().database, actor=desk(), now=services().clock.now())
    return signed_out()


def _page(problem: str = "", changed: bool = False) -> str:
    now = services().clock.now()
    return render_template(
        "people/account.html",
        me=desk(),
        roles=ordered(desk().roles),
        passkeys=passkeys.passkeys(services().database, actor=desk()),
        passkeys_possible=passkeys_possible(),
        passkey_place=passkey_place(url_for("account.show")),
        sessions=sessions.sessions_of(services().database, actor=desk(), now=now),
        problem=problem,
        changed=changed,
    )

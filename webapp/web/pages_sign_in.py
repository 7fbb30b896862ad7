"""Sign-in at the desk: the printed link, password, sign-out, language."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length

from webapp.adapters.catalogues import LANGUAGES
from webapp.domain.people import DESK_SESSION_LIFE
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import people
from webapp.web import errors
from webapp.web.access import SESSION_COOKIE, requires
from webapp.web.services import services
from webapp.web.words import LANGUAGE_COOKIE, language

pages = Blueprint("sign_in", __name__)


class SignInForm(FlaskForm):  # type: ignore[misc]
    login = StringField(validators=[DataRequired(), Length(max=200)])
    password = PasswordField(validators=[DataRequired(), Length(max=200)])


class OwnerForm(FlaskForm):  # type: ignore[misc]
    organisation = StringField(validators=[DataRequired(), Length(max=200)])
    customer_code = StringField(validators=[DataRequired(), Length(max=40)])
    name = StringField(validators=[DataRequired(), Length(max=200)])
    login = StringField(validators=[DataRequired(), Length(max=200)])
    password = PasswordField(validators=[DataRequired(), Length(max=200)])


@pages.get("/sign-in")
@requires(Permission.PUBLIC)
def form() -> ResponseReturnValue:
    return render_template("people/sign_in.html", form=SignInForm(), problem=None)


@pages.post("/sign-in")
@requires(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    given = SignInForm()
    if not given.validate():
        return _again(given, Refusal("sign_in_incomplete"))
    try:
        token = people.sign_in(
            services().database,
            login=given.login.data,
            password=given.password.data,
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _again(given, refusal)
    return _signed_in(token, _safe_next(request.args.get("next", "")))


@pages.get("/welcome/<token>")
@requires(Permission.PUBLIC)
def welcome(token: str) -> ResponseReturnValue:
    purpose = people.link_purpose(services().database, token, now=services().clock.now())
    return render_template("people/welcome.html", form=OwnerForm(), purpose=purpose, problem=None)


@pages.post("/welcome/<token>")
@requires(Permission.PUBLIC)
def enter(token: str) -> ResponseReturnValue:
    now = services().clock.now()
    if people.link_purpose(services().database, token, now=now) == "demo":
        return _signed_in(people.sign_in_demo(services().database, token, now=now), url_for("orders.board"))
    given = OwnerForm()
    try:
        if not given.validate():
            raise Refusal("owner_incomplete")
        session = people.become_first_owner(
            services().database,
            token,
            organisation=given.organisation.data.strip(),
            customer_code=given.customer_code.data.strip(),
            name=given.name.data.strip(),
            login=given.login.data.strip(),
            password=given.password.data,
            language=language(),
            now=now,
        )
    except Refusal as refusal:
        page = render_template(
            "people/welcome.html", form=given, purpose="first_owner", problem=errors.sentence(refusal)
        )
        return page, errors.status_of(refusal)
    return _signed_in(session, url_for("orders.board"))


@pages.post("/sign-out")
@requires(Permission.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    people.sign_out(services().database, request.cookies[SESSION_COOKIE], now=services().clock.now())
    response = redirect(url_for("sign_in.form"))
    response.delete_cookie(SESSION_COOKIE)
    return response


@pages.post("/language")
@requires(Permission.PUBLIC)
def choose_language() -> ResponseReturnValue:
    response = redirect(_safe_next(request.form.get("next", "")))
    wanted = request.form.get("language", "")
    if wanted in LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, wanted, max_age=365 * 86400, samesite="Lax")
    return response


def _again(form: SignInForm, refusal: Refusal) -> ResponseReturnValue:
    page = render_template("people/sign_in.html", form=form, problem=errors.sentence(refusal))
    return page, errors.status_of(refusal)


def _signed_in(token: str, target: str) -> Response:
    response = redirect(target)
    response.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=int(DESK_SESSION_LIFE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=(services().settings.public_url or "").startswith("https://"),
    )
    return response


def _safe_next(target: str) -> str:
    """Only a path of our own: an open redirect would lend our name to a stranger's page."""
    parts = urlsplit(target)
    own = (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not parts.scheme
        and not parts.netloc
    )
    return target if own and "\\" not in target and "\n" not in target else url_for("orders.board")

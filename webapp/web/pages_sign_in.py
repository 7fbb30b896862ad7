"""Doors of the desk: the printed link, password, one-time links, sign-out, language."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as form_session
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired, Length

from webapp.adapters.catalogues import LANGUAGES
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import invitations, people, sessions
from webapp.web import errors
from webapp.web.access import home, principal, requires
from webapp.web.cookies import carried_token, drop_token, keep_language, keep_token
from webapp.web.services import services
from webapp.web.words import language

pages = Blueprint("sign_in", __name__)


class SignInForm(FlaskForm):  # type: ignore[misc]
    login = StringField(validators=[DataRequired(), Length(max=200)])
    password = PasswordField(validators=[DataRequired(), Length(max=200)])


class PersonForm(FlaskForm):  # type: ignore[misc]
    name = StringField(validators=[DataRequired(), Length(max=200)])
    login = StringField(validators=[DataRequired(), Length(max=200)])
    password = PasswordField(validators=[DataRequired(), Length(max=200)])


class OwnerForm(PersonForm):
    organisation = StringField(validators=[DataRequired(), Length(max=200)])
    customer_code = StringField(validators=[DataRequired(), Length(max=40)])


class PasswordForm(FlaskForm):  # type: ignore[misc]
    password = PasswordField(validators=[DataRequired(), Length(max=200)])


@pages.get("/sign-in")
@requires(Permission.PUBLIC)
def form() -> ResponseReturnValue:
    return render_template("people/sign_in.html", form=SignInForm(), problem=None, next=_next())


@pages.post("/sign-in")
@requires(Permission.PUBLIC)
def sign_in() -> ResponseReturnValue:
    given = SignInForm()
    try:
        if not given.validate():
            raise Refusal("sign_in_incomplete")
        token = people.sign_in(
            services().database,
            login=given.login.data,
            password=given.password.data,
            user_agent=request.user_agent.string,
            replaces=carried_token(),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        page = render_template(
            "people/sign_in.html", form=given, problem=errors.sentence(refusal), next=_next()
        )
        return errors.refused_page(page, refusal)
    return signed_in(redirect(safe_next(_next())), token)


@pages.get("/welcome/<token>")
@requires(Permission.PUBLIC)
def welcome(token: str) -> ResponseReturnValue:
    purpose = people.link_purpose(services().database, token, now=services().clock.now())
    return render_template("people/welcome.html", form=OwnerForm(), purpose=purpose, problem=None)


@pages.post("/welcome/<token>")
@requires(Permission.PUBLIC)
def enter(token: str) -> ResponseReturnValue:
    now, agent = services().clock.now(), request.user_agent.string
    database = services().database
    if people.link_purpose(database, token, now=now) == "demo":
        session = people.sign_in_demo(
            database, token, language=language(), user_agent=agent, replaces=carried_token(), now=now
        )
        return signed_in(redirect(url_for("orders.board")), session)
    given = OwnerForm()
    try:
        if not given.validate():
            raise Refusal("owner_incomplete")
        session = people.become_first_owner(
            database,
            token,
            organisation=given.organisation.data.strip(),
            customer_code=given.customer_code.data.strip(),
            name=given.name.data,
            login=given.login.data,
            password=given.password.data,
            language=language(),
            user_agent=agent,
            now=now,
        )
    except Refusal as refusal:
        page = render_template(
            "people/welcome.html", form=given, purpose="first_owner", problem=errors.sentence(refusal)
        )
        return errors.refused_page(page, refusal)
    return signed_in(redirect(url_for("orders.board")), session)


@pages.get("/invitation/<token>")
@requires(Permission.PUBLIC)
def invitation(token: str) -> ResponseReturnValue:
    """Says what the link does; it is used up by the form's POST only."""
    link = invitations.link(services().database, token, now=services().clock.now())
    return render_template("people/invitation.html", form=PersonForm(), link=link, problem=None)


@pages.post("/invitation/<token>")
@requires(Permission.PUBLIC)
def accept(token: str) -> ResponseReturnValue:
    now, database = services().clock.now(), services().database
    link = invitations.link(database, token, now=now)
    given = PersonForm() if link.purpose == "join" else PasswordForm()
    here = {"user_agent": request.user_agent.string, "replaces": carried_token()}
    try:
        if not given.validate():
            raise Refusal("invitation_incomplete")
        if link.purpose == "join":
            session = invitations.accept(
                database,
                token,
                name=given.name.data,
                login=given.login.data,
                password=given.password.data,
                language=language(),
                now=now,
                **here,
            )
        else:
            session = invitations.set_password(database, token, password=given.password.data, now=now, **here)
    except Refusal as refusal:
        page = render_template(
            "people/invitation.html", form=given, link=link, problem=errors.sentence(refusal)
        )
        return errors.refused_page(page, refusal)
    return signed_in(redirect(url_for("account.show")), session)


@pages.post("/sign-out")
@requires(Permission.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    sessions.sign_out(services().database, carried_token(), now=services().clock.now())
    return signed_out()


@pages.post("/language")
@requires(Permission.PUBLIC)
def choose_language() -> ResponseReturnValue:
    """Kept in this browser, and with the person who is signed in."""
    response = redirect(safe_next(request.form.get("next", "")))
    wanted = request.form.get("language", "")
    if wanted in LANGUAGES:
        keep_language(response, wanted)
        person = principal().user
        if person is not None:
            people.choose_language(services().database, actor=person, language=wanted)
    return response


def signed_in(response: Response, token: str) -> Response:
    """The new session's cookie; what this browser's forms carried before the sign-in is void."""
    form_session.clear()
    keep_token(response, token)
    return response


def signed_out() -> Response:
    form_session.clear()
    response = redirect(url_for("sign_in.form"))
    drop_token(response)
    return response


def safe_next(target: str) -> str:
    """Only a path of our own: an open redirect would lend our name to a stranger's page."""
    parts = urlsplit(target)
    own = (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not parts.scheme
        and not parts.netloc
    )
    # Browsers drop control characters inside an address: `/\t/evil` would become `//evil`.
    return target if own and "\\" not in target and target.isprintable() else url_for("sign_in.begin")


@pages.get("/begin")
@requires(Permission.SIGNED_IN)
def begin() -> ResponseReturnValue:
    """Where a person's roles begin."""
    return redirect(home())


def _next() -> str:
    return request.args.get("next", "")

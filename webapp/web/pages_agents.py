"""Buying agents: whose accounts are whose and their links at the desk; and the page behind an agent's standing link."""

from __future__ import annotations

from flask import Blueprint, Response, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.adapters.catalogues import LANGUAGES
from webapp.domain.case import CaseClaim
from webapp.domain.claim_recipes import REASON_ZH
from webapp.domain.claim_states import SOLUTIONS
from webapp.domain.permissions import Permission
from webapp.domain.refusals import Refusal
from webapp.usecases import agent_cases, agents
from webapp.usecases.agent_cases import AgentCase
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.form_fields import typed_fen, typed_instant, upload_of
from webapp.web.pages_orders import public_url
from webapp.web.pictures import shared_response
from webapp.web.services import services

pages = Blueprint("agents", __name__)
open_pages = Blueprint("agent_door", __name__)
"""Takes no cookie as a right: the token in the path is all, so these forms carry no CSRF token."""


@pages.get("/agents")
@requires(Permission.SHARES_MANAGE)
def show() -> ResponseReturnValue:
    return _page()


@pages.post("/agents")
@requires(Permission.SHARES_MANAGE)
def add() -> ResponseReturnValue:
    try:
        agents.add(
            services().database,
            actor=desk(),
            name=request.form.get("name", ""),
            contact=request.form.get("contact", ""),
            language=request.form.get("language", "zh_CN"),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return _page(refusal=refusal)
    return redirect(url_for("agents.show"))


@pages.post("/agents/<agent_id>/link")
@requires(Permission.SHARES_MANAGE)
def new_link(agent_id: str) -> ResponseReturnValue:
    """Shows the link once; the one before opens nothing any more."""
    token = agents.new_link(services().database, actor=desk(), agent_id=agent_id, now=services().clock.now())
    return _page(link=f"{public_url()}/a/{token}", of=agent_id)


@pages.post("/agents/<agent_id>/end")
@requires(Permission.SHARES_MANAGE)
def end(agent_id: str) -> ResponseReturnValue:
    agents.end(services().database, actor=desk(), agent_id=agent_id, now=services().clock.now())
    return redirect(url_for("agents.show"))


@pages.post("/agents/accounts/<account_id>")
@requires(Permission.SHARES_MANAGE)
def assign(account_id: str) -> ResponseReturnValue:
    agents.assign(
        services().database,
        actor=desk(),
        account_id=account_id,
        agent_id=request.form.get("agent") or None,
        now=services().clock.now(),
    )
    return redirect(url_for("agents.show"))


@open_pages.get("/a/<token>")
@requires(Permission.PUBLIC)
def cases(token: str) -> ResponseReturnValue:
    _greet()
    try:
        board = agent_cases.board(services().database, token, now=services().clock.now())
    except Refusal as refusal:
        return _closed(refusal)
    _speak(board.link.language)
    return _plain(
        render_template(
            "agents/cases.html", board=board, token=token, lang=_chosen(), now=services().clock.now()
        )
    )


@open_pages.get("/a/<token>/<int:number>")
@requires(Permission.PUBLIC)
def case(token: str, number: int) -> ResponseReturnValue:
    _greet()
    try:
        return _case_page(token, number)
    except Refusal as refusal:
        return _closed(refusal)


@open_pages.get("/a/<token>/<int:number>/voucher/<int:file>.jpg")
@requires(Permission.PUBLIC)
def voucher_file(token: str, number: int, file: int) -> Response:
    now = services().clock.now()
    order_no, sha256 = agent_cases.picture(services().database, token, number=number, no=file, now=now)
    return shared_response(sha256, f"{order_no}-{file}.jpg" if "download" in request.args else None)


@open_pages.get("/a/<token>/<int:number>/films/<take_id>.mp4")
@requires(Permission.PUBLIC)
def film(token: str, number: int, take_id: str) -> Response:
    now = services().clock.now()
    order_no, sha256 = agent_cases.film(services().database, token, number=number, take_id=take_id, now=now)
    return shared_response(sha256, f"{order_no}.mp4" if "download" in request.args else None)


@open_pages.post("/a/<token>/<int:number>/video")
@requires(Permission.PUBLIC)
def ask_video(token: str, number: int) -> ResponseReturnValue:
    agent_cases.ask_video(services().database, token, number=number, now=services().clock.now())
    return redirect(url_for("agent_door.case", token=token, number=number, lang=_chosen()) + "#video", 303)


@open_pages.post("/a/<token>/<int:number>/said")
@requires(Permission.PUBLIC)
def say(token: str, number: int) -> ResponseReturnValue:
    _greet()
    step = request.form.get("step", "")
    try:
        agent_cases.say(
            services().database,
            services().blobs,
            token,
            number=number,
            step=step,
            at=typed_instant("at"),
            said=_said(),
            upload=upload_of("proof"),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        try:
            return errors.refused_page(_case_text(token, number, refusal), refusal)
        except Refusal as closed:
            return _closed(closed)
    return redirect(url_for("agent_door.case", token=token, number=number, done=step, lang=_chosen()), 303)


def _said() -> dict[str, str]:
    said = {key: request.form.get(key, "").strip() for key in ("external_id", "reason", "solution")}
    fen = typed_fen(request.form.get("amount", ""), refusal="claim_amount_missing")
    return said if fen is None else said | {"amount_fen": str(fen)}


def _shown(token: str, number: int, *, look: bool) -> AgentCase:
    return agent_cases.case(
        services().database,
        services().settings.home,
        token,
        number=number,
        look=look,
        now=services().clock.now(),
    )


def _case_page(token: str, number: int) -> Response:
    return _plain(_case_text(token, number))


def _case_text(token: str, number: int, refusal: Refusal | None = None) -> str:
    shown = _shown(token, number, look=refusal is None)
    _speak(shown.link.language)
    return render_template(
        "agents/case.html",
        shown=shown,
        token=token,
        lang=_chosen(),
        problem="" if refusal is None else errors.sentence(refusal),  # only now in the link's language
        reason_zh=_reason_zh,
        solutions=SOLUTIONS,
        done=request.args.get("done", ""),
        now=services().clock.now(),
    )


def _reason_zh(claim: CaseClaim) -> str:
    """As the platform's form has it, which is Chinese whatever the agent reads; an unknown code as it stands."""
    return REASON_ZH.get(claim.reason_code or "", claim.reason_code or "")


def _chosen() -> str | None:
    """The language that the reader chose at the foot of a page; links and forms carry it on."""
    chosen = request.args.get("lang", "")
    return chosen if chosen in LANGUAGES else None


def _speak(preferred: str) -> None:
    g.link_language = _chosen() or preferred


def _greet() -> None:
    """Before the link is read: Chinese first, unless the reader chose."""
    g.first_language = "zh_CN"
    if _chosen():
        g.link_language = _chosen()


def _plain(page: str) -> Response:
    response = Response(page, mimetype="text/html")
    response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _closed(refusal: Refusal) -> ResponseReturnValue:
    page = render_template("reader/closed.html", sentence=errors.sentence(refusal))
    return errors.refused_page(page, refusal)


def _page(*, link: str = "", of: str = "", refusal: Refusal | None = None) -> ResponseReturnValue:
    now = services().clock.now()
    page = render_template(
        "agents/agents.html",
        agents=agents.agents(services().database, organisation_id=desk().organisation_id, now=now),
        link=link,
        of=of,
        problem=None if refusal is None else errors.sentence(refusal),
        now=now,
    )
    return page, 200 if refusal is None else errors.status_of(refusal)

"""The organisation's desk people: invitations by link, roles, new passwords by link, leaving."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.domain.permissions import INVITABLE_ROLES, Permission, ordered
from webapp.domain.refusals import Refusal
from webapp.usecases import invitations, team
from webapp.web import errors
from webapp.web.access import desk, requires
from webapp.web.pages_orders import public_url
from webapp.web.services import services

pages = Blueprint("team", __name__)


@pages.get("/team")
@requires(Permission.TEAM_MANAGE)
def show() -> ResponseReturnValue:
    return _page()


@pages.post("/team/invitations")
@requires(Permission.TEAM_MANAGE)
def invite() -> ResponseReturnValue:
    """Shows the link once; only its hash is kept."""
    name, roles = request.form.get("name", "")[:100], request.form.getlist("role")
    try:
        token = invitations.invite(
            services().database,
            actor=desk(),
            name=name,
            roles=roles,
            now=services().clock.now(),
        )
    except Refusal as refusal:
        page = _page(problem=errors.sentence(refusal), typed={"name": name, "roles": roles})
        return errors.refused_page(page, refusal)
    return _page(link=_link(token), link_for=name, link_kind="join")


@pages.post("/team/invitations/<handle>/revoke")
@requires(Permission.TEAM_MANAGE)
def revoke(handle: str) -> ResponseReturnValue:
    invitations.revoke(services().database, actor=desk(), handle=handle, now=services().clock.now())
    return redirect(url_for("team.show") + "#links")


@pages.post("/team/<user_id>/roles")
@requires(Permission.TEAM_MANAGE)
def set_roles(user_id: str) -> ResponseReturnValue:
    try:
        team.set_roles(
            services().database,
            actor=desk(),
            user_id=user_id,
            roles=request.form.getlist("role"),
            now=services().clock.now(),
        )
    except Refusal as refusal:
        return errors.refused_page(_page(problem=errors.sentence(refusal)), refusal)
    return redirect(url_for("team.show"))


@pages.post("/team/<user_id>/reset-link")
@requires(Permission.TEAM_MANAGE)
def reset_link(user_id: str) -> ResponseReturnValue:
    token = team.reset_link(services().database, actor=desk(), user_id=user_id, now=services().clock.now())
    names = {one.id: one.name for one in team.members(services().database, actor=desk())}
    return _page(link=_link(token), link_for=names.get(user_id, ""), link_kind="reset")


@pages.post("/team/<user_id>/sign-out")
@requires(Permission.TEAM_MANAGE)
def sign_out(user_id: str) -> ResponseReturnValue:
    team.sign_out_everywhere(services().database, actor=desk(), user_id=user_id, now=services().clock.now())
    return redirect(url_for("team.show"))


@pages.post("/team/<user_id>/leave")
@requires(Permission.TEAM_MANAGE)
def leave(user_id: str) -> ResponseReturnValue:
    try:
        team.leave(services().database, actor=desk(), user_id=user_id, now=services().clock.now())
    except Refusal as refusal:
        if refusal.code != "last_owner":
            raise
        return errors.refused_page(_page(problem=errors.sentence(refusal)), refusal)
    return redirect(url_for("team.show"))


def _link(token: str) -> str:
    return f"{public_url()}{url_for('sign_in.invitation', token=token)}"


def _page(**shown: object) -> str:
    now = services().clock.now()
    return render_template(
        "people/team.html",
        members=team.members(services().database, actor=desk()),
        links=invitations.open_links(services().database, actor=desk(), now=now),
        grantable=ordered(INVITABLE_ROLES),
        **shown,
    )

"""Deny by default: a view without a declared permission is never called."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.permissions import DESK_ROLES, Permission, Role, may
from webapp.domain.refusals import Refusal
from webapp.usecases import people
from webapp.web.device_auth import authenticate
from webapp.web.services import services

SESSION_COOKIE = "dockproof_session"
View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True)
class Principal:
    role: Role
    user: people.Desk | None = None


def requires(permission: Permission | str) -> Callable[[View], View]:
    """Declares what a view needs; ``check_access`` enforces it before the view runs."""

    def declare(view: View) -> View:
        view.permission = Permission(permission)  # type: ignore[attr-defined]
        return view

    return declare


def declared_permission(endpoint: str | None) -> Permission | None:
    view = current_app.view_functions.get(endpoint or "")
    return cast("Permission | None", getattr(view, "permission", None))


def principal() -> Principal:
    return cast(Principal, g.principal)


def desk() -> people.Desk:
    """The signed-in person; only for views whose permission is a desk role's."""
    user = principal().user
    if user is None:
        raise Refusal("sign_in_needed")
    return user


def install(app: Flask) -> None:
    app.before_request(check_access)


def check_access() -> Response | None:
    g.principal = Principal(Role.ANONYMOUS)
    if request.endpoint is None:
        return None  # 404 or 405: the router answers
    permission = declared_permission(request.endpoint)
    if permission is None:
        raise Refusal("not_allowed")
    if request.path.startswith("/api/"):
        if permission is not Permission.PUBLIC:
            authenticate()
            g.principal = Principal(Role.DEVICE)
    else:
        g.principal = _desk_principal()
    if may(principal().role, permission):
        return None
    if principal().role is Role.ANONYMOUS and not request.path.startswith("/api/"):
        return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")))
    raise Refusal("not_allowed")


def _desk_principal() -> Principal:
    token = request.cookies.get(SESSION_COOKIE, "")
    if not token:
        return Principal(Role.ANONYMOUS)
    user = people.session_user(services().database, token, now=services().clock.now())
    if user is None or user.role not in DESK_ROLES:
        return Principal(Role.ANONYMOUS)
    return Principal(user.role, user)

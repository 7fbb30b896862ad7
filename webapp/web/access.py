"""Deny by default: a view without a declared permission is never called."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar, cast

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from webapp.domain.permissions import Permission, Role, may
from webapp.domain.refusals import Refusal
from webapp.usecases import people, sessions
from webapp.web import limits
from webapp.web.cookies import carried_token
from webapp.web.device_auth import authenticate
from webapp.web.insecure import refuse_desk
from webapp.web.services import services
from webapp.web.slow_bodies import bound_known, bound_stranger

View = TypeVar("View", bound=Callable[..., object])

_ANONYMOUS: Final = frozenset({Role.ANONYMOUS})
_DEVICE: Final = frozenset({Role.DEVICE})
# A name or an address, and a port: what else a Host header may hold has no business in a link of ours.
_HOST: Final = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")


@dataclass(frozen=True)
class Principal:
    roles: frozenset[Role]
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


def can(permission: str) -> bool:
    """For templates: whether to offer what the server would allow."""
    found: Principal | None = g.get("principal")
    return found is not None and may(found.roles, Permission(permission))


def home() -> str:
    """Where a person begins: the first page that the roles open."""
    if can(Permission.ORDERS_READ):
        return url_for("orders.board")
    if can(Permission.PEOPLE_MANAGE):
        return url_for("people.show")
    return url_for("account.show") if can(Permission.SIGNED_IN) else url_for("sign_in.form")


def install(app: Flask) -> None:
    app.before_request(check_access)


def check_access() -> Response | None:
    g.principal = Principal(_ANONYMOUS)
    if not _HOST.fullmatch(request.headers.get("Host", "localhost")):
        raise Refusal("bad_request")
    if request.endpoint is None:
        return None  # 404 or 405: the router answers
    permission = declared_permission(request.endpoint)
    if permission is None:
        raise Refusal("not_allowed")
    bound_stranger(permission)
    if request.path.startswith("/api/"):
        if permission is not Permission.PUBLIC:
            authenticate(revoked_may_send=permission is Permission.RECORDS_SEND)
            g.principal = Principal(_DEVICE)
    else:
        g.principal = _desk_principal()
    if (refused := refuse_desk(permission)) is not None:
        return refused
    if may(principal().roles, permission):
        limits.check()
        if principal().user is not None:
            bound_known()
        return None
    if principal().user is None and not request.path.startswith("/api/"):
        return redirect(url_for("sign_in.form", next=request.full_path.rstrip("?")))
    raise Refusal("not_allowed")


def _desk_principal() -> Principal:
    token = carried_token()
    if not token:
        return Principal(_ANONYMOUS)
    user = sessions.session_user(services().database, token, now=services().clock.now())
    if user is None or not user.roles:
        return Principal(_ANONYMOUS)
    return Principal(user.roles, user)

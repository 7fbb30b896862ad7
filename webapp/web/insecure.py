"""Plain HTTP outside this machine: the desk's doors stay shut, since anybody in the network could read along."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from webapp.domain.permissions import Permission
from webapp.web.request_log import note_code
from webapp.web.services import services

_DOORS: Final = frozenset({"sign_in", "passkeys"})
_OPEN: Final = frozenset({"sign_in.choose_language"})


def refuse_desk(permission: Permission) -> Response | None:
    """A page that says why and what to do, for whatever belongs to the desk; None where it may go on."""
    if request.is_secure or request.path.startswith("/api/") or is_this_machine(request.host):
        return None
    door = request.blueprint in _DOORS and request.endpoint not in _OPEN
    if permission is Permission.PUBLIC and not door:
        return None
    note_code("insecure")
    public = services().settings.public_url or ""
    page = render_template("lan/insecure.html", secure=public if public.startswith("https://") else "")
    return make_response(page, 403)


def is_this_machine(host: str) -> bool:
    """``localhost`` and loopback addresses, with or without a port: what browsers take for secure themselves."""
    name = urlsplit(f"//{host}").hostname or ""
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False

"""For which host name passkeys are made. An authenticator binds a key to it for good."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import request

from webapp.domain.refusals import Refusal
from webapp.usecases.passkeys import RelyingParty
from webapp.web.insecure import is_this_machine
from webapp.web.services import services

_DEFAULT_PORTS = {"http": 80, "https": 443}


def relying_party() -> RelyingParty:
    """The public host name, or ``localhost`` where the request came there.

    Raises ``passkeys_need_host``: browsers make no passkey for an address, nor over plain HTTP elsewhere.
    """
    here = urlsplit(request.host_url)
    if (here.hostname or "") == "localhost":
        return RelyingParty("localhost", _origin(here.scheme, "localhost", here.port))
    public = urlsplit(services().settings.public_url or "")
    host = public.hostname or ""
    if host and (public.scheme == "https" or host == "localhost") and not _is_address(host):
        return RelyingParty(host, _origin(public.scheme, host, public.port))
    raise Refusal("passkeys_need_host")


def passkeys_possible() -> bool:
    try:
        relying_party()
    except Refusal:
        return False
    return True


def passkey_place(path: str) -> str | None:
    """Where this page can make passkeys, when it cannot here: the same server under a name. None: nowhere yet."""
    here = urlsplit(request.host_url)
    if is_this_machine(request.host):
        return _origin(here.scheme, "localhost", here.port) + path
    public = urlsplit(services().settings.public_url or "")
    if public.scheme == "https" and not _is_address(public.hostname or ""):
        return _origin(public.scheme, public.hostname or "", public.port) + path
    return None


def _origin(scheme: str, host: str, port: int | None) -> str:
    """As a browser writes it: the scheme's own port is left out."""
    return f"{scheme}://{host}" if port in (None, _DEFAULT_PORTS.get(scheme)) else f"{scheme}://{host}:{port}"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

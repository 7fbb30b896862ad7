"""For which host name passkeys are made. An authenticator binds a key to it for good."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import request

from webapp.domain.refusals import Refusal
from webapp.usecases.passkeys import RelyingParty
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


def _origin(scheme: str, host: str, port: int | None) -> str:
    """As a browser writes it: the scheme's own port is left out."""
    return f"{scheme}://{host}" if port in (None, _DEFAULT_PORTS.get(scheme)) else f"{scheme}://{host}:{port}"


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True

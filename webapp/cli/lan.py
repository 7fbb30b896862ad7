"""What ``serve --lan`` prepares: names, addresses, certificate, and whether phones would lose what they hold."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Address
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

import qrcode

from webapp.adapters.lan_addresses import own_addresses, resolves_here
from webapp.adapters.lan_authority import (
    LanCertificate,
    LanTrouble,
    is_private,
    lan_certificate,
    parse_host,
)
from webapp.adapters.origin_note import is_noted, note_origins, noted_origins

_LOOPBACK = IPv4Address("127.0.0.1")


@dataclass(frozen=True)
class Lan:
    """``origin`` is the one that phones should use; ``hosts`` are all that the certificate vouches for."""

    certificate: LanCertificate
    hosts: tuple[str, ...]
    address: str
    origin: str
    notices: tuple[str, ...]


def prepare(home: Path, *, name: str | None, host: str, port: int, now: datetime) -> Lan:
    """Raises ``LanTrouble``."""
    wanted = None if name is None else parse_host(name)
    bound = bound_address(host)
    own = own_addresses() if bound is None else [bound]
    private = [address for address in own if is_private(address)]
    if isinstance(wanted, IPv4Address):
        if wanted not in (*private, _LOOPBACK):
            raise LanTrouble(f"{wanted} is not a private address of this machine.")
        private = [wanted, *(address for address in private if address != wanted)]
    names = [*([wanted] if isinstance(wanted, str) else []), "localhost", *_own_name()]
    addresses = list(dict.fromkeys([*private, _LOOPBACK]))
    certificate = lan_certificate(home, names=names, addresses=addresses, now=now)
    first = str(addresses[0])
    chosen = wanted if isinstance(wanted, str) else first
    return Lan(
        certificate,
        (*names, *(str(address) for address in addresses)),
        first,
        f"https://{chosen}:{port}" if port != 443 else f"https://{chosen}",
        tuple(_notices(wanted, private, certificate, now)),
    )


def bound_address(host: str) -> IPv4Address | None:
    """None for all of them. Raises ``LanTrouble``."""
    bound = parse_host(host)
    if not isinstance(bound, IPv4Address):
        raise LanTrouble("--host takes an address of this machine; a name goes with --name.")
    return None if bound.is_unspecified else bound


def _own_name() -> list[str]:
    """The host name under which multicast DNS announces this machine, where it does."""
    short = socket.gethostname().split(".")[0].lower()
    try:
        return [str(parse_host(f"{short}.local"))]
    except LanTrouble:
        return []


def _notices(
    wanted: str | IPv4Address | None, private: list[IPv4Address], certificate: LanCertificate, now: datetime
) -> Iterable[str]:
    if not private:
        yield "This machine has no private network address: phones cannot reach it yet."
    if isinstance(wanted, str) and not resolves_here(wanted):
        yield (
            f"The name {wanted} does not lead to this machine yet: enter it in the router's DNS, or let this machine "
            "announce it (avahi). docs/lan.md says how."
        )
    if not isinstance(wanted, str):
        yield (
            "An address can change, and what phones hold belongs to the address: give this machine a fixed one, "
            "or better a name with --name."
        )
    if (certificate.authority_until - now).days < 397:
        yield f"The authority runs out on {certificate.authority_until:%Y-%m-%d}; docs/lan.md says what to do."


def check_origin(home: Path, origin: str, *, served: Iterable[str], accept: bool, err: TextIO) -> bool:
    """Notes the origin. False when phones would be cut off from what they hold and nobody has agreed to it.

    ``served``: other origins under which this server answers as well.
    """
    if not is_noted(origin):
        return True
    known, reached = noted_origins(home), set(served)
    earlier = [one for one in known if one != origin]
    lost = [one for one in earlier if one not in reached]
    for one in earlier:
        print(_stranded(one, origin, still_served=one in reached), file=err)
    if lost and not accept:
        print(
            f"dockproof: serve at {lost[-1]} again, or let every phone upload what it holds first and then add "
            "--accept-new-address.",
            file=err,
        )
        return False
    note_origins(home, [*(one for one in earlier if one in reached), origin])
    return True


def _stranded(old: str, new: str, *, still_served: bool) -> str:
    words = (
        f"dockproof: phones used {old} so far; now it is {new}. What a phone holds (its key, films not yet uploaded) "
        "belongs to the address in its browser and does not move along."
    )
    if still_served:
        return f"{words} {old} still works here: keep to it until everything is uploaded, then enrol the phones anew."
    return f"{words} {old} no longer leads here, so those phones can neither upload nor sign."


def other_origins(lan: Lan) -> list[str]:
    port = urlsplit(lan.origin).port
    return [f"https://{host}:{port}" if port is not None else f"https://{host}" for host in lan.hosts]


def print_qr(text: str, out: TextIO) -> None:
    code = qrcode.QRCode(border=2)
    code.add_data(text)
    code.print_ascii(out=out, invert=True)

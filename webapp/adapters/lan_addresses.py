"""This machine's own addresses on its networks; nothing is sent."""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from ipaddress import IPv4Address

try:
    import fcntl
except ImportError:  # Windows has no ioctl: names and routes must do
    fcntl = None  # type: ignore[assignment]

_SIOCGIFADDR = 0x8915
_LOOPBACK = IPv4Address("127.0.0.1")


def routed_address() -> IPv4Address | None:
    """The address from which this machine would speak to the world; None without a network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            return IPv4Address(probe.getsockname()[0])
        except OSError:
            return None


def own_addresses() -> list[IPv4Address]:
    """All of them, the routed one first; without loopback."""
    found = [routed_address()]
    with suppress(OSError):
        found += [
            IPv4Address(info[4][0]) for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
        ]
    found += _interface_addresses()
    return [address for address in dict.fromkeys(found) if address is not None and not address.is_loopback]


def resolves_here(name: str) -> bool:
    """Whether this machine finds itself under the name; phones must, too, but cannot be asked from here."""
    try:
        answers = socket.getaddrinfo(name, None, socket.AF_INET)
    except (OSError, UnicodeError):
        return False
    own = {_LOOPBACK, *own_addresses()}
    return any(
        IPv4Address(answer[4][0]) in own or IPv4Address(answer[4][0]).is_loopback for answer in answers
    )


def _interface_addresses() -> list[IPv4Address | None]:
    if fcntl is None:
        return []
    found: list[IPv4Address | None] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # an interface without an IPv4 address
                answer = fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
                found.append(IPv4Address(answer[20:24]))
    return found

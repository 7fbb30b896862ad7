"""Which addresses phones have used: what a phone has stored belongs to the address that it was stored under.

``keys/origin`` holds one origin a line, the last one served last.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path
from urllib.parse import urlsplit


def is_noted(origin: str) -> bool:
    """Only HTTPS keeps data on phones that count; loopback is this machine alone."""
    parts = urlsplit(origin)
    host = parts.hostname or ""
    try:
        loopback = IPv4Address(host).is_loopback
    except AddressValueError:
        loopback = host == "localhost"
    return parts.scheme == "https" and not loopback


def noted_origins(home: Path) -> list[str]:
    try:
        return (home / "keys" / "origin").read_text("utf-8").split()
    except FileNotFoundError:
        return []


def note_origins(home: Path, origins: Sequence[str]) -> None:
    target = home / "keys" / "origin"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = target.with_name(f"origin.{os.getpid()}")
    partial.write_text("".join(f"{origin}\n" for origin in dict.fromkeys(origins)), "utf-8")
    os.replace(partial, target)

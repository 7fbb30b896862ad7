"""A phone that leaves the network in the middle of a body says nothing: its thread would wait for ever."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path
from typing import Final

_DESCRIPTORS: Final = Path("/proc/self/fd")
_PROBES: Final = (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4))


def end_dead_connections() -> int:
    """Lets the system ask silent peers whether they live; one that does not is found dead within two minutes.

    Set on every socket of this process that listens, since accepted connections inherit it and the server gives no
    other way to them. Returns how many listen; 0 also where the system does not list descriptors.
    """
    found = 0
    if not _DESCRIPTORS.is_dir():
        return found
    for name in os.listdir(_DESCRIPTORS):
        door = _socket(int(name))
        if door is None:
            continue
        with door:
            if door.family in (socket.AF_INET, socket.AF_INET6) and _listens(door):
                found += 1
                door.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                for option, value in _PROBES:
                    door.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return found


def _socket(descriptor: int) -> socket.socket | None:
    """A second descriptor of the same socket; None for what is none, or is gone by now."""
    try:
        # Looked at before it is copied: closing a copy of the database's file would drop SQLite's locks on it.
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return None
        copy = os.dup(descriptor)
    except OSError:
        return None
    try:
        return socket.socket(fileno=copy)
    except OSError:
        os.close(copy)
        return None


def _listens(door: socket.socket) -> bool:
    return door.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1

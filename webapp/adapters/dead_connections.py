"""A phone that leaves the network in the middle of a body says nothing: its thread would wait for ever."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
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
        # The listing's own descriptor is gone by now, and most are no sockets.
        with suppress(OSError), socket.socket(fileno=os.dup(int(name))) as door:
            if door.family in (socket.AF_INET, socket.AF_INET6) and _listens(door):
                found += 1
                door.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                for option, value in _PROBES:
                    door.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)
    return found


def _listens(door: socket.socket) -> bool:
    return door.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1

"""Probing of silent connections touches sockets that listen, and nothing else of the process."""

from __future__ import annotations

import fcntl
import socket
import subprocess
import sys
from pathlib import Path

from webapp.adapters.dead_connections import end_dead_connections

_TRY = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        sys.exit(7)
"""


def test_a_listening_socket_is_probed_and_goes_on_listening() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        assert end_dead_connections() >= 1
        assert door.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        assert door.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
        with socket.create_connection(door.getsockname()), door.accept()[0] as accepted:
            assert accepted.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1


def test_locks_on_files_are_kept(tmp_path: Path) -> None:
    """Closing any descriptor of a file drops the process's locks on it: SQLite would lose its own."""
    target = tmp_path / "dockproof.db"
    target.write_bytes(b"rows")
    with target.open("r+b") as file:
        fcntl.lockf(file, fcntl.LOCK_EX)
        end_dead_connections()
        assert subprocess.run([sys.executable, "-c", _TRY, str(target)]).returncode == 7

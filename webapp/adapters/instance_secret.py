"""The instance's own secret, made at the first start and kept in its home folder."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def instance_secret(home: Path) -> bytes:
    """32 random bytes; the file is readable by its owner only. Two processes at once agree on one secret."""
    path = home / "keys" / "instance.secret"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    if not path.exists():
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(partial, path)  # fails if another process was first: then its secret holds
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return path.read_bytes()

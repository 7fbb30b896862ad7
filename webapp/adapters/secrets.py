"""Random ids and slow hashes."""

from __future__ import annotations

import hashlib
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

_HASHER = PasswordHasher(memory_cost=19 * 1024, time_cost=2, parallelism=1)
# Checked when there is nobody to check, so that an unknown login costs the same time.
_NOBODY = _HASHER.hash("nobody")


def new_id() -> str:
    return secrets.token_hex(16)


def new_token() -> str:
    return secrets.token_urlsafe(32)


def random_bytes(count: int) -> bytes:
    return secrets.token_bytes(count)


def token_hash(token: str) -> str:
    """Tokens are long and random: a fast hash is enough, and a stolen database signs nobody in."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def slow_hash(secret: str) -> str:
    return _HASHER.hash(secret)


def slow_verify(hashed: str | None, secret: str) -> bool:
    try:
        return _HASHER.verify(hashed or _NOBODY, secret) and hashed is not None
    except (VerifyMismatchError, InvalidHashError):
        return False

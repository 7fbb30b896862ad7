"""Which logins and passwords are taken. Length counts, composition rules do not (they breed ``Password1!``)."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

SHORTEST, LONGEST = 10, 200
_FEWEST_DIFFERENT = 5
_LEFT_BESIDE_LOGIN = 4
_ROWS = (
    "01234567890123456789",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
)


def fold_login(typed: str) -> str:
    """A login as it is compared: whoever signs in on a phone gets a capital letter and a space for free."""
    return unicodedata.normalize("NFKC", typed).strip().casefold()


def login_problem(login: str) -> str | None:
    """``login_format`` unless it is 2 to 60 printable characters without a space."""
    printable = all(letter.isprintable() and not letter.isspace() for letter in login)
    return None if printable and 2 <= len(login) <= 60 else "login_format"


def password_problem(password: str, *, login: str, common: Collection[str]) -> str | None:
    """The refusal code of a password that protects nothing, or None.

    ``common``: passwords known from leaks, lower case.
    """
    if len(password) < SHORTEST:
        return "password_too_short"
    if len(password) > LONGEST:
        return "password_too_long"
    folded = unicodedata.normalize("NFKC", password).casefold()
    name = fold_login(login)
    if name and len(folded.replace(name, "").replace(name[::-1], "")) < _LEFT_BESIDE_LOGIN:
        return "password_like_login"
    if folded in common or folded.rstrip("0123456789!.?") in common:
        return "password_common"
    if len(set(folded)) < _FEWEST_DIFFERENT or _is_a_row(folded):
        return "password_too_simple"
    return None


def _is_a_row(folded: str) -> bool:
    """Only steps along an alphabet or a keyboard: ``abcdefghij``, ``0987654321``."""
    return any(folded in row or folded in row[::-1] for row in _ROWS)

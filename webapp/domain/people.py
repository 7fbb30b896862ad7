"""Rules about secrets that people type: PINs, enrolment codes, lock-out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0/O, 1/I/L, U: an enrolment code is read aloud and typed with cold fingers."""
CODE_LENGTH = 10

ENROLMENT_CODE_LIFE = timedelta(minutes=30)
SIGN_IN_LINK_LIFE = timedelta(days=7)
DESK_SESSION_LIFE = timedelta(days=14)
SEEN_EVERY = timedelta(minutes=10)
"""How exactly a session's last use is known: not every click is worth a write."""
FRESH_SIGN_IN = timedelta(minutes=30)
"""Doors are added and removed only this long after a sign-in: a browser left open must not make itself a key."""
INVITATION_LIFE = timedelta(days=7)
RESET_LINK_LIFE = timedelta(hours=24)
PASSKEY_CEREMONY_LIFE = timedelta(minutes=5)
CHALLENGE_LIFE = timedelta(hours=72)

_FREE_TRIES = 5
_LOCK = timedelta(minutes=5)


@dataclass(frozen=True)
class Tries:
    """Failed tries of one PIN or password, and until when it is locked."""

    failures: int
    locked_until: datetime | None

    def locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until

    def failed(self, now: datetime) -> Tries:
        """Each fifth failure in a row locks for five minutes."""
        failures = self.failures + 1
        return Tries(failures, now + _LOCK if failures % _FREE_TRIES == 0 else self.locked_until)


def code_from(random_bytes: bytes) -> str:
    """An enrolment code of ten characters from at least 16 random bytes."""
    number = int.from_bytes(random_bytes, "big")
    letters = []
    for _ in range(CODE_LENGTH):
        number, digit = divmod(number, len(CODE_ALPHABET))
        letters.append(CODE_ALPHABET[digit])
    return "".join(letters)


def fold_code(typed: str) -> str:
    """What a person typed, as the code is stored: no spaces or hyphens, upper case."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())


def pin_problem(pin: str) -> str | None:
    """``pin_format`` unless it is four to eight ASCII digits; ``pin_too_simple`` when all digits are one."""
    if not (pin.isascii() and pin.isdigit() and 4 <= len(pin) <= 8):
        return "pin_format"
    return "pin_too_simple" if len(set(pin)) == 1 else None

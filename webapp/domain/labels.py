"""Label codes: ten characters that survive a scuffed carton, a bad camera and a tired typist.

Nine characters carry the code, the tenth checks them. Format: docs/architecture.md, "Label code";
vectors shared with the phone: tests/vectors/labels.json.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford base 32: no I, L, O, U."""

CODE_LENGTH: Final = 10
BYTES_NEEDED: Final = 8

Problem = Literal["not_a_label", "check_character"]

_DIGITS: Final = frozenset("0123456789")
_FIELD_POLYNOMIAL: Final = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)
_MAX_TEXT: Final = 2_000

# Spaces, hyphens and dashes a person or an input method puts into a code, and the invisible ones a chat adds.
_SEPARATORS: Final = re.compile(
    "[ \t\r\n\v\f\u00a0\u2000-\u200b\u202f\u2060\u3000\ufeff\\-\u2010-\u2015\u2212\uff0d]"
)
_EDGES: Final = " \t\r\n\v\f\u00a0\u200b\u2060\u3000\ufeff"
_LABEL_URL: Final = re.compile(r"[^?#]*/[Ll]/([^/?#]+)/?(?:[?#].*)?", re.DOTALL)
_QR_ALPHANUMERIC: Final = re.compile(r"[0-9A-Z $%*+\-./:]+")
_SCHEME_AND_HOST: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://[A-Za-z0-9.\-:\[\]]+")


def _folding() -> dict[str, str]:
    fold = {"O": "0", "I": "1", "L": "1"} | {character: character for character in ALPHABET}
    fold |= {read.lower(): meant for read, meant in fold.items()}
    # A Chinese input method types full-width characters (U+FF01..U+FF5E mirror ASCII).
    fold |= {chr(ord(read) + 0xFEE0): meant for read, meant in fold.items()}
    return fold


_FOLD: Final = _folding()
_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}


@dataclass(frozen=True, slots=True)
class LabelReading:
    """What a scanned or typed text says: a code, or why it is none.

    ``not_a_label``: the text has not the form of a label code (it may be a waybill).
    ``check_character``: it has the form, but was misread or mistyped.
    """

    code: str | None
    problem: Problem | None


def check_character(nine: str) -> str:
    """The tenth character for nine characters of ``ALPHABET``.

    A Reed-Solomon check over GF(32): ``check = sum(a^(i+1) * v_i)`` with ``a`` a root of x^5 + x^2 + 1.
    It catches every single wrong character and every swap of two different characters, wherever they stand.
    Raises ``ValueError`` when ``nine`` is not nine characters of the alphabet.
    """
    if len(nine) != CODE_LENGTH - 1 or not set(nine) <= _VALUE.keys():
        raise ValueError(f"not nine characters of the label alphabet: {nine!r}")
    total = 0
    for character in reversed(nine):
        total = _times_a(total ^ _VALUE[character])
    return ALPHABET[total]


def _times_a(element: int) -> int:
    doubled = element << 1
    return doubled ^ _FIELD_POLYNOMIAL if doubled & 0b100000 else doubled


def label_code(random_bytes: bytes) -> str:
    """A code from at least eight random bytes; the same bytes give the same code.

    Nine times five of the 64 bits, each code equally likely. No code is of digits only, so that no ten-digit
    waybill reads as a label: the one draw in 35,000 that would be gets a letter in front from the spare bits.
    Raises ``ValueError`` for fewer bytes.
    """
    if len(random_bytes) < BYTES_NEEDED:
        raise ValueError(f"{BYTES_NEEDED} random bytes needed, got {len(random_bytes)}")
    drawn = int.from_bytes(random_bytes[:BYTES_NEEDED], "big")
    nine = "".join(ALPHABET[(drawn >> 5 * place) & 31] for place in range(CODE_LENGTH - 1))
    if _DIGITS.issuperset(nine):
        letters = ALPHABET[len(_DIGITS) :]
        nine = letters[(drawn >> 45) % len(letters)] + nine[1:]
    return nine + check_character(nine)


def parse_label(text: str) -> LabelReading:
    """Read a label from a scan (`…/L/CODE` of any host, or the bare code) or from the keyboard.

    Folds case, spaces, hyphens, full-width characters and the look-alikes ``O`` (0), ``I`` and ``L`` (1).
    """
    if len(text) > _MAX_TEXT:
        return LabelReading(None, "not_a_label")
    trimmed = text.strip(_EDGES)
    in_url = _LABEL_URL.fullmatch(trimmed)
    typed = _SEPARATORS.sub("", in_url.group(1) if in_url else trimmed)
    folded = [_FOLD.get(character) for character in typed]
    if len(folded) != CODE_LENGTH or None in folded:
        return LabelReading(None, "not_a_label")
    code = "".join(character for character in folded if character is not None)
    if _DIGITS.issuperset(code[:-1]):
        return LabelReading(None, "not_a_label")
    if check_character(code[:-1]) != code[-1]:
        return LabelReading(None, "check_character")
    return LabelReading(code, None)


def label_payload(public_url: str | None, code: str) -> str:
    """What the label's QR holds: ``{public_url}/L/{code}``, or the bare code without a public URL.

    Upper-cased as a whole, so that it fits the QR alphanumeric mode, when that changes nothing: scheme and
    host are case-insensitive, a path is not.
    """
    base = (public_url or "").strip().rstrip("/")
    if not base:
        return code
    host = _SCHEME_AND_HOST.match(base)
    path = base[host.end() :] if host else base
    if host and path == path.upper():
        shouted = f"{base.upper()}/L/{code}"
        if _QR_ALPHANUMERIC.fullmatch(shouted):
            return shouted
    return f"{base}/L/{code}"


def printed_code(code: str) -> str:
    """The code as people read it aloud: two groups of five."""
    return f"{code[:5]}-{code[5:]}"

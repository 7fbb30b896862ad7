"""A decimal number as a thumb types it, read exactly. Twin of ``static/src/core/typed_decimal.js``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from webapp.domain.refusals import Refusal

# A comma is a decimal comma, so 1,234 is less than two: no scale or ruler groups thousands.
_NUMBER: Final = re.compile(r"0*([0-9]*?)(?:[.,]([0-9]+))?")
_MOST_WHOLE_DIGITS: Final = 7
_LONGEST: Final = 40
_BLANK: Final = " \t\u00a0\u200b\u3000\ufeff"
# What a Chinese input method types. Not NFKC: that reads 5² as 52.
_FOLD: Final = {0xFF10 + digit: str(digit) for digit in range(10)} | {0xFF0E: ".", 0xFF0C: ",", 0x3002: "."}


@dataclass(frozen=True, slots=True)
class TypedDecimal:
    """``scaled`` is the number times ten to the power of the places that were asked for; ``shown`` is what was typed,
    with a dot, without leading zeros, with its own decimals (``12.50``).
    """

    scaled: int
    shown: str


def read_decimal(text: str, places: int) -> TypedDecimal:
    """Not negative, at most ``places`` decimals (also zeros), at most seven digits before them.
    Refusals ``number_unreadable``, ``number_too_precise``, ``number_too_large``.
    """
    typed = text.strip(_BLANK).translate(_FOLD)
    match = _NUMBER.fullmatch(typed) if len(typed) <= _LONGEST else None
    if not match or not any(character.isdigit() for character in typed):
        raise Refusal("number_unreadable")
    whole, decimals = match[1] or "0", match[2] or ""
    if len(whole) > _MOST_WHOLE_DIGITS:
        raise Refusal("number_too_large")
    if len(decimals) > places:
        raise Refusal("number_too_precise")
    shown = f"{whole}.{decimals}" if decimals else whole
    return TypedDecimal(int(whole + decimals.ljust(places, "0")), shown)

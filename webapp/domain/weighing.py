"""A weight as the scale shows it, in whole grams. Twin of ``static/src/core/weighing.js``.

Exact: a kilogram with three decimals is whole grams. Only a scale that shows tenths of a gram, or half grams as
thousandths of a jin (斤, 500 g), is rounded, half up, and says so. Vectors: tests/vectors/weighing.json.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from webapp.domain.refusals import Refusal
from webapp.domain.typed_decimal import read_decimal

#: Decimals that a scale may show, and what the last of them is worth in tenths of a gram.
_SCALES: Final = {"kg": (3, 10), "jin": (3, 5), "g": (1, 1)}
UNITS: Final = tuple(_SCALES)

LIKELY_G: Final = 5_000_000
"""Five tonnes: above it people are asked whether the unit is right."""

HEAVIEST_G: Final = 30_000_000
"""More than a container carries."""


@dataclass(frozen=True, slots=True)
class Weight:
    """``shown`` is the reading as typed, with a dot. ``rounded``: the scale showed part of a gram.
    ``asks`` is the code of a question to put before the weight is kept.
    """

    grams: int
    shown: str
    rounded: bool
    asks: Literal["weight_unlikely"] | None


def read_weight(text: str, unit: str) -> Weight:
    """Refusals: those of ``read_decimal``, ``unit_unknown``, ``weight_zero``, ``weight_too_small`` (below 1 g, before
    rounding), ``weight_too_large``.
    """
    scale = _SCALES.get(unit)
    if scale is None:
        raise Refusal("unit_unknown")
    places, worth = scale
    reading = read_decimal(text, places)
    tenths = reading.scaled * worth
    if tenths == 0:
        raise Refusal("weight_zero")
    if tenths < 10:
        raise Refusal("weight_too_small")
    if tenths > HEAVIEST_G * 10:
        raise Refusal("weight_too_large")
    asks: Literal["weight_unlikely"] | None = "weight_unlikely" if tenths > LIKELY_G * 10 else None
    return Weight((tenths + 5) // 10, reading.shown, tenths % 10 != 0, asks)

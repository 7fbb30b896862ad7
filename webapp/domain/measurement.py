"""Listed against measured: the 5 % rule of 1688 (S0-27), exact. Twin of ``static/src/core/measurement.js``.

Vectors: tests/vectors/measurement.json.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from webapp.domain.refusals import Refusal
from webapp.domain.typed_decimal import read_decimal

#: One thousandth of each unit in the kind's smallest whole step: 0.1 µm (an inch is 25.4 mm exactly), 1 mg.
_STEPS: Final = {
    "mm": ("length", 10),
    "cm": ("length", 100),
    "m": ("length", 10_000),
    "in": ("length", 254),
    "g": ("mass", 1),
    "kg": ("mass", 1_000),
}
UNITS: Final = tuple(_STEPS)

PLACES: Final = 3
_PERCENT_OF_THE_RULE: Final = 5


@dataclass(frozen=True, slots=True)
class Quantity:
    """``milli`` thousandths of ``unit``."""

    milli: int
    unit: str


@dataclass(frozen=True, slots=True)
class Deviation:
    """``qualifies``: at least 5 % off, by the exact values. ``sign``: 1 measured more than listed, -1 less, 0 equal.

    ``percent``: how far off, one decimal, half up, without sign; ``<5.0`` where rounding alone would say 5.0.
    """

    qualifies: bool
    sign: int
    percent: str


def read_quantity(text: str, unit: str) -> Quantity:
    """A value as typed, at most three decimals. Refusals: those of ``read_decimal``, ``unit_unknown``."""
    _step(unit)
    return Quantity(read_decimal(text, PLACES).scaled, unit)


def deviation(listed: Quantity, measured: Quantity) -> Deviation:
    """``|measured - listed| / listed``, in any units of one kind.
    Refusals ``listed_not_positive``, ``measurement_units_differ`` (a length against a weight), ``unit_unknown``.
    """
    kind, listed_step = _step(listed.unit)
    measured_kind, measured_step = _step(measured.unit)
    if kind != measured_kind:
        raise Refusal("measurement_units_differ")
    if listed.milli <= 0:
        raise Refusal("listed_not_positive")
    whole = listed.milli * listed_step
    off = measured.milli * measured_step - whole
    qualifies = abs(off) * 100 >= _PERCENT_OF_THE_RULE * whole
    per_mille = (2_000 * abs(off) + whole) // (2 * whole)
    percent = f"{per_mille // 10}.{per_mille % 10}"
    if not qualifies and per_mille >= _PERCENT_OF_THE_RULE * 10:
        percent = f"<{percent}"
    return Deviation(qualifies, (off > 0) - (off < 0), percent)


def _step(unit: str) -> tuple[str, int]:
    known = _STEPS.get(unit)
    if known is None:
        raise Refusal("unit_unknown")
    return known

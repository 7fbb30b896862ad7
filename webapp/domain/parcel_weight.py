"""When a closed parcel is too light for what should be in it. Derived here; the seeds name no figure.

Nine tenths: cartons and fillers make a parcel heavier than its goods, and never lighter; what is left out is goods.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_NUMERATOR, _DENOMINATOR = 9, 10


def least_by_goods(lines: Iterable[tuple[int, int | None]]) -> int | None:
    """Grams, from (quantity in thousandths, milligrams a unit) of all that is in it; None: a weight is unknown."""
    total = 0
    for quantity_milli, unit_weight_mg in lines:
        if unit_weight_mg is None:
            return None
        total += quantity_milli * unit_weight_mg
    return _least(total, 1_000_000)


def least_by_receipts(quantity_milli: int, earlier: Sequence[tuple[int, int]]) -> int | None:
    """Grams, from (grams, quantity in thousandths) of earlier closed parcels of the same goods whose count was right.

    The lightest of them a unit is the measure: only what is lighter than all of them asks for more.
    """
    found = [_least(grams * quantity_milli, quantity) for grams, quantity in earlier if quantity > 0]
    return min((one for one in found if one is not None), default=None)


def _least(numerator: int, denominator: int) -> int | None:
    grams = numerator * _NUMERATOR // (denominator * _DENOMINATOR)
    return grams or None

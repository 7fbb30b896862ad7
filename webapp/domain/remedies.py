"""What may be asked for, by where the goods are (DT-6, domain.md section 9), and what it comes to in fen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from webapp.domain.claim_states import OUTCOMES as OUTCOMES
from webapp.domain.messages import REMEDIES as ASKS
from webapp.domain.messages import REMEDIES_BY_SITUATION as BY_SITUATION
from webapp.domain.refusals import Refusal

RESTRICTED: Final = "refund_without_return"
"""S0-14 still knows it, S1-09 and S1-11 say that 1688 takes it back (AMB-06)."""

GOES_BACK: Final = frozenset({"return_refund", "exchange"})
"""Paths and remedies that send goods back to China: what that costs is asked first (S0-15)."""

_BY_SEVERITY: Final = {
    "minor": ("discount_next_shipment", "partial_refund"),
    "part": ("replacement_parts", "partial_refund", "replacement_shipment"),
    "unusable": ("full_refund", "return_refund", "credit_as_replacement_product"),
    "short": ("replacement_shipment", "partial_refund"),
}
_SHORT_TYPES: Final = frozenset({"short_count", "missing_items", "freight_loss"})


@dataclass(frozen=True, slots=True)
class Paths:
    """``open``: those that the order's state leaves. ``warn``: the restricted one is among them."""

    open: tuple[str, ...]
    warn: bool


@dataclass(frozen=True, slots=True)
class ReturnCost:
    """``total_fen`` None: a part is unknown, and unknown is not nothing. ``worth_it`` None: not known."""

    total_fen: int | None
    claim_fen: int | None
    worth_it: bool | None


def paths(*, shipped: bool, situation: str, refund_only: str = "restricted") -> Paths:
    """DT-6, the four of S1-06. ``refund_only``: domain/switches.RefundOnly. In Vietnam no platform path is left."""
    if situation == "B":
        return Paths((), False)
    if not shipped:
        return Paths(("before_shipment",), False)
    offered = tuple(
        path
        for path in ("return_refund", "after_shipment", RESTRICTED)
        if path != RESTRICTED or refund_only != "gone"
    )
    return Paths(offered, RESTRICTED in offered and refund_only == "restricted")


def remedies(situation: str) -> tuple[str, ...]:
    """AMB-22: the union, filtered by situation."""
    return BY_SITUATION[situation]


def suggested(type_id: str, severity: str | None, situation: str) -> tuple[str, ...]:
    """The remedies of the situation, those that fit best first (DT-6)."""
    fit = _BY_SEVERITY["short" if type_id in _SHORT_TYPES else severity or "part"]
    offered = remedies(situation)
    first = tuple(one for one in fit if one in offered)
    return (*first, *(one for one in offered if one not in first))


def check_proposal(remedy: str, *, fen: int | None, units_milli: int | None, situation: str) -> None:
    """Exactly one proposal, with its amount or quantity (S3-21).

    Refusals: ``remedy_unknown``, ``remedy_not_here``, ``remedy_without_amount``, ``remedy_without_units``.
    """
    if remedy not in ASKS:
        raise Refusal("remedy_unknown")
    if remedy not in remedies(situation):
        raise Refusal("remedy_not_here")
    if ASKS[remedy] == "amount" and not (fen and fen > 0):
        raise Refusal("remedy_without_amount")
    if ASKS[remedy] == "units" and not (units_milli and units_milli > 0):
        raise Refusal("remedy_without_units")


def price_of(units_milli: int, unit_price_fen: int | None) -> int | None:
    """Units times unit price, in fen, half a fen up; None: the price is unknown."""
    if unit_price_fen is None:
        return None
    return (2 * units_milli * unit_price_fen + 1000) // 2000


def proposed_fen(lines: Iterable[tuple[int, int | None]]) -> int | None:
    """The sum over (units in thousandths, unit price in fen), rounded a line; None: a price is unknown."""
    priced = [price_of(units, price) for units, price in lines]
    return None if None in priced else sum(fen for fen in priced if fen is not None)


def sends_back(path: str | None, remedy: str | None) -> bool:
    """What is chosen brings the goods back to the seller; S1-16 wants its cost looked at before."""
    return path in GOES_BACK or remedy in GOES_BACK


def return_cost(
    *, domestic_fen: int | None, international_fen: int | None, abroad: bool, claim_fen: int | None
) -> ReturnCost:
    """Reverse freight against what is asked (S0-15, S1-16); goods abroad pay the international leg too."""
    parts = (domestic_fen, international_fen) if abroad else (domestic_fen,)
    total = None if None in parts else sum(part for part in parts if part is not None)
    worth = None if total is None or claim_fen is None else total < claim_fen
    return ReturnCost(total, claim_fen, worth)

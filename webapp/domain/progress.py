"""How far an order has come: what arrived of it, and what its counts say. A shortage only when all of it is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from webapp.domain.reconciliation import CountState, LineCount


class OrderState(StrEnum):
    NOT_RECEIVED = "not_received"
    PARTLY_ARRIVED = "partly_arrived"
    TO_COUNT = "to_count"
    SHORT = "short"
    OVER = "over"
    NOT_VERIFIED = "not_verified"  # counted, but a film has not arrived whole
    MATCHES = "matches"


@dataclass(frozen=True, slots=True)
class OrderProgress:
    """``arrived`` of ``expected`` parcels are at a warehouse."""

    arrived: int
    expected: int
    state: OrderState


def order_progress(here: Sequence[bool], lines: Sequence[LineCount]) -> OrderProgress:
    """``here``: one entry a parcel of the order, true once it was received or counted on camera.

    While a parcel is outstanding the order is never short (domain.md section 14, trap 5), but it can already be
    over. A shortage goes before an overage: the missing goods have the deadline.
    """
    arrived, expected = sum(here), len(here)
    return OrderProgress(arrived, expected, _state(arrived, expected, {line.state for line in lines}))


def _state(arrived: int, expected: int, lines: set[CountState]) -> OrderState:
    if arrived < expected:
        if CountState.OVER in lines:
            return OrderState.OVER
        return OrderState.PARTLY_ARRIVED if arrived else OrderState.NOT_RECEIVED
    if not expected:
        return OrderState.NOT_RECEIVED
    for found, state in (
        (CountState.SHORT, OrderState.SHORT),
        (CountState.OVER, OrderState.OVER),
        (CountState.PARTLY, OrderState.TO_COUNT),
        (CountState.NOT_COUNTED, OrderState.TO_COUNT),
        (CountState.NOT_VERIFIED, OrderState.NOT_VERIFIED),
    ):
        if found in lines:
            return state
    return OrderState.MATCHES if lines else OrderState.TO_COUNT

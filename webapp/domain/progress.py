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
    NOT_ASKED = "not_asked"  # all of it is there, and a standing decision asks nobody to count it
    CLOSED = "closed"  # the trade ended without being completed (domain.md section 11: cancelled, terminated)


@dataclass(frozen=True, slots=True)
class OrderProgress:
    """``arrived`` of ``expected`` parcels are at a warehouse."""

    arrived: int
    expected: int
    state: OrderState


def order_progress(
    here: Sequence[bool], lines: Sequence[LineCount], *, closed: bool = False, count_asked: bool = True
) -> OrderProgress:
    """``here``: one entry a parcel of the order, true once it was received or counted on camera.

    While a parcel is outstanding the order is never short (domain.md section 14, trap 5), but it can already be
    over. A shortage goes before an overage: the missing goods have the deadline. What was counted although the plan
    did not ask counts all the same. ``closed``: the platform says so, whatever has arrived.
    """
    arrived, expected = sum(here), len(here)
    state = _state(arrived, expected, {line.state for line in lines})
    if state is OrderState.TO_COUNT and not count_asked:
        state = OrderState.NOT_ASKED
    return OrderProgress(arrived, expected, OrderState.CLOSED if closed else state)


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

"""The receiver's own limits: when the goods of a parcel are to be inspected and documented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from webapp.domain.progress import OrderState
from webapp.domain.receiving_plan import Plan
from webapp.domain.urgency import RECEIVERS_RULE
from webapp.store import orders as order_rows
from webapp.store.board import counted_parcels
from webapp.store.schema import Parcel

_TO_DO: Final = frozenset({OrderState.TO_COUNT, OrderState.PARTLY_ARRIVED, OrderState.NOT_VERIFIED})


def act_by_of_parcels(
    session: Session, parcels: Sequence[Parcel], plans: Mapping[str, Plan]
) -> dict[str, datetime]:
    """Parcel → when its goods are to be inspected and documented: here, asked for, and not counted yet."""
    waiting = [parcel for parcel in parcels if _waits(parcel, plans)]
    orders = {order.id for parcel in waiting for order in parcel.orders}
    limits = order_rows.act_by_of_rule(session, RECEIVERS_RULE, orders)
    counted = counted_parcels(session, orders)
    found: dict[str, datetime] = {}
    for parcel in waiting:
        own = [limits[order.id] for order in parcel.orders if order.id in limits]
        if own and parcel.id not in counted:
            found[parcel.id] = min(own)
    return found


def _waits(parcel: Parcel, plans: Mapping[str, Plan]) -> bool:
    return parcel.received_at is not None and any(
        order.state in _TO_DO and plans[order.id].asks("count") for order in parcel.orders
    )

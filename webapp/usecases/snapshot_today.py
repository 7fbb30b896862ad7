"""The receiver's own limits and counters: when the goods of a parcel are to be inspected, how far the day has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from webapp.domain.progress import OrderState
from webapp.domain.receiving_plan import Plan
from webapp.store import dock as rows
from webapp.store import orders as order_rows
from webapp.store.schema import Parcel, Site

RECEIVERS_RULE: Final = "R-10"
"""Inspect and document: the only clock that binds the warehouse itself (domain.md section 2)."""

URGENT: Final = timedelta(hours=6)
"""The last step of the alert ladder before a limit has passed."""

_TO_DO: Final = frozenset({OrderState.TO_COUNT, OrderState.PARTLY_ARRIVED, OrderState.NOT_VERIFIED})


def act_by_of_parcels(
    session: Session, parcels: Sequence[Parcel], plans: Mapping[str, Plan]
) -> dict[str, datetime]:
    """Parcel → when its goods are to be inspected and documented: here, asked for, and not counted yet."""
    waiting = [parcel for parcel in parcels if _waits(parcel, plans)]
    orders = {order.id for parcel in waiting for order in parcel.orders}
    limits = order_rows.act_by_of_rule(session, RECEIVERS_RULE, orders)
    counted = rows.counted_parcels(session, [parcel.id for parcel in waiting])
    found: dict[str, datetime] = {}
    for parcel in waiting:
        own = [limits[order.id] for order in parcel.orders if order.id in limits]
        if own and parcel.id not in counted:
            found[parcel.id] = min(own)
    return found


def today(
    session: Session, site: Site, parcels: Sequence[Parcel], act_by: Mapping[str, datetime], *, now: datetime
) -> dict[str, Any]:
    """``arrived``: parcels received here since midnight of the site's zone; ``to_count``: here and not counted;
    ``urgent``: those whose limit has passed or passes within six hours.
    """
    here = {parcel.id for parcel in parcels if parcel.received_site_id == site.id}
    own = {parcel_id: at for parcel_id, at in act_by.items() if parcel_id in here}
    zone = ZoneInfo(site.zone)
    midnight = datetime.combine(now.astimezone(zone).date(), time.min, zone)
    return {
        "arrived": rows.arrivals_since(session, site.id, midnight),
        "to_count": len(own),
        "urgent": sum(at <= now + URGENT for at in own.values()),
    }


def _waits(parcel: Parcel, plans: Mapping[str, Plan]) -> bool:
    return parcel.received_at is not None and any(
        order.state in _TO_DO and plans[order.id].asks("count") for order in parcel.orders
    )

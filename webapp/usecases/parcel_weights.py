"""The least that a closed parcel should weigh, where what is in it is known: one parcel for the whole order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from webapp.domain.parcel_weight import least_by_goods, least_by_receipts
from webapp.store import dock as rows
from webapp.store.board import latest_counts
from webapp.store.schema import Order, OrderLine, Parcel

_MOST = 20
"""Earlier receipts of the same goods that are looked at, newest first."""


def least_grams(session: Session, site_id: str, parcels: Sequence[Parcel]) -> dict[str, int]:
    """Parcel → grams, of the parcels for which anything can be said. ``parcels``: all that the site may see.

    By the weights of its goods, where they are filed; else by earlier closed parcels of the same goods. A known parcel
    is one of one order, and the order's only one; the earlier ones are held against as much, and their counts were
    right.
    """
    parts = Counter(order.id for parcel in parcels for order in parcel.orders)
    known = {
        parcel.id: parcel.orders[0]
        for parcel in parcels
        if len(parcel.orders) == 1 and parts[parcel.orders[0].id] == 1 and parcel.orders[0].lines
    }
    by_goods = _earlier(session, site_id, known)
    found: dict[str, int] = {}
    for parcel_id, order in known.items():
        least = least_by_goods((line.quantity_milli, line.unit_weight_mg) for line in order.lines)
        if least is None and (goods := _goods(order.lines)) is not None:
            earlier = [pair for other, pair in by_goods.get(goods, []) if other != parcel_id]
            least = least_by_receipts(order.lines[0].quantity_milli, earlier[:_MOST])
        if least is not None:
            found[parcel_id] = least
    return found


_Goods = tuple[str, str, str, str]


def _earlier(
    session: Session, site_id: str, known: dict[str, Order]
) -> dict[_Goods, list[tuple[str, tuple[int, int]]]]:
    """Goods → [(parcel, (grams, quantity in thousandths))] of closed parcels that were weighed, newest first."""
    weighed = rows.closed_weighings(session, site_id)
    alike = {
        parcel_id: goods
        for parcel_id in weighed.keys() & known.keys()
        if (goods := _goods(known[parcel_id].lines)) is not None
    }
    counted = {
        (row.line_id, row.parcel_id): row.units
        for row in latest_counts(session, [known[parcel_id].lines[0].id for parcel_id in alike])
    }
    found: dict[_Goods, list[tuple[str, tuple[int, int]]]] = {}
    for parcel_id in weighed:  # newest first
        if parcel_id not in alike:
            continue
        (line,) = known[parcel_id].lines
        if counted.get((line.id, parcel_id), -1) * 1000 == line.quantity_milli:
            pair = (weighed[parcel_id], line.quantity_milli)
            found.setdefault(alike[parcel_id], []).append((parcel_id, pair))
    return found


def _goods(lines: Iterable[OrderLine]) -> _Goods | None:
    """What tells goods apart; None for several kinds in one parcel, and for goods without the listing's number."""
    listed = list(lines)
    if len(listed) != 1 or not listed[0].offer_id:
        return None
    line = listed[0]
    return line.order.organisation_id, line.offer_id, line.sku_id, line.spec

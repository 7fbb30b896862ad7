"""The least that a closed parcel should weigh, where what is in it is known: one parcel for the whole order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy.orm import Session

from webapp.domain.parcel_weight import least_by_goods, least_by_receipts
from webapp.store import dock as rows
from webapp.store import snapshot as snapshot_rows
from webapp.store.board import latest_counts
from webapp.store.schema import Order, OrderLine, Parcel

_MOST = 20
"""Earlier receipts of the same goods that are looked at, newest first."""


def least_grams(session: Session, site_id: str, parcels: Sequence[Parcel]) -> dict[str, int]:
    """Parcel → grams, of these parcels, for which anything can be said; their orders and lines are loaded.

    By the weights of its goods, where they are filed; else by earlier closed parcels of the same goods. A known parcel
    is one of one order, and the order's only one; the earlier ones are held against as much, and their counts were
    right.
    """
    known = _known(session, parcels)
    found: dict[str, int] = {}
    asked: dict[str, _Goods] = {}
    for parcel_id, order in known.items():
        least = least_by_goods((line.quantity_milli, line.unit_weight_mg) for line in order.lines)
        if least is not None:
            found[parcel_id] = least
        elif (goods := _goods(order.lines)) is not None:
            asked[parcel_id] = goods
    by_goods = _earlier(session, site_id, set(asked.values()))
    for parcel_id, goods in asked.items():
        earlier = [pair for other, pair in by_goods.get(goods, []) if other != parcel_id]
        least = least_by_receipts(known[parcel_id].lines[0].quantity_milli, earlier[:_MOST])
        if least is not None:
            found[parcel_id] = least
    return found


_Goods = tuple[str, str, str, str]


def _known(session: Session, parcels: Iterable[Parcel]) -> dict[str, Order]:
    """Parcel → the one order that is wholly in it."""
    single = {
        parcel.id: parcel.orders[0]
        for parcel in parcels
        if len(parcel.orders) == 1 and parcel.orders[0].lines
    }
    parts = snapshot_rows.parts_of_orders(session, {order.id for order in single.values()})
    return {parcel_id: order for parcel_id, order in single.items() if parts[order.id] == 1}


def _earlier(
    session: Session, site_id: str, asked: set[_Goods]
) -> dict[_Goods, list[tuple[str, tuple[int, int]]]]:
    """Goods → [(parcel, (grams, quantity in thousandths))] of closed parcels that were weighed, newest first."""
    alike = snapshot_rows.parcels_of_listings(session, {listing for _, listing, _, _ in asked})
    weighed = rows.closed_weighings(session, site_id, alike)
    known = _known(session, snapshot_rows.parcels_to_tell(session, weighed))
    counted = {
        (row.line_id, row.parcel_id): row.units
        for row in latest_counts(session, [order.lines[0].id for order in known.values()])
    }
    found: dict[_Goods, list[tuple[str, tuple[int, int]]]] = {}
    for parcel_id, grams in weighed.items():  # newest first
        goods = _goods(known[parcel_id].lines) if parcel_id in known else None
        if goods is None or goods not in asked:
            continue
        (line,) = known[parcel_id].lines
        if counted.get((line.id, parcel_id), -1) * 1000 == line.quantity_milli:
            found.setdefault(goods, []).append((parcel_id, (grams, line.quantity_milli)))
    return found


def _goods(lines: Iterable[OrderLine]) -> _Goods | None:
    """What tells goods apart; None for several kinds in one parcel, and for goods without the listing's number."""
    listed = list(lines)
    if len(listed) != 1 or not listed[0].offer_id:
        return None
    line = listed[0]
    return line.order.organisation_id, line.offer_id, line.sku_id, line.spec

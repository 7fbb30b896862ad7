"""Writing one imported order: what the file says goes in; what people entered, and what it is silent on, stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.line_matching import match_lines
from webapp.domain.orders import ImportedLine, ImportedOrder, ImportedWaybill
from webapp.store import imports as rows
from webapp.store.schema import Order, OrderLine, Parcel, PlatformAccount, Supplier, Waybill

Ids = Callable[[], str]
_ORDER_FIELDS = (
    "status_raw",
    "placed_at",
    "paid_at",
    "goods_fen",
    "freight_fen",
    "adjust_fen",
    "paid_fen",
    "remark",
)
_LINE_FIELDS = (
    "title",
    "spec",
    "colour",
    "size",
    "unit",
    "quantity_milli",
    "unit_price_fen",
    "offer_id",
    "sku_id",
    "article_no",
    "model",
    "material_no",
    "single_item_no",
)


@dataclass
class Written:
    """Counts of what is new; ``updated`` orders were there before; ``unknown`` ones could not be completed."""

    orders: int = 0
    lines: int = 0
    waybills: int = 0
    updated: int = 0
    unknown: list[ImportedOrder] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)

    def add(self, other: Written) -> None:
        self.orders += other.orders
        self.lines += other.lines
        self.waybills += other.waybills
        self.updated += other.updated
        self.unknown += other.unknown


class OrderWriter:
    """Writes the orders of one batch; everything they may meet is loaded before, in a few statements."""

    def __init__(
        self,
        session: Session,
        orders: Sequence[ImportedOrder],
        *,
        organisation_id: str,
        platform: str,
        account: PlatformAccount | None,
        now: datetime,
        ids: Ids,
    ) -> None:
        """``account`` may only be None when all orders complete known ones."""
        self._session = session
        self._organisation_id = organisation_id
        self._platform = platform
        self._account = account
        self._now = now
        self._ids = ids
        self._orders = rows.orders_by_no(session, organisation_id, [order.order_no for order in orders])
        self._suppliers = rows.suppliers(session, organisation_id, {o.supplier_company for o in orders})
        norms = {waybill.number_norm for order in orders for waybill in order.waybills}
        self._waybills = rows.waybills_by_norm(session, organisation_id, norms)
        self._parcels = rows.parcels_by_waybill(session, [w.id for w in self._waybills.values()])
        self.written = Written()

    def write(self, imported: ImportedOrder) -> None:
        order = self._orders.get(imported.order_no)
        if imported.completes and order is None:
            self.written.unknown.append(imported)
            return
        supplier = None if imported.completes else self._supplier(imported)
        if order is None:
            order = self._new_order(imported)
            self.written.orders += 1
        else:
            self.written.updated += 1
        if self._account is not None and supplier is not None:
            order.account = self._account
            if supplier.company or supplier.member or order.supplier is None:
                order.supplier = supplier
        _take_over(order, imported, _ORDER_FIELDS)
        self._session.add(order)
        self._lines(order, imported.lines)
        self._waybills_of(order, imported.waybills)
        self.written.touched.add(order.id)

    def _supplier(self, imported: ImportedOrder) -> Supplier:
        key = (imported.supplier_company, imported.supplier_member)
        supplier = self._suppliers.get(key)
        if supplier is None:
            supplier = Supplier(
                id=self._ids(), organisation_id=self._organisation_id, company=key[0], member=key[1]
            )
            self._session.add(supplier)
            self._suppliers[key] = supplier
        return supplier

    def _new_order(self, imported: ImportedOrder) -> Order:
        order = Order(
            id=self._ids(),
            organisation_id=self._organisation_id,
            platform=self._platform,
            order_no=imported.order_no,
            status_raw="",
            remark="",
            imported_at=self._now,
            lines=[],
            waybills=[],
            parcels=[],
        )
        self._orders[imported.order_no] = order
        return order

    def _lines(self, order: Order, imported: Sequence[ImportedLine]) -> None:
        """A line that left the sheet stays: it may already be counted."""
        known = list(order.lines)
        pairs = match_lines(known, imported)
        last = max((line.seq for line in known), default=0)
        for at, line in enumerate(imported):
            if at in pairs:
                row = known[pairs[at]]
            else:
                last += 1
                row = OrderLine(id=self._ids(), seq=last, **dict.fromkeys(_TEXTS, ""))
                order.lines.append(row)
                self.written.lines += 1
            _take_over(row, line, _LINE_FIELDS)

    def _waybills_of(self, order: Order, imported: Sequence[ImportedWaybill]) -> None:
        """Ties waybills and their parcels to the order."""
        for item in imported:
            waybill = self._waybill(item)
            if waybill not in order.waybills:
                order.waybills.append(waybill)
                self.written.waybills += 1
            parcel = self._parcels.get(waybill.id) or self._adopt_or_make_parcel(order, waybill)
            _tie(parcel, order)
        if not order.waybills and not order.parcels:
            _tie(self._new_parcel(None), order)

    def _waybill(self, item: ImportedWaybill) -> Waybill:
        waybill = self._waybills.get(item.number_norm)
        if waybill is None:
            waybill = Waybill(
                id=self._ids(),
                organisation_id=self._organisation_id,
                courier=item.courier,
                number_raw=item.number_raw,
                number_norm=item.number_norm,
            )
            self._session.add(waybill)
            self._waybills[item.number_norm] = waybill
        elif item.courier and not waybill.courier:
            waybill.courier = item.courier
        return waybill

    def _adopt_or_make_parcel(self, order: Order, waybill: Waybill) -> Parcel:
        # The label of an order that had no waybill yet may already be on the box: its parcel gets the first waybill.
        bare = (parcel for parcel in order.parcels if parcel.waybill is None and parcel.waybill_id is None)
        parcel = next(bare, None)
        if parcel is None:
            return self._new_parcel(waybill)
        parcel.waybill = waybill
        self._parcels[waybill.id] = parcel
        return parcel

    def _new_parcel(self, waybill: Waybill | None) -> Parcel:
        parcel = Parcel(
            id=self._ids(),
            organisation_id=self._organisation_id,
            waybill=waybill,
            created_at=self._now,
            orders=[],
        )
        self._session.add(parcel)
        if waybill is not None:
            self._parcels[waybill.id] = parcel
        return parcel


_TEXTS = tuple(name for name in _LINE_FIELDS if name not in ("quantity_milli", "unit_price_fen"))


def _take_over(row: Order | OrderLine, imported: ImportedOrder | ImportedLine, fields: Sequence[str]) -> None:
    """What a file does not say it does not take away either: layouts differ in their columns."""
    for name in fields:
        value = getattr(imported, name)
        if value is not None and value != "":
            setattr(row, name, value)


def _tie(parcel: Parcel, order: Order) -> None:
    if parcel not in order.parcels:
        order.parcels.append(parcel)

"""Reading one row of an export into its order: order-level cells, one line, waybills."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from webapp.domain.order_cells import (
    LONGEST_TEXT,
    Cell,
    CellProblem,
    instant,
    is_blank,
    money_fen,
    quantity_milli,
    shown,
    text_of,
    unit_price_fen,
)
from webapp.domain.order_columns import Columns
from webapp.domain.order_draft import OrderDraft, OrderValue, RowProblem
from webapp.domain.order_waybills import courier_names, read_waybills
from webapp.domain.orders import (
    ImportedLine,
    looks_rounded,
    number_cell_text,
    order_no_problem,
    order_no_text,
    spec_colour_size,
    unquoted,
)

Value = TypeVar("Value")

_ORDER_TEXTS = ("supplier_company", "supplier_member", "status", "buyer_login", "remark")
_ORDER_READERS: Mapping[str, Callable[[Cell], OrderValue | None]] = {
    "goods": money_fen,
    "freight": money_fen,
    "adjust": lambda cell: money_fen(cell, negative=True),
    "paid": money_fen,
    "placed_at": instant,
    "paid_at": instant,
}
_ORDER_FIELDS = (*_ORDER_TEXTS, *_ORDER_READERS)
_LINE_TEXTS = ("title", "unit", "article_no", "model", "spec", "material_no", "single_item_no")
_LINE_FIELDS = (*_LINE_TEXTS, "offer_id", "sku_id", "quantity", "unit_price")


class Row:
    """One sheet row seen through the header. Problems go to the order, warnings to the sheet."""

    def __init__(
        self, number: int, cells: Sequence[Cell], columns: Columns, warnings: list[RowProblem]
    ) -> None:
        self.number = number
        self._columns = columns
        self._warnings = warnings
        width = len(cells)
        # Most cells of an export are blank: each is looked at once, here.
        self._values = {
            field: cells[at] for field, at in columns.index.items() if at < width and not is_blank(cells[at])
        }
        self._waybill_cells = [cells[at] for at in columns.waybills if at < width and not is_blank(cells[at])]

    @property
    def is_blank(self) -> bool:
        """True if no column that is read holds anything (a row with only an address is blank to us)."""
        return not self._values and not self._waybill_cells

    @property
    def has_order_no(self) -> bool:
        return "order_no" in self._values

    def order_no(self) -> str | RowProblem:
        """The order number, or why the row has none."""
        cell = self._cell("order_no")
        known = cell if isinstance(cell, (str, int, float)) and not isinstance(cell, bool) else text_of(cell)
        code = order_no_problem(known)
        return order_no_text(known) if code is None else RowProblem(self.number, code, {"value": shown(cell)})

    def contradicts(self, draft: OrderDraft) -> bool:
        """True if an order-level cell of a row without order number says something else than the order above."""
        for field in _ORDER_FIELDS:
            try:
                value = self._order_value(field)
            except CellProblem:
                continue  # it becomes a problem of the order when the row is read
            if value is not None and draft.values.get(field, value) != value:
                return True
        return False

    def read_into(self, draft: OrderDraft) -> None:
        """Add all that this row says; what cannot be read becomes a problem of the order."""
        draft.rows.append(self.number)
        for field in _ORDER_FIELDS:
            if field not in self._values:
                continue
            try:
                self._read_order_field(draft, field)
            except CellProblem as problem:
                self._add_problem(draft, field, problem)
        new_waybill = self._read_waybills(draft)
        if self._several_kinds():
            draft.completes = True
            self._warn("several_kinds", order_no=draft.order_no)
        elif not self._values.keys().isdisjoint(_LINE_FIELDS):
            line = self._line(draft)
            if line is not None and not draft.add_line(line, for_waybill=new_waybill):
                self._warn("line_repeated", order_no=draft.order_no)

    def _read_order_field(self, draft: OrderDraft, field: str) -> None:
        value = self._order_value(field)
        if value is None:
            return
        if field not in draft.values:
            draft.values[field] = value
            if isinstance(value, str):
                self._warn_if_cut(field)
        elif draft.values[field] != value:
            self._warn("order_conflict", order_no=draft.order_no, column=self._columns.name(field))

    def _order_value(self, field: str) -> OrderValue | None:
        cell = self._cell(field)
        if cell is None:
            return None
        return _ORDER_READERS[field](cell) if field in _ORDER_READERS else text_of(cell)[:LONGEST_TEXT]

    def _line(self, draft: OrderDraft) -> ImportedLine | None:
        problems_before = len(draft.problems)
        offer_id = self._guarded(draft, "offer_id", self._id, "")
        sku_id = self._guarded(draft, "sku_id", self._id, "")
        quantity = self._guarded(draft, "quantity", lambda field: quantity_milli(self._cell(field)), 0)
        no_price: tuple[int | None, bool] = (None, False)
        price, rounded = self._guarded(draft, "unit_price", self._unit_price, no_price)
        if "title" not in self._values and "sku_id" not in self._values:
            self._add_problem(draft, "title", CellProblem("product_missing"))
        if len(draft.problems) > problems_before:
            return None
        if rounded:
            self._warn("unit_price_rounded", order_no=draft.order_no, value=shown(self._cell("unit_price")))
        texts = {field: self._line_text(field) for field in _LINE_TEXTS}
        spec = texts.pop("spec") or texts["model"]
        colour, size = spec_colour_size(spec)
        return ImportedLine(
            seq=0,
            spec=spec,
            colour=colour,
            size=size,
            quantity_milli=quantity,
            unit_price_fen=price,
            offer_id=offer_id,
            sku_id=sku_id,
            **texts,
        )

    def _unit_price(self, field: str) -> tuple[int | None, bool]:
        return unit_price_fen(self._cell(field))

    def _line_text(self, field: str) -> str:
        self._warn_if_cut(field)
        return text_of(self._cell(field))[:LONGEST_TEXT]

    def _id(self, field: str) -> str:
        cell = self._cell(field)
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            text = number_cell_text(cell)
        else:
            text = unquoted(text_of(cell))[:LONGEST_TEXT]
            text = None if looks_rounded(text) else text
        if text is None:
            raise CellProblem("id_rounded", value=shown(cell))
        return text

    def _read_waybills(self, draft: OrderDraft) -> bool:
        """Every number of every waybill column, with its courier; True if one is the first of its kind here."""
        couriers = courier_names(self._cell("courier"))
        if couriers:
            draft.courier = "、".join(couriers)
        new = False
        for cell in self._waybill_cells:
            try:
                waybills, others = read_waybills(cell, couriers or (draft.courier,))
            except CellProblem as problem:
                self._add_problem(draft, "waybill", problem)
                continue
            new = any([draft.add_waybill(waybill) for waybill in waybills]) or new
            for text in others:
                self._warn("waybill_not_a_number", order_no=draft.order_no, value=text)
        return new

    def _several_kinds(self) -> bool:
        """True for a row that sums up several kinds of goods (Taobao): its one quantity is nobody's."""
        return "kinds" in self._values and text_of(self._cell("kinds")) != "1"

    def _guarded(self, draft: OrderDraft, field: str, read: Callable[[str], Value], unread: Value) -> Value:
        try:
            return read(field)
        except CellProblem as problem:
            self._add_problem(draft, field, problem)
            return unread

    def _add_problem(self, draft: OrderDraft, field: str, problem: CellProblem) -> None:
        named = {"order_no": draft.order_no, "column": self._columns.name(field), **problem.vars}
        draft.problems.append(RowProblem(self.number, problem.code, named))

    def _cell(self, field: str) -> Cell:
        """None also for a cell that holds nothing visible."""
        return self._values.get(field)

    def _warn(self, code: str, **vars: str | int) -> None:
        self._warnings.append(RowProblem(self.number, code, vars))

    def _warn_if_cut(self, field: str) -> None:
        cell = self._cell(field)
        if isinstance(cell, str) and len(cell) > LONGEST_TEXT and len(text_of(cell)) > LONGEST_TEXT:
            self._warn("text_cut", column=self._columns.name(field), limit=LONGEST_TEXT)

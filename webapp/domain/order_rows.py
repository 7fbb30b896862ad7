"""Reading one row of an export into its order: order-level cells, one line, waybills."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

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
from webapp.domain.order_columns import HEADERS, Columns
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
        self._cells = cells
        self._columns = columns
        self._warnings = warnings

    @property
    def is_blank(self) -> bool:
        """True if no column that is read holds anything (a row with only an address is blank to us)."""
        read = (*self._columns.index.values(), *self._columns.waybills)
        return all(is_blank(self._at(index)) for index in read)

    @property
    def has_order_no(self) -> bool:
        return not is_blank(self._cell("order_no"))

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
            with self._guard(draft, field):
                self._read_order_field(draft, field)
        new_waybill = self._read_waybills(draft)
        if any(not is_blank(self._cell(field)) for field in _LINE_FIELDS):
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
            self._warn("order_conflict", order_no=draft.order_no, column=HEADERS[field][0])

    def _order_value(self, field: str) -> OrderValue | None:
        cell = self._cell(field)
        if is_blank(cell):
            return None
        return _ORDER_READERS[field](cell) if field in _ORDER_READERS else text_of(cell)[:LONGEST_TEXT]

    def _line(self, draft: OrderDraft) -> ImportedLine | None:
        problems_before = len(draft.problems)
        quantity, price, rounded, offer_id, sku_id = 0, None, False, "", ""
        with self._guard(draft, "offer_id"):
            offer_id = self._id("offer_id")
        with self._guard(draft, "sku_id"):
            sku_id = self._id("sku_id")
        with self._guard(draft, "quantity"):
            quantity = quantity_milli(self._cell("quantity"))
        with self._guard(draft, "unit_price"):
            price, rounded = unit_price_fen(self._cell("unit_price"))
        with self._guard(draft, "title"):
            if is_blank(self._cell("title")) and is_blank(self._cell("sku_id")):
                raise CellProblem("product_missing")
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
        for index in self._columns.waybills:
            if is_blank(self._at(index)):
                continue
            with self._guard(draft, "waybill"):
                waybills, others = read_waybills(self._at(index), couriers or (draft.courier,))
                new = any([draft.add_waybill(waybill) for waybill in waybills]) or new
                for text in others:
                    self._warn("waybill_not_a_number", order_no=draft.order_no, value=text)
        return new

    @contextmanager
    def _guard(self, draft: OrderDraft, field: str) -> Iterator[None]:
        try:
            yield
        except CellProblem as problem:
            named = {"order_no": draft.order_no, "column": HEADERS[field][0], **problem.vars}
            draft.problems.append(RowProblem(self.number, problem.code, named))

    def _cell(self, field: str) -> Cell:
        index = self._columns.index.get(field)
        return None if index is None else self._at(index)

    def _at(self, index: int) -> Cell:
        return self._cells[index] if index < len(self._cells) else None

    def _warn(self, code: str, **vars: str | int) -> None:
        self._warnings.append(RowProblem(self.number, code, vars))

    def _warn_if_cut(self, field: str) -> None:
        cell = self._cell(field)
        if isinstance(cell, str) and len(cell) > LONGEST_TEXT and len(text_of(cell)) > LONGEST_TEXT:
            self._warn("text_cut", column=HEADERS[field][0], limit=LONGEST_TEXT)

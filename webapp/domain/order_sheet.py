"""From the rows of an order table to orders. Columns are found by their header text, never by position.

What is decided here (domain.md 12.1 leaves it open):

- An order goes in whole or not at all. The ordered quantity is the base of every shortage claim, so an order
  with one unreadable line would say too little. The bad row is named with its own reason, the order's other
  rows with `order_left_out`. Other orders are not affected.
- A row without an order number continues the order above it (merged cells), also across blank rows. If its own
  order-level cells contradict that order it is another order whose number is missing: refused, with what follows.
- An order that comes back later in the sheet (two exports pasted together, or order cells repeated on each row)
  adds the lines it did not have: an identical line counts as often as it stands below one written order number,
  at most. So the same text twice is the same orders as once.
- A line repeated beside a new waybill is the same line in a second parcel, not more goods.
- A table of order numbers and waybills alone completes orders: it has no lines and needs none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from webapp.domain.order_cells import Cell
from webapp.domain.order_columns import EXPORT_1688, HEADERS, Columns, Layout, find_columns, recognise
from webapp.domain.order_draft import OrderDraft, RowProblem
from webapp.domain.order_rows import Row
from webapp.domain.orders import ImportedOrder
from webapp.domain.refusals import Refusal

__all__ = ["RowProblem", "SheetReading", "read_order_sheet", "read_waybill_table"]

HEADER_SEARCH_ROWS = 20  # titles and notes that people put above the table


@dataclass(frozen=True, slots=True)
class SheetReading:
    """What a sheet holds: whole orders as first met, and every row that stayed out, by row number."""

    orders: tuple[ImportedOrder, ...]
    rejected: tuple[RowProblem, ...]
    warnings: tuple[RowProblem, ...]
    layout: Layout = EXPORT_1688


def read_order_sheet(rows: Iterable[Sequence[Cell]], layout: Layout | None = None) -> SheetReading:
    """Read a sheet's rows, header included, in one pass; row 1 is the sheet's first row.

    Without ``layout`` the header must be one that is known by heart. Raises Refusal: `import_no_header` if none of
    the first 20 rows is a header, `import_header_incomplete` (columns) if it lacks a required column,
    `import_no_rows` if nothing stands below it.
    """
    numbered = enumerate(rows, start=1)
    header_row, columns = _find_header(numbered, layout)
    return _read(numbered, header_row, columns)


def read_waybill_table(rows: Iterable[Sequence[Cell]], columns: Columns) -> SheetReading:
    """Read a table that has no header, whose columns were told by what stands in them. Raises `import_no_rows`."""
    return _read(enumerate(rows, start=1), 1, columns)


def _read(numbered: Iterator[tuple[int, Sequence[Cell]]], header_row: int, columns: Columns) -> SheetReading:
    sheet = _Sheet(columns.layout)
    sheet.warnings.extend(RowProblem(header_row, "duplicate_header", {"column": n}) for n in columns.repeated)
    for number, cells in numbered:
        row = Row(number, cells, columns, sheet.warnings)
        if not row.is_blank:
            sheet.take(row)
    if sheet.is_empty:
        raise Refusal("import_no_rows")
    return sheet.reading()


def _find_header(
    numbered: Iterator[tuple[int, Sequence[Cell]]], layout: Layout | None
) -> tuple[int, Columns]:
    for number, cells in numbered:
        found = recognise(cells) if layout is None else find_columns(cells, layout)
        if found is not None and not found.missing:
            return number, found
        columns = found or find_columns(cells)
        if len(columns.index) >= 3:  # plainly the header, but not of an order list that can be counted by
            raise Refusal("import_header_incomplete", columns="、".join(columns.missing))
        if number >= HEADER_SEARCH_ROWS:
            break
    wanted = layout.headers if layout is not None else HEADERS
    needed = [wanted[field][0] for field in ("order_no", "title", "quantity") if field in wanted]
    raise Refusal("import_no_header", columns="、".join(needed))


class _Sheet:
    """The state of one pass: all orders so far, and the one that a row without order number belongs to."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self.warnings: list[RowProblem] = []
        self._rejected: list[RowProblem] = []
        self._drafts: dict[str, OrderDraft] = {}
        self._current: OrderDraft | None = None
        self._refused_above: int | None = None

    @property
    def is_empty(self) -> bool:
        return not self._drafts and not self._rejected

    def take(self, row: Row) -> None:
        if row.has_order_no:
            self._start(row)
        elif self._current is None and self._refused_above is None:
            self._rejected.append(RowProblem(row.number, "orphan_row", {}))
        elif self._current is None:
            above = {"because_row": self._refused_above or 0}
            self._rejected.append(RowProblem(row.number, "order_row_refused", above))
        elif row.contradicts(self._current):
            self._refuse(RowProblem(row.number, "order_no_missing", {}))
        else:
            row.read_into(self._current)

    def _start(self, row: Row) -> None:
        number = row.order_no()
        if isinstance(number, RowProblem):
            self._refuse(number)
            return
        self._current = self._drafts.setdefault(number, OrderDraft(number, completes=self._layout.completes))
        self._refused_above = None
        self._current.new_block()
        row.read_into(self._current)

    def _refuse(self, problem: RowProblem) -> None:
        self._current, self._refused_above = None, problem.row
        self._rejected.append(problem)

    def reading(self) -> SheetReading:
        orders: list[ImportedOrder] = []
        rejected = list(self._rejected)
        drafts, self._drafts = self._drafts, {}
        for order_no in list(drafts):
            outcome = drafts.pop(
                order_no
            ).finish()  # a draft takes as much memory as its order: not both at once
            if isinstance(outcome, ImportedOrder):
                orders.append(outcome)
            else:
                rejected.extend(outcome)
        return SheetReading(
            tuple(orders),
            tuple(sorted(rejected, key=lambda problem: problem.row)),
            tuple(sorted(self.warnings, key=lambda problem: problem.row)),
            self._layout,
        )

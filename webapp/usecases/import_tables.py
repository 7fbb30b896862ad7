"""From the file of a draft to its orders: opened, its header recognised or remembered, read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from webapp.adapters.spreadsheets import read_rows
from webapp.domain.import_mapping import ColumnMapping, Header, find_header
from webapp.domain.order_cells import Cell
from webapp.domain.order_columns import Columns
from webapp.domain.order_sheet import SheetReading, read_order_sheet, read_waybill_table
from webapp.domain.pasted_table import pasted_table

PROGRESS_ROWS = 2_000
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Table:
    """Rows that can be gone through again. ``columns`` is set for a pasted table without a header."""

    rows: Iterable[Sequence[Cell]]
    columns: Columns | None = None
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()
    count: int | None = None

    @property
    def header(self) -> Header | None:
        return None if self.columns is not None else find_header(self.rows)


def open_table(file: Path, filename: str) -> Table:
    """``filename`` "" means text that was pasted. Raises the refusals of `read_rows` and `pasted_table`."""
    if not filename:
        pasted = pasted_table(file.read_text("utf-8"))
        return Table(pasted.rows, pasted.columns, count=len(pasted.rows))
    rows = read_rows(file, filename)
    return Table(rows, sheet=rows.sheet, other_sheets=rows.other_sheets, count=rows.count)


def read_table(table: Table, mapping: ColumnMapping | None, progress: Progress | None = None) -> SheetReading:
    """``progress`` is told rows read and rows there are (None: unknown) every so often; it may raise to stop."""
    rows = table.rows if progress is None else _counted(table, progress)
    if table.columns is not None:
        return read_waybill_table(rows, table.columns)
    return read_order_sheet(rows, None if mapping is None else mapping.layout)


def _counted(table: Table, progress: Progress) -> Iterator[Sequence[Cell]]:
    progress(0, table.count)
    for number, row in enumerate(table.rows, start=1):
        yield row
        if number % PROGRESS_ROWS == 0:
            progress(number, table.count)

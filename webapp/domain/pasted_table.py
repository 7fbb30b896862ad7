"""A table that a person pasted: from a spreadsheet (tabs), a file (commas) or a chat (spaces), with or without header.

Without a header it can only be order numbers and their waybills: each column is told by what stands in it, since
people paste them in either order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from webapp.domain.order_cells import Cell, clean
from webapp.domain.order_columns import WAYBILLS, Columns, recognise
from webapp.domain.orders import normalise_waybill, order_no_problem
from webapp.domain.refusals import Refusal

LONGEST_PASTE = 1_000_000
HEADER_SEARCH_ROWS = 20
_ORDER_LIKE = (None, "order_no_rounded")  # a rounded number still says which column it stands in
_MARK = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class PastedTable:
    """Rows of text. ``columns`` is set when there is no header and the cells themselves said what they are."""

    rows: tuple[tuple[str, ...], ...]
    columns: Columns | None


def pasted_table(text: str) -> PastedTable:
    """Raises Refusal: paste_empty, too_large, paste_not_understood."""
    if len(text) > LONGEST_PASTE:
        raise Refusal("too_large")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip("\n").split("\n")
    if not any(clean(line) for line in lines):
        raise Refusal("paste_empty")
    rows = tuple(_cells(line, _separator(lines)) for line in lines)
    if any(recognise(row) for row in rows[:HEADER_SEARCH_ROWS]):
        return PastedTable(rows, None)
    columns = _waybill_columns(rows)
    if columns is None and not _has_header(rows):
        raise Refusal("paste_not_understood")
    return PastedTable(rows, columns)


def _separator(lines: Sequence[str]) -> str:
    """What stands between cells; white space only where nothing else does."""
    for separator in ("\t", ",", "，", ";", "；"):
        if sum(separator in line for line in lines) * 2 >= sum(bool(line.strip()) for line in lines):
            return separator
    return " "


def _cells(line: str, separator: str) -> tuple[str, ...]:
    if separator == " ":
        return tuple(token for token in line.split() if _MARK.sub("", token))
    return tuple(cell.strip().strip('"') for cell in line.split(separator))


def _waybill_columns(rows: Sequence[Sequence[Cell]]) -> Columns | None:
    """Order number, waybills and courier by content; None if the table is something else."""
    filled = [row for row in rows if any(isinstance(cell, str) and cell for cell in row)]
    width = max(len(row) for row in filled)
    columns = [[row[at] if at < len(row) else "" for row in filled] for at in range(width)]
    orders = [sum(_order_like(cell) for cell in column) for column in columns]
    order_at = max(range(width), key=lambda at: (orders[at], -at))
    if orders[order_at] * 2 < len(filled):
        return None
    others = [at for at in range(width) if at != order_at]
    numbers = {at: sum(bool(_waybill_like(cell)) for cell in columns[at]) for at in others}
    waybills = tuple(at for at in others if numbers[at] * 2 >= sum(bool(cell) for cell in columns[at]) > 0)
    if not waybills:
        return None
    index = {"order_no": order_at}
    courier = next((at for at in others if at not in waybills and any(columns[at])), None)
    if courier is not None:
        index["courier"] = courier
    return Columns(WAYBILLS, index, waybills, ())


def _order_like(cell: Cell) -> bool:
    return isinstance(cell, str) and bool(cell) and order_no_problem(cell) in _ORDER_LIKE


def _waybill_like(cell: Cell) -> bool:
    return isinstance(cell, str) and bool(normalise_waybill(cell))


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """A first row of words only may be a header that a person can map."""
    first = next(row for row in rows if any(row))
    return len(rows) > 1 and len(first) >= 2 and not any(re.search("[0-9]{4}", cell) for cell in first)

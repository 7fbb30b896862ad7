"""CSV for spreadsheet programs: RFC 4180, and nothing in a cell is ever run or rounded."""

from __future__ import annotations

from collections.abc import Sequence

BOM = "\ufeff"
"""Without it a spreadsheet program reads Chinese and Vietnamese as Latin-1."""

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def text_cell(text: str) -> str:
    """A text that starts like a formula gets an apostrophe in front (OWASP, CSV injection)."""
    # NUL would end the file for some readers; a line break in front of `=` would hide it from this check.
    cleaned = text.replace("\0", "")
    return f"'{cleaned}" if cleaned.lstrip(" \n\u00a0\u3000").startswith(_FORMULA_STARTS) else cleaned


def number_text_cell(text: str) -> str:
    """An order number or waybill: text, since a spreadsheet program keeps 15 digits of a number and no leading zero."""
    return f"'{text}" if text.isascii() and text.isdigit() else text_cell(text)


def csv_line(cells: Sequence[str]) -> str:
    """One record with its line end; quoted only where RFC 4180 asks for it."""
    return ",".join(_quoted(cell) for cell in cells) + "\r\n"


def _quoted(cell: str) -> str:
    if any(mark in cell for mark in ',"\r\n') or cell != cell.strip():
        return '"' + cell.replace('"', '""') + '"'
    return cell

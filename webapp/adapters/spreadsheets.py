"""Rows of a table that a stranger sent: .xlsx, .xls, CSV or tab-separated text; read only after its size is known.

Cells come as the file keeps them: text as text, every number as a float (an id of more than 15 digits is
already rounded in the file itself; `domain.orders` refuses it), dates as naive datetimes. Formulas are never
evaluated: the value that the spreadsheet program stored beside one is read, or an empty cell. Of merged cells
only the first holds the value. The format is told by the bytes; the name only says what a text file was meant as.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO

from webapp.adapters.calamine_sheets import first_sheet
from webapp.adapters.text_tables import read_text_rows, text_format
from webapp.adapters.workbook_rows import MOST_XLS_BYTES, read_in_child
from webapp.adapters.workbook_zip import Limits, Plain, repack
from webapp.domain.order_cells import Cell
from webapp.domain.refusals import Refusal

_ZIP, _EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_SECTOR = 512
_BOOK_START = bytes.fromhex("0908 1000 0006 0500")  # BOF of the globals of a BIFF8 workbook
_FILEPASS = 0x002F
_OLE_DIRECTORY_SEARCH = 64 << 20
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_XLS_STREAMS = ("Workbook".encode("utf-16-le"), "Book\0".encode("utf-16-le"))
# Up to here the reader takes some 30 MB, less than starting a process is worth.
_SMALL_BYTES, _SMALL_AREA = 8 << 20, 200_000
_TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".xls")  # some sites call their CSV .xls


class Rows:
    """The first worksheet, row by row; can be gone through again. ``other_sheets`` were not read.

    ``count`` is the number of rows from the sheet's first on, None where only reading tells it.
    """

    def __init__(
        self,
        source: Callable[[], Iterable[Sequence[Cell]]],
        *,
        sheet: str = "",
        other_sheets: tuple[str, ...] = (),
        count: int | None = None,
    ) -> None:
        self._source = source
        self.sheet = sheet
        self.other_sheets = other_sheets
        self.count = count

    def __iter__(self) -> Iterator[list[Cell]]:
        """Every row from the sheet's row 1 on, blank ones included, so that counting gives row numbers."""
        for row in self._source():
            yield list(row)


def read_rows(source: Path | bytes, filename: str, limits: Limits | None = None) -> Rows:
    """Open the table. A ``source`` that is a path must stay there as long as rows are read.

    Raises Refusal: import_empty, import_not_a_spreadsheet, import_other_format (format), import_password,
    import_truncated, import_too_large, import_too_many_rows (limit), import_encoding; while reading also
    import_quotes (row).
    """
    limits = limits or Limits()
    with _open(source) as stream:
        kind = _kind(stream, filename, limits)
        if kind == "text":
            return _text_rows(source, stream, limits)
        if kind == "xls":
            return _rows_of_child(stream, limits)
        plain = repack(stream, limits)
    with plain.archive:
        return _xlsx_rows(plain, limits)


def _xlsx_rows(plain: Plain, limits: Limits) -> Rows:
    """A large sheet is read in a process of its own: this one would never give the memory back."""
    if plain.size > _SMALL_BYTES or plain.area > _SMALL_AREA:
        return _rows_of_child(plain.archive, limits)
    sheet, others = first_sheet(plain.archive)
    return Rows(
        sheet.iter_rows, sheet=sheet.name, other_sheets=tuple(others), count=(sheet.end or (-1, -1))[0] + 1
    )


def _rows_of_child(stream: IO[bytes], limits: Limits) -> Rows:
    found = read_in_child(stream, limits)
    return Rows(lambda: found, sheet=found.name, other_sheets=found.others, count=found.row_count)


def _open(source: Path | bytes) -> IO[bytes]:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _kind(stream: IO[bytes], filename: str, limits: Limits) -> str:
    """xlsx, xls or text, told by the first bytes; the stream stands at its start again."""
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    head = stream.read(8)
    stream.seek(0)
    if size == 0:
        raise Refusal("import_empty")
    if size > limits.packed_bytes:
        raise Refusal("import_too_large")
    if head[:4] == _ZIP:
        return "xlsx"
    if head == _OLE:
        _check_ole(stream.read(_OLE_DIRECTORY_SEARCH), size)
        if size > MOST_XLS_BYTES:
            raise Refusal("import_too_large")
        return "xls"
    if head[:4] == _EMPTY_ZIP or Path(filename).suffix.lower() not in _TEXT_SUFFIXES:
        raise Refusal("import_not_a_spreadsheet")
    return "text"


def _check_ole(content: bytes, size: int) -> None:
    """An encrypted .xlsx is an OLE container around EncryptedPackage; an .xls is one around Workbook."""
    directory_at = (int.from_bytes(content[0x30:0x34], "little") + 1) * _OLE_SECTOR
    if len(content) < _OLE_SECTOR or directory_at + _OLE_SECTOR > size:
        raise Refusal("import_truncated")
    if _ENCRYPTED_PACKAGE in content:
        raise Refusal("import_password")
    if not any(name in content for name in _XLS_STREAMS):
        raise Refusal("import_not_a_spreadsheet")
    if _is_encrypted_xls(content):
        raise Refusal("import_password")


def _is_encrypted_xls(content: bytes) -> bool:
    """True if one of the first records of the workbook is FILEPASS; the reader only says that it cannot read on."""
    start = content.find(_BOOK_START)
    at, end = start, start + _OLE_SECTOR
    while 0 <= at <= end - 4:
        kind, length = struct.unpack_from("<HH", content[at : at + 4].ljust(4, b"\0"))
        if kind == _FILEPASS:
            return True
        at += 4 + length
    return False


def _text_rows(source: Path | bytes, stream: IO[bytes], limits: Limits) -> Rows:
    form = text_format(stream)

    def rows() -> Iterator[list[Cell]]:
        with _open(source) as again:
            yield from read_text_rows(again, form, limits.rows)

    return Rows(rows)

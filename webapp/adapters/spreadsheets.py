"""Rows of the first sheet of an .xlsx that a stranger sent, read only after its size is known.

Cells come as the file keeps them: text as text, every number as a float (an id of more than 15 digits is
already rounded in the file itself; `domain.orders` refuses it), dates as naive datetimes. Formulas are never
evaluated: the value that the spreadsheet program stored beside one is read, or an empty cell. Of merged cells
only the first holds the value.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import python_calamine

from webapp.adapters.workbook_zip import Limits, repack
from webapp.domain.order_cells import Cell
from webapp.domain.refusals import Refusal

_ZIP, _EMPTY_ZIP = b"PK\x03\x04", b"PK\x05\x06"
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_DIRECTORY_SEARCH = 64 << 20
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_XLS_STREAMS = ("Workbook".encode("utf-16-le"), "Book\0".encode("utf-16-le"))
_TEXT_SUFFIXES = {".csv": "csv", ".tsv": "csv", ".txt": "csv"}


class Rows:
    """The first worksheet, row by row; can be gone through again. ``other_sheets`` were not read."""

    def __init__(self, sheet: python_calamine.CalamineSheet, other_sheets: tuple[str, ...]) -> None:
        self._sheet = sheet
        self.sheet = sheet.name
        self.other_sheets = other_sheets

    def __iter__(self) -> Iterator[list[Cell]]:
        """Every row from the sheet's row 1 on, blank ones included, so that counting gives row numbers."""
        for row in self._sheet.iter_rows():
            yield list(row)


def read_rows(source: Path | bytes, filename: str, limits: Limits | None = None) -> Rows:
    """Open the first visible worksheet. ``filename`` is only used to name the format of what is refused.

    Raises Refusal: import_empty, import_not_a_spreadsheet, import_other_format (format), import_password,
    import_truncated, import_too_large, import_too_many_rows (limit).
    """
    limits = limits or Limits()
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as stream:
        _check_kind(stream, filename, limits)
        with repack(stream, limits) as archive:
            return _first_sheet(archive)


def _check_kind(stream: IO[bytes], filename: str, limits: Limits) -> None:
    size = stream.seek(0, io.SEEK_END)
    stream.seek(0)
    head = stream.read(8)
    if size == 0:
        raise Refusal("import_empty")
    if size > limits.packed_bytes:
        raise Refusal("import_too_large")
    if head == _OLE:
        stream.seek(0)
        _refuse_ole(stream.read(_OLE_DIRECTORY_SEARCH))
    if head[:4] == _ZIP:
        stream.seek(0)
        return
    suffix = Path(filename).suffix.lower()
    if suffix in _TEXT_SUFFIXES and b"\0" not in head:
        raise Refusal("import_other_format", format=_TEXT_SUFFIXES[suffix])
    raise Refusal("import_not_a_spreadsheet")


def _refuse_ole(content: bytes) -> None:
    """An encrypted .xlsx is an OLE container around EncryptedPackage; an .xls is one around Workbook."""
    if _ENCRYPTED_PACKAGE in content:
        raise Refusal("import_password")
    if any(name in content for name in _XLS_STREAMS):
        raise Refusal("import_other_format", format="xls")
    raise Refusal("import_not_a_spreadsheet")


def _first_sheet(archive: IO[bytes]) -> Rows:
    try:
        workbook = python_calamine.load_workbook(archive)
        names = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.typ is python_calamine.SheetTypeEnum.WorkSheet
            and sheet.visible is python_calamine.SheetVisibleEnum.Visible
        ]
        if not names:
            raise Refusal("import_not_a_spreadsheet")
        return Rows(workbook.get_sheet_by_name(names[0]), tuple(names[1:]))
    except Refusal:
        raise
    except python_calamine.PasswordError as error:
        raise Refusal("import_password") from error
    except python_calamine.CalamineError as error:
        raise Refusal("import_truncated") from error
    except Exception as error:
        raise Refusal("import_not_a_spreadsheet") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # the reader's own crash is no Exception
            raise
        raise Refusal("import_not_a_spreadsheet") from error

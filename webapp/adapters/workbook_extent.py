"""How large a sheet becomes once read, told from its XML text without building it.

Two amplifiers survive an unpacked-size cap: one cell in the last corner makes a reader that keeps a full
rectangle allocate billions of cells, and one long shared string may be named by every cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from webapp.domain.refusals import Refusal

_P = rb"(?:\w{1,20}:)?"
_COMMON_CELL = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"')  # what Excel, WPS, POI and openpyxl write
_COMMON_LETTERS = re.compile(rb'<c r="([A-Z]{1,3})[0-9]{1,7}"(?:[^>]*[^/>])?>')
_COMMON_ROWS = re.compile(rb'<c r="[A-Z]{1,3}([0-9]{1,7})"(?:[^>]*[^/>])?>')
_ANY_CELL = re.compile(rb"<" + _P + rb"c[\s/>]")
_ROW_OR_CELL = re.compile(rb"<" + _P + rb"(row|c)(?=[\s/>])([^<>]*)>")
_CELL_REF = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,3})([0-9]{1,9})")
_ROW_REF = re.compile(rb"\br\s*=\s*[\"']([0-9]{1,9})")
_STRING_END = re.compile(rb"</" + _P + rb"si\s*>|<" + _P + rb"si\s*/>")
_STRING_USE = re.compile(
    rb"<" + _P + rb"v\s*>\s*([0-9]{1,40})"
)  # numbers too: more than there is, never less
_LONGEST_TAG = 1 << 20  # with the text after it; a cell holds at most 32,767 characters


@dataclass(slots=True)
class Extent:
    """The rectangle that the cells with content of one sheet span, and their number."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    _row: int = 0
    _column: int = 0

    def scan(self, text: bytes) -> None:
        """Take the next piece of the sheet; a piece must not end inside a tag."""
        usual = len(_COMMON_CELL.findall(text))
        if usual != len(_ANY_CELL.findall(text)):
            self._scan_slowly(text)
            return
        letters = _COMMON_LETTERS.findall(text)
        self.cells += len(letters)
        self.columns = max([self.columns, *map(_column_number, set(letters))])
        self.rows = max([self.rows, *map(int, set(_COMMON_ROWS.findall(text)))])

    def _scan_slowly(self, text: bytes) -> None:
        """Cells without a reference follow the one before, rows without a number the row before."""
        for match in _ROW_OR_CELL.finditer(text):
            attributes = match[2]
            if match[1] == b"row":
                given = _ROW_REF.search(attributes)
                self._row = int(given[1]) if given else self._row + 1
                self._column = 0
                continue
            place = _CELL_REF.search(attributes)
            self._column = _column_number(place[1]) if place else self._column + 1
            if attributes.endswith(b"/"):  # a format without content: the reader leaves it out too
                continue
            self.cells += 1
            self.columns = max(self.columns, self._column)
            self.rows = max(self.rows, int(place[2]) if place else self._row)


def whole_tags(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes cut only before a ``<``, so that no tag is cut in two.

    Raises Refusal import_too_large for a tag or text of over a mebibyte, which no spreadsheet program writes.
    """
    carried = b""
    for chunk in chunks:
        carried += chunk
        cut = carried.rfind(b"<")
        if cut > 0:
            yield carried[:cut]
            carried = carried[cut:]
        if len(carried) > _LONGEST_TAG:
            raise Refusal("import_too_large")
    yield carried


def string_lengths(chunks: Iterable[bytes]) -> list[int]:
    """Bytes of XML of each shared string: never less than its text."""
    lengths = []
    open_bytes = 0
    for text in whole_tags(chunks):
        start = 0
        for end in _STRING_END.finditer(text):
            lengths.append(open_bytes + end.end() - start)
            start, open_bytes = end.end(), 0
        open_bytes += len(text) - start
    return lengths


def text_used(chunks: Iterable[bytes], lengths: Sequence[int]) -> int:
    """Bytes of shared strings that a sheet's cells hold once each cell has its own copy; an upper bound."""
    total = 0
    for text in whole_tags(chunks):
        uses = (int(use) for use in _STRING_USE.findall(text))
        total += sum(lengths[use] for use in uses if use < len(lengths))
    return total


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number

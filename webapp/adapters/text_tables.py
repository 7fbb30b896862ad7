"""Tables in text files: CSV and tab-separated, as programs of China write them.

The encoding is told by strict decoding alone: a byte order mark, else UTF-8, else GB18030 (which GBK and GB2312 are
part of). Nothing is replaced or guessed: a file that decodes as none of them is refused. A cell written as ``="…"`` (so
that a spreadsheet program keeps it text) is the text between the quotes; no formula is ever evaluated.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from webapp.domain.order_cells import Cell
from webapp.domain.refusals import Refusal

_CHUNK = 1 << 18
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_WRAPPED = re.compile(r'=\s*"([^"]*)"')
_MARKUP = re.compile(rb"\s*(?:<|\{|%PDF|\{\\rtf)")
_CUT_SEQUENCE = 4  # bytes that a multi-byte character may lack at the end of a truncated file
_SNIFFED_CHARACTERS = 20_000
_SNIFFED_ROWS = 20
MOST_COLUMNS = 1_000


@dataclass(frozen=True, slots=True)
class TextFormat:
    """How the bytes of a file become cells."""

    encoding: str
    delimiter: str


def text_format(stream: IO[bytes]) -> TextFormat:
    """Goes through the stream. Raises Refusal: import_not_a_spreadsheet, import_encoding, import_truncated."""
    stream.seek(0)
    head = stream.read(_CHUNK)
    if _MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        raise Refusal("import_not_a_spreadsheet")
    encoding = _encoding(stream, head)
    stream.seek(0)
    start = codecs.getincrementaldecoder(encoding)().decode(stream.read(_CHUNK))[:_SNIFFED_CHARACTERS]
    if "\0" in start:
        raise Refusal("import_not_a_spreadsheet")
    return TextFormat(encoding, _delimiter(start))


def read_text_rows(stream: IO[bytes], form: TextFormat, most_rows: int) -> Iterator[list[Cell]]:
    """Every record from the first on, blank ones included. The stream is read from its start and left open.

    Raises Refusal: import_quotes (row), import_too_many_rows (limit), import_too_large.
    """
    stream.seek(0)
    reader = csv.reader(_lines(stream, form.encoding), delimiter=form.delimiter, strict=True)
    number = 0
    while True:
        try:
            record = next(reader, None)
        except csv.Error as error:
            raise Refusal("import_quotes", row=number + 1) from error
        if record is None:
            return
        number += 1
        if number > most_rows:
            raise Refusal("import_too_many_rows", limit=most_rows)
        if len(record) > MOST_COLUMNS:
            raise Refusal("import_too_large")
        yield [_cell(text) for text in record]


def _lines(stream: IO[bytes], encoding: str) -> Iterator[str]:
    """Lines with their ends; ``str.splitlines`` would also cut at characters that are part of a text."""
    decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder(encoding)(), translate=True)
    carried = ""
    while True:
        piece = stream.read(_CHUNK)
        carried += decoder.decode(piece, final=not piece)
        lines = carried.split("\n")
        carried = lines.pop()
        yield from (line + "\n" for line in lines)
        if not piece:
            if carried:
                yield carried
            return


def _cell(text: str) -> str:
    if text[:1] == "=":
        wrapped = _WRAPPED.fullmatch(text.strip())
        return wrapped[1] if wrapped else text
    return text


def _encoding(stream: IO[bytes], head: bytes) -> str:
    for mark, name in _BOMS:
        if head.startswith(mark):
            if _first_error(stream, name) is not None:
                raise Refusal("import_truncated")
            return name
    if b"\0" in head:
        raise Refusal("import_not_a_spreadsheet")
    size = stream.seek(0, io.SEEK_END)
    for name in ("utf-8", "gb18030"):
        at = _first_error(stream, name)
        if at is None:
            return name
        if at >= size - _CUT_SEQUENCE and at > 0:
            raise Refusal("import_truncated")
    raise Refusal("import_encoding")


def _first_error(stream: IO[bytes], encoding: str) -> int | None:
    """The offset of the first byte that does not decode (to within one character), None if all of them do."""
    stream.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    offset = 0
    while True:
        piece = stream.read(_CHUNK)
        pending = len(decoder.getstate()[0])
        try:
            decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            return offset - pending + error.start
        if not piece:
            return None
        offset += len(piece)


def _delimiter(start: str) -> str:
    """What cuts the first rows into most cells."""
    lines = start.splitlines()[:_SNIFFED_ROWS]
    return max((",", "\t", ";"), key=lambda mark: max((line.count(mark) for line in lines), default=0))

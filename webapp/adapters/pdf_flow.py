"""Text and tables that run over as many A4 pages as they need, each page with its foot; lengths in millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from fpdf import FPDF

from webapp.adapters.pdf_text import MM_PER_POINT, PdfText

WIDTH: Final = 210.0
HEIGHT: Final = 297.0
MARGIN: Final = 15.0
INNER: Final = WIDTH - 2 * MARGIN
_BOTTOM: Final = HEIGHT - 17.0
_LEAD: Final = 1.35
_PAD: Final = 1.4
_INK: Final = (22, 27, 34)
_QUIET: Final = (95, 103, 112)
_RULE: Final = (205, 210, 216)
_SHADE: Final = (240, 243, 246)
_MOST_ROWS: Final = 12
_BOX_ROWS: Final = 4


@dataclass(frozen=True, slots=True)
class Column:
    """``share`` of the inner width; ``right``: numbers stand under each other."""

    title: str
    share: float
    right: bool = False


class PdfFlow:
    """A document and where on the page it has come. Raises ``Refusal('label_fonts_missing')``."""

    def __init__(self, *, title: str, foot: str, created: datetime, fonts_dir: Path) -> None:
        self.pdf = FPDF(unit="mm", format="A4")
        self.pdf.set_creation_date(created)
        self.pdf.set_creator("Dockproof")
        self.pdf.set_title(title)
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.text = PdfText(self.pdf, fonts_dir)
        self._foot = foot
        self.y = 0.0
        self.new_page()

    def output(self) -> bytes:
        self._put_feet()
        return bytes(self.pdf.output())

    def new_page(self) -> None:
        self.pdf.add_page()
        self.y = MARGIN

    def need(self, height: float) -> bool:
        """Begins a page unless ``height`` still fits on this one; whether it did."""
        if self.y + height <= _BOTTOM:
            return False
        self.new_page()
        return True

    def gap(self, height: float) -> None:
        self.y += height

    def title(self, said: str, size: float = 20) -> None:
        self._rows(said, size, INNER, bold=True, rows=3)

    def heading(self, said: str, *, room: float = 30) -> None:
        """With ``room`` for something below it: a heading alone at the foot of a page names nothing."""
        self.gap(5)
        self.need(8 + room)
        self._rows(said, 13, INNER, bold=True, rows=2)
        self.gap(1.5)

    def paragraph(self, said: str, size: float = 9.5, *, quiet: bool = False, bold: bool = False) -> None:
        self._rows(said, size, INNER, quiet=quiet, bold=bold, rows=60)

    def _rows(
        self, said: str, size: float, width: float, *, rows: int, quiet: bool = False, bold: bool = False
    ) -> None:
        self._ink(_QUIET if quiet else _INK)
        step = size * MM_PER_POINT * _LEAD
        for row in self.text.wrapped(self.text.readable(said), width, size, rows, bold=bold):
            self.need(step)
            self.text.put(MARGIN, self.y + size * MM_PER_POINT, row, size, bold=bold)
            self.y += step

    def box(self, x: float, y: float, width: float, said: Sequence[tuple[str, float, bool]]) -> float:
        """Rows of (text, size, bold) from ``x``/``y`` downwards; returns the y below them."""
        self._ink(_INK)
        for words, size, bold in said:
            for row in self.text.wrapped(self.text.readable(words), width, size, _BOX_ROWS, bold=bold):
                self.text.put(x, y + size * MM_PER_POINT, row, size, bold=bold)
                y += size * MM_PER_POINT * _LEAD
        return y

    def height_of(self, width: float, said: Sequence[tuple[str, float, bool]]) -> float:
        """Of the rows that ``box`` would set."""
        return sum(
            len(self.text.wrapped(self.text.readable(words), width, size, _BOX_ROWS, bold=bold))
            * size
            * MM_PER_POINT
            * _LEAD
            for words, size, bold in said
        )

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        self.pdf.set_draw_color(*_RULE)
        self.pdf.set_line_width(0.2)
        self.pdf.rect(x, y, width, height)

    def table(self, columns: Sequence[Column], rows: Sequence[Sequence[str]], size: float = 8.5) -> None:
        """Its head stands again on each page; a row is never torn apart."""
        self._head(columns, size)
        for row in rows:
            cells = [self._cell(one, column, size) for one, column in zip(row, columns, strict=True)]
            height = max(len(cell) for cell in cells) * size * MM_PER_POINT * _LEAD + 2 * _PAD
            if self.need(height):
                self._head(columns, size)
            self._line_of(columns, cells, size, height)
        self.gap(2)

    def _head(self, columns: Sequence[Column], size: float) -> None:
        titles = [self._cell(column.title, column, size, bold=True) for column in columns]
        height = max(len(cell) for cell in titles) * size * MM_PER_POINT * _LEAD + 2 * _PAD
        self.need(height * 2)
        self.pdf.set_fill_color(*_SHADE)
        self.pdf.rect(MARGIN, self.y, INNER, height, style="F")
        self._line_of(columns, titles, size, height, bold=True)

    def _cell(self, said: str, column: Column, size: float, *, bold: bool = False) -> list[str]:
        room = column.share * INNER - 2 * _PAD
        return self.text.wrapped(self.text.readable(said), room, size, _MOST_ROWS, bold=bold) or [""]

    def _line_of(
        self,
        columns: Sequence[Column],
        cells: Sequence[Sequence[str]],
        size: float,
        height: float,
        *,
        bold: bool = False,
    ) -> None:
        x = MARGIN
        self._ink(_INK)
        for column, cell in zip(columns, cells, strict=True):
            width = column.share * INNER
            y = self.y + _PAD
            for row in cell:
                base = y + size * MM_PER_POINT
                edge = x + width - _PAD if column.right else None
                self.text.put(x + _PAD, base, row, size, bold=bold, right_of=edge)
                y += size * MM_PER_POINT * _LEAD
            x += width
        self.y += height
        self.pdf.set_draw_color(*_RULE)
        self.pdf.set_line_width(0.15)
        self.pdf.line(MARGIN, self.y, MARGIN + INNER, self.y)

    def _ink(self, colour: tuple[int, int, int]) -> None:
        self.pdf.set_text_color(*colour)

    def _put_feet(self) -> None:
        """Last, since only now is the number of pages known."""
        pages = len(self.pdf.pages)
        self._ink(_QUIET)
        foot = self.text.cut(self.text.readable(self._foot), INNER - 25, 8)
        for number in range(1, pages + 1):
            self.pdf.page = number
            # The font of the last text is another page's; fpdf writes it anew when it is set on this one.
            self.pdf.current_font_is_set_on_page = False
            self.text.put(MARGIN, HEIGHT - 9, foot, 8)
            self.text.put(0, HEIGHT - 9, f"{number} / {pages}", 8, right_of=WIDTH - MARGIN)

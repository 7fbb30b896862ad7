"""A printable mat on which pieces are laid out in tens, with marks by which a picture of it can be measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from webapp.adapters.catalogues import LANGUAGES, translate
from webapp.adapters.label_faces import VectorPdf
from webapp.adapters.label_sheets import new_document
from webapp.adapters.pdf_text import PdfText
from webapp.domain.refusals import Refusal

COLUMNS: Final = 5
ROWS: Final = 2
PIECES_A_CELL: Final = 10

_MARGIN = 8.0
_MARK = 8.0  # side of a corner mark
_THIN = 0.25
_THICK = 0.7
_CHECK = 100.0  # length of the line by which people check the printer's scale

Rectangle = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Paper:
    """Landscape, millimetres; ``ruler`` is its length, in whole centimetres."""

    width: float
    height: float
    ruler: int
    number_pt: float
    body_pt: float


PAPERS: Final[dict[str, Paper]] = {
    "A4": Paper(297, 210, 250, 28.0, 8.5),
    "A3": Paper(420, 297, 370, 44.0, 11.0),
}


def counting_mat_pdf(paper: str, *, created: datetime, fonts_dir: Path) -> bytes:
    """One page, the same bytes for the same arguments. Refuses ``mat_paper_unknown``, ``label_fonts_missing``."""
    if paper not in PAPERS:
        raise Refusal("mat_paper_unknown", paper=paper, known=", ".join(PAPERS))
    sheet = PAPERS[paper]
    pdf = new_document((sheet.width, sheet.height), created)
    pdf.set_title(f"{translate('en', 'mat.title')} {paper}")
    text = PdfText(pdf, fonts_dir)
    pdf.add_page()
    _Mat(pdf, text, sheet).draw(paper)
    return bytes(pdf.output())


class _Mat:
    def __init__(self, pdf: VectorPdf, text: PdfText, sheet: Paper) -> None:
        self._pdf, self._text, self._sheet = pdf, text, sheet
        scale = sheet.body_pt / 8.5
        self._head = _MARGIN + 18.5 * scale  # below title and instructions
        self._foot = sheet.height - _MARGIN - 27 * scale  # above check line and ruler
        self._side = _MARGIN + _MARK + 2

    def draw(self, paper: str) -> None:
        self._pdf.fill_rectangles(self._corner_marks())
        self._captions(paper)
        self._cells()
        self._check_line()
        self._ruler()

    def _corner_marks(self) -> Iterator[Rectangle]:
        """Four black squares, white squares in three of them: a picture also tells which way up the mat lies."""
        far_x, far_y = self._sheet.width - _MARGIN - _MARK, self._sheet.height - _MARGIN - _MARK
        for place, (x, y) in enumerate(
            ((_MARGIN, _MARGIN), (far_x, _MARGIN), (_MARGIN, far_y), (far_x, far_y))
        ):
            if place == 0:
                yield x, y, _MARK, _MARK
            else:
                yield from _frame(x, y, _MARK, _MARK, _MARK / 4)

    def _captions(self, paper: str) -> None:
        size = self._sheet.body_pt
        x, y = self._side, _MARGIN + 4.5 * size / 8.5
        title = "  ".join(translate(language, "mat.title") for language in LANGUAGES)
        self._put(x, y, f"{title}  ·  {paper}", size + 4, bold=True)
        for row, language in enumerate(LANGUAGES, 1):
            words = f"{translate(language, 'mat.how')}  {translate(language, 'mat.film')}"
            self._put(x, y + row * 0.46 * size, words, size)

    def _cells(self) -> None:
        left, right = _MARGIN, self._sheet.width - _MARGIN
        width, height = (right - left) / COLUMNS, (self._foot - self._head) / ROWS
        lines = list(_frame(left, self._head, right - left, self._foot - self._head, _THICK))
        lines += [
            (left + n * width - _THICK / 2, self._head, _THICK, self._foot - self._head)
            for n in range(1, COLUMNS)
        ]
        lines += [(left, self._head + n * height - _THICK / 2, right - left, _THICK) for n in range(1, ROWS)]
        self._pdf.fill_rectangles(lines)
        for place in range(COLUMNS * ROWS):
            row, column = divmod(place, COLUMNS)
            count = str((place + 1) * PIECES_A_CELL)
            baseline = self._head + row * height + 0.36 * self._sheet.number_pt + 2
            self._text.put(left + column * width + 3, baseline, count, self._sheet.number_pt, bold=True)

    def _check_line(self) -> None:
        size = self._sheet.body_pt
        y = self._foot + 7.0 * size / 8.5
        x = self._side
        self._pdf.fill_rectangles(
            [(x, y - _THICK / 2, _CHECK, _THICK), (x, y - 2, _THIN, 4), (x + _CHECK - _THIN, y - 2, _THIN, 4)]
        )
        for row, language in enumerate(LANGUAGES):
            words = translate(language, "mat.check")
            self._put(x + _CHECK + 4, y + 1.0 + (row - 1) * 0.43 * size, words, size - 1)

    def _ruler(self) -> None:
        """Millimetres along the lower edge, with a number at each centimetre."""
        size = self._sheet.body_pt
        left = (self._sheet.width - self._sheet.ruler) / 2
        top = self._sheet.height - _MARGIN - 12 * size / 8.5
        ticks = [(left, top, self._sheet.ruler + _THIN, _THIN)]
        for mm in range(self._sheet.ruler + 1):
            length = 6.0 if mm % 10 == 0 else 4.2 if mm % 5 == 0 else 2.6
            ticks.append((left + mm, top, _THIN, length))
        self._pdf.fill_rectangles(ticks)
        for cm in range(self._sheet.ruler // 10 + 1):
            number = str(cm)
            shift = self._text.width(number, size) / 2
            self._text.put(left + 10 * cm - shift, top + 6.4 + 0.3 * size, number, size)

    def _put(self, x: float, y: float, words: str, size: float, *, bold: bool = False) -> None:
        """One row, smaller where it would reach the corner mark on the right."""
        shown = self._text.readable(words)
        width = self._sheet.width - self._side - x
        size = self._text.fitted(shown, width, size, 5.0, bold=bold)
        self._text.put(x, y, shown, size, bold=bold)


def _frame(x: float, y: float, width: float, height: float, stroke: float) -> Iterator[Rectangle]:
    """The outline within the rectangle."""
    yield x, y, width, stroke
    yield x, y + height - stroke, width, stroke
    yield x, y, stroke, height
    yield x + width - stroke, y, stroke, height

"""Text for printed pages: one embedded family for Chinese, Vietnamese and Latin, measured before set.

Traditional and rare hanzi stand in a file of their own, which a document opens only when it holds one of them.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

from fpdf import FPDF

from webapp.adapters.pdf_fonts import add_font
from webapp.domain.refusals import Refusal

MM_PER_POINT = 25.4 / 72
MISSING = "\u25a1"
ELLIPSIS = "…"

_FAMILY = "notosanssc"
_FILES = {"": "NotoSansSC-Regular.ttf", "B": "NotoSansSC-Bold.ttf"}
_REST_FAMILY, _REST_FILE = "notosansscrest", "NotoSansSC-Rest.ttf"
_MAX_CHARACTERS = 600  # more never fits a page's field; it bounds the measuring of a pasted novel

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
_CLOSING = re.escape(",.;:!?)]}%，。、；：！？）】》」』”’…·")
# Break between hanzi and at spaces; closing marks stay with what they close, opening ones with what they open.
_OPENING = re.escape("([{（《【「『“‘")
_PIECES = re.compile(rf"\s+|[{_OPENING}]*(?:[{_WIDE}]|[^\s{_WIDE}{_OPENING}]+)[{_CLOSING}]*|[{_OPENING}]+")

_log = logging.getLogger(__name__)


class PdfText:
    """Sets text on the current page of ``pdf``. Lengths in millimetres, sizes in points, y of the baseline.

    Raises ``Refusal('label_fonts_missing')`` when ``fonts_dir`` lacks one of its files.
    """

    def __init__(self, pdf: FPDF, fonts_dir: Path) -> None:
        self._pdf = pdf
        self._rest_file = fonts_dir / _REST_FILE
        if not all(
            file.is_file() for file in (*(fonts_dir / name for name in _FILES.values()), self._rest_file)
        ):
            raise Refusal("label_fonts_missing")
        self._advances: dict[str, Mapping[str, float]] = {
            style: add_font(pdf, _FAMILY, style, fonts_dir / name) for style, name in _FILES.items()
        }
        self._rest: frozenset[str] | None = None
        self._readable: dict[str, str] = {}
        self._reported: set[str] = set()

    def _in_rest(self, character: str) -> bool:
        """Whether the third file prints it; opens that at the first character that the first two lack."""
        if unicodedata.category(character) not in ("Lo", "Lm", "Nl"):
            return False
        if self._rest is None:
            found = add_font(self._pdf, _REST_FAMILY, "", self._rest_file)
            self._rest = frozenset(found) - frozenset(self._advances[""])
            for style in _FILES:
                self._advances[style] = {**found, **self._advances[style]}
        return character in self._rest

    def readable(self, text: str) -> str:
        """``text`` as this family prints it: composed, in one line, missing characters as boxes (logged)."""
        head = text[:_MAX_CHARACTERS]
        if head not in self._readable:
            composed = unicodedata.normalize("NFC", head)
            self._readable[head] = " ".join("".join(map(self._printable, composed)).split())
        return self._readable[head] + (ELLIPSIS if len(text) > _MAX_CHARACTERS else "")

    def _printable(self, character: str) -> str:
        category = unicodedata.category(character)
        if category in ("Cc", "Zs", "Zl", "Zp"):
            return " "
        if category == "Cf" or "\ufe00" <= character <= "\ufe0f":
            return ""  # joiners, directions, variation selectors: nothing to see
        if character in self._advances[""]:
            return character
        if self._in_rest(character):
            return character
        plain = unicodedata.normalize("NFKC", character)
        if all(part in self._advances[""] for part in plain):
            return plain
        if character not in self._reported:
            self._reported.add(character)
            _log.warning("no glyph for U+%04X in the printed font; a box stands for it", ord(character))
        return MISSING

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Width in millimetres of readable ``text``."""
        advances = self._advances["B" if bold else ""]
        return sum(map(advances.__getitem__, text)) * size * MM_PER_POINT

    def fitted(
        self, text: str, width: float, largest: float, smallest: float, *, bold: bool = False
    ) -> float:
        """The largest size, in half points, at which ``text`` is within ``width``; at least ``smallest``."""
        natural = self.width(text, 1.0, bold=bold)
        if natural * largest <= width:
            return largest
        return max(smallest, int(width / natural * 2) / 2)

    def cut(self, text: str, width: float, size: float, *, bold: bool = False) -> str:
        """``text``, or as much of it as is within ``width`` with an ellipsis behind."""
        if self.width(text, size, bold=bold) <= width:
            return text
        room = width - self.width(ELLIPSIS, size, bold=bold)
        kept = self._head(text, room, size, bold)
        return text[:kept].rstrip() + ELLIPSIS

    def _head(self, text: str, room: float, size: float, bold: bool) -> int:
        """How many characters of ``text`` are within ``room``."""
        advances = self._advances["B" if bold else ""]
        scale = size * MM_PER_POINT
        for place, character in enumerate(text):
            room -= advances[character] * scale
            if room < 0:
                return place
        return len(text)

    def wrapped(self, text: str, width: float, size: float, rows: int, *, bold: bool = False) -> list[str]:
        """Readable ``text`` in at most ``rows`` rows of ``width``; what does not fit ends in an ellipsis."""
        done: list[str] = []
        row = ""
        pieces = _PIECES.findall(text)
        while pieces and len(done) < rows:
            piece = pieces.pop(0) if row else pieces.pop(0).lstrip()
            if self.width(row + piece.rstrip(), size, bold=bold) <= width:
                row += piece
                continue
            if row.strip():
                pieces.insert(0, piece)
            else:
                kept = max(1, self._head(piece, width, size, bold))
                row, rest = piece[:kept], piece[kept:]
                pieces.insert(0, rest)
            if len(done) == rows - 1:
                return [*done, self.cut(row + "".join(pieces), width, size, bold=bold)]
            done.append(row.rstrip())
            row = ""
        if row.strip() and len(done) < rows:
            done.append(row.rstrip())
        return done

    def put(
        self, x: float, y: float, text: str, size: float, *, bold: bool = False, right_of: float | None = None
    ) -> None:
        """Set one row with its baseline at ``y``, from ``x``, or ending at ``right_of``."""
        if not text:
            return
        left = x if right_of is None else right_of - self.width(text, size, bold=bold)
        for run, rest in self._runs(text):
            self._pdf.set_font(_REST_FAMILY if rest else _FAMILY, "B" if bold and not rest else "", size)
            self._pdf.text(left, y, run)
            left += self.width(run, size, bold=bold)

    def _runs(self, text: str) -> list[tuple[str, bool]]:
        """``text`` in pieces of one file each; as a whole while no document needed the third."""
        rest = self._rest
        if rest is None:
            return [(text, False)]
        return [("".join(some), in_rest) for in_rest, some in groupby(text, key=rest.__contains__)]

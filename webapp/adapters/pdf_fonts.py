"""Font files of printed pages, read once a process: a label is asked for at the dock, and reading costs most of it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fpdf import FPDF
from fpdf.fonts import SubsetMap, TTFFont


@dataclass(frozen=True)
class _Read:
    """``reader``: the class of fpdf2's own font reader."""

    font: TTFFont
    reader: type[Any]
    glyph_order: tuple[str, ...]
    advances: Mapping[str, float]


def add_font(pdf: FPDF, family: str, style: str, file: Path) -> Mapping[str, float]:
    """As ``pdf.add_font``. Returns what it prints: character → width at size 1, shared by all documents."""
    told = file.stat()
    read = _read(family, style, file, told.st_mtime_ns, told.st_size)
    font = copy.copy(read.font)
    font.i = len(pdf.fonts) + 1
    # The output numbers the descriptor, collects the glyphs that were set and cuts the file down to them.
    font.desc = copy.copy(font.desc)
    font.missing_glyphs = []
    font.subset = SubsetMap(font)
    # The bounds of the whole file hold for a part of it; computed anew, each glyph would be read and written again.
    font.ttfont = read.reader(file, recalcBBoxes=False, recalcTimestamp=False, lazy=True)
    font.ttfont.setGlyphOrder(list(read.glyph_order))
    pdf.fonts[font.fontkey] = font
    return read.advances


@lru_cache(maxsize=8)
def _read(family: str, style: str, file: Path, changed_ns: int, size: int) -> _Read:
    """Nothing in it changes any more, so that documents drawn at the same time may share it."""
    drawn = FPDF()
    drawn.add_font(family, style, file)
    font = drawn.fonts[f"{family}{style}"]
    if not isinstance(font, TTFFont):
        raise RuntimeError("the printed family must be a TrueType font")
    advances = {chr(point): font.cw[point] / 1000 for point in font.cmap}
    opened = font.ttfont
    font.ttfont = None
    order = tuple(opened.getGlyphOrder())
    opened.close()
    return _Read(font, type(opened), order, MappingProxyType(advances))

"""The JPEGs of a 1688 voucher: the whole case on one, legible on a phone 360 px wide, and contact sheets of the rest.

No QR code and no web address: the platform takes them for advertising, also on a label in the picture.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont, ImageOps

from webapp.adapters.code_reader import without_qr
from webapp.adapters.product_pictures import MAX_PIXELS
from webapp.domain.voucher import MOST_BYTES

WIDTH: Final = 1080
"""Three pixels for each of a phone's 360."""
_EDGE: Final = 48
_LARGE, _PLAIN, _SMALL = 64, 48, 42
"""On a phone a third of this: nothing below 14 px."""
_INK, _QUIET, _BAD, _GOOD = "#12171d", "#4d5660", "#a3160f", "#0b6b33"
_PAPER: Final = "#ffffff"
_QUALITIES: Final = (88, 80, 72, 64, 55, 45, 35)
_SHEET: Final = 1600
_ADDRESS: Final = re.compile(r"(?:https?://|www\.)[!-~]+", re.IGNORECASE)
_CAPTION: Final = 34


@dataclass(frozen=True, slots=True)
class CaseFace:
    """What JPEG 1 says, in its words. ``figures``: (name, value, whether it is wrong); ``facts``: (text, held).

    ``said``: what is wrong, as it goes into the form; an address in it is left out.
    """

    order: str
    figures: Sequence[tuple[str, str, bool]]
    waybill: str
    facts: Sequence[tuple[str, bool]]
    foot: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class SheetPicture:
    """A picture file of ours and the words under it. ``label``: numbered as in the case."""

    file: Path
    label: str


def case_jpeg(face: CaseFace, still: Path | None, fonts_dir: Path) -> bytes:
    """JPEG below ``MOST_BYTES`` that carries the case alone. A still that cannot be read leaves its place out."""
    picture = _opened(still, WIDTH - 2 * _EDGE, 720) if still is not None else None
    rows = _face_rows(face, fonts_dir)
    above = len(rows) - 2 if _plain(face.said) else len(rows) - 1
    height = 2 * _EDGE + sum(one.height for one in rows) + (picture.height + 24 if picture else 0)
    sheet = Image.new("RGB", (WIDTH, height), _PAPER)
    y = _EDGE
    for row in rows:
        sheet.paste(row, (_EDGE, y))
        y += row.height
        if row is rows[above - 1] and picture is not None:
            sheet.paste(picture, ((WIDTH - picture.width) // 2, y + 8))
            y += picture.height + 24
    return _below(sheet)


def contact_sheet(pictures: Sequence[SheetPicture], fonts_dir: Path) -> bytes | None:
    """JPEG below ``MOST_BYTES`` with these pictures side by side, each with its words; None when none can be read."""
    columns = max(1, math.ceil(math.sqrt(len(pictures))))
    room = _SHEET // columns
    cells = [cell for one in pictures if (cell := _cell(one, room - 16, fonts_dir)) is not None]
    if not cells:
        return None
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    heights = [max(cell.height for cell in row) + 12 for row in rows]
    sheet = Image.new("RGB", (min(columns, len(cells)) * room, sum(heights)), _PAPER)
    y = 0
    for row, height in zip(rows, heights, strict=True):
        for place, cell in enumerate(row):
            sheet.paste(cell, (place * room + 8, y + 6))
        y += height
    return _below(sheet)


def _face_rows(face: CaseFace, fonts_dir: Path) -> list[Image.Image]:
    width = WIDTH - 2 * _EDGE
    rows = [_row(face.order, _fitted(face.order, width, fonts_dir), _INK, width, fonts_dir, bold=True)]
    for name, value, bad in face.figures:
        size = _LARGE if bad else _PLAIN
        rows.append(_pair(name, value, size, _BAD if bad else _INK, width, fonts_dir))
    rows.append(_row(face.waybill, _SMALL, _INK, width, fonts_dir))
    for said, held in face.facts:
        rows.append(_row(said, _SMALL, _GOOD if held else _QUIET, width, fonts_dir))
    if said := _plain(face.said):
        rows.append(_row(said, _SMALL, _INK, width, fonts_dir))
    rows.append(_row(face.foot, _SMALL, _QUIET, width, fonts_dir))
    return rows


def _plain(said: str) -> str:
    return " ".join(_ADDRESS.sub("", said).split())


def _row(text: str, size: int, ink: str, width: int, fonts_dir: Path, *, bold: bool = False) -> Image.Image:
    lines = _wrapped(text, _font(fonts_dir, size, bold), width)
    step = round(size * 1.4)
    row = Image.new("RGB", (width, step * max(1, len(lines))), _PAPER)
    pen = ImageDraw.Draw(row)
    for place, line in enumerate(lines):
        pen.text((0, place * step), line, fill=ink, font=_font(fonts_dir, size, bold))
    return row


def _pair(name: str, value: str, size: int, ink: str, width: int, fonts_dir: Path) -> Image.Image:
    row = Image.new("RGB", (width, round(size * 1.45)), _PAPER)
    pen = ImageDraw.Draw(row)
    pen.text((0, 0), name, fill=_QUIET, font=_font(fonts_dir, _PLAIN, False))
    font = _font(fonts_dir, size, True)
    pen.text((width - pen.textlength(value, font=font), 0), value, fill=ink, font=font)
    return row


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Between any two characters: what stands here is Chinese, or a number that must not be cut off."""
    lines, row = [], ""
    for character in text:
        if row and font.getlength(row + character) > width:
            lines.append(row)
            row = ""
        row += character
    return [*lines, row] if row else lines


def _fitted(text: str, width: int, fonts_dir: Path) -> int:
    """The largest size at which an order number stays in one row: half a number is another number."""
    sizes = range(_LARGE, _SMALL - 1, -2)
    return next((size for size in sizes if _font(fonts_dir, size, True).getlength(text) <= width), _SMALL)


@cache
def _font(fonts_dir: Path, size: int, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(fonts_dir / f"NotoSansSC-{'Bold' if bold else 'Regular'}.ttf", size)


def _cell(one: SheetPicture, room: int, fonts_dir: Path) -> Image.Image | None:
    picture = _opened(one.file, room, room)
    if picture is None:
        return None
    words = _row(one.label, _CAPTION, _INK, room, fonts_dir)
    cell = Image.new("RGB", (room, picture.height + words.height), _PAPER)
    cell.paste(picture, ((room - picture.width) // 2, 0))
    cell.paste(words, (0, picture.height))
    return cell


def _opened(file: Path, width: int, height: int) -> Image.Image | None:
    """Within the room, upright; small pictures are enlarged to it, since a phone's screen is what counts."""
    try:
        with Image.open(file, formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return None
            picture.draft("RGB", (width, height))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    return ImageOps.contain(without_qr(upright), (width, height))


def _below(sheet: Image.Image) -> bytes:
    """As good as it gets below the limit: less quality first, then smaller."""
    while True:
        for quality in _QUALITIES:
            out = io.BytesIO()
            sheet.save(out, "JPEG", quality=quality, optimize=True)
            if out.tell() < MOST_BYTES:
                return out.getvalue()
        sheet = sheet.resize((max(1, sheet.width * 3 // 4), max(1, sheet.height * 3 // 4)))

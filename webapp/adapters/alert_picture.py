"""Alerts as one picture for a chat group: large type, who acts until when. No link, no price."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

WIDTH: Final = 1080
_MARGIN: Final = 48
_GAP: Final = 28
_TITLE, _TEXT = 52, 36
_INK, _QUIET, _PAPER, _HOT = "#14202e", "#52616f", "#ffffff", "#b3261e"
MOST: Final = 12
_LEADING: Final = 1.35


def alert_picture(title: str, rows: Sequence[tuple[str, bool]], rest: str, *, fonts_dir: Path) -> bytes:
    """A PNG, 1080 pixels wide. ``rows``: text and whether it is urgent, at most ``MOST``; ``rest`` tells of the others.

    A line is broken where the language allows it: hanzi anywhere, words at spaces.
    """
    bold = ImageFont.truetype(str(fonts_dir / "NotoSansSC-Bold.ttf"), _TITLE)
    plain = ImageFont.truetype(str(fonts_dir / "NotoSansSC-Regular.ttf"), _TEXT)
    room = WIDTH - 2 * _MARGIN
    parts: list[tuple[list[str], ImageFont.FreeTypeFont, str]] = [(_wrap(title, bold, room), bold, _INK)]
    parts += [(_wrap(text, plain, room), plain, _HOT if hot else _INK) for text, hot in rows[:MOST]]
    if rest:
        parts.append((_wrap(rest, plain, room), plain, _QUIET))
    height = 2 * _MARGIN + sum(_height(lines, font) + _GAP for lines, font, _ in parts)
    picture = Image.new("RGB", (WIDTH, int(height)), _PAPER)
    pen, top = ImageDraw.Draw(picture), float(_MARGIN)
    for lines, font, ink in parts:
        for line in lines:
            pen.text((_MARGIN, top), line, font=font, fill=ink)
            top += font.size * _LEADING
        top += _GAP
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _height(lines: Iterable[str], font: ImageFont.FreeTypeFont) -> float:
    return sum(font.size * _LEADING for _ in lines)


def _wrap(text: str, font: ImageFont.FreeTypeFont, room: int) -> list[str]:
    lines, line = [], ""
    for piece in _pieces(text):
        if line and font.getlength(line + piece.rstrip()) > room:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()]


def _pieces(text: str) -> Iterable[str]:
    """Hanzi one by one, other words with the space after them."""
    word = ""
    for char in text:
        if "\u2e80" <= char <= "\uffef":
            if word:
                yield word
            yield char
            word = ""
        else:
            word += char
            if char == " ":
                yield word
                word = ""
    if word:
        yield word

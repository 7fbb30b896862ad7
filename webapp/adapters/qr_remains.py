"""Where a QR symbol is to be seen that no reader reads any more: cut by a picture's edge, or half covered.

What is left of it has one of its three corner marks, dark and light in the ratio 1:1:3:1:1 across and down. Only
upright symbols, as on a label that lies straight in the picture; anything else stays as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from PIL import Image

_SIDE: Final = 1600
_RATIO: Final = (1, 1, 3, 1, 1)
_RUNS: Final = re.compile(rb"\xff+|\x00+")
_LEAST_MODULE: Final = 2.0
_LEAST: Final = 14
_MOST: Final = 64
"""Modules that must be left on each side, and the largest symbol that a label bears."""
_MODULES_RIGHT: Final = 45
_MARGIN: Final = 1.0

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class _Mark:
    """A corner mark's middle, in pixels, and the side of one module."""

    x: float
    y: float
    module: float


def qr_remains(picture: Image.Image) -> list[Box]:
    """(left, top, right, bottom) of each, in the picture's own pixels."""
    grey = picture.convert("L")
    grey.thumbnail((_SIDE, _SIDE))
    scale = picture.width / grey.width
    dark = grey.point([255 if level < 128 else 0 for level in range(256)])
    found: list[Box] = []
    for mark in _marks(dark):
        box = _extent(dark, mark)
        if box is not None and not any(_inside(mark, one) for one in found):
            found.append(box)
    return [(box[0] * scale, box[1] * scale, box[2] * scale, box[3] * scale) for box in found]


def _marks(dark: Image.Image) -> list[_Mark]:
    data, width = dark.tobytes(), dark.width
    found: list[_Mark] = []
    down: dict[int, list[tuple[float, float]]] = {}
    for y in range(0, dark.height, 2):
        for x, module in _fits(data[y * width : (y + 1) * width]):
            if any(abs(one.x - x) < module and abs(one.y - y) < 4 * module for one in found):
                continue
            column = int(x)
            if column not in down:
                down[column] = _fits(data[column::width])
            for middle, other in down[column]:
                near = abs(middle - y) < 1.5 * module and 0.6 < other / module < 1.6
                if near and _is_mark(dark, x, middle, module):
                    found.append(_Mark(x, middle, module))
                    break
    return found


def _is_mark(dark: Image.Image, x: float, y: float, module: float) -> bool:
    """Dark frame, light frame, dark square: 49 modules, all but a few as they must be."""
    right = 0
    for row in range(-3, 4):
        for column in range(-3, 4):
            at = (int(x + column * module), int(y + row * module))
            if not (0 <= at[0] < dark.width and 0 <= at[1] < dark.height):
                return False
            ring = max(abs(row), abs(column))
            right += (dark.getpixel(at) == 255) is (ring != 2)
    return right >= _MODULES_RIGHT


def _fits(line: bytes) -> list[tuple[float, float]]:
    """(middle, module) wherever five runs in a line have a corner mark's ratio."""
    runs = [(one.start(), one.end() - one.start(), line[one.start()] == 255) for one in _RUNS.finditer(line)]
    found = []
    for place in range(len(runs) - 4):
        if not runs[place][2]:
            continue
        five = [length for _, length, _ in runs[place : place + 5]]
        module = sum(five) / 7
        close = all(
            abs(length - part * module) <= 0.6 * module for length, part in zip(five, _RATIO, strict=True)
        )
        if module >= _LEAST_MODULE and close:
            found.append((runs[place + 2][0] + runs[place + 2][1] / 2, module))
    return found


def _extent(dark: Image.Image, mark: _Mark) -> Box | None:
    """From the mark to where ink ends; None where too little is left to be a symbol."""
    across = {sign: _reach(dark, mark, sign, 0) for sign in (-1, 1)}
    down = {sign: _reach(dark, mark, 0, sign) for sign in (-1, 1)}
    wide, high = (sum(reach.values()) for reach in (across, down))
    if not (_LEAST <= wide <= _MOST and _LEAST <= high <= _MOST):
        return None
    edge = mark.module
    return (
        max(0.0, mark.x - (across[-1] + _MARGIN) * edge),
        max(0.0, mark.y - (down[-1] + _MARGIN) * edge),
        min(float(dark.width), mark.x + (across[1] + _MARGIN) * edge),
        min(float(dark.height), mark.y + (down[1] + _MARGIN) * edge),
    )


def _reach(dark: Image.Image, mark: _Mark, dx: int, dy: int) -> float:
    """Modules from the mark's middle to the last ink before a quiet zone, a dark bar or the picture's edge."""
    last, quiet = 3.5, 0
    for step in range(3, _MOST):
        share = _ink(dark, mark, dx, dy, step)
        if share is None or share > 0.97:
            break
        quiet = quiet + 1 if share < 0.03 else 0
        if quiet == 3:
            break
        last = last if quiet else step + 1.0
    return last


def _ink(dark: Image.Image, mark: _Mark, dx: int, dy: int, step: int) -> float | None:
    """Share of ink in a strip one module thick, as broad as the mark, ``step`` modules away; None off the picture."""
    thick, broad = mark.module, 3.5 * mark.module
    x, y = mark.x + dx * (step + 0.5) * thick, mark.y + dy * (step + 0.5) * thick
    wide, high = (thick / 2, broad) if dx else (broad, thick / 2)
    box = (round(x - wide), round(y - high), round(x + wide), round(y + high))
    if box[0] < 0 or box[1] < 0 or box[2] > dark.width or box[3] > dark.height:
        return None
    strip = dark.crop(box)
    counted = strip.histogram()
    return counted[255] / max(1, strip.width * strip.height)


def _inside(mark: _Mark, box: Box) -> bool:
    return box[0] <= mark.x <= box[2] and box[1] <= mark.y <= box[3]

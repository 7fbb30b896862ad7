"""Barcodes and QR symbols in pictures, read on the server (zxing-cpp): what a photo shows, not what somebody typed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import zxingcpp
from PIL import Image, ImageDraw

from webapp.adapters.product_pictures import MAX_PIXELS
from webapp.adapters.qr_remains import qr_remains

MOST_CODES: Final = 20
LONGEST_CODE: Final = 200
_SIDE: Final = 2400
"""Pixels of the longer side that are searched: a waybill's bars stay at least two pixels wide."""
_MARGIN: Final = 0.12
_COVER: Final = "#d9dde2"


def read_codes(file: Path) -> list[str]:
    """The texts of every symbol in a JPEG, PNG or WebP, each once, in the order in which they were found.

    Nothing for what is no such picture or is too large to be decoded.
    """
    try:
        with Image.open(file, formats=("JPEG", "PNG", "WEBP")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                return []
            picture.draft("L", (_SIDE, _SIDE))
            grey = picture.convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return []
    grey.thumbnail((_SIDE, _SIDE))
    found = dict.fromkeys(
        one.text.strip()[:LONGEST_CODE] for one in zxingcpp.read_barcodes(grey) if one.valid
    )
    return [text for text in found if text][:MOST_CODES]


def without_qr(picture: Image.Image) -> Image.Image:
    """A copy in which every QR symbol is covered, also a damaged one: platforms take it for advertising."""
    covered = picture.copy()
    pen = ImageDraw.Draw(covered)
    qr = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
    # With errors: a torn symbol is found and not read, and looks like a code all the same.
    for one in zxingcpp.read_barcodes(picture.convert("L"), formats=qr, return_errors=True):
        corners = [
            one.position.top_left,
            one.position.top_right,
            one.position.bottom_right,
            one.position.bottom_left,
        ]
        x = sum(corner.x for corner in corners) / 4
        y = sum(corner.y for corner in corners) / 4
        wide = [
            (corner.x + (corner.x - x) * _MARGIN, corner.y + (corner.y - y) * _MARGIN) for corner in corners
        ]
        pen.polygon(wide, fill=_COVER)
    for box in qr_remains(picture):
        pen.rectangle(box, fill=_COVER)
    return covered

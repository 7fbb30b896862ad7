"""Makes a small JPEG of whatever picture a person chose."""

from __future__ import annotations

import io
import warnings
from typing import BinaryIO

from PIL import Image, ImageOps

from webapp.domain.refusals import Refusal

MAX_PIXELS = 60_000_000
SIDE = 480
_FORMATS = ("JPEG", "PNG", "WEBP")


def product_picture(upload: BinaryIO) -> bytes:
    """At most 480 pixels a side. Raises as ``small_picture``."""
    return small_picture(upload, side=SIDE)


def small_picture(upload: BinaryIO, *, side: int) -> bytes:
    """A JPEG of at most ``side`` pixels a side, upright, without metadata.

    Raises ``picture_unreadable`` or ``picture_too_large``.

    The size is read from the header before anything is decoded: a small file may claim a billion pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(upload, formats=_FORMATS)
            if image.width * image.height > MAX_PIXELS:
                raise Refusal("picture_too_large")
            image.thumbnail((side, side))
            upright = ImageOps.exif_transpose(image).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refusal("picture_too_large") from None
    except (OSError, ValueError, SyntaxError):
        raise Refusal("picture_unreadable") from None
    out = io.BytesIO()
    upright.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()

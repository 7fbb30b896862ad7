"""Plain drawings that stand for products in the demo."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw

_COLOURS = {
    "黑色": "#22242a",
    "白色": "#f4f4f0",
    "藏青色": "#1f2f57",
    "青色": "#5f9e94",
    "灰色": "#8b8f98",
}
_BODY = [(80, 60), (120, 40), (200, 40), (240, 60), (295, 120), (255, 150), (235, 125)]
_BODY += [(235, 285), (85, 285), (85, 125), (65, 150), (25, 120)]


def garment(colour: str) -> bytes:
    """A JPEG of 320 × 320 pixels: a shirt in the line's colour."""
    picture = Image.new("RGB", (320, 320), "#dfe6ee")
    pen = ImageDraw.Draw(picture)
    pen.polygon(_BODY, fill=_COLOURS.get(colour, "#b08a5a"), outline="#4a5670", width=4)
    pen.arc((125, 15, 195, 70), 0, 180, fill="#4a5670", width=6)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()

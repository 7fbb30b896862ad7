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


def carton(words: str, *, dented: bool) -> bytes:
    """A JPEG of 1280 × 960 pixels: a taped carton with a slip on it that says ``words`` (printable ASCII is drawn)."""
    picture = Image.new("RGB", (1280, 960), "#9aa3ad")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((180, 200, 1100, 860), fill="#c49a6c", outline="#7d5b38", width=6)
    pen.rectangle((180, 480, 1100, 560), fill="#e8dcc3")
    pen.rectangle((300, 250, 760, 460), fill="#fdfdfb", outline="#4a5670", width=3)
    for place in range(40):
        left = 330 + place * 10
        pen.rectangle((left, 280, left + 2 + (place * 7) % 5, 350), fill="#22242a")
    text = "".join(letter for letter in words if " " <= letter <= "~")
    pen.text((330, 370), text or "SF 1331 8759", fill="#14213d", font_size=48)
    if dented:
        pen.polygon([(1100, 620), (980, 700), (1100, 800)], fill="#8a6a45", outline="#5e452b", width=5)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()

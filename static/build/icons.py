"""Draws the app's icons: a parcel in a viewfinder. Run by hand when the drawing changes; the PNGs are committed."""

import sys
from pathlib import Path

from PIL import Image, ImageDraw

BRAND, PAPER, TAPE = "#0b5d51", "#ffffff", "#e0f2ee"
SCALE = 4  # drawn larger, then reduced: Pillow's lines have no anti-aliasing


def draw(size: int, *, maskable: bool, square: bool = False) -> Image.Image:
    """A square icon of `size` pixels. Maskable: full bleed, the drawing inside the middle 66 %."""
    edge = size * SCALE
    image = Image.new("RGBA", (edge, edge), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    if maskable or square:
        pen.rectangle((0, 0, edge, edge), fill=BRAND)
    else:
        pen.rounded_rectangle((0, 0, edge - 1, edge - 1), radius=edge * 22 // 100, fill=BRAND)
    margin = edge * (24 if maskable else 17) // 100
    low, high = margin, edge - margin
    span = high - low
    width = max(1, span * 8 // 100)
    arm = span * 26 // 100
    for x, dx in ((low, 1), (high, -1)):
        for y, dy in ((low, 1), (high, -1)):
            pen.line((x, y, x + dx * arm, y), fill=PAPER, width=width)
            pen.line((x, y, x, y + dy * arm), fill=PAPER, width=width)
            pen.rectangle((x - width // 2, y - width // 2, x + width // 2, y + width // 2), fill=PAPER)
    inset = span * 24 // 100
    pen.rectangle((low + inset, low + inset, high - inset, high - inset), fill=PAPER)
    middle, tape = edge // 2, span * 5 // 100
    pen.rectangle((middle - tape, low + inset, middle + tape, low + inset + span * 22 // 100), fill=BRAND)
    pen.rectangle(
        (low + inset + tape, high - inset - 3 * tape, middle - tape, high - inset - 2 * tape), fill=BRAND
    )
    return image.resize((size, size), Image.Resampling.LANCZOS)


def main() -> None:
    folder = Path(__file__).resolve().parents[1] / "src" / "icons"
    folder.mkdir(parents=True, exist_ok=True)
    draw(192, maskable=False).save(folder / "icon-192.png", optimize=True)
    draw(512, maskable=False).save(folder / "icon-512.png", optimize=True)
    draw(512, maskable=True).save(folder / "icon-maskable-512.png", optimize=True)
    draw(180, maskable=False, square=True).save(folder / "apple-touch-icon.png", optimize=True)
    draw(32, maskable=False).save(folder / "favicon-32.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())

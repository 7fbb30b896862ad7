"""What the fake camera sees: an .mjpeg is JPEGs back to back, which Chromium plays in a loop."""

from __future__ import annotations

import io
from pathlib import Path

import pypdfium2
import qrcode
from PIL import Image, ImageDraw
from qrcode.image.pil import PilImage

FRAME = (1280, 720)
_DPI = 203
_FRAMES = 20


def label_picture(pdf: bytes) -> Image.Image:
    """The first label of a sheet as a thermal printer of 203 dpi would print it."""
    page = pypdfium2.PdfDocument(pdf)[0].render(scale=_DPI / 72).to_pil()
    return page.convert("RGB")


def film_of_label(pdf: bytes, target: Path) -> Path:
    """A carton with the printed label on it; a moving mark at the edge shows that frames are live."""
    return film_of_picture(label_picture(pdf), target)


def film_of_code(text: str, target: Path) -> Path:
    """A carton with a QR code on it that says ``text``."""
    picture = qrcode.make(text, image_factory=PilImage, box_size=10, border=6).get_image()
    return film_of_picture(picture.convert("RGB"), target)


def ean13(digits: str) -> Image.Image:
    """A shop's barcode, with its quiet zone."""
    left = [
        "0001101",
        "0011001",
        "0010011",
        "0111101",
        "0100011",
        "0110001",
        "0101111",
        "0111011",
        "0110111",
        "0001011",
    ]
    parity = [
        "LLLLLL",
        "LLGLGG",
        "LLGGLG",
        "LLGGGL",
        "LGLLGG",
        "LGGLLG",
        "LGGGLL",
        "LGLGLG",
        "LGLGGL",
        "LGGLGL",
    ]
    right = ["".join("10"[int(bit)] for bit in code) for code in left]
    first, *rest = (int(digit) for digit in digits)
    bars = "101"
    for digit, kind in zip(rest[:6], parity[first], strict=True):
        bars += left[digit] if kind == "L" else right[digit][::-1]
    bars += "01010" + "".join(right[digit] for digit in rest[6:]) + "101"
    module, quiet = 5, 11
    picture = Image.new("RGB", ((len(bars) + 2 * quiet) * module, 300), "white")
    pen = ImageDraw.Draw(picture)
    for at, bar in enumerate(bars):
        if bar == "1":
            x = (quiet + at) * module
            pen.rectangle((x, 20, x + module - 1, 279), fill="black")
    return picture


def film_of_picture(label: Image.Image, target: Path) -> Path:
    label.thumbnail((FRAME[0], FRAME[1] - 60))
    frames = []
    for number in range(_FRAMES):
        frame = Image.new("RGB", FRAME, "#a9825a")
        pen = ImageDraw.Draw(frame)
        pen.rectangle((240, 0, 1040, 720), fill="#bd9468")
        pen.rectangle((600, 0, 680, 720), fill="#d8c29a")
        frame.paste(label, ((FRAME[0] - label.width) // 2, (FRAME[1] - label.height) // 2))
        pen.ellipse((40 + number * 8, 640, 70 + number * 8, 670), fill="#123a8c")
        out = io.BytesIO()
        frame.save(out, "JPEG", quality=88)
        frames.append(out.getvalue())
    target.write_bytes(b"".join(frames))
    return target

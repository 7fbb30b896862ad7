"""Reads a recorded take as a stranger would: frames by PyAV, the burned-in text by tesseract."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

import av
from PIL import Image, ImageOps


def has_sound(film: Path) -> bool:
    """A track with decodable samples, not only a header that promises one."""
    with av.open(str(film)) as container:
        if not container.streams.audio:
            return False
        return any(frame.samples > 0 for frame in container.decode(audio=0))


def last_frame(film: Path) -> Image.Image:
    frame = None
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):  # noqa: B007  (the last one is wanted)
            pass
    assert frame is not None, "no picture in the film"
    return frame.to_image()


def bands(picture: Image.Image) -> tuple[Image.Image, Image.Image]:
    """The upper and the lower fifth, where the overlay is."""
    width, height = picture.size
    return picture.crop((0, 0, width, height // 5)), picture.crop((0, height * 4 // 5, width, height))


def read_text(band: Image.Image) -> str:
    """What tesseract reads in a band, taken as a block, as one line and as scattered text."""
    ink = ImageOps.invert(band.convert("L")).point(lambda value: 255 if value > 128 else 0)
    png = BytesIO()
    ink.save(png, "PNG")
    return "\n".join(_tesseract(png.getvalue(), layout) for layout in ("6", "7", "11"))


def _tesseract(png: bytes, layout: str) -> str:
    done = subprocess.run(
        ["tesseract", "stdin", "stdout", "--psm", layout, "-l", "eng"],
        input=png,
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("utf-8", "replace")

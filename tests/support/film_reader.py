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
    """The upper and the lower third, where the overlay is."""
    width, height = picture.size
    return picture.crop((0, 0, width, height // 3)), picture.crop((0, height * 2 // 3, width, height))


def read_digits(picture: Image.Image) -> str:
    """The text that tesseract sees; light text on a dark band is turned into dark on light first."""
    grey = ImageOps.invert(ImageOps.autocontrast(picture.convert("L")))
    large = grey.resize((grey.width * 2, grey.height * 2), Image.Resampling.LANCZOS)
    out = BytesIO()
    large.save(out, "PNG")
    done = subprocess.run(
        ["tesseract", "stdin", "stdout", "--psm", "11", "-l", "eng"],
        input=out.getvalue(),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("utf-8", "replace")

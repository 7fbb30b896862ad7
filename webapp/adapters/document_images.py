"""Looks at a file that a person files: what it truly is, how large, and a small copy to show. Never changes it."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import BinaryIO, Final

from PIL import Image, ImageOps, UnidentifiedImageError

from webapp.domain.refusals import Refusal

MAX_BYTES: Final = 20 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
"""A screenshot of 1,080 × 30,000 pixels passes; decoding holds four bytes a pixel."""

_TYPES: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
_THUMBNAIL: Final = (360, 640)
_PDF_HEAD: Final = 1024
"""Readers accept bytes before the mark (ISO 32000, annex H), so this looks as far as they do."""
_PDF_TAIL: Final = 2048


@dataclass(frozen=True)
class DocumentImage:
    """``original`` byte for byte as it came; ``mime`` from its content, never from its name."""

    original: bytes
    mime: str
    width: int
    height: int
    thumbnail: bytes


@dataclass(frozen=True)
class DocumentFile:
    """An image, or a PDF (no pixels, no ``thumbnail``: nothing here renders one)."""

    original: bytes
    mime: str
    width: int | None
    height: int | None
    thumbnail: bytes | None


def read_document(upload: BinaryIO, *, pdf: bool = True) -> DocumentFile:
    """As ``read_document_image``, and ``pdf`` files too. A PDF that was cut off is refused: ``document_unreadable``."""
    data = upload.read(MAX_BYTES + 1)
    if not pdf or b"%PDF-" not in data[:_PDF_HEAD]:
        image = read_document_image(io.BytesIO(data))
        return DocumentFile(image.original, image.mime, image.width, image.height, image.thumbnail)
    if len(data) > MAX_BYTES:
        raise Refusal("document_large", most=MAX_BYTES // (1024 * 1024))
    if b"%%EOF" not in data[-_PDF_TAIL:]:
        raise Refusal("document_unreadable")
    return DocumentFile(data, "application/pdf", None, None, None)


def read_document_image(upload: BinaryIO) -> DocumentImage:
    """Reads and decodes once, so that a cut file is refused now and not before the platform's judge.

    Refusals: ``document_empty``, ``document_large``, ``document_type``, ``document_pixels``, ``document_unreadable``.
    """
    data = upload.read(MAX_BYTES + 1)
    if not data:
        raise Refusal("document_empty")
    if len(data) > MAX_BYTES:
        raise Refusal("document_large", most=MAX_BYTES // (1024 * 1024))
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image = Image.open(io.BytesIO(data), formats=tuple(_TYPES))
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise Refusal("document_pixels") from None
        except UnidentifiedImageError:
            raise Refusal("document_type") from None
        except (OSError, ValueError, SyntaxError):
            raise Refusal("document_unreadable") from None
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise Refusal("document_pixels")
        mime = _TYPES[str(image.format)]
        return DocumentImage(data, mime, width, height, _thumbnail(image))


def _thumbnail(image: Image.Image) -> bytes:
    try:
        image.thumbnail(_THUMBNAIL)
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError):
        raise Refusal("document_unreadable") from None
    flat = Image.new("RGB", upright.size, "white")  # a transparent screenshot must not turn black
    flat.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=82, optimize=True)
    return out.getvalue()

"""What a file is by its first bytes; what its sender calls it is only a claim."""

from __future__ import annotations

from typing import Final

HEAD_BYTES: Final = 4096
"""Enough of a file for ``sniff``."""

INLINE_SAFE: Final = frozenset(
    {"image/jpeg", "image/png", "image/webp", "video/webm", "video/mp4", "video/x-matroska", "audio/mp4"}
)
"""Types in which a browser runs nothing; everything else is only ever downloaded."""

_EBML: Final = b"\x1a\x45\xdf\xa3"
_EBML_TYPES: Final = frozenset({"video/webm", "video/x-matroska"})
_HEIF_BRANDS: Final = frozenset({b"heic", b"heix", b"mif1", b"msf1", b"hevc", b"heim", b"heis"})
_STARTS: Final = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
)


def sniff(head: bytes) -> str | None:
    """The type of a file that starts with ``head``, without parameters; None for what is not known here."""
    for start, mime in _STARTS:
        if head.startswith(start):
            return mime
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(_EBML):
        return "video/webm" if b"webm" in head[:64] else "video/x-matroska"
    # ISO base media: a box named ftyp comes first; its size stands before it.
    if head[4:8] == b"ftyp":
        return "image/heic" if head[8:12] in _HEIF_BRANDS else "video/mp4"
    return None


def plain(mime: str) -> str:
    """``video/webm;codecs=vp8`` → ``video/webm``."""
    return mime.partition(";")[0].strip().lower()


def agrees(declared: str, head: bytes) -> bool:
    """Whether the first bytes are what the sender says."""
    found = sniff(head)
    return found is not None and same_type(found, declared)


def same_type(one: str, other: str) -> bool:
    """Two names of types, without their parameters; WebM and Matroska are one container."""
    found, said = plain(one), plain(other)
    return found == said or (found in _EBML_TYPES and said in _EBML_TYPES)


def served_mime(declared: str, head: bytes) -> str:
    """The type to keep for a stored file: the claim where the bytes bear it out, else what the bytes are."""
    if agrees(declared, head):
        return declared
    return sniff(head) or "application/octet-stream"

"""A BagIt 1.0 bag (RFC 8493) in a ZIP of stored entries, written while it is sent: constant memory, nothing on disk.

Manifests come last, since a payload's hash is known only when it has gone by. A ZIP may hold them in any order.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final, cast

BAGIT_TXT: Final = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST: Final = "manifest-sha256.txt"
TAG_MANIFEST: Final = "tagmanifest-sha256.txt"
_PIECE: Final = 1 << 20
_ESCAPED: Final = (("%", "%25"), ("\n", "%0A"), ("\r", "%0D"))


@dataclass(frozen=True, slots=True)
class BagFile:
    """``path`` below ``data/``, with ``/``; ``source``: small bytes, or a file that is read in pieces."""

    path: str
    source: bytes | Path


class _Outlet:
    """What ``zipfile`` writes to: it cannot seek, so sizes and sums follow each entry, and pieces are taken away."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        # A copy: zipfile may hand over a buffer that it uses again.
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> Iterator[bytes]:
        pieces, self._pieces = self._pieces, []
        yield from pieces


class _Bag:
    def __init__(self, name: str, made: datetime) -> None:
        self.outlet = _Outlet()
        self.archive = zipfile.ZipFile(cast("IO[bytes]", self.outlet), "w", zipfile.ZIP_STORED)
        self.name = name
        self.made = (made.year, made.month, made.day, made.hour, made.minute, made.second // 2 * 2)
        self.octets = self.files = 0

    def put(self, path: str, source: bytes | Path) -> Iterator[bytes | str]:
        """Pieces of the archive, and last the file's SHA-256 as text."""
        entry = zipfile.ZipInfo(f"{self.name}/{path}", self.made)
        entry.external_attr = 0o100644 << 16
        entry.file_size = len(source) if isinstance(source, bytes) else source.stat().st_size
        digest, size = hashlib.sha256(), 0
        with self.archive.open(entry, "w") as target:
            for piece in _pieces(source):
                digest.update(piece)
                size += len(piece)
                target.write(piece)
                yield from self.outlet.take()
        yield from self.outlet.take()
        if path.startswith("data/"):
            self.octets += size
            self.files += 1
        yield digest.hexdigest()


def write_bag(
    name: str, files: Iterable[BagFile], *, info: Mapping[str, str], made: datetime
) -> Iterator[bytes]:
    """The archive's bytes, a piece at a time. ``name`` is its one top folder; ``info``: more lines of bag-info.txt.

    ``files`` is read once, in order, so it may be made while it is sent. Raises ``ValueError`` for a path that stands
    twice or that leaves ``data/``, ``FileNotFoundError`` for a source that is gone.
    """
    bag = _Bag(name, made)
    tags: dict[str, str] = {}
    yield from _kept(bag, "bagit.txt", BAGIT_TXT.encode("ascii"), tags)
    payload: dict[str, str] = {}
    for file in files:
        path = f"data/{file.path}"
        if path in payload or not _stays(file.path):
            raise ValueError(f"no path for a bag: {file.path!r}")
        yield from _kept(bag, path, file.source, payload)
    lines = {
        "Bagging-Date": made.date().isoformat(),
        "Payload-Oxum": f"{bag.octets}.{bag.files}",
        "Bag-Software-Agent": "Dockproof",
        **info,
    }
    told = "".join(f"{key}: {' '.join(value.split())}\n" for key, value in lines.items())
    yield from _kept(bag, "bag-info.txt", told.encode("utf-8"), tags)
    yield from _kept(bag, MANIFEST, _manifest(payload), tags)
    yield from _kept(bag, TAG_MANIFEST, _manifest(tags), {})
    bag.archive.close()
    yield from bag.outlet.take()


def _kept(bag: _Bag, path: str, source: bytes | Path, hashes: dict[str, str]) -> Iterator[bytes]:
    for piece in bag.put(path, source):
        if isinstance(piece, str):
            hashes[path] = piece
        else:
            yield piece


def _manifest(hashes: Mapping[str, str]) -> bytes:
    return "".join(f"{sha256}  {escaped(path)}\n" for path, sha256 in hashes.items()).encode("utf-8")


def escaped(path: str) -> str:
    """A path as manifests write it: percent signs and line ends encoded (RFC 8493 section 2.1.3)."""
    for plain, code in _ESCAPED:
        path = path.replace(plain, code)
    return path


def _stays(path: str) -> bool:
    return all(part not in ("", ".", "..") for part in path.split("/")) and "\\" not in path


def _pieces(source: bytes | Path) -> Iterator[bytes]:
    if isinstance(source, bytes):
        yield source
        return
    with source.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece

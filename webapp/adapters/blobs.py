"""Content-addressed files below ``DOCKPROOF_HOME``: written once, named by their SHA-256, never overwritten."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from webapp.adapters.secrets import new_id
from webapp.adapters.spool import Spools, fsync_folder
from webapp.domain.refusals import Refusal

FREE_DISK_FLOOR: Final = 1 << 30
"""Bytes that uploads leave free: the database must still be able to write."""

_READ: Final = 1 << 20
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Stored:
    """What was kept: SHA-256 in hex, and its length."""

    sha256: str
    bytes: int


class Blobs:
    """Files at ``blobs/ab/cd/<sha256>``; unfinished uploads in ``spool/`` on the same disk, so that a move is a link.

    Names come from hashes made here, never from what a client calls a file.
    """

    def __init__(self, home: Path, *, floor: int = FREE_DISK_FLOOR) -> None:
        self._root = home / "blobs"
        self._floor = floor
        self._root.mkdir(parents=True, exist_ok=True)
        self._durable: set[Path] = set()
        self.spools = Spools(home / "spool")

    def path(self, sha256: str) -> Path:
        """Where the blob lies or would lie. Raises ``ValueError`` for anything but 64 hex characters."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError("not a SHA-256")
        return self._root / sha256[:2] / sha256[2:4] / sha256

    def exists(self, sha256: str) -> bool:
        return self.path(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Bytes. Raises ``FileNotFoundError``."""
        return self.path(sha256).stat().st_size

    def open(self, sha256: str) -> BinaryIO:
        """Raises ``FileNotFoundError``. The caller closes."""
        return self.path(sha256).open("rb")

    def read_range(self, sha256: str, start: int, length: int) -> Iterator[bytes]:
        """Up to ``length`` bytes from ``start``, in pieces; constant memory. Opens at once, so a missing blob raises
        ``FileNotFoundError`` here and not after the answer has begun."""
        return _pieces(self.open(sha256), start, length)

    def keep(self, spooled: Path, sha256: str) -> None:
        """Makes a whole, fsynced spool file a blob; the spool file stays until the caller discards it.

        Safe to repeat. The caller has hashed the very bytes it wrote, and never writes to ``spooled`` again: both
        names are one file.
        """
        self.name(spooled, sha256)
        self.sync_name(sha256)

    def name(self, spooled: Path, sha256: str) -> None:
        """The first half of `keep`: the name is there, and does not survive a power cut yet."""
        target = self.path(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        # link() fails where rename() would silently replace: a blob is never overwritten.
        with suppress(FileExistsError):
            os.link(spooled, target)

    def sync_name(self, sha256: str) -> None:
        """The second half. A folder's own name is durable once its parent was flushed, which is done once a process."""
        folder = self.path(sha256).parent
        fsync_folder(folder)
        for parent, child in ((folder.parent, folder), (self._root, folder.parent)):
            if child not in self._durable:
                fsync_folder(parent)
                self._durable.add(child)

    def put_bytes(self, data: bytes) -> Stored:
        """Keeps small bytes that the server made itself."""
        return self._copy_in(io.BytesIO(data))

    def take_in(self, source: Path, *, limit: int | None = None) -> Stored:
        """Keeps a copy of a file, or of its first ``limit`` bytes; the source stays."""
        with source.open("rb") as reader:
            return self._copy_in(reader, limit)

    def _copy_in(self, reader: BinaryIO, limit: int | None = None) -> Stored:
        digest = hashlib.sha256()
        size = 0
        partial = self.spools.folder / f"put-{new_id()}"
        try:
            with partial.open("xb") as file:
                while piece := reader.read(_READ if limit is None else min(_READ, limit - size)):
                    digest.update(piece)
                    size += file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            self.keep(partial, digest.hexdigest())
        finally:
            partial.unlink(missing_ok=True)
        return Stored(digest.hexdigest(), size)

    def room(self) -> int:
        """Bytes that may still be written before the floor."""
        return max(0, shutil.disk_usage(self._root).free - self._floor)

    def need_room(self, size: int) -> None:
        """Raises ``Refusal("disk_full")`` when ``size`` more bytes would reach the floor."""
        if size > self.room():
            raise Refusal("disk_full")


def _pieces(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        left = length
        while left > 0 and (piece := file.read(min(_READ, left))):
            left -= len(piece)
            yield piece

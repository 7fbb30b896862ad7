"""A file of a form, written and hashed while it arrives, on the disk where it will stay."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Final

from webapp.adapters.blobs import Blobs, Stored
from webapp.adapters.secrets import new_id
from webapp.domain.refusals import Refusal

_ROOM_EVERY: Final = 32 << 20
_HEAD: Final = 16
_HEIF: Final = frozenset({b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis", b"hevc"})


class IncomingFile:
    """What a form parser writes into. ``mime`` follows from the first bytes; the sender's word plays no part."""

    def __init__(self, blobs: Blobs, *, most: int) -> None:
        self._blobs = blobs
        self._most = most
        self._path: Path = blobs.spools.folder / f"put-{new_id()}"
        self._file = self._path.open("x+b")
        self._digest = hashlib.sha256()
        self._checked = 0
        self.head = b""
        self.bytes = 0

    def write(self, data: bytes) -> int:
        """Raises ``job_file_large`` and ``disk_full``."""
        self.bytes += len(data)
        if self.bytes > self._most:
            raise Refusal("job_file_large", most=self._most >> 20)
        if self.bytes - self._checked >= _ROOM_EVERY:
            self._blobs.need_room(_ROOM_EVERY)
            self._checked = self.bytes
        if len(self.head) < _HEAD:
            self.head += data[: _HEAD - len(self.head)]
        self._digest.update(data)
        return self._file.write(data)

    def read(self, size: int = -1) -> bytes:
        return self._file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    @property
    def mime(self) -> str | None:
        return sniffed_type(self.head)

    def keep(self) -> Stored:
        """Makes what arrived durable, as a blob."""
        self._file.flush()
        os.fsync(self._file.fileno())
        sha256 = self._digest.hexdigest()
        self._blobs.keep(self._path, sha256)
        return Stored(sha256, self.bytes)

    def close(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)

    def __enter__(self) -> IncomingFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def sniffed_type(head: bytes) -> str | None:
    """The type of a photo or film by its first 16 bytes; None for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "video/webm"
    if head[4:8] != b"ftyp":
        return None
    brand = head[8:12]
    if brand in _HEIF:
        return "image/heic"
    if brand == b"qt  ":
        return "video/quicktime"
    return "video/3gpp" if brand[:3] == b"3gp" else "video/mp4"

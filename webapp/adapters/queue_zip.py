"""What a phone exported, read without trust: stored entries with names that we know, each once, each with its hash.

Nothing in it is packed, so nothing unpacks to more than the file's own size; entries that overlap are refused by that
same sum. Layout: ``static/src/store/queue_export.js``.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from webapp.domain.evidence import MAX_RECORD_BYTES
from webapp.domain.refusals import Refusal

MOST_ENTRIES: Final = 200_000
MOST_SIDE_BYTES: Final = 4 << 20
_HEAD_BYTES: Final = 4_096
_MANIFEST: Final = "manifest-sha256.txt"
_PIECE: Final = 1 << 20
_NAME: Final = re.compile(
    r"queue\.txt|manifest-sha256\.txt|files/[0-9a-f]{32}"
    r"|records/[0-9]{8,16}-[0-9a-f]{32}\.(txt|sig|events\.txt|chunks\.txt)"
)
_RECORD: Final = re.compile(r"records/([0-9]{8,16})-[0-9a-f]{32}")
_HEAD: Final = re.compile(r"format 1\ndevice ([0-9a-f]{32})\nsite (?:[0-9a-f]{32}|-)\n(?:[a-z]+ [!-~ ]*\n)*")
_MANIFEST_LINE: Final = re.compile(r"([0-9a-f]{64})  ([!-~]+)")


@dataclass(frozen=True)
class QueuedRecord:
    """``side``: file name → text."""

    text: str
    signature: str
    side: dict[str, str]


@dataclass
class Queue:
    """An open export. ``files``: record id → bytes long."""

    device_id: str
    files: dict[str, int]
    _archive: zipfile.ZipFile
    _hashes: dict[str, str]
    _records: list[str] = field(default_factory=list)

    def records(self) -> Iterator[QueuedRecord]:
        """In the order of the phone's own numbers. Raises ``queue_damaged``."""
        for base in self._records:
            side = {
                name: self._text(f"{base}.{name}", MOST_SIDE_BYTES)
                for name in ("events.txt", "chunks.txt")
                if f"{base}.{name}" in self._hashes
            }
            signature = self._text(f"{base}.sig", 1_000).removesuffix("\n")
            yield QueuedRecord(self._text(f"{base}.txt", MAX_RECORD_BYTES), signature, side)

    def write_file(self, record_id: str, target: IO[bytes]) -> str:
        """The bytes that travelled for a record, into ``target``; returns their SHA-256. Raises ``queue_damaged``."""
        name = f"files/{record_id}"
        digest = hashlib.sha256()
        with _damage_told(), self._archive.open(name) as source:
            while piece := source.read(_PIECE):
                digest.update(piece)
                target.write(piece)
        if digest.hexdigest() != self._hashes[name]:
            raise Refusal("queue_damaged", name=name)
        return digest.hexdigest()

    def _text(self, name: str, most: int) -> str:
        data = _small(self._archive, name, most)
        if hashlib.sha256(data).hexdigest() != self._hashes.get(name):
            raise Refusal("queue_damaged", name=name)
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            raise Refusal("queue_damaged", name=name) from None


@contextmanager
def open_queue(path: Path) -> Iterator[Queue]:
    """Raises ``queue_not_zip``, ``queue_foreign``, ``queue_doubled``, ``queue_packed``, ``queue_too_large``,
    ``queue_damaged``."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Refusal("queue_not_zip") from None
    with archive:
        _check_directory(archive, path.stat().st_size)
        yield _queue(archive)


def _check_directory(archive: zipfile.ZipFile, size: int) -> None:
    members = archive.infolist()
    if len(members) > MOST_ENTRIES:
        raise Refusal("queue_too_large")
    names = [member.filename for member in members]
    if len(set(names)) != len(names):
        raise Refusal("queue_doubled")
    if not all(_NAME.fullmatch(name) for name in names) or not {"queue.txt", _MANIFEST} <= set(names):
        raise Refusal("queue_foreign")
    if any(member.compress_type != zipfile.ZIP_STORED or member.flag_bits & 1 for member in members):
        raise Refusal("queue_packed")
    if any(member.file_size != member.compress_size for member in members):
        raise Refusal("queue_damaged", name="")
    # Entries that share their bytes would make more of them than the file has.
    if sum(member.file_size for member in members) > size:
        raise Refusal("queue_packed")


def _queue(archive: zipfile.ZipFile) -> Queue:
    members = {member.filename: member for member in archive.infolist()}
    hashes = _manifest(archive, set(members))
    head = _HEAD.fullmatch(_small(archive, "queue.txt", _HEAD_BYTES).decode("utf-8", "replace"))
    if head is None or hashlib.sha256(archive.read("queue.txt")).hexdigest() != hashes["queue.txt"]:
        raise Refusal("queue_foreign")
    texts = [name.removesuffix(".txt") for name in members if _RECORD.fullmatch(name.removesuffix(".txt"))]
    if any(f"{base}.sig" not in members for base in texts):
        raise Refusal("queue_foreign")
    texts.sort(key=lambda base: int(base.removeprefix("records/").partition("-")[0]))
    files = {
        name.removeprefix("files/"): member.file_size
        for name, member in members.items()
        if name.startswith("files/")
    }
    return Queue(head.group(1), files, archive, hashes, texts)


def _manifest(archive: zipfile.ZipFile, names: set[str]) -> dict[str, str]:
    text = _small(archive, _MANIFEST, MOST_ENTRIES * 200).decode("utf-8", "replace")
    found: dict[str, str] = {}
    for line in text.splitlines():
        read = _MANIFEST_LINE.fullmatch(line)
        if read is None or read.group(2) in found:
            raise Refusal("queue_damaged", name=_MANIFEST)
        found[read.group(2)] = read.group(1)
    if found.keys() != names - {_MANIFEST}:
        raise Refusal("queue_damaged", name=_MANIFEST)
    return found


def _small(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    if archive.getinfo(name).file_size > most:
        raise Refusal("queue_too_large")
    with _damage_told(name):
        return archive.read(name)


@contextmanager
def _damage_told(name: str = "") -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError):
        raise Refusal("queue_damaged", name=name) from None

"""A stranger's bag, read without trust: every trick is a finding with a name, none is a crash, nothing is unpacked.

Entries are read one at a time in pieces; packed entries are refused unread, so nothing unpacks to more than the file.
"""

from __future__ import annotations

import hashlib
import re
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from webapp.adapters.bag_writer import MANIFEST, TAG_MANIFEST

MOST_ENTRIES: Final = 200_000
MOST_TEXT: Final = 64 << 20
"""Bytes of a text that is held as a whole (a manifest of 200,000 files)."""

_PIECE: Final = 1 << 20
_LINE: Final = re.compile(r"([0-9a-fA-F]{64}) [ *](\S.*)")
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    KeyError,
    UnicodeError,
    OverflowError,
)
"""All that ``zipfile`` throws at archives that somebody has worked on."""


@dataclass(frozen=True, slots=True)
class Finding:
    """``code`` for programs, ``what`` in plain English, ``where`` in the bag."""

    code: str
    what: str
    where: str


class Unreadable(Exception):
    """The bag cannot be read at all; ``finding`` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.what)
        self.finding = finding


@dataclass
class OpenBag:
    """``files``: path in the bag (``data/…``, ``bagit.txt``) → entry. ``hashes``: what was really read of each."""

    archive: zipfile.ZipFile
    files: dict[str, zipfile.ZipInfo]
    findings: list[Finding] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)

    def note(self, code: str, what: str, where: str) -> None:
        self.findings.append(Finding(code, what, where))

    def text(self, path: str, most: int = MOST_TEXT) -> str | None:
        """A small UTF-8 file; None with a finding when it cannot be read so."""
        data = self.small(path, most)
        if data is None:
            return None
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            self.note("not_text", "is not UTF-8 text", path)
            return None

    def small(self, path: str, most: int = MOST_TEXT) -> bytes | None:
        entry = self.files[path]
        if entry.file_size > most:
            self.note("too_large", f"is larger than {most} bytes", path)
            return None
        try:
            return self.archive.read(entry)
        except _BROKEN as error:
            self.note("unreadable", f"cannot be read: {error}", path)
            return None

    def digest(self, path: str) -> str | None:
        """SHA-256 of what is really there, read once; None with a finding when it cannot be read."""
        if path not in self.hashes:
            digest = hashlib.sha256()
            try:
                with self.archive.open(self.files[path]) as source:
                    while piece := source.read(_PIECE):
                        digest.update(piece)
            except _BROKEN as error:
                self.note("unreadable", f"cannot be read: {error}", path)
                return None
            self.hashes[path] = digest.hexdigest()
        return self.hashes[path]


@contextmanager
def open_bag(file: Path) -> Iterator[OpenBag]:
    """Raises ``Unreadable`` for what is no ZIP, or whose entries must not be touched; ``FileNotFoundError``."""
    size = file.stat().st_size
    try:
        archive = zipfile.ZipFile(file)
    except _BROKEN:
        raise Unreadable(
            Finding("not_zip", "is no readable ZIP file (cut off, or something else)", "")
        ) from None
    with archive:
        yield OpenBag(archive, _entries(archive, size))


def _entries(archive: zipfile.ZipFile, size: int) -> dict[str, zipfile.ZipInfo]:
    members = archive.infolist()
    if len(members) > MOST_ENTRIES:
        raise Unreadable(Finding("too_many", f"holds more than {MOST_ENTRIES} entries", ""))
    if sum(member.file_size for member in members) > size:
        raise Unreadable(
            Finding(
                "bomb", "its entries claim more bytes than the file has: packed, or lying over each other", ""
            )
        )
    found: dict[str, zipfile.ZipInfo] = {}
    tops, seen = set(), set()
    for member in members:
        _refuse_tricks(member)
        top, _, path = member.filename.partition("/")
        tops.add(top)
        if member.filename.endswith("/"):
            continue  # a folder of its own; nothing in it
        # A disk that knows no upper case, or composes letters, would keep one of the two.
        folded = unicodedata.normalize("NFC", path).casefold()
        if folded in seen:
            raise Unreadable(
                Finding("doubled_entry", "stands twice: readers would see different files", path)
            )
        seen.add(folded)
        found[path] = member
    if len(tops) != 1 or "" in found:
        raise Unreadable(Finding("not_a_bag", "a bag is one folder with everything inside", ""))
    if "bagit.txt" not in found:
        raise Unreadable(Finding("not_a_bag", "bagit.txt is missing", "bagit.txt"))
    return found


def _refuse_tricks(member: zipfile.ZipInfo) -> None:
    name = member.filename
    # The directory's own bytes: zipfile cuts a name at NUL and turns separators, other readers do not.
    parts = name.rstrip("/").split("/")
    odd = "\\" in name or "\0" in member.orig_filename or any(ord(one) < 32 for one in name)
    if odd or name.startswith("/") or any(part in ("", ".", "..") for part in parts) or ":" in parts[0]:
        raise Unreadable(
            Finding("path_trick", "a path that leaves its folder or that readers read differently", name)
        )
    if (member.external_attr >> 16) & 0o170000 == 0o120000:
        raise Unreadable(Finding("path_trick", "is a symbolic link", name))
    if member.flag_bits & 1:
        raise Unreadable(Finding("encrypted", "is encrypted", name))
    if member.compress_type != zipfile.ZIP_STORED:
        raise Unreadable(Finding("packed", "is packed; a case file is stored as it is", name))


def manifest(bag: OpenBag, name: str) -> dict[str, str] | None:
    """Path → SHA-256 as the manifest says; None with a finding when there is none to read."""
    if name not in bag.files:
        bag.note("manifest_missing", "the bag has no such manifest", name)
        return None
    text = bag.text(name)
    if text is None:
        return None
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        read = _LINE.fullmatch(line)
        if read is None:
            bag.note("manifest_malformed", f"line {number} is no line of a manifest", name)
            continue
        path = _plain(read.group(2))
        if path in found:
            bag.note("manifest_malformed", f"line {number} names a file again", name)
        found[path] = read.group(1).lower()
    return found


def _plain(path: str) -> str:
    for code, plain in (("%0A", "\n"), ("%0a", "\n"), ("%0D", "\r"), ("%0d", "\r"), ("%25", "%")):
        path = path.replace(code, plain)
    return path.removeprefix("./")


def check_manifests(bag: OpenBag) -> dict[str, str]:
    """Both manifests, both ways: missing, extra and altered files. Returns the payload's path → SHA-256 as listed."""
    _check_head(bag)
    payload = manifest(bag, MANIFEST)
    tags = manifest(bag, TAG_MANIFEST)
    inside = {path for path in bag.files if path.startswith("data/")}
    if payload is not None:
        _compare(bag, payload, inside)
    if tags is not None:
        _compare(bag, tags, set(bag.files) - inside - {TAG_MANIFEST})
    return payload or {}


def _compare(bag: OpenBag, listed: dict[str, str], there: set[str]) -> None:
    for path in sorted(set(listed) - there):
        bag.note("missing_file", "is in the manifest and not in the bag", path)
    for path in sorted(there - set(listed)):
        bag.note("extra_file", "is in the bag and in no manifest", path)
    for path in sorted(there & set(listed)):
        found = bag.digest(path)
        if found is not None and found != listed[path]:
            bag.note("altered_file", "is not what the manifest says: it was altered", path)


def _check_head(bag: OpenBag) -> None:
    head = bag.text("bagit.txt", 4_096)
    if head is not None and (
        "BagIt-Version: 1.0" not in head or "Tag-File-Character-Encoding: UTF-8" not in head
    ):
        bag.note("not_a_bag", "bagit.txt does not say BagIt 1.0 in UTF-8", "bagit.txt")
    info = bag.text("bag-info.txt", 1 << 20) if "bag-info.txt" in bag.files else None
    oxum = re.search(r"^Payload-Oxum: (\d{1,18})\.(\d{1,9})$", info or "", re.MULTILINE)
    if oxum is None:
        bag.note("oxum_missing", "does not say how many bytes and files there are", "bag-info.txt")
        return
    sizes = [entry.file_size for path, entry in bag.files.items() if path.startswith("data/")]
    if (int(oxum.group(1)), int(oxum.group(2))) != (sum(sizes), len(sizes)):
        bag.note("oxum_differs", "says another number of bytes or files than there are", "bag-info.txt")

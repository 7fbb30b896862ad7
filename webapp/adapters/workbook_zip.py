"""An .xlsx from a stranger, unpacked under a count before any parser sees it.

The reader of cells is fed a fresh archive that holds exactly the bytes counted here, so that a directory that
lies about sizes, a second directory, or a member that unpacks without end never reaches it. Pictures, macros
and other binary members are left behind.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from tempfile import SpooledTemporaryFile
from typing import IO

from webapp.adapters.workbook_extent import Extent, string_lengths, text_used, whole_tags
from webapp.domain.refusals import Refusal

_CHUNK = 1 << 18
_RAM_BEFORE_DISK = 32 << 20
_ENCRYPTED = 0x1
_STRINGS = "xl/sharedstrings.xml"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a workbook may unpack to. ``area`` is rows times columns: cells are kept as a full rectangle."""

    packed_bytes: int = 64 << 20
    unpacked_bytes: int = 256 << 20
    ratio: int = 250
    ratio_from_bytes: int = 8 << 20  # a small file may repeat itself as much as it likes
    members: int = 2_000
    rows: int = 200_000
    area: int = 12_000_000
    text_bytes: int = 512 << 20


@dataclass(frozen=True, slots=True)
class Plain:
    """A stored archive of a workbook's XML members; ``area``: the cells of its largest sheet's rectangle."""

    archive: IO[bytes]
    size: int
    area: int


def repack(source: IO[bytes], limits: Limits) -> Plain:
    """The workbook's XML members, counted and checked. The caller closes the archive.

    Raises Refusal: import_truncated, import_password, import_other_format, import_not_a_spreadsheet,
    import_too_large, import_too_many_rows.
    """
    target: IO[bytes] = SpooledTemporaryFile(max_size=_RAM_BEFORE_DISK)  # noqa: SIM115 - the caller closes it
    try:
        with zipfile.ZipFile(source) as packed, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as plain:
            names = _check_directory(packed, limits)
            extents = _copy(packed, plain, names, limits)
        size = target.tell()
        target.seek(0)
        _check_extents(target, extents, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        target.close()
        raise Refusal("import_truncated") from error
    except NotImplementedError as error:  # a packing method that no spreadsheet program uses
        target.close()
        raise Refusal("import_not_a_spreadsheet") from error
    except Refusal:
        target.close()
        raise
    target.seek(0)
    return Plain(target, size, max((one.rows * one.columns for one in extents.values()), default=0))


def _check_directory(packed: zipfile.ZipFile, limits: Limits) -> list[str]:
    """Names of the XML members, after what the directory itself says has been believed against it."""
    members = packed.infolist()
    wanted = [m for m in members if m.filename.lower().endswith((".xml", ".rels"))]
    names = [m.filename for m in wanted]
    lowered = {name.lower() for name in names}
    if len(members) > limits.members or sum(m.file_size for m in wanted) > limits.unpacked_bytes:
        raise Refusal("import_too_large")
    if any(m.flag_bits & _ENCRYPTED for m in wanted):
        raise Refusal("import_password")
    if "xl/workbook.bin" in {m.filename.lower() for m in members}:
        raise Refusal("import_other_format", format="xlsb")
    if "content.xml" in lowered and "mimetype" in {m.filename for m in members}:
        raise Refusal("import_other_format", format="ods")
    if "xl/workbook.xml" not in lowered or len(lowered) != len(names):
        raise Refusal("import_not_a_spreadsheet")
    return names


@dataclass(slots=True)
class _Budget:
    """Bytes unpacked so far, of all members and of the present one."""

    limits: Limits
    total: int = 0
    member: int = 0
    member_most: int = 0

    def start(self, packed_size: int) -> None:
        self.member = 0
        self.member_most = max(self.limits.ratio_from_bytes, self.limits.ratio * packed_size)

    def spend(self, count: int) -> None:
        self.total += count
        self.member += count
        if self.total > self.limits.unpacked_bytes or self.member > self.member_most:
            raise Refusal("import_too_large")


def _copy(
    packed: zipfile.ZipFile, plain: zipfile.ZipFile, names: list[str], limits: Limits
) -> dict[str, Extent]:
    extents: dict[str, Extent] = {}
    budget = _Budget(limits)
    for name in names:
        extent = extents[name] = Extent()
        budget.start(packed.getinfo(name).compress_size)
        with packed.open(name) as member, plain.open(name, "w", force_zip64=True) as out:
            for text in whole_tags(_tee(member, out, budget)):
                extent.scan(text)
    return extents


def _tee(member: IO[bytes], out: IO[bytes], budget: _Budget) -> Iterator[bytes]:
    for chunk in _chunks(member):
        budget.spend(len(chunk))
        out.write(chunk)
        yield chunk


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    return iter(partial(stream.read, _CHUNK), b"")


def _check_extents(target: IO[bytes], extents: dict[str, Extent], limits: Limits) -> None:
    sheets = {name: extent for name, extent in extents.items() if extent.cells}
    for extent in sheets.values():
        if extent.rows > limits.rows:
            raise Refusal("import_too_many_rows", limit=limits.rows)
        if extent.rows * extent.columns > limits.area:
            raise Refusal("import_too_large")
    with zipfile.ZipFile(target) as plain:
        _check_strings(plain, sheets, limits)


def _check_strings(plain: zipfile.ZipFile, sheets: dict[str, Extent], limits: Limits) -> None:
    """The exact sum is only worked out where the rough one is over the limit."""
    strings = next((name for name in plain.namelist() if name.lower() == _STRINGS), None)
    most_cells = max((extent.cells for extent in sheets.values()), default=0)
    if strings is None or most_cells * plain.getinfo(strings).file_size <= limits.text_bytes:
        return
    with plain.open(strings) as stream:
        lengths = string_lengths(_chunks(stream))
    for name, extent in sheets.items():
        if extent.cells * max(lengths, default=0) > limits.text_bytes:
            with plain.open(name) as stream:
                if text_used(_chunks(stream), lengths) > limits.text_bytes:
                    raise Refusal("import_too_large")

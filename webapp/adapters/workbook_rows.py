"""Rows of a workbook, opened by a process of its own under limits (`workbook_process`) and read from what that left.

What the reader needs goes with its process; here a row is in memory at a time.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import NamedTemporaryFile, TemporaryFile
from typing import IO, Any

from webapp.adapters.workbook_process import decoded
from webapp.adapters.workbook_zip import Limits
from webapp.domain.order_cells import Cell
from webapp.domain.refusals import Refusal

MOST_XLS_BYTES = 32 << 20  # 65,536 rows is all the format has
_MEMORY = 1_536 << 20
_CPU_SECONDS = 60
_WALL_SECONDS = 120
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class ChildSheet:
    """What the child said first, and the file with its rows."""

    name: str
    others: tuple[str, ...]
    row_count: int
    lines: IO[bytes]

    def __iter__(self) -> Iterator[list[Cell]]:
        self.lines.seek(0)
        self.lines.readline()
        for line in self.lines:
            row = json.loads(line, object_hook=decoded)
            if row != "end":
                yield row


def read_in_child(stream: IO[bytes], limits: Limits) -> ChildSheet:
    """Raises Refusal: import_too_large (also when the child died), import_password, import_truncated and
    import_not_a_spreadsheet."""
    lines = TemporaryFile()  # noqa: SIM115 - it lives as long as the sheet
    with NamedTemporaryFile(suffix=".workbook") as copy:
        stream.seek(0)
        while piece := stream.read(_CHUNK):
            copy.write(piece)
        copy.flush()
        done = subprocess.run(
            [sys.executable, "-m", "webapp.adapters.workbook_process", copy.name, *_arguments(limits)],
            stdin=subprocess.DEVNULL,
            stdout=lines,
            stderr=subprocess.DEVNULL,
            check=False,
        )
    lines.seek(0)
    first = _first_line(lines)
    if "refused" in first:
        raise Refusal(str(first["refused"]))
    if done.returncode != 0 or "sheet" not in first or not _is_whole(lines):
        raise Refusal("import_too_large")
    return ChildSheet(first["sheet"], tuple(first["others"]), int(first["rows"]), lines)


def _arguments(limits: Limits) -> list[str]:
    values = {
        "memory": _MEMORY,
        "cpu": _CPU_SECONDS,
        "wall": _WALL_SECONDS,
        "file-size": limits.text_bytes,
        "area": limits.area,
    }
    return [part for name, value in values.items() for part in (f"--{name}", str(value))]


def _first_line(lines: IO[bytes]) -> dict[str, Any]:
    try:
        first = json.loads(lines.readline())
    except ValueError:
        return {}
    return first if isinstance(first, dict) else {}


def _is_whole(lines: IO[bytes]) -> bool:
    end = json.dumps("end").encode() + b"\n"
    size = lines.seek(0, 2)
    lines.seek(max(0, size - len(end)))
    return lines.read() == end

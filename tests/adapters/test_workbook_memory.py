"""A large workbook costs the reading process a row at a time; the reader's own memory goes with its own process."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.adapters.test_spreadsheets import sheet_xml, with_sheet
from webapp.adapters import spreadsheets
from webapp.adapters.spreadsheets import read_rows
from webapp.domain.refusals import Refusal

ROOT = Path(__file__).parents[2]
COLUMNS = 49

_MEASURED = """
import json, resource, sys
from webapp.adapters.spreadsheets import read_rows
from pathlib import Path
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
rows = read_rows(Path(sys.argv[1]), "orders.xlsx")
seen = sum(1 for row in rows for _ in [len(row)])
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"rows": seen, "count": rows.count, "own": own // 1024, "child": child // 1024}))
"""


def workbook(rows: int) -> bytes:
    letters = [chr(65 + n) if n < 26 else "A" + chr(65 + n - 26) for n in range(COLUMNS)]
    cells = "".join(f'<c r="{letter}%d" t="inlineStr"><is><t>字段 %d</t></is></c>' for letter in letters)
    row = f'<row r="%d">{cells}</row>'
    return with_sheet(
        sheet_xml("".join(row % ((n,) * (2 * COLUMNS + 1)) for n in range(1, rows + 1)).encode())
    )


def measured(file: Path) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-c", _MEASURED, str(file)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    found: dict[str, int] = json.loads(done.stdout)
    return found


def test_ten_times_the_rows_take_no_more_memory_here(tmp_path: Path) -> None:
    seen = {}
    for rows in (5_000, 50_000):
        file = tmp_path / f"{rows}.xlsx"
        file.write_bytes(workbook(rows))
        seen[rows] = measured(file)
        assert (seen[rows]["rows"], seen[rows]["count"]) == (rows, rows)
    # MiB: the archive is unpacked through a buffer of a fixed size, then a row at a time.
    assert seen[50_000]["own"] <= seen[5_000]["own"] + 48 and seen[50_000]["own"] <= 96
    assert seen[50_000]["child"] <= 512, "what the reader keeps for 2.45 million cells (docs/operations.md)"


def test_both_roads_bring_the_same_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    content = workbook(20)
    here = read_rows(content, "a.xlsx")
    monkeypatch.setattr(spreadsheets, "_SMALL_AREA", 0)
    there = read_rows(content, "a.xlsx")
    assert list(there) == list(here) == list(there) and len(list(here)) == 20
    assert (there.sheet, there.other_sheets, there.count) == (here.sheet, here.other_sheets, here.count)


def test_a_reader_that_dies_is_a_file_too_large(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(spreadsheets, "_SMALL_AREA", 0)
    monkeypatch.setattr("webapp.adapters.workbook_rows._MEMORY", 8 << 20)
    with pytest.raises(Refusal, match="import_too_large"):
        read_rows(workbook(20), "a.xlsx")

"""The child that opens a stranger's workbook: `python -m webapp.adapters.workbook_process SOURCE --memory …`.

The reader keeps a whole sheet as one rectangle of cells, and in the old binary format it allocates by what a record
says before it sees a row; a lie there ends the process. So it is this process that grows and ends. It limits itself,
prints one JSON line about the sheet, then one a row. Started by `webapp.adapters.workbook_rows` alone.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

from webapp.adapters.media_process import limit_self
from webapp.domain.refusals import Refusal


def encoded(cell: object) -> object:
    """What JSON has no form for: dates become ``{"at": ISO}``, spans of time their text."""
    if isinstance(cell, (datetime, date)):
        return {"at": cell.isoformat()}
    return str(cell)


def decoded(value: dict[str, Any]) -> Any:
    """The inverse of `encoded`, as an ``object_hook``."""
    text = value.get("at")
    if not isinstance(text, str):
        return value
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def copy_rows(source: Path, most_area: int) -> None:
    sheets = importlib.import_module("webapp.adapters.calamine_sheets")
    try:
        with source.open("rb") as stream:
            sheet, others = sheets.first_sheet(stream)
    except Refusal as refusal:
        print(json.dumps({"refused": refusal.code}))
        return
    end = sheet.end or (-1, -1)
    if (end[0] + 1) * (end[1] + 1) > most_area:
        print(json.dumps({"refused": "import_too_large"}))
        return
    print(json.dumps({"sheet": sheet.name, "others": others, "rows": end[0] + 1}))
    for row in sheet.iter_rows():
        print(json.dumps(row, default=encoded, ensure_ascii=True))
    print(json.dumps("end"))


def main() -> int:
    parser = argparse.ArgumentParser(prog="workbook_process", description=__doc__)
    parser.add_argument("source", type=Path)
    for name in ("memory", "cpu", "file-size", "wall", "area"):
        parser.add_argument(f"--{name}", type=int, required=True)
    arguments = parser.parse_args()
    limit_self(arguments.memory, arguments.cpu, arguments.file_size, arguments.wall)
    copy_rows(arguments.source, arguments.area)
    return 0


if __name__ == "__main__":
    sys.exit(main())

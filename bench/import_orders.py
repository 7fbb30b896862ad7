"""How long 50,000 rows of a 1688 export take, and how much memory: python bench/import_orders.py [ROWS]

Three processes, so that each peak is its own: openpyxl reads the same file (read-only mode, its fastest); Dockproof
reads it to orders; Dockproof writes the orders to a new SQLite database, in batches. One JSON document on stdout.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import openpyxl  # noqa: E402

from tests.fixtures.export_1688 import Line, Order, sheet_rows  # noqa: E402
from webapp.adapters.rulebook_files import load_rulebook  # noqa: E402
from webapp.locate import migrations_dir  # noqa: E402
from webapp.store.database import Database  # noqa: E402
from webapp.store.migrate import migrate  # noqa: E402
from webapp.usecases.import_tables import open_table, read_table  # noqa: E402
from webapp.usecases.orders import import_orders  # noqa: E402
from webapp.usecases.people import organisation_for_cli  # noqa: E402

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def make_file(path: Path, rows: int) -> None:
    """Orders of one to three lines, all 49 columns, 300 suppliers."""
    orders: list[Order] = []
    count = 1
    while count < rows:
        number = len(orders)
        sizes = ("M", "L", "XL")[: min(1 + number % 3, rows - count)]
        lines = tuple(
            Line(spec=f"颜色:黑色;尺码:{size}", sku_id=f"436{number:08d}{at:02d}", quantity=12 + at)
            for at, size in enumerate(sizes)
        )
        orders.append(
            Order(
                order_no=f"36574{number:08d}232333",
                lines=lines,
                waybills=(("圆通速递(YTO)", f"YT{7598000000000 + number}"),),
                supplier=f"广州示例{number % 300}服饰有限公司",
                member=f"示例{number % 300}",
            )
        )
        count += len(lines)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("订单")
    for row in sheet_rows(orders):
        sheet.append(row)
    book.save(path)


def with_openpyxl(file: Path) -> dict[str, object]:
    book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    sheet = book.worksheets[0]
    sheet.reset_dimensions()
    return {"rows": sum(1 for _ in sheet.iter_rows(values_only=True))}


def reading(file: Path) -> dict[str, object]:
    read = read_table(open_table(file, file.name), None)
    return {"orders": len(read.orders), "refused": len(read.rejected)}


def reading_and_writing(file: Path) -> dict[str, object]:
    started = time.perf_counter()
    read = read_table(open_table(file, file.name), None)
    read_s = time.perf_counter() - started
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/bench.db")
        migrate(database, migrations_dir())
        started = time.perf_counter()
        report = import_orders(
            database,
            load_rulebook(),
            read,
            organisation_id=organisation_for_cli(database, customer_code=None, now=NOW),
            account_name="bench",
            account_owner="self",
            actor="bench",
            now=NOW,
        )
        write_s = time.perf_counter() - started
        database.engine.dispose()
    return {
        "read_s": round(read_s, 2),
        "write_s": round(write_s, 2),
        "orders": report.orders,
        "lines": report.lines,
    }


STEPS = {"openpyxl": with_openpyxl, "read": reading, "import": reading_and_writing}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=int, default=50_000)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        started = time.perf_counter()
        answer = STEPS[arguments.step](arguments.file)
        answer["seconds"] = round(time.perf_counter() - started, 2)
        answer["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps(answer))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "orders.xlsx"
        make_file(file, arguments.rows)
        results = {"rows": arguments.rows, "file_mib": round(file.stat().st_size / 2**20, 1)}
        for step in STEPS:
            command = [sys.executable, __file__, "--step", step, "--file", str(file)]
            results[step] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    results["read_against_openpyxl"] = round(results["read"]["seconds"] / results["openpyxl"]["seconds"], 2)
    print(json.dumps(results, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())

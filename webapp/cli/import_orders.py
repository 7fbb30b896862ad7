"""``dockproof import-orders FILE``: an order table into the database."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TextIO

from webapp.adapters.catalogues import translate
from webapp.cli.instance import open_instance
from webapp.cli.printing import with_json
from webapp.domain.import_mapping import ColumnMapping, column_mapping
from webapp.domain.order_sheet import RowProblem
from webapp.domain.refusals import Refusal
from webapp.usecases import orders, people
from webapp.usecases.import_tables import Table, open_table, read_table


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "import-orders",
        help="import an order table",
        description="Imports orders, lines and waybills of a 1688 export (.xlsx, .xls or .csv; 49, 28 or the older "
        "columns), of a Taobao seller's export, of a table of order numbers and waybills, or of any table with "
        "--mapping. Importing twice equals importing once: after an interruption run it again. "
        "Exit 0 also when single rows were refused; they are listed.",
    )
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument(
        "--account", metavar="NAME", help="the account that ordered (default: the platform's name)"
    )
    parser.add_argument(
        "--owner", choices=("self", "agent"), help="whose account it is; decides who may file"
    )
    parser.add_argument("--organisation", metavar="CODE", help="customer code, when there are several")
    parser.add_argument(
        "--mapping",
        metavar="FILE.json",
        type=Path,
        help='which column is what: {"platform": "1688"|"taobao"|"off_platform", "columns": {field: header}}',
    )
    with_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    table = open_table(args.file, args.file.name)
    reading = read_table(table, None if args.mapping is None else _mapping(args.mapping, table))
    services = open_instance()
    now = services.clock.now()
    organisation_id = people.organisation_for_cli(services.database, customer_code=args.organisation, now=now)
    report = orders.import_orders(
        services.database,
        services.rulebook,
        reading,
        organisation_id=organisation_id,
        account_name=args.account or reading.layout.platform,
        account_owner=args.owner or "unknown",
        actor="cli",
        now=now,
    )
    _print(report, table, args.json, out)
    return 0


def _mapping(file: Path, table: Table) -> ColumnMapping:
    """Raises Refusal mapping_file, import_no_table and those of `column_mapping`."""
    try:
        given = json.loads(file.read_text("utf-8"))
        platform, columns = str(given["platform"]), dict(given["columns"])
    except (ValueError, KeyError, TypeError):
        raise Refusal("mapping_file") from None
    if table.header is None:
        raise Refusal("import_no_table")
    return column_mapping(platform, columns, table.header.names)


def _print(report: orders.ImportReport, table: Table, as_json: bool, out: TextIO) -> None:
    rejected = [{"row": problem.row, "reason": _sentence(problem)} for problem in report.rejected]
    warnings = [translate("en", f"import.notice_{notice.code}", **notice.vars) for notice in report.notices]
    warnings += [_sentence(problem) for problem in report.reading.warnings]
    if table.other_sheets:
        others = ", ".join(table.other_sheets)
        warnings.append(translate("en", "import.other_sheets", sheet=table.sheet, others=others))
    if as_json:
        answer = {
            "orders": report.orders,
            "lines": report.lines,
            "waybills": report.waybills,
            "updated": report.updated,
            "rejected": rejected,
            "warnings": warnings,
        }
        print(json.dumps(answer, ensure_ascii=False, indent=1), file=out)
        return
    print(
        f"{report.orders} orders, {report.lines} lines, {report.waybills} waybills; {report.updated} updated",
        file=out,
    )
    for problem in rejected:
        print(f"refused row {problem['row']}: {problem['reason']}", file=out)
    for warning in warnings:
        print(f"warning: {warning}", file=out)


def _sentence(problem: RowProblem) -> str:
    return translate("en", f"import.row.{problem.code}", row=problem.row, **problem.vars)

"""``dockproof import-orders FILE``: a 1688 export into the database."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TextIO

from webapp.adapters.catalogues import translate
from webapp.adapters.spreadsheets import read_rows
from webapp.cli.instance import open_instance
from webapp.domain.order_sheet import RowProblem, read_order_sheet
from webapp.usecases import orders, people


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "import-orders",
        help="import a 1688 order export",
        description="Imports orders, lines and waybills of a 1688 export (.xlsx, 49 columns). "
        "Importing twice equals importing once. Exit 0 also when single rows were refused; they are listed.",
    )
    parser.add_argument("file", metavar="FILE", type=Path)
    parser.add_argument("--account", default="1688", metavar="NAME", help="the 1688 account that ordered")
    parser.add_argument(
        "--owner", choices=("self", "agent"), help="whose account it is; decides who may file"
    )
    parser.add_argument("--organisation", metavar="CODE", help="customer code, when there are several")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    rows = read_rows(args.file.read_bytes(), args.file.name)
    reading = read_order_sheet(rows)
    services = open_instance()
    now = services.clock.now()
    organisation_id = people.organisation_for_cli(services.database, customer_code=args.organisation, now=now)
    report = orders.import_orders(
        services.database,
        services.rulebook,
        reading,
        organisation_id=organisation_id,
        account_name=args.account,
        account_owner=args.owner or "unknown",
        actor="cli",
        now=now,
    )
    rejected = [{"row": problem.row, "reason": _sentence(problem)} for problem in reading.rejected]
    warnings = [_sentence(problem) for problem in reading.warnings]
    if rows.other_sheets:
        others = ", ".join(rows.other_sheets)
        warnings.append(translate("en", "import.other_sheets", sheet=rows.sheet, others=others))
    if args.json:
        answer = {
            "orders": report.orders,
            "lines": report.lines,
            "waybills": report.waybills,
            "updated": report.updated,
            "rejected": rejected,
            "warnings": warnings,
        }
        print(json.dumps(answer, ensure_ascii=False, indent=1), file=out)
        return 0
    print(
        f"{report.orders} orders, {report.lines} lines, {report.waybills} waybills; {report.updated} updated",
        file=out,
    )
    for problem in rejected:
        print(f"refused row {problem['row']}: {problem['reason']}", file=out)
    for warning in warnings:
        print(f"warning: {warning}", file=out)
    return 0


def _sentence(problem: RowProblem) -> str:
    return translate("en", f"import.row.{problem.code}", row=problem.row, **problem.vars)

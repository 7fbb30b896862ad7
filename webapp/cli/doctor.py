"""``dockproof doctor``: health of database, log, records, blobs, keys, clock and disk. Changes nothing."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any, TextIO

from webapp.adapters.clock import SystemClock
from webapp.cli.instance import settings
from webapp.cli.printing import say, with_json
from webapp.domain.refusals import Refusal
from webapp.locate import migrations_dir
from webapp.store.database import Database
from webapp.usecases.doctor import examine
from webapp.usecases.doctor_findings import Check, Finding, Report


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "doctor",
        help="health of database, log, files, keys, clock, disk",
        description="Looks at everything and changes nothing; may run beside the server. Exit 0 when all is well, "
        "1 when there are findings. Notes (gaps and forks of phones' chains, leftovers) do not count as findings.",
    )
    parser.add_argument("--deep", action="store_true", help="hash every file again (reads them all)")
    with_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    here = settings()
    if not here.home.is_dir():
        raise Refusal("instance_missing", home=str(here.home))
    # Not `open_instance`: that would migrate, and a doctor does not operate. A missing database is a finding.
    database = Database(here.database_url)
    try:
        report = examine(
            database, home=here.home, migrations=migrations_dir(), now=SystemClock().now(), deep=args.deep
        )
    finally:
        database.engine.dispose()
    say(args, out, _document(report), _lines(report))
    return 0 if report.ok else 1


def _document(report: Report) -> dict[str, Any]:
    findings = [finding for check in report.checks for finding in check.findings]
    return {
        "ok": report.ok,
        "checks": [
            {"name": check.name, "ok": check.ok, "facts": check.facts, "counts": check.counts}
            for check in report.checks
        ],
        "findings": [_finding(finding) for finding in findings if not finding.is_note],
        "notes": [_finding(finding) for finding in findings if finding.is_note],
    }


def _finding(finding: Finding) -> dict[str, str]:
    return {"code": finding.code, "what": finding.what, "where": finding.where}


def _lines(report: Report) -> Iterator[str]:
    for check in report.checks:
        facts = ", ".join(f"{name} {value}" for name, value in check.facts.items() if _short(value))
        yield f"{'ok ' if check.ok else 'BAD'} {check.name}{': ' if facts else ''}{facts}"
        for finding in check.findings:
            mark = "note" if finding.is_note else "finding"
            where = f" ({finding.where})" if finding.where else ""
            yield f"    {mark}: {finding.what}{where}"
        yield from _rest(check)
    yield "All is well." if report.ok else "There are findings."


def _rest(check: Check) -> Iterator[str]:
    for code, count in check.counts.items():
        listed = sum(finding.code == code for finding in check.findings)
        if count > listed:
            yield f"    and {count - listed} more of {code}"


def _short(value: object) -> bool:
    return value is None or isinstance(value, str | int)

"""``dockproof restore DIR``: an empty home becomes the instance that was backed up."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from webapp.adapters.clock import SystemClock
from webapp.cli.instance import settings
from webapp.cli.printing import with_json
from webapp.locate import migrations_dir
from webapp.store.database import Database
from webapp.usecases.doctor import examine
from webapp.usecases.restore import RestoreReport, restore


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "restore",
        help="a backup into an empty home",
        description="Checks the backup in DIR and puts it into DOCKPROOF_HOME, which must be empty, then looks at the "
        "result as `dockproof doctor` does. Refuses a backup that is older than the log this machine has noted "
        "(keys/log-size): what was received since then would be lost, and its log entries given out again.",
    )
    parser.add_argument("folder", metavar="DIR", type=Path)
    parser.add_argument(
        "--accept-loss", action="store_true", help="restore an older log although newer entries are known"
    )
    with_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    here = settings()
    now = SystemClock().now()
    database = Database(here.database_url)
    try:
        report = restore(
            database,
            home=here.home,
            folder=args.folder,
            migrations=migrations_dir(),
            accept_loss=args.accept_loss,
            now=now,
        )
        health = examine(database, home=here.home, migrations=migrations_dir(), now=now)
    finally:
        database.engine.dispose()
    found = [
        {"code": finding.code, "what": finding.what, "where": finding.where}
        for check in health.checks
        for finding in check.findings
        if not finding.is_note
    ]
    if args.json:
        document = {**asdict(report), "made_at": report.made_at.isoformat(), "findings": found}
        print(json.dumps(document, indent=1), file=out)
    else:
        _print(report, out)
    for sha256 in (*report.missing, *report.damaged):
        print(f"dockproof: not in the backup, or not whole: {sha256}", file=err)
    for finding in found:
        print(f"dockproof: {finding['what']} ({finding['where']})", file=err)
    return 1 if found or report.missing or report.damaged else 0


def _print(report: RestoreReport, out: TextIO) -> None:
    made = report.made_at.isoformat(timespec="seconds")
    print(f"restored: {report.blobs} files, log of {report.log_size} entries, as of {made}", file=out)
    if report.lost_entries:
        print(f"lost: {report.lost_entries} log entries that came after this backup", file=out)
    if report.ended_uploads:
        print(f"{report.ended_uploads} unfinished uploads begin again from the phones", file=out)

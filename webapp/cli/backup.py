"""``dockproof backup DIR``: database, blobs and keys, consistent, while the server runs."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from webapp.adapters.blobs import Blobs
from webapp.adapters.clock import SystemClock
from webapp.cli.instance import existing_database, settings
from webapp.cli.printing import with_json
from webapp.usecases.backup import back_up


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "backup",
        help="database, files and keys into a folder",
        description="Makes or renews the backup in DIR, also while the server runs. Files that are there already are "
        "not copied again; on the same disk they are linked. DIR holds the instance's keys: keep it as safe as the "
        "instance. Exit 1 when the instance itself lacks files.",
    )
    parser.add_argument("folder", metavar="DIR", type=Path)
    with_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    here = settings()
    database = existing_database(here)
    try:
        report = back_up(
            database, Blobs(here.home), home=here.home, folder=args.folder, now=SystemClock().now()
        )
    finally:
        database.engine.dispose()
    if args.json:
        print(json.dumps(asdict(report), indent=1), file=out)
    else:
        print(
            f"{report.blobs} files ({report.bytes} bytes): {report.copied} copied, {report.linked} linked, "
            f"the others were there; log of {report.log_size} entries",
            file=out,
        )
    if not report.audited:
        print("dockproof: the backup stands, but the instance's audit could not be written", file=err)
    for sha256 in report.missing:
        print(f"dockproof: not on this disk, or not whole: {sha256}", file=err)
    return 1 if report.missing else 0

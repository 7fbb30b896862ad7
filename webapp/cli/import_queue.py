"""``dockproof import-queue FILE.zip``: what a phone exported because it could not send it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from sqlalchemy.orm import Session

from webapp.cli.instance import open_instance
from webapp.cli.printing import say, with_json
from webapp.usecases.clocks import recompute_deadlines
from webapp.usecases.queue_import import import_queue


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "import-queue",
        help="import what a phone exported",
        description="Takes in the ZIP that a phone saved because it could not send: records by their signatures, "
        "films and photos by their hashes. Importing twice equals importing once. Exit 1 when something in it "
        "could not be taken; it is counted.",
    )
    with_json(parser).add_argument("file", metavar="FILE.zip", type=Path)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()

    def orders_changed(session: Session, order_ids: set[str]) -> None:
        recompute_deadlines(session, services.rulebook, order_ids, now=services.clock.now())

    brought = import_queue(
        services.database,
        services.blobs,
        args.file,
        actor=None,
        now=services.clock.now(),
        on_orders_changed=orders_changed,
    )
    lines = [
        f"{brought.device_name or brought.device_id}: {brought.accepted} records and {brought.files} files are new, "
        f"{brought.known} and {brought.files_known} were here.",
    ]
    if brought.files_unfinished:
        lines.append(f"{brought.files_unfinished} films were never closed by the phone: kept as unfinished.")
    left = brought.malformed + brought.quarantined + brought.files_unclaimed
    if left:
        lines.append(
            f"Not taken: {brought.malformed} records that cannot be read, {brought.quarantined} of a revoked phone "
            f"(kept apart), {brought.files_unclaimed} files that no record speaks for."
        )
    say(args, out, asdict(brought), lines)
    return 1 if left else 0

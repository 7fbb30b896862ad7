"""``dockproof demo``: the demo importer in an empty database."""

from __future__ import annotations

import argparse
import json
from typing import TextIO

from webapp.cli.instance import open_instance
from webapp.jobs.worker import Worker
from webapp.usecases.demo import fill_demo


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "demo",
        help="fill an empty database with the demo importer",
        description="Orders, parcels, goods receipts and a real filmed count. Refuses a database that holds data.",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    order_nos = fill_demo(services.database, services.blobs, services.rulebook, now=services.clock.now())
    Worker(services).run_all()
    if args.json:
        print(json.dumps({"orders": order_nos}, indent=1), file=out)
    else:
        print(f"{len(order_nos)} demo orders: {' '.join(order_nos)}", file=out)
    return 0

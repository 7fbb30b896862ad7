"""``dockproof demo``: the demo importer in an empty database."""

from __future__ import annotations

import argparse
from typing import TextIO

from webapp.cli.instance import open_instance
from webapp.cli.printing import say, with_json
from webapp.jobs.worker import Worker
from webapp.usecases.demo import fill_demo
from webapp.usecases.demo_claim import fill_demo_claim


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "demo",
        help="fill an empty database with the demo importer",
        description="Orders, parcels, goods receipts, a real filmed count and the claim that follows from it. "
        "Refuses a database that holds data.",
    )
    with_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    now = services.clock.now()
    order_nos = fill_demo(services.database, services.blobs, services.rulebook, now=now)
    fill_demo_claim(services.database, services.blobs, now=now)
    Worker(services).run_all()
    said = f"{len(order_nos)} demo orders: {' '.join(order_nos)}"
    say(args, out, {"orders": order_nos}, [said])
    return 0

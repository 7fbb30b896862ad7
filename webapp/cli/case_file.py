"""``dockproof case-file ORDER --out FILE.zip``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TextIO

from webapp.adapters.catalogues import LANGUAGES
from webapp.cli.instance import open_instance
from webapp.usecases import case_file


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "case-file",
        help="the case file of one order",
        description="Writes everything that is on record of one order into one ZIP (a BagIt 1.0 bag): the originals, "
        "the signed records, a report, a page to browse it offline. Check it with: dockproof verify FILE.zip",
    )
    parser.add_argument("order", metavar="ORDER", help="the order's number")
    parser.add_argument(
        "--out", metavar="FILE.zip", type=Path, required=True, help="where to; must not exist yet"
    )
    parser.add_argument(
        "--language", choices=sorted(LANGUAGES), default="en", help="of the report (default: en)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    made = case_file.write(
        services.database,
        services.blobs,
        organisation_id=case_file.organisation_of(services.database, args.order),
        order_no=args.order,
        language=args.language,
        actor="cli",
        now=services.clock.now(),
    )
    size = case_file.write_file(args.out, made.pieces)
    if args.json:
        told = {"file": str(args.out), "bytes": size, "missing": list(made.missing)}
        print(json.dumps(told, ensure_ascii=False), file=out)
    else:
        print(f"{args.out}: {size:,} bytes", file=out)
        for path in made.missing:
            print(f"not in it, its bytes are gone from the store: {path}", file=err)
    return 1 if made.missing else 0

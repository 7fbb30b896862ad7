"""``dockproof labels --order NO… --out FILE.pdf``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TextIO

from webapp.adapters.catalogues import translate
from webapp.adapters.label_sheets import STOCKS, warnings
from webapp.cli.instance import open_instance
from webapp.locate import fonts_dir
from webapp.usecases import people
from webapp.usecases.labels import print_labels


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "labels",
        help="parcel labels as a PDF",
        description="One label a parcel. Every print is a new code and voids the parcel's earlier label.",
    )
    parser.add_argument("--order", nargs="+", required=True, metavar="NO")
    parser.add_argument("--stock", default="100x150", help=f"one of: {', '.join(STOCKS)}")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.pdf")
    parser.add_argument("--organisation", metavar="CODE", help="customer code, when there are several")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    public_url = services.settings.public_url
    now = services.clock.now()
    pdf, codes = print_labels(
        services.database,
        organisation_id=people.organisation_for_cli(
            services.database, customer_code=args.organisation, now=now
        ),
        order_nos=args.order,
        stock=args.stock,
        public_url=public_url or f"http://localhost:{services.settings.port}",
        fonts_dir=fonts_dir(),
        actor="cli",
        now=now,
    )
    args.out.write_bytes(pdf)
    for code in warnings(public_url):
        print(f"dockproof: {translate('en', f'label.warning_{code}')}", file=err)
    if args.json:
        print(json.dumps({"file": str(args.out), "labels": codes}, indent=1), file=out)
    else:
        print(f"{len(codes)} labels in {args.out}: {' '.join(codes)}", file=out)
    return 0

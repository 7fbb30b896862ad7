"""``dockproof labels``: labels of orders and load units, rolls of blank labels, the counting mat."""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from pathlib import Path
from typing import TextIO

from webapp.adapters.catalogues import translate
from webapp.adapters.counting_mat import PAPERS, counting_mat_pdf
from webapp.adapters.label_sheets import STOCKS, warnings
from webapp.cli.instance import open_instance
from webapp.cli.printing import with_json
from webapp.locate import fonts_dir
from webapp.usecases import people, rolls
from webapp.usecases.label_print import Sheet
from webapp.usecases.labels import ORDER_KINDS, UNIT_KINDS, Wanted, print_labels, print_unit_label
from webapp.wiring import Services

_ACTOR = "cli"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "labels",
        help="labels, rolls of blank labels and counting mats as a PDF",
        description="Every print is a new code and voids the earlier labels of the same kind. Blank labels are "
        "bound to a parcel at the first scan.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--order", nargs="+", metavar="NO", help="labels of these orders")
    what.add_argument("--blank", type=int, metavar="N", help="a roll of N blank labels")
    what.add_argument(
        "--load-unit", nargs=2, metavar=("KIND", "NUMBER"), help=f"KIND is one of: {', '.join(UNIT_KINDS)}"
    )
    what.add_argument("--mat", choices=list(PAPERS), help="a counting mat")
    parser.add_argument("--stock", default="100x150", help=f"one of: {', '.join(STOCKS)}")
    parser.add_argument("--start", type=int, default=1, metavar="P", help="first free place of an A4 sheet")
    parser.add_argument("--kind", default="parcel", choices=ORDER_KINDS, help="with --order")
    parser.add_argument("--cartons", type=int, default=1, metavar="M", help="with --kind carton: 1/M to M/M")
    parser.add_argument("--carton", type=int, metavar="K", help="with --cartons: only K/M, again")
    parser.add_argument("--pieces", type=int, metavar="N", help="with --kind sku: pieces under one label")
    parser.add_argument(
        "--quantity",
        action=argparse.BooleanOptionalAction,
        help="with --order: print the quantity, or leave it out (without either: on SKU labels only, so that whoever "
        "counts a parcel does not read the ordered number)",
    )
    parser.add_argument("--site", metavar="NAME", help="with --blank: where the roll is used")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE.pdf")
    parser.add_argument("--organisation", metavar="CODE", help="customer code, when there are several")
    with_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    now = services.clock.now()
    codes: list[str] = []
    if args.mat:
        pdf = counting_mat_pdf(args.mat, created=now, fonts_dir=fonts_dir())
    else:
        pdf, codes = _printed(args, services, now)
    args.out.write_bytes(pdf)
    if codes:
        for code in warnings(services.settings.public_url):
            print(f"dockproof: {translate('en', f'label.warning_{code}')}", file=err)
    if args.json:
        print(json.dumps({"file": str(args.out), "labels": codes}, indent=1), file=out)
    elif codes:
        print(f"{len(codes)} labels in {args.out}: {' '.join(codes)}", file=out)
    else:
        print(f"{args.mat} counting mat in {args.out}", file=out)
    return 0


def _printed(args: argparse.Namespace, services: Services, now: datetime) -> tuple[bytes, list[str]]:
    database = services.database
    public_url = services.settings.public_url or f"http://localhost:{services.settings.port}"
    sheet = Sheet(args.stock, public_url, fonts_dir(), args.start)
    # A roll for one site and no importer in particular: any parcel that the site handles.
    anybodys = args.blank is not None and args.site is not None and args.organisation is None
    organisation_id = (
        None if anybodys else people.organisation_for_cli(database, customer_code=args.organisation, now=now)
    )
    if args.blank is not None or organisation_id is None:
        site_id = rolls.site_for_roll(database, organisation_id=organisation_id, name=args.site)
        return rolls.print_roll(
            database,
            organisation_id=organisation_id,
            site_id=site_id,
            count=args.blank,
            sheet=sheet,
            actor=_ACTOR,
            now=now,
        )
    if args.load_unit:
        unit_kind, number = args.load_unit
        return print_unit_label(
            database,
            organisation_id=organisation_id,
            unit_kind=unit_kind,
            number=number,
            sheet=sheet,
            actor=_ACTOR,
            now=now,
        )
    return print_labels(
        database,
        organisation_id=organisation_id,
        order_nos=args.order,
        stock=args.stock,
        start=args.start,
        public_url=public_url,
        fonts_dir=fonts_dir(),
        actor=_ACTOR,
        now=now,
        wanted=Wanted(args.kind, args.cartons, args.carton, args.pieces, args.quantity),
    )

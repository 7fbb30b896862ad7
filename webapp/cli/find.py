"""``dockproof find TEXT``: order, parcel or supplier by number, waybill, label code or pasted arrival note."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any, TextIO

from webapp.cli.instance import open_instance
from webapp.cli.printing import with_json
from webapp.domain.labels import printed_code
from webapp.usecases.find import Match, Unidentified, find, organisation_asked


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "find",
        help="find an order by any number, name or pasted arrival note",
        description="Finds orders by order number, waybill, label code or address, forwarder's sticker, supplier, "
        "customer code, or a pasted arrival note (- reads it from standard input). Exit 1 when nothing matches.",
    )
    parser.add_argument("text", metavar="TEXT")
    parser.add_argument("--organisation", metavar="CODE", help="customer code, when there are several")
    with_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    text = sys.stdin.read() if args.text == "-" else args.text
    found = find(
        services.database,
        organisation_id=organisation_asked(services.database, customer_code=args.organisation),
        text=text,
        now=services.clock.now(),
    )
    matches = [_view(match) for match in found.matches]
    unidentified = [_unidentified(item) for item in found.unidentified]
    if args.json:
        answer = {"matches": matches, "unidentified": unidentified}
        print(json.dumps(answer, ensure_ascii=False, indent=1), file=out)
    else:
        for row in matches:
            void = "  void label" if row["voided"] else ""
            print(
                f"{row['kind']}  {row['order_no'] or '-'}  {row['waybill'] or '-'}  {row['supplier'] or '-'}{void}",
                file=out,
            )
        for item in unidentified:
            print(f"unidentified  {item['number']}  {' / '.join(item['couriers']) or '-'}", file=out)
    if not matches:
        print("dockproof: nothing of this organisation matches.", file=err)
    return 0 if matches else 1


def _view(match: Match) -> dict[str, Any]:
    parcel, order = match.parcel, match.order
    waybill = parcel.waybill if parcel is not None else None
    return {
        "kind": match.kind.value,
        "order_no": order.order_no if order else None,
        "parcel": parcel.id if parcel else None,
        "supplier": (order.supplier.company or order.supplier.member or None) if order else None,
        "waybill": waybill.number_raw if waybill else None,
        "label": printed_code(match.label.label.code) if match.label else None,
        "voided": match.voided,
        "text": match.text,
        "line": match.line or None,
    }


def _unidentified(item: Unidentified) -> dict[str, Any]:
    return {
        "number": item.number.keys[0],
        "text": item.number.text,
        "line": item.number.line,
        "couriers": list(item.couriers),
        "suggested": [order.order_no for order in item.suggested],
    }

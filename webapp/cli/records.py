"""``dockproof records [--order NO]``: films and photos with hashes, states and what is proven of them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from typing import Any, TextIO

from webapp.cli.instance import open_instance
from webapp.cli.printing import with_json
from webapp.usecases.captures import Capture, captures


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "records",
        help="films and photos with hashes, states, levels",
        description="Lists the captures of the instance or of one order: the file's SHA-256, the signed record that "
        "commits to it, the log entry, whether the bytes are here, and the level that is proven.",
    )
    parser.add_argument("--order", metavar="NO", help="only the captures of this order's parcels")
    with_json(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    services = open_instance()
    found = captures(services.database, order_no=args.order)
    if args.json:
        _print_json(found, out)
        return 0
    for one in found:
        gone = "  withdrawn" if one.gone else ""
        print(
            f"{one.kind}  {one.slot or '-'}  {' '.join(one.orders) or '-'}  {one.state}  {one.level or '-'}  "
            f"{'sha256:' + one.file if one.file else '-'}{gone}",
            file=out,
        )
    return 0


def _print_json(found: Iterable[Capture], out: TextIO) -> None:
    """One document, a capture at a time: an instance may hold hundreds of thousands."""
    print('{"records":[', end="", file=out)
    for place, one in enumerate(found):
        print("," if place else "", file=out)
        print(json.dumps(_view(one), ensure_ascii=False), end="", file=out)
    print("\n]}", file=out)


def _view(one: Capture) -> dict[str, Any]:
    return {
        "id": one.id,
        "kind": one.kind,
        "slot": one.slot,
        "orders": list(one.orders),
        "parcel": one.parcel,
        "file": f"sha256:{one.file}" if one.file else None,
        "bytes": one.bytes,
        "mime": one.mime,
        "state": one.state,
        "level": one.level,
        "record": f"sha256:{one.record}" if one.record else None,
        "entry": one.entry,
        "received": one.received.isoformat(timespec="milliseconds"),
        "withdrawn": one.gone,
    }

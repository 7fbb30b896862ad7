"""``dockproof fees``: what an agent asks for a return or exchange, as the shipped rulebook says."""

from __future__ import annotations

import argparse
import json
from typing import TextIO

from webapp.adapters.catalogues import translate
from webapp.domain.fees import Line, Request
from webapp.domain.quantities import yuan_text
from webapp.domain.refusals import Refusal
from webapp.domain.switches import Switches
from webapp.usecases.fees import Reckoned, quote_by
from webapp.usecases.rulebooks import shipped


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the ``fees`` command; ``args.run`` is :func:`run`."""
    parser = subparsers.add_parser(
        "fees",
        help="what an agent asks for a return or exchange",
        description="Lines, total, range of both readings, and what is not published. Exit 0 done, 2 wrong use.",
    )
    parser.add_argument("--kind", required=True, choices=("return", "exchange"))
    parser.add_argument(
        "--month-skus",
        required=True,
        type=int,
        metavar="K",
        help="SKUs in return and exchange requests of this month, with this one",
    )
    parser.add_argument("--skus", required=True, type=int, metavar="N", help="distinct SKUs of this request")
    parser.add_argument("--off-platform", action="store_true", help="not ordered through the agent")
    parser.add_argument("--late", action="store_true", help="after the agent's 120 hours")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    """Prints the quote to ``out``, or one sentence to ``err``; returns the exit code."""
    request = Request(args.kind, args.month_skus, args.skus, args.off_platform, args.late)
    try:
        found = quote_by(shipped(), Switches(), request)
    except Refusal as refusal:
        print(f"dockproof: {translate('en', f'error.{refusal.code}', **refusal.vars)}", file=err)
        return 2
    print(json.dumps(_facts(found)) if args.json else "\n".join(_lines(found)), file=out)
    return 0


def _facts(found: Reckoned) -> dict[str, object]:
    quote = found.quote
    return {
        "lines": [
            {"line": line.code, "least_fen": line.low_fen, "most_fen": line.high_fen} for line in quote.lines
        ],
        "total_fen": quote.default_fen,
        "range_fen": [quote.low_fen, quote.high_fen],
        "unknown": list(quote.unknowns),
        "currency": "CNY",
        "source": found.source_title,
        "source_date": found.dated,
    }


def _lines(found: Reckoned) -> list[str]:
    quote = found.quote
    told = [f"{translate('en', f'fee.line_{line.code}')}: {_amount(line)}" for line in quote.lines]
    known = yuan_text(quote.default_fen)
    least = translate("en", "fee.at_least") + " " if quote.unknowns else ""
    told.append(f"{translate('en', 'fee.total')}: {least}{known}")
    if quote.is_range:
        told.append(
            f"{translate('en', 'fee.range')}: {yuan_text(quote.low_fen)} – {yuan_text(quote.high_fen)}"
        )
    told += [translate("en", f"fee.unknown_{code}") for code in quote.unknowns]
    return told


def _amount(line: Line) -> str:
    if line.low_fen is None or line.high_fen is None:
        return translate("en", "app.not_known")
    if line.low_fen == line.high_fen:
        return yuan_text(line.low_fen)
    return f"{yuan_text(line.low_fen)} – {yuan_text(line.high_fen)}"

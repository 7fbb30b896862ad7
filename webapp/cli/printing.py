"""Answers on stdout: one JSON document, or lines for people."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable
from typing import TextIO


def say(args: argparse.Namespace, out: TextIO, document: object, lines: Iterable[str]) -> None:
    """``document`` with ``--json``, else ``lines``."""
    if args.json:
        print(json.dumps(document, ensure_ascii=False, indent=1), file=out)
        return
    for line in lines:
        print(line, file=out)


def with_json(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    return parser

"""``dockproof verify FILE.zip``: an independent check of a case file; needs no instance."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from webapp.usecases.case_verify import verify_case_file


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "verify",
        help="check a case file",
        description="Checks a case file: nothing missing, extra or altered, the phones' signatures, their chains as "
        "far as they are in it. Exit 0: whole; 1: with findings, each named.",
    )
    parser.add_argument("file", metavar="FILE.zip", type=Path)
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    verdict = verify_case_file(args.file)
    if args.json:
        told = {
            "ok": verdict.ok,
            "levels": {level: asdict(found) for level, found in verdict.levels.items()},
            "findings": [asdict(one) for one in verdict.findings],
        }
        print(json.dumps(told, ensure_ascii=False), file=out)
        return 0 if verdict.ok else 1
    print("whole: nothing was altered" if verdict.ok else f"{len(verdict.findings)} findings", file=out)
    for one in verdict.findings:
        print(f"  {one.code}  {one.where or args.file.name}: {one.what}", file=out)
    for level, found in verdict.levels.items():
        print(f"  {level}  {found.state.replace('_', ' ')} ({found.proven} of {found.of} files)", file=out)
    return 0 if verdict.ok else 1

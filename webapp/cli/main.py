"""`dockproof`: exit 0 done, 1 the answer is no, 2 wrong use; errors are one sentence on stderr."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Final, TextIO

from webapp.adapters.catalogues import translate
from webapp.config import WrongSetting
from webapp.domain.refusals import Refusal
from webapp.locate import AssetsMissing

COMMANDS: Final = {
    "serve": "serve",
    "demo": "demo",
    "import-orders": "import_orders",
    "import-queue": "import_queue",
    "labels": "labels",
    "find": "find",
    "rule": "rule",
    "deadlines": "deadlines",
    "fees": "fees",
    "sample": "sample",
    "records": "records",
    "case-file": "case_file",
    "verify": "verify",
    "device": "phones",
    "user": "users",
    "site": "sites",
    "organisation": "organisations",
    "backup": "backup",
    "restore": "restore",
    "doctor": "doctor",
    "work": "work",
}
"""Each command and its module in webapp/cli. Only the one that is asked for is loaded: together they take seconds."""


def parser(asked: str | None = None) -> argparse.ArgumentParser:
    """Of the command ``asked`` for, or of them all."""
    top = argparse.ArgumentParser(prog="dockproof", description="Dockproof: proof from the warehouse floor.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        if asked is None or asked == name:
            import_module(f"webapp.cli.{module}").add_parser(commands)
    return top


def run(arguments: Sequence[str], out: TextIO, err: TextIO) -> int:
    asked = arguments[0] if arguments and arguments[0] in COMMANDS else None
    args = parser(asked).parse_args(arguments)
    try:
        code: int = args.run(args, out, err)
    except Refusal as refusal:
        print(f"dockproof: {translate('en', f'error.{refusal.code}', **refusal.vars)}", file=err)
        return 1
    except (WrongSetting, AssetsMissing) as wrong:
        print(f"dockproof: {wrong}", file=err)
        return 2
    except OSError as problem:
        where = f": {problem.filename}" if problem.filename else ""
        print(f"dockproof: {problem.strerror or problem}{where}", file=err)
        return 1
    return code


def main() -> None:
    try:
        code = run(sys.argv[1:], sys.stdout, sys.stderr)
        sys.stdout.flush()
    except BrokenPipeError:
        # `dockproof … | head`: the reader has what it wanted.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()

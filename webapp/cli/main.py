"""`dockproof`: exit 0 done, 1 the answer is no, 2 wrong use; errors are one sentence on stderr."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import TextIO

from webapp.adapters.catalogues import translate
from webapp.cli import (
    backup,
    deadlines,
    demo,
    doctor,
    find,
    import_orders,
    import_queue,
    labels,
    organisations,
    phones,
    records,
    restore,
    rule,
    sample,
    serve,
    sites,
    users,
    work,
)
from webapp.config import WrongSetting
from webapp.domain.refusals import Refusal
from webapp.locate import AssetsMissing

COMMANDS = (
    serve,
    demo,
    import_orders,
    import_queue,
    labels,
    find,
    rule,
    deadlines,
    sample,
    records,
    phones,
    users,
    sites,
    organisations,
    backup,
    restore,
    doctor,
    work,
)


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="dockproof", description="Dockproof: proof from the warehouse floor.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(commands)
    return top


def run(arguments: Sequence[str], out: TextIO, err: TextIO) -> int:
    args = parser().parse_args(arguments)
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

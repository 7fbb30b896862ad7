"""``dockproof work``: the jobs, apart from the web server."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from typing import TextIO

from webapp.adapters import log_format
from webapp.cli.instance import open_instance
from webapp.jobs.worker import Worker


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subparsers.add_parser("work", help="run the jobs (seekable copies of takes)")
    parser.add_argument("--once", action="store_true", help="do what is due now, then end")
    parser.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    log_format.install()
    worker = Worker(open_instance())
    if args.once:
        print(f"{worker.run_all()} jobs done", file=out)
        return 0
    if args.with_parent:
        # `serve` holds the other end of stdin: when it dies, however it dies, we end too.
        threading.Thread(target=_end_with_parent, daemon=True).start()
    worker.run_forever()
    return 0


def _end_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)

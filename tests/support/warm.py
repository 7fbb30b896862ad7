"""A real `dockproof` command that starts in a moment: forked from a process that has its imports done.

Only the imports are warm. Settings, migrations, granian and its worker process are those of the command.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from webapp.cli.main import run

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["webapp.cli.serve", "webapp.cli.doctor", "webapp.web.app", "tests.faults.dying"]
)


def start(home: Path, arguments: tuple[str, ...], environ: Mapping[str, str]) -> tuple[BaseProcess, int]:
    """The process, and the descriptor on which to read what it prints."""
    read, write = os.pipe()
    with Connection(write, readable=False) as said:
        process = FORKS.Process(target=_command, args=(str(home), arguments, dict(environ), said))
        process.start()
    return process, read


def command(home: Path, *arguments: str) -> tuple[int, str]:
    """One command to its end: its exit code, and all that it printed."""
    process, read = start(home, arguments, {})
    with os.fdopen(read, encoding="utf-8") as said:
        text = said.read()
    process.join()
    return process.exitcode or 0, text


def _command(home: str, arguments: tuple[str, ...], environ: dict[str, str], said: Connection) -> None:
    """In the forked process, which must hold nothing of the test's environment."""
    os.setsid()
    # A forked child would say "forkserver", and granian would start its worker anew instead of forking it.
    multiprocessing.set_start_method("fork", force=True)
    for name in [name for name in os.environ if name.startswith("DOCKPROOF_")]:
        del os.environ[name]
    os.environ.update({"DOCKPROOF_HOME": home, **environ})
    os.dup2(said.fileno(), 1)
    os.dup2(said.fileno(), 2)
    sys.stdout = os.fdopen(1, "w", encoding="utf-8", buffering=1, closefd=False)
    sys.stderr = os.fdopen(2, "w", encoding="utf-8", buffering=1, closefd=False)
    os._exit(run(arguments, sys.stdout, sys.stderr))

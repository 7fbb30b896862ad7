"""Where the program meets the disk: each such call is counted, and at one of them the process dies.

For a process that is forked to die. Nothing in ``webapp`` knows of this.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from sqlalchemy.engine.default import DefaultDialect

CALLS: Final = ("pwrite", "fsync", "link", "unlink", "ftruncate", "mkdir")
DIED: Final = 77
"""Exit code of a process that died where it was told to."""


class Edges:
    """Dies by ``os._exit`` just before a call, or in the middle of a write: like SIGKILL, no handler runs.

    ``power_cut``: what was not flushed goes with it, bytes of files and names in folders.
    """

    def __init__(self, home: Path, *, die_at: int | None = None, power_cut: bool = False) -> None:
        self._home = home
        self._die_at = die_at
        self._power_cut = power_cut
        self._flushed: dict[int, int] = {}
        self._names: list[Path] = []
        self.log: list[str] = []

    def install(self) -> None:
        for name in CALLS:
            setattr(os, name, self._wrapped(name, getattr(os, name)))
        os.open = self._wrapped("open", os.open)  # type: ignore[assignment]
        DefaultDialect.do_commit = self._wrapped("commit", DefaultDialect.do_commit)  # type: ignore[method-assign]

    def _wrapped(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **named: Any) -> Any:
            if name == "open" and not (args[1] & os.O_CREAT and self._ours(args[0])):
                return call(*args, **named)
            self._point(f"before {name}")
            if name == "pwrite":
                call(args[0], args[1][: len(args[1]) // 2], args[2])
                self._point("in pwrite")
            result = call(*args, **named)
            self._note(name, args)
            return result

        return wrapped

    def _ours(self, path: str | bytes | Path) -> bool:
        return Path(os.fsdecode(path)).is_relative_to(self._home)

    def _point(self, what: str) -> None:
        self.log.append(what)
        if len(self.log) - 1 == self._die_at:
            self._die_at = None  # what follows meets edges of its own
            if self._power_cut:
                self._forget()
            os._exit(DIED)

    def _note(self, name: str, args: tuple[Any, ...]) -> None:
        if name == "fsync":
            facts = os.fstat(args[0])
            if stat.S_ISDIR(facts.st_mode):
                self._names = [path for path in self._names if path.parent.stat().st_ino != facts.st_ino]
            else:
                self._flushed[facts.st_ino] = facts.st_size
        elif name in ("link", "mkdir", "open"):
            path = Path(os.fsdecode(args[1] if name == "link" else args[0]))
            if self._ours(path):
                self._names.append(path)

    def _forget(self) -> None:
        """As the disk looks after the power came back, at its worst."""
        for path in reversed(self._names):
            if path.is_dir():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        for folder in ("spool", "blobs"):
            for path in (self._home / folder).rglob("*"):
                facts = path.stat()
                kept = self._flushed.get(facts.st_ino, 0)
                if stat.S_ISREG(facts.st_mode) and facts.st_size > kept:
                    os.truncate(path, kept)

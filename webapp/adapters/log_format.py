"""The program's own log: one line an event, without anything that people or phones had sent.

An exception is shown by its type and where it was raised, never by its message: messages quote values (a name, a
number, a statement's parameters), and a log is copied to people who may not see those.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, TextIO

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_FRAMES: Final = 12
_HANDLER: Final = "dockproof"

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class OneLine(logging.Formatter):
    """``2026-11-21T09:00:00.000Z ERROR webapp.jobs.worker a job failed; raised=ValueError at media.py:40 …``."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        text = f"{at.replace('+00:00', 'Z')} {record.levelname} {record.name} {record.getMessage()}"
        if record.exc_info:
            text += f" raised={raised(record.exc_info)}"
        # A line break in a value would let a stranger write lines of his own.
        return _CONTROL.sub("?", text)


def raised(info: ExceptionInfo) -> str:
    """The types along the chain of causes, and the innermost frames of the last one."""
    error = info[1]
    if error is None:
        return "-"
    frames = traceback.extract_tb(info[2])[-_FRAMES:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    return f"{' from '.join(_types(error))} at {places or '-'}"


def _types(error: BaseException) -> list[str]:
    names: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(names) < 5:
        names.append(type(cause).__name__)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return names


def install(stream: TextIO | None = None) -> None:
    """Sends our log and other libraries' warnings to ``stream`` (stderr), once."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if handler.name == _HANDLER]:
        root.removeHandler(handler)
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.name = _HANDLER
    handler.setFormatter(OneLine())
    root.addHandler(handler)
    logging.getLogger("webapp").setLevel(logging.INFO)

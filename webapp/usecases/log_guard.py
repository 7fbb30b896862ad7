"""Refuses to go on with an older log than this instance once had (adapters/log_note.py says why)."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from webapp.adapters.log_note import note_log_size, noted_log_size
from webapp.domain.refusals import Refusal
from webapp.store import doctor
from webapp.store.database import Database

RESTORING: Final = "restoring"
"""A file in the home while a restore is at work: what lies there is not yet an instance."""


def check_home(home: Path) -> None:
    """Before anything is opened. Raises ``restore_unfinished``."""
    if (home / RESTORING).exists():
        raise Refusal("restore_unfinished")


def guard_log(database: Database, home: Path) -> int:
    """Notes how long the log is, and returns it. Raises ``log_rolled_back``, ``log_note_unreadable``.

    Called at each start and now and then while entries arrive, not at each of them: the note bounds from below how
    old a database may be, and an older one by an hour's entries is still seen by the phones' own receipts.
    """
    with database.read() as session:
        size = doctor.head_size(session)
    before = noted(home)
    if before is not None and size < before:
        raise Refusal("log_rolled_back", noted=before, size=size)
    note_log_size(home, size)
    return size


def noted(home: Path) -> int | None:
    try:
        return noted_log_size(home)
    except ValueError:
        raise Refusal("log_note_unreadable") from None

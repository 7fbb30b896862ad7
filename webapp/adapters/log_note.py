"""How long the log was, noted outside the database: an older database put in its place is noticed.

A log that is shorter than it once was and then goes on would give one index to two different entries, and every
receipt that a phone holds for the first of them would look like a forgery.
"""

from __future__ import annotations

from pathlib import Path

from webapp.adapters.disk import private_folder, write_whole

_NAME = "log-size"


def note_path(home: Path) -> Path:
    return home / "keys" / _NAME


def noted_log_size(home: Path) -> int | None:
    """None when nothing was noted yet. Raises ``ValueError`` for a note that is no number."""
    try:
        text = note_path(home).read_text("ascii").strip()
    except FileNotFoundError:
        return None
    if not text.isdigit():
        raise ValueError("keys/log-size holds no number")
    return int(text)


def note_log_size(home: Path, size: int) -> None:
    """Writes only when the number changes."""
    if note_path(home).exists() and noted_log_size(home) == size:
        return
    private_folder(home / "keys")
    write_whole(note_path(home), f"{size}\n".encode("ascii"))

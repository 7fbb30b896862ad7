"""What takes long to make and is the same for many tests: made once a process, copied for each test."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from webapp.locate import migrations_dir
from webapp.store.database import Database
from webapp.store.migrate import migrate

_FOLDERS: list[tempfile.TemporaryDirectory[str]] = []
"""They go away with the process, not with a test."""


def template_folder() -> Path:
    """A new, empty folder that lives as long as this process."""
    _FOLDERS.append(tempfile.TemporaryDirectory(prefix="dockproof-template-"))
    return Path(_FOLDERS[-1].name)


@cache
def _migrated() -> bytes:
    """An empty database at the newest revision."""
    file = template_folder() / "dockproof.db"
    database = Database(f"sqlite:///{file}")
    migrate(database, migrations_dir())
    database.engine.dispose()  # the last connection empties the write-ahead log into the file
    assert not file.with_name("dockproof.db-wal").exists()
    return file.read_bytes()


def lay_database(file: Path) -> None:
    """Puts an empty, migrated SQLite database where none is yet."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_migrated())

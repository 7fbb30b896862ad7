"""Files between upload and confirmation: in ``DOCKPROOF_HOME/spool/imports``, by the draft's id, readable by us alone.

They hold more than we need (addresses, phones, bank accounts), so they go as soon as they are not needed.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path
from typing import IO, Final

from webapp.domain.refusals import Refusal

_READ: Final = 1 << 20
MOST_BYTES: Final = 64 << 20


class ImportFiles:
    def __init__(self, home: Path) -> None:
        self._folder = home / "spool" / "imports"

    def path(self, draft_id: str) -> Path:
        """Where the file lies. Raises ``ValueError`` for anything but an id."""
        if not draft_id.isalnum():
            raise ValueError("not a draft's id")
        return self._folder / draft_id

    def keep(self, draft_id: str, stream: IO[bytes]) -> int:
        """Copies the stream and returns its bytes. Raises Refusal import_too_large over 64 MiB."""
        self._folder.mkdir(parents=True, exist_ok=True)
        size = 0
        fd = os.open(self.path(draft_id), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(fd, "wb") as file:
            while piece := stream.read(_READ):
                size += len(piece)
                if size > MOST_BYTES:
                    self.discard(draft_id)
                    raise Refusal("import_too_large")
                file.write(piece)
        return size

    def bytes_of(self, draft_ids: Collection[str]) -> int:
        """What the files of these drafts take, of those that are there."""
        kept = (self.path(draft_id) for draft_id in draft_ids)
        return sum(path.stat().st_size for path in kept if path.is_file())

    def discard(self, draft_id: str) -> None:
        self.path(draft_id).unlink(missing_ok=True)

    def sweep(self, wanted: Collection[str], *, before: float) -> int:
        """Removes files of no open draft that were last written before this epoch second; returns how many."""
        if not self._folder.is_dir():
            return 0
        gone = [
            entry.name
            for entry in os.scandir(self._folder)
            if entry.name not in wanted and entry.stat().st_mtime < before
        ]
        for name in gone:
            self.discard(name)
        return len(gone)

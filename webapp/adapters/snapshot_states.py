"""What each phone was last told, below ``DOCKPROOF_HOME/cache``: a lost file costs one whole snapshot, nothing else."""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Final

from webapp.adapters.secrets import new_id

KEPT: Final = 64
"""States of a site: a busy day's; a phone that was away for longer is told everything."""

_TOKEN: Final = re.compile(r"[0-9a-f]{32}")


_NEWEST: Final = "newest"


@dataclass(frozen=True)
class Newest:
    """``token`` names the state that was true after change ``seq`` (its ``mark``), for this ``program`` and ``day``."""

    program: str
    day: str
    seq: int
    mark: str
    token: str


class SnapshotStates:
    def __init__(self, home: Path) -> None:
        self._root = home / "cache" / "snapshots"

    def load(self, site_id: str, token: str) -> dict[str, str] | None:
        """None: never told, or so long ago that it was dropped."""
        if not _TOKEN.fullmatch(token):
            return None
        path = self._folder(site_id) / token
        try:
            state = json.loads(zlib.decompress(path.read_bytes()))
        except (OSError, ValueError, zlib.error):
            return None
        with suppress(OSError):
            os.utime(path)
        return {str(key): str(value) for key, value in state.items()}

    def keep(self, site_id: str, token: str, state: Mapping[str, str]) -> bool:
        """Whether it is kept; the disk may be full, and then the next snapshot is whole."""
        folder = self._folder(site_id)
        path = folder / token
        fresh = folder / f"new-{new_id()}"
        try:
            if path.exists():
                os.utime(path)
                return True
            folder.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(zlib.compress(json.dumps(dict(state)).encode("ascii"), 1))
            fresh.replace(path)
            self._prune(folder)
        except OSError:
            with suppress(OSError):
                fresh.unlink(missing_ok=True)
            return False
        return True

    def newest(self, site_id: str) -> Newest | None:
        """What the site's phones would be told last, and by which change; None: not known."""
        try:
            found = json.loads((self._folder(site_id) / _NEWEST).read_text("ascii"))
            return Newest(
                **{field.name: str(found[field.name]) for field in fields(Newest) if field.name != "seq"},
                seq=int(found["seq"]),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep_newest(self, site_id: str, newest: Newest) -> None:
        """After `keep` of its state; a full disk costs the next phone the whole reckoning."""
        with suppress(OSError):
            fresh = self._folder(site_id) / f"new-{new_id()}"
            fresh.write_text(json.dumps(asdict(newest)), "ascii")
            fresh.replace(self._folder(site_id) / _NEWEST)

    def _folder(self, site_id: str) -> Path:
        if not _TOKEN.fullmatch(site_id):
            raise ValueError("not an id")
        return self._root / site_id

    def _prune(self, folder: Path) -> None:
        # Two processes may prune at once.
        found: list[tuple[float, Path]] = []
        for path in folder.iterdir():
            if path.name == _NEWEST:
                continue
            with suppress(OSError):
                found.append((path.stat().st_mtime, path))
        for _, path in sorted(found, reverse=True)[KEPT:]:
            with suppress(OSError):
                path.unlink()

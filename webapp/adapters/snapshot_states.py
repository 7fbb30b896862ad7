"""What each phone was last told, below ``DOCKPROOF_HOME/cache``: a lost file costs one whole snapshot, nothing else."""

from __future__ import annotations

import json
import os
import re
import zlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from webapp.adapters.secrets import new_id

KEPT: Final = 64
"""States of a site: a busy day's; a phone that was away for longer is told everything."""

_TOKEN: Final = re.compile(r"[0-9a-f]{32}")


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

    def load_rest(self, site_id: str, token: str) -> dict[str, Any] | None:
        """What `keep_rest` kept for the piece after ``token``."""
        if not _TOKEN.fullmatch(token):
            return None
        try:
            found = json.loads(zlib.decompress((self._folder(site_id) / f"{token}.rest").read_bytes()))
        except (OSError, ValueError, zlib.error):
            return None
        return dict(found)

    def keep_rest(self, site_id: str, token: str, rest: Mapping[str, Any], *, former: str) -> None:
        """For the next piece. ``former``: the token under which it was kept until now."""
        path = self._folder(site_id) / f"{token}.rest"
        with suppress(OSError):
            (self._folder(site_id) / f"{former}.rest").replace(path)
            return
        with suppress(OSError):
            fresh = self._folder(site_id) / f"new-{new_id()}"
            fresh.write_bytes(zlib.compress(json.dumps(dict(rest)).encode("ascii"), 1))
            fresh.replace(path)

    def _folder(self, site_id: str) -> Path:
        if not _TOKEN.fullmatch(site_id):
            raise ValueError("not an id")
        return self._root / site_id

    def _prune(self, folder: Path) -> None:
        # Two processes may prune at once.
        found: list[tuple[float, Path]] = []
        for path in folder.iterdir():
            with suppress(OSError):
                found.append((path.stat().st_mtime, path))
        for _, path in sorted(found, reverse=True)[KEPT:]:
            with suppress(OSError):
                path.unlink()

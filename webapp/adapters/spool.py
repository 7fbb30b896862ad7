"""Spool files of uploads: one writer each, hashed while written.

A phone that changes networks leaves its old request hanging and sends a new one. Two bodies must not interleave, and
the new one must not wait for the old one's socket: each claim fences off the claims before it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final

_READ: Final = 1 << 20
_KEPT_STATES: Final = 1_024


class TakenOver(Exception):
    """A newer request writes this upload now; nothing more of this one was kept."""


class _State:
    """What is known of one spool file while the process lives. The running hash cannot be saved."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.generation = 0
        self.loaded = False
        self.offset = 0
        self.digest = hashlib.sha256()
        self.writers = 0
        self.evicted = False
        self.name_durable = False


class Spools:
    """All spool files of one process. A second process must not serve the same folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._states: OrderedDict[str, _State] = OrderedDict()
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, upload_id: str) -> Path:
        return self.folder / upload_id

    def names(self) -> list[str]:
        return sorted(entry.name for entry in os.scandir(self.folder) if entry.is_file())

    def untouched(self, name: str, since: datetime) -> bool:
        """Whether the file is there and was last written before ``since``."""
        return _changed_before(self.path(name), since)

    def drop_job_folders(self, since: datetime) -> None:
        """Removes the folders in which jobs were killed at their work before ``since``."""
        for folder in self.folder.glob("derivatives/*"):
            if _changed_before(folder, since):
                shutil.rmtree(folder, ignore_errors=True)

    def create(self, upload_id: str) -> None:
        """An empty spool file. Its name survives a power cut from `Writer.flush` on: before, there is nothing in it."""
        os.close(os.open(self.path(upload_id), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o640))

    def whole_bytes(self, upload_id: str) -> int:
        """Its size, if it has a blob's name too; else 0."""
        try:
            facts = self.path(upload_id).stat()
        except FileNotFoundError:
            return 0
        return facts.st_size if facts.st_nlink > 1 else 0

    def claim(self, upload_id: str, recorded: int) -> Writer:
        """Becomes the only writer. After a restart the prefix is read again: ``recorded`` bytes of it are durable.

        Raises ``FileNotFoundError`` when a spool file that had bytes is gone, ``TakenOver``.
        """
        state = self._state(upload_id)
        with state.lock:
            if state.evicted:
                # Between the two lines above.
                raise TakenOver
            state.generation += 1
            if not recorded and not self.path(upload_id).exists():
                # A power cut may have taken the name of a file in which nothing was acknowledged.
                self.create(upload_id)
            fd = os.open(self.path(upload_id), os.O_RDWR)
            try:
                if not state.loaded:
                    _load(state, fd, recorded)
            except BaseException:
                os.close(fd)
                raise
            state.writers += 1
            return Writer(state, fd, self.folder)

    def discard(self, upload_id: str) -> None:
        """Removes the spool file and what is known of it; a writer still at work is fenced off."""
        state = self._state(upload_id)
        # Both under the lock: a claim in between would reload the file, which may be a blob by now, and cut it.
        with state.lock:
            state.generation += 1
            self.path(upload_id).unlink(missing_ok=True)
        with self._lock:
            self._states.pop(upload_id, None)

    def _state(self, upload_id: str) -> _State:
        with self._lock:
            state = self._states.setdefault(upload_id, _State())
            self._states.move_to_end(upload_id)
            if len(self._states) > _KEPT_STATES:
                self._evict()
        return state

    def _evict(self) -> None:
        """The longest unused, never one that is written: a second state of its file would not know of its bytes."""
        for name, state in self._states.items():
            if not state.lock.acquire(blocking=False):
                continue
            try:
                if state.writers == 0:
                    state.evicted = True
                    del self._states[name]
                    return
            finally:
                state.lock.release()


def _changed_before(path: Path, since: datetime) -> bool:
    try:
        return path.stat().st_mtime < since.timestamp()
    except FileNotFoundError:
        return False


def _load(state: _State, fd: int, recorded: int) -> None:
    # Bytes past the recorded offset were never acknowledged, and after a power cut may be anything. A file with a
    # second name is whole and a blob: never cut it, however old the caller's knowledge is.
    facts = os.fstat(fd)
    recorded = facts.st_size if facts.st_nlink > 1 else recorded
    state.digest = hashlib.sha256()
    state.offset = 0
    while state.offset < recorded:
        piece = os.pread(fd, min(_READ, recorded - state.offset), state.offset)
        if not piece:
            break
        state.digest.update(piece)
        state.offset += len(piece)
    os.ftruncate(fd, state.offset)
    state.loaded = True


class Writer:
    """One request's hold on a spool file; a context manager. ``start`` is the offset at which it found the file."""

    def __init__(self, state: _State, fd: int, folder: Path) -> None:
        self._state = state
        self._fd = fd
        self._folder = folder
        self._generation = state.generation
        self.start = state.offset
        self._digest_at_start = state.digest.copy()

    def write(self, data: bytes) -> None:
        """Appends and hashes. Raises ``TakenOver``, or ``OSError`` with the spool back at its last whole piece."""
        state = self._state
        with state.lock:
            self._check()
            written = 0
            view = memoryview(data)
            while written < len(data):
                written += os.pwrite(self._fd, view[written:], state.offset + written)
            state.digest.update(data)
            state.offset += len(data)

    def rewind(self) -> None:
        """Drops what this writer wrote. Raises ``TakenOver``."""
        state = self._state
        with state.lock:
            self._check()
            state.offset = self.start
            state.digest = self._digest_at_start.copy()
            os.ftruncate(self._fd, state.offset)

    @property
    def offset(self) -> int:
        """Where the next byte goes. Raises ``TakenOver``."""
        with self._state.lock:
            self._check()
            return self._state.offset

    def flush(self, *, name: bool = True) -> int:
        """Makes what is written durable and returns that offset. ``name`` False: the caller gives the file another one.

        Raises ``TakenOver``.
        """
        offset = self.offset
        os.fsync(self._fd)
        if name and not self._state.name_durable:
            fsync_folder(self._folder)
            self._state.name_durable = True
        return offset

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nobody takes over meanwhile. Raises ``TakenOver``."""
        with self._state.lock:
            self._check()
            yield

    def confirm(self) -> None:
        """Raises ``TakenOver``. Inside a transaction that writes the offset: a newer writer can then only write its own
        offset later, and this one's never replaces it."""
        with self._state.lock:
            self._check()

    def sha256(self) -> str:
        """Hex over everything from byte 0. Raises ``TakenOver``."""
        with self._state.lock:
            self._check()
            return self._state.digest.hexdigest()

    def _check(self) -> None:
        if self._state.generation != self._generation:
            raise TakenOver

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._fd)
        with self._state.lock:
            self._state.writers -= 1


def fsync_folder(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)

"""A small file system of its own for one test: a sparse ext4 image, mounted. Needs root."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from webapp.adapters.blobs import FREE_DISK_FLOOR


class SmallDisk:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._ballast = root / "ballast"

    def leave(self, free: int) -> None:
        """Fills the disk up to ``free`` bytes; the blocks are only reserved, so this takes no time."""
        self.clear()
        size = shutil.disk_usage(self.root).free - free
        with self._ballast.open("wb") as file:
            while size >= 4_096:
                try:
                    os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, size)
                    return
                except OSError:  # the file system needs some of it for its own lists
                    size -= 4_096 if free else size // 8 + 4_096

    def clear(self) -> None:
        self._ballast.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, room: int) -> Iterator[SmallDisk | None]:
    """``room`` bytes above the floor; None where this machine does not let us mount."""
    image, root = folder / "disk.img", folder / "disk"
    root.mkdir()
    with image.open("wb") as file:
        file.truncate(FREE_DISK_FLOOR * 9 // 8 + room)
    if (
        os.geteuid() != 0
        or not shutil.which("mkfs.ext4")
        or not _ran("mkfs.ext4", "-q", "-m", "0", str(image))
    ):
        yield None
        return
    if not _ran("mount", "-o", "loop", str(image), str(root)):
        yield None
        return
    try:
        yield SmallDisk(root)
    finally:
        _ran("umount", "-l", str(root))


def _ran(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0

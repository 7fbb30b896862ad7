"""The project's own source files, as the architecture tests see them."""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

_FOLDERS = (
    "webapp",
    "static/src",
    "static/build",
    "templates",
    "migrations",
    "tests",
    "bench",
    "docs",
    ".ci",
)
_FILES = (
    "pyproject.toml",
    "package.json",
    "package-lock.json",
    "Makefile",
    "README.md",
    "CHANGELOG.md",
    ".npmrc",
)
_LEFT_OUT = {"__pycache__", "_assets", "output", "node_modules"}


def source_files(*folders: str, suffixes: tuple[str, ...] = (), root: Path = ROOT) -> Iterator[Path]:
    """Files below `folders` (all of the project's by default) with one of `suffixes`, sorted."""
    for folder in folders or _FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if (
                path.is_file()
                and not _LEFT_OUT & set(path.parts)
                and (not suffixes or path.suffix in suffixes)
            ):
                yield path
    if not folders:
        yield from (root / name for name in _FILES if (root / name).is_file())

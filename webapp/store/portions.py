"""Long lists of ids in statements that take few values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

_AT_ONCE: Final = 500
"""SQLite's oldest limit of bound values is 999."""


def portions(ids: Iterable[str]) -> Iterator[list[str]]:
    """Never an empty one."""
    listed = list(ids)
    for at in range(0, len(listed), _AT_ONCE):
        yield listed[at : at + _AT_ONCE]

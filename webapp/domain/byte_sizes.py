"""Sizes as an operator writes and reads them: decimal units, whole numbers."""

from __future__ import annotations

import re
from typing import Final

from webapp.domain.refusals import Refusal

_UNITS: Final = {"MB": 10**6, "GB": 10**9, "TB": 10**12}
_SIZE: Final = re.compile(r"([0-9]{1,9})\s*(MB|GB|TB)", re.ASCII | re.IGNORECASE)
NO_LIMIT: Final = "none"


def read_limit(text: str) -> int | None:
    """``500GB`` in bytes; ``none`` is None: no limit. Raises ``size_unreadable``, ``limit_zero``."""
    if text.strip().lower() == NO_LIMIT:
        return None
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise Refusal("size_unreadable", text=text[:40])
    size = int(match.group(1)) * _UNITS[match.group(2).upper()]
    if size == 0:
        raise Refusal("limit_zero")
    return size


def size_text(size: int) -> str:
    """The largest unit that leaves a whole number of at least 1, rounded up; below a megabyte ``<1 MB``."""
    if size == 0:
        return "0 MB"
    for name, unit in reversed(_UNITS.items()):
        if size >= 10 * unit or (size >= unit and size % unit == 0):
            return f"{-(-size // unit)} {name}"
    return f"{size // _UNITS['MB']} MB" if size >= _UNITS["MB"] else "<1 MB"

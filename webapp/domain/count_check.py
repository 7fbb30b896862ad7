"""The blind count's check: the phone can tell that a count differs without ever holding the ordered quantity.

Twin of ``static/src/core/count_check.js``; vectors: tests/vectors/receiving.json.
"""

from __future__ import annotations

import hashlib
import re
from typing import Final

_ID: Final = re.compile(r"[0-9a-f]{32}")
_MOST: Final = 2**53 - 1


def count_check(line_id: str, units: int) -> str:
    """16 hex characters. It hides the quantity from a person at the table, not from somebody who computes.

    ValueError: not an id, or units that are no whole number from 0 to 2^53 - 1.
    """
    if not _ID.fullmatch(line_id) or not 0 <= units <= _MOST:
        raise ValueError(f"no count of a line: {line_id} {units}")
    return hashlib.sha256(f"dockproof-check-1\n{line_id}\n{units}\n".encode()).hexdigest()[:16]

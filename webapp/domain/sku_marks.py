"""SKU labels as a phone knows them: it recognises a code that it reads, and cannot tell how many were printed.

A line with a label for every ten pieces has as many labels as tens were ordered, and the count is blind (decision
0010). So a phone is sent marks of fixed number, most of them decoys. Vectors: tests/vectors/sku_marks.json.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

MARK: Final = 8
"""Hex characters of a mark: a foreign code passes for one of a line's once in 2^26."""
LEAST: Final = 64
"""Marks of a line or parcel with any label; with more labels four times as many, and so on: size says little."""


def sku_mark(site_id: str, code: str) -> str:
    """By site, so that no table made for one warehouse serves another."""
    return _hash(f"dockproof-sku-1\n{site_id}\n{code}\n")


def sku_marks(site_id: str, subject: str, codes: Iterable[str]) -> str:
    """Marks side by side, sorted; empty without any code.

    ``subject`` is the line's or parcel's id. The decoys follow from all the codes: asked again, nothing moves, so that
    nobody finds the true marks by comparing.
    """
    listed = sorted(set(codes))
    if not listed:
        return ""
    found = {sku_mark(site_id, code) for code in listed}
    size = LEAST
    while size < len(listed):
        size *= 4
    seed = hashlib.sha256(
        f"dockproof-sku-decoys-1\n{site_id}\n{subject}\n{' '.join(listed)}\n".encode()
    ).hexdigest()
    n = 0
    while len(found) < size:
        found.add(_hash(f"{seed}\n{n}\n"))
        n += 1
    return "".join(sorted(found))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:MARK]

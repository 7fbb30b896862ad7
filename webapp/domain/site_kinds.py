"""The kinds of site as the database keeps them, and as a phone is told of them (domain.md section 11)."""

from __future__ import annotations

from typing import Final

CN: Final = "cn_warehouse"
VN: Final = "vn_warehouse"
_TOLD: Final = {CN: "CN_forwarder", VN: "VN_warehouse"}


def told(kind: str) -> str:
    """``CN_forwarder``, ``VN_warehouse`` or ``other``: what a phone's steps depend on."""
    return _TOLD.get(kind, "other")

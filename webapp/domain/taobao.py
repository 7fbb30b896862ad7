"""A changed mind: when goods may go back without a reason, on Taobao by the label, on 1688 by the seller's word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from webapp.domain.claim_recipes import EXCLUDED_CATEGORIES

DEFAULT_WINDOW: Final = timedelta(days=7)
"""Where the label names no other length (S1-17)."""


@dataclass(frozen=True, slots=True)
class ChangedMind:
    """What is known; None: nobody said, which does not pass.

    ``label``: the service label was on the item's page, ``label_filed``: with its screenshot (S1-04). ``received_at``:
    aware, when the goods were signed for. ``unused``: unused and complete. ``promised``: the seller promised returns
    for that category and order type, ``evidence_clean``: with proof that shows it (1688, S1-18).
    """

    platform: str
    category: str = ""
    label: bool | None = None
    label_filed: bool = False
    received_at: datetime | None = None
    window: timedelta = DEFAULT_WINDOW
    unused: bool | None = None
    promised: bool | None = None
    evidence_clean: bool | None = None


def window_ends(case: ChangedMind) -> datetime | None:
    """Exact hours after the receipt; None while nobody knows when that was."""
    return None if case.received_at is None else case.received_at + case.window


def blocked_by(case: ChangedMind, now: datetime) -> tuple[str, ...]:
    """Why the path without a reason is closed; empty: it is open. Words: ``changed_mind.<code>``.

    S1-17 (Taobao: label, window, unused and complete), S1-03 (excluded goods), S1-18 (1688: three conditions).
    """
    if case.platform not in ("taobao", "tmall", "1688"):
        return ("platform",)
    found = ["category"] if case.category in EXCLUDED_CATEGORIES else []
    if case.platform == "1688":
        checks = (("promised", case.promised), ("unused", case.unused), ("evidence", case.evidence_clean))
        return (*found, *(code for code, holds in checks if holds is not True))
    if case.label is not True:
        found.append("label")
    elif not case.label_filed:
        found.append("label_screenshot")
    ends = window_ends(case)
    if ends is None:
        found.append("window_unknown")
    elif now >= ends:
        found.append("window")
    if case.unused is not True:
        found.append("unused")
    return tuple(found)

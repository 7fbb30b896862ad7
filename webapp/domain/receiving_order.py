"""The order of evidence at the table (domain.md section 11): what must have been recorded before the parcel was cut,
and what a sample that is drawn again must say (S3-09)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

BEFORE_OPENING_SLOTS: Final = frozenset({"EV-04", "EV-12", "EV-16"})
"""EV-04 and EV-12 < opened; the unopened parcel on the scale as well."""


def order_finding(
    kind: str,
    said: Mapping[str, str | None],
    *,
    at: datetime,
    opened_at: datetime | None,
    slot: str | None = None,
) -> str | None:
    """A finding's code when the fact came too late to prove what it is for; None when nothing is wrong.

    ``opened_at``: the parcel's first opening that stands. Records may arrive in any order, so times are compared.
    """
    if opened_at is None or at <= opened_at:
        return None
    if kind == "condition":
        return "condition_after_opening"
    if kind == "weighing" and said.get("opened") == "no":
        return "weighed_after_opening"
    if kind == "photo" and BEFORE_OPENING_SLOTS & {slot, *(said.get("also") or "").split()}:
        return "photo_after_opening"
    return None


def redraw_finding(kind: str, said: Mapping[str, str | None]) -> str | None:
    """A finding's code of a sample that somebody drew again without saying why: units could be chosen that way."""
    if kind == "draw" and said.get("redraw") not in (None, "0") and not said.get("reason"):
        return "redraw_without_reason"
    return None

"""What the standing verdicts of an order's lines and tranches come to. One bad line never blocks the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_WORST_FIRST = ("rejected", "hold", "passed")


@dataclass(frozen=True, slots=True)
class Given:
    """One verdict that stands. ``line`` None: about the whole parcel ``parcel``; ``tranche`` None: about all of it."""

    line: str | None
    parcel: str | None
    tranche: str | None
    verdict: str


def latest(given: Iterable[Given]) -> list[Given]:
    """The last one of each subject, oldest first in ``given``."""
    by_subject: dict[tuple[str | None, str | None, str | None], Given] = {}
    for one in given:
        by_subject[(one.line, None if one.line else one.parcel, one.tranche)] = one
    return list(by_subject.values())


def worst(given: Iterable[Given]) -> str | None:
    """``rejected`` before ``hold`` before ``passed``; None when nobody has decided anything."""
    said = {one.verdict for one in latest(given)}
    return next((verdict for verdict in _WORST_FIRST if verdict in said), None)

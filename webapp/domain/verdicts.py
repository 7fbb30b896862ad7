"""What the standing verdicts of an order's lines and tranches come to. One bad line never blocks the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

_WORST_FIRST = ("rejected", "hold", "passed")


@dataclass(frozen=True, slots=True)
class Given:
    """One verdict that stands. ``line`` None: about the whole parcel ``parcel``; ``tranche`` None: about all of it.

    ``tranche`` is the lot's label (domain/tranches.py): two phones may have given two lots one number.
    """

    line: str | None
    parcel: str | None
    tranche: str | None
    verdict: str


def latest(given: Iterable[Given]) -> list[Given]:
    """The last one of each subject, oldest first in ``given``."""
    by_subject: dict[tuple[str | None, str | None, str | None], Given] = {}
    for one in given:
        subject = (one.line, None if one.line else one.parcel)
        if one.tranche is None:
            # About all of it: what was said of single tranches before is decided anew.
            by_subject = {key: said for key, said in by_subject.items() if key[:2] != subject}
        by_subject.pop((*subject, one.tranche), None)
        by_subject[(*subject, one.tranche)] = one
    return list(by_subject.values())


def worst(given: Iterable[Given]) -> str | None:
    """``rejected`` before ``hold`` before ``passed``; None when nobody has decided anything."""
    said = {one.verdict for one in latest(given)}
    return next((verdict for verdict in _WORST_FIRST if verdict in said), None)


def qc_open(*, received: bool, state: str | None, verdict: str | None, trade_closed: bool) -> bool:
    """Whether the goods are here and not settled: "confirm receipt" would end the refund during the trade (G-6).

    ``state`` is the order's (domain/progress.py); ``verdict`` as ``worst`` gives it.
    """
    if trade_closed or not received:
        return False
    if verdict is not None:
        return verdict != "passed"
    return state not in ("matches", "not_asked")

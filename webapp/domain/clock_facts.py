"""Dated facts that start, meet or end clocks: their kinds, and which of them stand.

A fact is never changed. What was wrong is taken back by a retraction, or outdone by a better one: a later statement of
the same thing, but a word never displaces a screenshot (decision 0006).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

SubjectKind = Literal["order", "parcel", "site", "claim", "submission", "message", "handover"]
Subject = tuple[str, str]
"""Kind and id, for instance ``("parcel", "…32 hex…")``."""

SUBJECTS: Final = ("order", "parcel", "claim", "submission", "message", "handover")

STARTS: Final = (
    "platform_delivered",
    "in_stock",
    "courier_signed",
    "receiving_time",
    "completed",
    "shipped",
    "submitted",
    "rejected",
    "approved",
    "carrier_site_delivered",
    "package_received",
    "warranty_end",
    "freight_notice_until",
    "platform_timeout",
    "service_window",
    "planned_close",
)
MET_BY: Final[Mapping[str, str]] = {
    "agent_requested": "R-01",
    "filed": "R-02",
    "supplier_answered": "R-04",
    "escalated": "R-05",
    "money_landed": "R-06",
    "postal_reported": "R-07",
    "agent_reported": "R-08",
    "notice_sent": "R-09",
    "inspected": "R-10",
    "load_unit_closed": "R-11",
    "warranty_requested": "R-12",
    "return_requested": "R-13",
    "freight_notice_sent": "R-14",
    "platform_timeout_met": "R-15",
}
"""Kind → the rule that it meets (``filed`` also ends the danger of R-03). Met only by proof."""

ENDS: Final = ("withdrawn", "claim_closed", "handed_over")
KINDS: Final = (*STARTS, *MET_BY, *ENDS)
AHEAD: Final = frozenset({"warranty_end", "freight_notice_until", "platform_timeout", "planned_close"})
"""What may lie in the future; everything else has happened."""

RECORDED: Final = frozenset({"record", "message", "submission", "handover", "claim"})
"""Sources that are themselves the proof: something that this program holds."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One dated fact that stands. ``at`` is aware. ``hours``: what a service label promises (R-13)."""

    kind: str
    at: datetime
    subject: Subject
    proven: bool = False
    zone: str | None = None
    claim_id: str | None = None
    hours: int | None = None
    #: Of the row behind it; "" for what the dock recorded.
    id: str = ""


class Facts:
    """The facts of one order, oldest statement first, asked by kind and subject."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self._facts = tuple(facts)

    def all(self, *kinds: str) -> list[Fact]:
        return [fact for fact in self._facts if fact.kind in kinds]

    def best(self, kind: str, subject: Subject | None = None, claim_id: str | None = None) -> Fact | None:
        """The one that counts: the latest proven, without any proof the latest word."""
        said = [
            (fact.proven, n, fact)
            for n, fact in enumerate(self._facts)
            if fact.kind == kind
            and (subject is None or fact.subject == subject)
            and (claim_id is None or fact.claim_id == claim_id)
        ]
        return max(said, key=lambda one: one[:2])[2] if said else None

    def subjects(self, kind: str, subject_kind: str | None = None) -> list[Subject]:
        """Every subject of which the kind was stated, in the order of the first statement."""
        return list(
            dict.fromkeys(
                fact.subject
                for fact in self._facts
                if fact.kind == kind and subject_kind in (None, fact.subject[0])
            )
        )

    def first_proof(self, kind: str, subjects: Iterable[Subject]) -> Fact | None:
        """The earliest proven fact of the kind about any of the subjects: what was done stays done."""
        wanted = set(subjects)
        found = [fact for fact in self._facts if fact.kind == kind and fact.proven and fact.subject in wanted]
        return min(found, key=lambda fact: fact.at, default=None)

    def word(self, kind: str, subjects: Iterable[Subject]) -> Fact | None:
        """Somebody said that it was done; nothing shows it."""
        wanted = set(subjects)
        return next(
            (
                fact
                for fact in self._facts
                if fact.kind == kind and not fact.proven and fact.subject in wanted
            ),
            None,
        )

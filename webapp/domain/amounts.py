"""What a claim has brought so far, in fen of its own currency; unknown stays unknown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """A claim's event as far as money goes."""

    kind: str
    said: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Balance:
    """``asked`` None: no amount was asked. ``approved``: latest grant. ``landed``: with us or with the agent.

    ``at_agent``: landed there and not passed back. ``kept_by_agent``: the difference after a passing back.
    """

    asked: int | None
    approved: int | None
    landed: int
    at_agent: int
    received: int
    kept_by_agent: int

    @property
    def open(self) -> int | None:
        """Still owed of what was granted, else of what was asked; never below 0."""
        owed = self.approved if self.approved is not None else self.asked
        return None if owed is None else max(owed - self.landed, 0)


def balance(asked: int | None, steps: Iterable[Step]) -> Balance:
    """Sums in the order of the steps."""
    approved: int | None = None
    at_agent = direct = passed = 0
    for step in steps:
        fen = _fen(step)
        if step.kind in ("approved", "decided") and step.said.get("outcome") != "rejected":
            approved = fen if fen is not None else asked
        elif step.kind == "partially_approved":
            approved = fen
        elif step.kind in ("rejected",) or (
            step.kind == "decided" and step.said.get("outcome") == "rejected"
        ):
            approved = 0
        elif step.kind == "landed_at_agent":
            at_agent += fen or 0
        elif step.kind == "passed_back":
            passed += fen or 0
        elif step.kind in ("money_received", "more_money"):
            direct += fen or 0
    kept = max(at_agent - passed, 0) if passed else 0
    waiting = 0 if passed else at_agent
    return Balance(asked, approved, at_agent + direct, waiting, passed + direct, kept)


def _fen(step: Step) -> int | None:
    text = step.said.get("amount_fen", "")
    return int(text) if text.isascii() and text.isdigit() else None

"""What can happen to a claim, and where it then stands (domain.md section 11).

The gates are judged elsewhere (domain/gates.py): this machine only says what may follow what. ``said`` is what a step
brings, as text; what a step cannot do without is refused here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from webapp.domain.refusals import Refusal

BEFORE_FILING: Final = ("draft", "evidence_incomplete", "ready")
ANSWERED: Final = ("approved", "partially_approved", "rejected", "silent")
STATES: Final = (
    *BEFORE_FILING,
    "handed_to_agent",
    "filed",
    "supplier_reviewing",
    *ANSWERED,
    "mediation",
    "decided",
    "awaiting_money",
    "landed_at_agent",
    "money_received",
    "closed",
    "expired",
    "withdrawn",
)
CLOSED_STATES: Final = frozenset({"closed", "expired", "withdrawn"})
OPEN_STATES: Final = tuple(state for state in STATES if state not in CLOSED_STATES)
OWED_STATES: Final = ("approved", "partially_approved", "decided", "awaiting_money")
"""Something was granted and has not come yet."""

OUTCOMES: Final = ("full_refund", "partial_refund", "replacement", "platform_compensation", "rejected")
"""S0-25 and S1-11 together (AMB-25)."""

SOLUTIONS: Final = ("refund", "exchange", "other")
"""What an agent answers a request with (S2-15)."""

MONEY_OUTCOMES: Final = frozenset({"full_refund", "partial_refund", "platform_compensation"})

EXPIRES_BY: Final = ("R-01", "R-02", "R-03", "R-08")
"""The windows by which a claim may end, from any state (section 11)."""

FILED: Final = ("filed", "supplier_reviewing", "rejected", "silent")
"""It was filed, and nobody granted anything: from now on only an escalation or a grant keeps it alive."""

UNANSWERED: Final = (*BEFORE_FILING, "handed_to_agent", *FILED)
"""Nobody granted anything and no platform rules on it: only a step of ours before its window closes keeps it alive.
What was granted in time, or escalated in time, is still owed when the window closes (S0-18, S0-19)."""

AGENT_CHANNELS: Final = frozenset({"agent", "warranty"})
"""Asked of the agent, who then acts towards the seller (S2, DT-2; S2-12)."""
_WAITING: Final = (
    "handed_to_agent",
    "filed",
    "supplier_reviewing",
    "silent",
    "rejected",
    "partially_approved",
)
_DIGITS: Final = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class Event:
    """``to``: the state afterwards; None: where it was. ``needs``: keys of ``said`` without which it says nothing.

    ``filer`` and ``platform``: only of claims that an agent acts in (`acts`), or that a platform decides.
    """

    sources: tuple[str, ...]
    to: str | None
    needs: tuple[str, ...] = ()
    filer: str | None = None
    platform: bool = False


_EVENTS: Final[dict[str, Event]] = {
    "opened": Event(("",), "draft"),
    "evidence_missing": Event(("draft", "ready"), "evidence_incomplete"),
    "evidence_complete": Event(("draft", "evidence_incomplete"), "ready"),
    "handed_to_agent": Event(BEFORE_FILING, "handed_to_agent", filer="agent"),
    "agent_opened": Event(("handed_to_agent",), None, filer="agent"),
    "filed": Event((*BEFORE_FILING, "handed_to_agent"), "filed"),
    "reviewing": Event(("filed", "rejected", "silent"), "supplier_reviewing"),
    # Something was sent after the filing: the supplier looks at it again (S0-17).
    "added": Event((*_WAITING, "mediation"), "supplier_reviewing"),
    "approved": Event((*_WAITING, "mediation"), "approved"),
    "partially_approved": Event((*_WAITING, "mediation"), "partially_approved", ("amount_fen",)),
    "rejected": Event(("handed_to_agent", "filed", "supplier_reviewing", "silent"), "rejected", ("reason",)),
    "silent": Event(("handed_to_agent", "filed", "supplier_reviewing"), "silent"),
    "escalated": Event(
        ("filed", "supplier_reviewing", "rejected", "silent", "partially_approved"),
        "mediation",
        platform=True,
    ),
    "decided": Event(("mediation",), "decided", ("outcome",), platform=True),
    "return_sent": Event(("approved", "partially_approved", "decided"), None),
    "return_received": Event(("approved", "partially_approved", "decided"), "awaiting_money"),
    "awaiting_money": Event(("approved", "partially_approved", "decided"), "awaiting_money"),
    "landed_at_agent": Event(OWED_STATES, "landed_at_agent", ("amount_fen",), filer="agent"),
    "passed_back": Event(("landed_at_agent",), "money_received", ("amount_fen",), filer="agent"),
    "money_received": Event(OWED_STATES, "money_received", ("amount_fen",)),
    # A second instalment: each is its own step, the sum is domain/amounts.py's.
    "more_money": Event(("money_received",), None, ("amount_fen",)),
    "remedy_fulfilled": Event(OWED_STATES, "closed"),
    "closed": Event(("money_received", *OWED_STATES, "rejected", "silent", "mediation"), "closed"),
    "expired": Event(OPEN_STATES, "expired", ("rule",)),
    "withdrawn": Event(OPEN_STATES, "withdrawn"),
}
EVENTS: Final[Mapping[str, Event]] = MappingProxyType(_EVENTS)

EVENT_CLOCK: Final[Mapping[str, str]] = MappingProxyType(
    {
        "approved": "approved",
        "partially_approved": "approved",
        "rejected": "rejected",
        "escalated": "escalated",
        "landed_at_agent": "money_landed",
        "money_received": "money_landed",
        "withdrawn": "withdrawn",
        "closed": "claim_closed",
        "expired": "claim_closed",
        "remedy_fulfilled": "claim_closed",
    }
)
"""Step → the dated fact that moves clocks (domain/clock_facts.py). Ask `clock_kinds`: it knows the two that depend."""


def acts(channel: str, filer: str) -> str:
    """Who acts towards the seller: ``agent`` or ``importer``. In an agent's account that is the agent, whether the
    importer's complaint goes to the platform through it (DT-2) or to its own service (S2)."""
    return "agent" if filer == "agent" or channel in AGENT_CHANNELS else "importer"


def clock_kinds(
    event: str, said: Mapping[str, str], filer: str, channel: str = "platform_1688"
) -> tuple[str, ...]:
    """The dated facts of a step; ``filer`` as `acts` says it.

    An agent's filing starts R-04 and R-05 and meets R-02, of a complaint to its own service only when it names the
    platform's number; our own is a submission and says so itself. A ruling starts R-06 only when it grants money.
    """
    if event == "filed":
        on_platform = channel.startswith("platform_") or bool(said.get("external_id"))
        return ("submitted", "filed") if filer == "agent" and on_platform else ()
    if event == "decided":
        return ("approved",) if said.get("outcome") in MONEY_OUTCOMES else ()
    kind = EVENT_CLOCK.get(event)
    return (kind,) if kind else ()


def next_state(state: str, event: str, said: Mapping[str, str]) -> str:
    """Where the claim stands after the step; ``state`` "" is a claim that is being opened.

    Refusals: ``claim_event_unknown``, ``claim_event_out_of_order``, ``claim_reason_missing``,
    ``claim_amount_missing``, ``claim_outcome_unknown``, ``claim_rule_unknown``, ``claim_solution_unknown``.
    """
    step = EVENTS.get(event)
    if step is None:
        raise Refusal("claim_event_unknown")
    if state not in step.sources:
        raise Refusal("claim_event_out_of_order", event=event, state=state)
    _check_said(step, said)
    if event == "added" and state in ("mediation", "handed_to_agent", "filed"):
        return state
    return state if step.to is None else step.to


def allowed(state: str, filer: str, *, platform: bool = True) -> tuple[str, ...]:
    """Steps that may be stated now, in the order of a case; ``filer`` as `acts` says it. ``platform``: a platform
    decides in the end."""
    return tuple(
        name
        for name, step in EVENTS.items()
        if state in step.sources
        and name != "opened"
        and step.filer in (None, filer)
        and (platform or not step.platform)
    )


def _check_said(step: Event, said: Mapping[str, str]) -> None:
    if said.get("solution", SOLUTIONS[0]) not in SOLUTIONS:
        raise Refusal("claim_solution_unknown")
    for key in step.needs:
        value = said.get(key, "").strip()
        if key == "reason" and not value:
            raise Refusal("claim_reason_missing")
        if key == "amount_fen" and not (_DIGITS.fullmatch(value) and int(value) > 0):
            raise Refusal("claim_amount_missing")
        if key == "outcome" and value not in OUTCOMES:
            raise Refusal("claim_outcome_unknown")
        if key == "rule" and value not in EXPIRES_BY:
            raise Refusal("claim_rule_unknown")

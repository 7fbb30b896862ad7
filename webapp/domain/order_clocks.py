"""A clock of an order: one rule that a dated fact started, for the part of the order that it concerns.

Never merged (AMB-08): each clock has its own addressee. Met only by proof. What an order itself starts stands in
domain/own_clocks.py, what its claims start in domain/claim_clocks.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Literal

from webapp.domain.clock_facts import Fact, Facts, Subject
from webapp.domain.deadlines import Deadline, evaluate, is_open, require_aware
from webapp.domain.rulebook import LOCAL, Rule, Rulebook
from webapp.domain.switches import Switches

#: Owner of the platform account -> who acts where a rule says "account_holder".
HOLDER: Final = {"self": "importer", "agent": "agent", "unknown": "account_holder"}
CHINA: Final = "Asia/Shanghai"
_LAST: Final = datetime.max.replace(tzinfo=UTC)

Ended = Literal["met", "cancelled", "superseded", "stopped"]
ClockState = Literal[
    "running", "late_try", "missed", "met", "met_late", "cancelled", "superseded", "stopped", "start_unknown"
]


@dataclass(frozen=True, slots=True)
class Book:
    """An edition as clocks read it; ``edition_id`` "" for the shipped rules before any edition."""

    rulebook: Rulebook
    switches: Switches = field(default_factory=Switches)
    edition_id: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A goods receipt. ``subject``: the order for its first, a site for a later one elsewhere (AMB-17), or a parcel.
    ``inspected_at``: when what came in with it was inspected and documented; None while that is open."""

    at: datetime
    zone: str
    subject: Subject
    inspected_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What is known of an order. Instants are aware; ``account_owner``: self, agent or unknown (else ``ValueError``).

    ``receipts``: the first one and one a further site. ``parcels``: the first receipt of each parcel that came.
    ``handed_over_at``: when the last of its goods went to an international forwarder. ``first_abroad_at``: the first
    receipt outside China.
    """

    platform: str
    account_owner: str
    order_id: str = ""
    facts: Facts = field(default_factory=lambda: Facts(()))
    receipts: tuple[Receipt, ...] = ()
    parcels: tuple[Receipt, ...] = ()
    handed_over_at: datetime | None = None
    first_abroad_at: datetime | None = None
    #: The platform says that the trade ended without being completed (domain/trade_status.py).
    closed: bool = False

    def __post_init__(self) -> None:
        if self.account_owner not in HOLDER:
            raise ValueError(f"account_owner {self.account_owner!r} is not one of {', '.join(HOLDER)}")

    @property
    def subject(self) -> Subject:
        return ("order", self.order_id)


@dataclass(frozen=True, slots=True)
class OrderClock:
    """One rule running on one subject. ``who`` is the rule's party with the account holder resolved.

    ``start_source``: platform_status, goods_receipt, unknown, or the kind of the dated fact that starts it.
    """

    rule: Rule
    deadline: Deadline | None
    start_source: str
    assumed: bool
    binding: bool
    who: str
    #: Catalogue key of the sentence that limits the clock (``clock.note.…``), or None.
    note: str | None = None
    #: Something shows the start. Neither proven nor assumed: stated by a person, or recorded at the dock.
    proven: bool = False
    subject: Subject = ("order", "")
    claim_id: str | None = None
    edition_id: str = ""
    ended: Ended | None = None
    ended_at: datetime | None = None
    #: Somebody said that it was done, and nothing shows it: the clock runs on.
    said_done: bool = False
    #: After ``due`` something is still possible until then: R-02 a late try (AMB-01), R-05 the escalation itself.
    still_until: datetime | None = None

    def state(self, now: datetime) -> ClockState:
        """``running`` while the window is open. A window that was met after it closed is ``met_late``."""
        if self.ended == "met":
            late = self.deadline is not None and self.ended_at is not None
            return "met_late" if late and not self._open(self.ended_at or now) else "met"
        if self.ended is not None:
            return self.ended
        if self.deadline is None:
            return "start_unknown"
        if self._open(now):
            return "running"
        if (
            self.still_until is not None
            and self.rule.kind == "window"
            and require_aware(now) < self.still_until
        ):
            return "late_try"
        return "missed"

    def _open(self, at: datetime) -> bool:
        assert self.deadline is not None
        if self.rule.kind == "opening" and self.still_until is not None:
            return require_aware(at) < self.still_until
        return is_open(self.rule, self.deadline, at)

    @property
    def burns_until(self) -> datetime | None:
        """Until when a board lists it by its act-by: until that itself; what only opens then, until it closes."""
        if self.deadline is None or self.ended is not None:
            return None
        if self.rule.kind == "opening":
            return self.still_until or self.deadline.act_by
        return self.deadline.act_by

    def act_by_passed(self, now: datetime) -> bool:
        """True from the act-by instant on, also while the window is still open."""
        return self.ended is None and self.deadline is not None and require_aware(now) >= self.deadline.act_by

    def ends(self, ended: Ended, at: datetime | None, note: str | None = None) -> OrderClock:
        """The same clock, ended: it binds nobody any more. What has ended before stays as it ended."""
        if self.ended is not None:
            return self
        return replace(self, ended=ended, ended_at=at, binding=False, note=note or self.note)


BookOf = Callable[[str | None], Book]
"""The book of a claim by its id, of the order itself by None: a claim keeps what it was opened under."""


def make_clock(
    book: Book,
    rule: Rule,
    facts: OrderFacts,
    start: datetime | None,
    source: str,
    *,
    subject: Subject | None = None,
    zone: str | None = None,
    end: datetime | None = None,
    assumed: bool = False,
    binding: bool = True,
    note: str | None = None,
    proven: bool = False,
    claim_id: str | None = None,
) -> OrderClock:
    """A running clock. ``zone``: where it happened, for a rule reckoned there."""
    here = zone or (CHINA if rule.zone == LOCAL else rule.zone)
    deadline = None if start is None else evaluate(rule, start, zone=here, end=end)
    who = HOLDER[facts.account_owner] if rule.who == "account_holder" else rule.who
    return OrderClock(
        rule,
        deadline,
        source,
        assumed,
        binding,
        who,
        note,
        proven,
        subject or facts.subject,
        claim_id,
        book.edition_id,
    )


def met_by(clock: OrderClock, facts: Facts, kind: str, subjects: Iterable[Subject]) -> OrderClock:
    """The clock, met by the earliest proof among the subjects; a bare word is noted and meets nothing."""
    wanted = list(subjects)
    proof = facts.first_proof(kind, wanted)
    if proof is not None:
        return clock.ends("met", proof.at)
    return replace(clock, said_done=True) if facts.word(kind, wanted) is not None else clock


def by_act_by(clocks: Iterable[OrderClock]) -> tuple[OrderClock, ...]:
    """Earliest act-by first, those without a start after them, those that have ended last."""
    return tuple(
        sorted(
            clocks,
            key=lambda clock: (
                clock.ended is not None,
                clock.deadline.act_by if clock.deadline else _LAST,
                clock.rule.id,
                clock.subject,
            ),
        )
    )


def fact_clock(
    book: Book,
    facts: OrderFacts,
    rule: Rule,
    said: Fact,
    *,
    subject: Subject,
    end: bool = False,
    note: str | None = None,
) -> OrderClock:
    """A clock that one dated fact starts, or (``end``) whose end it states."""
    return make_clock(
        book,
        rule,
        facts,
        said.at,
        said.kind,
        subject=subject,
        zone=said.zone,
        end=said.at if end else None,
        note=note,
        proven=said.proven,
        claim_id=said.claim_id,
    )

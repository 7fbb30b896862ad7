"""Which reading an importer chose where the sources leave a choice (domain.md section 10, AMB-01 to AMB-25).

Every default is the proposed treatment. A switch is data of an edition of the rulebook: a claim keeps those that it
was opened under.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Literal, get_args, get_type_hints

from webapp.domain.working_days import is_known_calendar

AuthorityEnd = Literal["unit_handover", "load_unit_seal", "export_customs", "vn_arrival"]
ClockStart = Literal[
    "earliest", "platform_delivered", "courier_signed", "receiving_time", "completed", "in_stock"
]
AutoApproval = Literal["expected", "not_expected"]
RefundOnly = Literal["restricted", "available", "gone"]
FeeBoundary = Literal["lower_band", "upper_band"]
FeeReading = Literal["whole", "marginal"]
FeeMonth = Literal["calendar_month", "rolling_30_days"]


@dataclass(frozen=True, slots=True)
class Switches:
    """``authority_end``: AMB-03. ``clock_start``: AMB-02. ``auto_approval``: AMB-05. ``refund_only``: AMB-06, S1-09.
    ``fee_*``: AMB-09. ``filing_reserve_h``: DT-7. ``calendar``: AMB-18, an ISO 3166 country.
    ``chat_reminder_days``: S3-17. ``alert_rungs_h``: hours before act-by, falling. ``mediation_reminder_days``: S0-20.
    ``big_order_vnd``: S3-12. ``max_share_video_bytes``: what an agent is sent."""

    authority_end: AuthorityEnd = "unit_handover"
    clock_start: ClockStart = "earliest"
    auto_approval: AutoApproval = "expected"
    refund_only: RefundOnly = "restricted"
    fee_boundary: FeeBoundary = "lower_band"
    fee_reading: FeeReading = "whole"
    fee_month: FeeMonth = "calendar_month"
    filing_reserve_h: int = 24
    calendar: str = "CN"
    chat_reminder_days: int = 7
    alert_rungs_h: tuple[int, ...] = (72, 48, 24, 6)
    mediation_reminder_days: int = 7
    big_order_vnd: int = 30_000_000
    max_share_video_bytes: int = 50_000_000

    def __post_init__(self) -> None:
        for name, options in CHOICES.items():
            if getattr(self, name) not in options:
                raise ValueError(f"switch {name}: {getattr(self, name)!r} is not one of {options}")
        for name in NUMBERS:
            if not 0 < getattr(self, name) <= NUMBERS[name]:
                raise ValueError(f"switch {name}: must lie between 1 and {NUMBERS[name]}")
        if not is_known_calendar(self.calendar):
            raise ValueError(f"switch calendar: {self.calendar!r} is not known")
        rungs = self.alert_rungs_h
        if not rungs or any(h <= 0 for h in rungs) or list(rungs) != sorted(set(rungs), reverse=True):
            raise ValueError("switch alert_rungs_h: whole hours, each smaller than the one before")


CHOICES: Final[dict[str, tuple[str, ...]]] = {
    "authority_end": get_args(AuthorityEnd),
    "clock_start": get_args(ClockStart),
    "auto_approval": get_args(AutoApproval),
    "refund_only": get_args(RefundOnly),
    "fee_boundary": get_args(FeeBoundary),
    "fee_reading": get_args(FeeReading),
    "fee_month": get_args(FeeMonth),
}
"""Switch → what it may say, the proposed default first."""

NUMBERS: Final[dict[str, int]] = {
    "filing_reserve_h": 168,
    "chat_reminder_days": 365,
    "mediation_reminder_days": 365,
    "big_order_vnd": 1_000_000_000_000,
    "max_share_video_bytes": 2_000_000_000,
}
"""Switch → its largest sensible value."""

AMBIGUITY_OF: Final[dict[str, str]] = {
    "authority_end": "AMB-03",
    "clock_start": "AMB-02",
    "auto_approval": "AMB-05",
    "refund_only": "AMB-06",
    "fee_boundary": "AMB-09",
    "fee_reading": "AMB-09",
    "fee_month": "AMB-09",
    "filing_reserve_h": "DT-7",
    "calendar": "AMB-18",
    "chat_reminder_days": "S3-17",
    "mediation_reminder_days": "S0-20",
    "big_order_vnd": "S3-12",
}


def to_data(switches: Switches) -> dict[str, Any]:
    """As JSON holds it."""
    return {
        field.name: list(value) if isinstance(value := getattr(switches, field.name), tuple) else value
        for field in fields(switches)
    }


def from_data(data: Mapping[str, Any]) -> Switches:
    """What an older edition did not know yet has its default; what a newer one knew is left out."""
    known = get_type_hints(Switches)
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in data.items()
        if name in known
    }
    return Switches(**given)

"""What a person may ask of the board, as it stands in the address and in a saved view.

Whatever cannot be read is left out: a bookmark from yesterday must open today.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from webapp.domain.progress import OrderState
from webapp.domain.record_kinds import VERDICTS
from webapp.domain.stakes import read_yuan

OWNERS = ("self", "agent", "unknown")
URGENCIES = ("late", "urgent", "soon", "calm", "none")
STARTS = ("assumed", "proven")
SORTS = ("act_by", "stake", "placed")
UNDECIDED = "undecided"
VERDICT_FILTERS = (*VERDICTS, UNDECIDED)
"""``undecided``: received, and nobody has decided."""

DIFFERS = "differs"
"""Short or over: what a claim or a thank-you is owed for."""

STATES = (*OrderState, DIFFERS)
_LONGEST_TEXT = 100
_CHINA = ZoneInfo("Asia/Shanghai")  # 1688 dates its orders in China time


@dataclass(frozen=True, slots=True)
class Filters:
    """``""`` and None filter nothing. Dates are days in China; ``least_fen`` leaves out unknown amounts."""

    supplier: str = ""
    owner: str = ""
    state: str = ""
    rule: str = ""
    urgency: str = ""
    start: str = ""
    verdict: str = ""
    placed_from: date | None = None
    placed_to: date | None = None
    least_fen: int | None = None
    sort: str = "act_by"

    @property
    def active(self) -> int:
        """How many things are filtered; state and order of sorting have controls of their own."""
        return sum(name not in ("state", "sort") for name in self.as_query())

    def as_query(self) -> dict[str, str]:
        """The address's arguments: reading them gives equal filters. Defaults are left out."""
        least = self.least_fen
        texts = {
            "supplier": self.supplier,
            "owner": self.owner,
            "state": self.state,
            "rule": self.rule,
            "urgency": self.urgency,
            "start": self.start,
            "verdict": self.verdict,
            "from": self.placed_from.isoformat() if self.placed_from else "",
            "to": self.placed_to.isoformat() if self.placed_to else "",
            "least": "" if least is None else yuan_typed(least),
            "sort": "" if self.sort == SORTS[0] else self.sort,
        }
        return {name: text for name, text in texts.items() if text}

    def placed_range(self) -> tuple[datetime | None, datetime | None]:
        """From the first instant of the first day to the last instant before the day after the last; aware UTC."""
        first = _midnight(self.placed_from) if self.placed_from else None
        after = _midnight(self.placed_to + timedelta(days=1)) if self.placed_to else None
        return first, after


def read_filters(query: Mapping[str, str], rules: Collection[str]) -> Filters:
    """``rules``: the ids that can be asked for."""

    def one_of(name: str, allowed: Collection[str]) -> str:
        text = query.get(name, "")
        return text if text in allowed else ""

    return Filters(
        supplier=query.get("supplier", "").strip()[:_LONGEST_TEXT],
        owner=one_of("owner", OWNERS),
        state=one_of("state", STATES),
        rule=one_of("rule", rules),
        urgency=one_of("urgency", URGENCIES),
        start=one_of("start", STARTS),
        verdict=one_of("verdict", VERDICT_FILTERS),
        placed_from=_day(query.get("from", "")),
        placed_to=_day(query.get("to", "")),
        least_fen=read_yuan(query.get("least", "")) or None,
        sort=one_of("sort", SORTS) or SORTS[0],
    )


def yuan_typed(fen: int) -> str:
    """An amount as a field takes it back: ``1000`` or ``99.50``."""
    whole, rest = divmod(fen, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text.strip()[:10])
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, _CHINA).astimezone(UTC)

"""What the record of an order still lacks: four folders and the lint rules of S3-24.

Counts, never percentages (S3-01).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from webapp.domain.folders import Folder

INSPECT_WITHIN: Final = timedelta(hours=48)
FILE_WITHIN: Final = timedelta(hours=24)
"""S3-25 and S3-16."""

SAMPLE_WITHOUT_CHAT: Final = "sample_without_chat"
INSPECTED_LATE: Final = "inspected_late"
CHAT_STALE: Final = "chat_stale"
DEPOSIT_UNCONFIRMED: Final = "deposit_unconfirmed"
NOTHING_AGREED: Final = "nothing_agreed"
EVENT_WITHOUT_FILE: Final = "event_without_file"
RULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        SAMPLE_WITHOUT_CHAT: "S3-24",
        INSPECTED_LATE: "S3-24",
        CHAT_STALE: "S3-24",
        DEPOSIT_UNCONFIRMED: "S3-24",
        NOTHING_AGREED: "S3-06",
        EVENT_WITHOUT_FILE: "S3-16",
    }
)
"""Finding → the fact that asks for it. Words: ``lint.<finding>``."""


@dataclass(frozen=True, slots=True)
class Record:
    """What is on record of one order. Instants are aware; None: did not happen, or nobody said.

    ``papers``: folder → how many papers lie in it. ``inspected_at``: when the last inspection or verdict was finished.
    ``chat_filed_at``: the newest chat paper of the order or its supplier. ``unfiled``: when events
    without a file were stated (payments, agreements, hand-overs, steps and submissions of claims).
    """

    papers: Mapping[Folder, int]
    placed_at: datetime | None
    received_at: datetime | None
    inspected_at: datetime | None
    chat_filed_at: datetime | None
    samples: int
    sample_chats: int
    agreements: int
    deposits: int
    confirmations: int
    unfiled: tuple[datetime, ...] = ()
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Lint:
    """``n``: how many, or how many days; 0 where that says nothing."""

    code: str
    n: int = 0

    @property
    def source(self) -> str:
        return RULES[self.code]


@dataclass(frozen=True, slots=True)
class Completeness:
    """``filled`` of four folders; ``papers`` in each; ``lints`` in the order of S3-24."""

    papers: Mapping[Folder, int]
    lints: tuple[Lint, ...]

    @property
    def filled(self) -> int:
        return sum(1 for folder in Folder if self.papers.get(folder, 0))

    @property
    def total(self) -> int:
        return len(Folder)


def completeness(record: Record, now: datetime, *, chat_days: int) -> Completeness:
    """``chat_days``: after how many days without a new chat paper somebody is reminded (S3-17)."""
    found = [
        _sample(record),
        _inspection(record, now),
        _chat(record, now, chat_days),
        _deposit(record),
        Lint(NOTHING_AGREED) if not record.agreements else None,
        _unfiled(record, now),
    ]
    return Completeness(dict(record.papers), tuple(one for one in found if one is not None))


def _sample(record: Record) -> Lint | None:
    """A photo of the agreed sample proves nothing without the chat that confirms it."""
    return Lint(SAMPLE_WITHOUT_CHAT, record.samples) if record.samples and not record.sample_chats else None


def _inspection(record: Record, now: datetime) -> Lint | None:
    if record.received_at is None:
        return None
    limit = record.received_at + INSPECT_WITHIN
    done = record.inspected_at
    return Lint(INSPECTED_LATE) if (done or now) > limit else None


def _chat(record: Record, now: datetime, days: int) -> Lint | None:
    """Chats are lost with a phone: while the trade lives, an old copy is no copy."""
    since = record.chat_filed_at or record.placed_at
    if record.closed or since is None:
        return None
    age = (now - since) // timedelta(days=1)
    return Lint(CHAT_STALE, age) if now - since > timedelta(days=days) else None


def _deposit(record: Record) -> Lint | None:
    return (
        Lint(DEPOSIT_UNCONFIRMED, record.deposits) if record.deposits and not record.confirmations else None
    )


def _unfiled(record: Record, now: datetime) -> Lint | None:
    late = sum(1 for at in record.unfiled if now - at > FILE_WITHIN)
    return Lint(EVENT_WITHOUT_FILE, late) if late else None

"""What one submission consisted of, as a text that never changes (S0-16, S0-17; domain.md 11, "submission immutable").

The text is hashed, the hash lies in the log: nobody can say later that more or less was sent.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from webapp.domain.ledger import iso_milliseconds


@dataclass(frozen=True, slots=True)
class Sent:
    """One exhibit: a capture or a paper by the hash of its original. ``captured_at`` None: not known."""

    slot: str | None
    source_kind: str
    source_id: str
    sha256: str
    bytes: int
    mime: str
    captured_at: datetime | None


@dataclass(frozen=True, slots=True)
class Manifest:
    """``previous``: SHA-256 (hex) of the manifest of the claim's earlier submission."""

    claim: str
    order_no: str
    no: int
    channel: str
    recipient: str
    sent_at: datetime
    description: str
    amount_fen: int | None
    currency: str
    exhibits: tuple[Sent, ...]
    previous: str | None = None


def manifest_text(manifest: Manifest) -> str:
    """LF after each line, UTF-8, in this order; free text stands only as its hash and its one-line recipient."""
    amount = "-" if manifest.amount_fen is None else f"{manifest.amount_fen} {manifest.currency}"
    description = hashlib.sha256(manifest.description.encode("utf-8")).hexdigest()
    lines = [
        "format 1",
        f"claim {manifest.claim}",
        f"order {manifest.order_no}",
        f"submission {manifest.no}",
        f"channel {manifest.channel}",
        f"recipient {_one_line(manifest.recipient)}",
        f"sent {iso_milliseconds(manifest.sent_at)}",
        f"amount {amount}",
        f"description sha256:{description} {len(manifest.description)}",
        *_exhibit_lines(manifest.exhibits),
        f"previous {'-' if manifest.previous is None else 'sha256:' + manifest.previous}",
    ]
    return "\n".join(lines) + "\n"


def manifest_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _exhibit_lines(exhibits: Iterable[Sent]) -> list[str]:
    return [
        f"exhibit {number} {one.slot or '-'} {one.source_kind} {one.source_id} sha256:{one.sha256} {one.bytes} "
        f"{one.mime} {'-' if one.captured_at is None else iso_milliseconds(one.captured_at)}"
        for number, one in enumerate(exhibits, start=1)
    ]


def _one_line(text: str) -> str:
    """A line break in a name must not become a line of the manifest."""
    return " ".join(text.split()) or "-"

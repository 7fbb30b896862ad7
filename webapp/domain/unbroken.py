"""Whether one film is one continuous take, as far as its own file can tell (evidence.md, E3 without heartbeats).

A paused recorder leaves no gap in its time stamps: what gives it away is that the sound is shorter than the time that
the signed record says went by.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

START_SLACK_MS: Final = 500
"""A recorder's first sound comes later than its start, its last before the stop: honest phones stay below this."""

_BREAKING: Final = frozenset({"cut", "time_jumped", "time_went_back", "audio_gap_filled", "audio_broken"})


def unbroken_ms(
    *,
    closed: str | None,
    verified: bool,
    breaks: Collection[str],
    committed_ms: int | None,
    facts: Mapping[str, Any] | None,
) -> int | None:
    """Length in ms of a film that runs through; None: not proven.

    ``breaks``: interruptions that the phone itself recorded. ``committed_ms``: by the phone's monotonic clock, from the
    signed record. ``facts``: of the file (adapters/media_facts.MediaFacts as a mapping); None: nobody looked yet.
    """
    if closed != "complete" or not verified or breaks or committed_ms is None or not facts:
        return None
    if not facts.get("audio") or _BREAKING & set(facts.get("notes", ())):
        return None
    heard, seen = int(facts.get("audio_ms", 0)), int(facts.get("video_ms", 0))
    if abs(heard - committed_ms) > START_SLACK_MS or abs(seen - committed_ms) > START_SLACK_MS:
        return None
    return min(committed_ms, heard)

"""A copy of a take that a chat can carry, made by the limited child (adapters/media_share.py)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from webapp.adapters.media import Limits, MediaFacts, MediaFailed, run_limited

_SECONDS_A_MIB = 8
"""Decoding and encoding on a slow core: a MiB of take is about 3 s of film."""


def share_video(source: Path, target: Path, *, most_bytes: int, progress: Path) -> MediaFacts:
    """Writes ``target`` (H.264, AAC, MP4; the whole take, at most ``most_bytes``). ``progress``: file with percent.

    Raises ``MediaFailed``; ``unavailable`` where PyAV, or the encoder in it, is missing.
    """
    limits = Limits.for_take(source)
    cpu = limits.cpu + source.stat().st_size // (1 << 20) * _SECONDS_A_MIB
    limits = replace(limits, cpu=cpu, wall=3 * cpu)
    options = ["--target", str(target), "--most", str(most_bytes), "--progress", str(progress)]
    answer = run_limited("share", source, limits, options)
    try:
        return MediaFacts.from_json(answer["facts"])
    except (KeyError, TypeError) as error:
        raise MediaFailed("failed", "an answer without facts") from error


def percent_done(progress: Path) -> int | None:
    """0 to 99 while the copy is being made; None before."""
    try:
        text = progress.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        return None
    return int(text) if text.isdecimal() and len(text) < 3 else None

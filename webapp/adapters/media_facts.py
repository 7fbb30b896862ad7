"""What is known about a take's bytes, and the one way media work fails. Imports no decoder."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal, Self, get_args

FailureCode = Literal["timeout", "memory", "not_media", "failed", "unavailable"]


class MediaFailed(Exception):
    """The bytes gave no result; the original is untouched and nothing was written.

    ``code``: ``timeout`` (wall or processor time), ``memory``, ``not_media`` (nothing playable inside),
    ``unavailable`` (PyAV cannot be imported: originals still play), ``failed`` (anything else).
    ``detail`` is for the operator's log, not for people at the dock.
    """

    def __init__(self, code: FailureCode, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code: FailureCode = code
        self.detail = detail

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        codes: tuple[FailureCode, ...] = get_args(FailureCode)
        known = [code for code in codes if code == value.get("code")]
        return cls(known[0] if known else "failed", str(value.get("detail", ""))[:500])


@dataclass(frozen=True)
class MediaFacts:
    """Facts of a file: of the derivative after a remux, of the source itself after a probe.

    Times in milliseconds, pictures in coded pixels. ``start_ms`` is the source's media time at the derivative's zero.
    ``dropped`` counts packets left out, ``restamped`` packets whose time had to be moved to keep times increasing.
    ``audio_ms`` and ``video_ms`` are the spans of the two streams (audio is the continuity clock, evidence E3);
    ``video_gap_ms`` is the longest time between two frames.

    ``notes``: ``cut`` (bytes end or break in the middle), ``before_key`` (frames before the first key frame left out),
    ``time_went_back``, ``time_jumped`` (a leap of more than ten minutes closed up), ``audio_encoded``,
    ``audio_left_out`` (cannot be carried), ``audio_broken`` (packets that did not decode), ``audio_gap_filled``.
    """

    duration_ms: int
    video_codec: str
    audio_codec: str | None
    width: int
    height: int
    frames: int
    dropped: int
    restamped: int
    audio: bool
    mime: str
    start_ms: int
    video_ms: int
    audio_ms: int
    video_gap_ms: int
    notes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Self:
        return cls(**{**value, "notes": tuple(value["notes"])})

"""When a film may be called unbroken: what the phone said, what the file holds, and both agree."""

from __future__ import annotations

from typing import Any

import pytest

from webapp.domain.unbroken import unbroken_ms

FACTS: dict[str, Any] = {"audio": True, "audio_ms": 22_761, "video_ms": 22_764, "notes": ()}
WHOLE: dict[str, Any] = {
    "closed": "complete",
    "verified": True,
    "breaks": (),
    "committed_ms": 22_851,
    "facts": FACTS,
}


def test_a_film_that_runs_through_is_as_long_as_its_sound() -> None:
    assert unbroken_ms(**WHOLE) == 22_761


@pytest.mark.parametrize(
    "changed",
    [
        {"closed": "interrupted"},
        {"closed": None},
        {"verified": False},
        {"breaks": ("hidden",)},
        {"committed_ms": None},
        {"facts": None},
        # A pause leaves no gap in the file: it is shorter than the time that went by.
        {"committed_ms": 27_900},
        {"facts": {**FACTS, "audio": False}},
        {"facts": {**FACTS, "audio_ms": 13_000}},
        {"facts": {**FACTS, "video_ms": 13_000}},
        {"facts": {**FACTS, "notes": ("audio_gap_filled",)}},
        {"facts": {**FACTS, "notes": ("cut",)}},
    ],
)
def test_anything_else_is_not_proven(changed: dict[str, Any]) -> None:
    assert unbroken_ms(**{**WHOLE, **changed}) is None

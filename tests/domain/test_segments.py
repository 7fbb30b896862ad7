"""Counts in several films: what each of them has from those before it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from webapp.domain.segments import Film, carried, part_of

CASES: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent.parent / "vectors" / "segments.json").read_text("utf-8")
)["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_what_a_film_has_from_those_before_it(case: dict[str, Any]) -> None:
    films = {
        name: Film(film["closed"], film["units"], film["recounted"]) for name, film in case["films"].items()
    }
    assert carried(films, case["before"], case["film"]) == case["carried"]
    assert part_of(case["before"], case["film"]) == case["parts"]

"""SKU labels as a phone knows them; it reads the same vectors (tests/js/sku_marks.test.mjs)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from webapp.domain.sku_marks import MARK, sku_mark, sku_marks

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parent.parent / "vectors" / "sku_marks.json").read_text("utf-8")
)
SITE, LINE = "5a" * 16, "1f" * 16


def test_a_mark_is_of_its_site() -> None:
    for one in VECTORS["marks"]:
        assert sku_mark(one["site"], one["code"]) == one["mark"]


@pytest.mark.parametrize("one", VECTORS["sets"], ids=lambda one: one["name"])
def test_marks_with_their_decoys(one: dict[str, Any]) -> None:
    marks = sku_marks(one["site"], one["subject"], reversed(one["codes"]))
    assert len(marks) == MARK * one["size"]
    assert (hashlib.sha256(marks.encode()).hexdigest(), marks[:32]) == (one["sha256"], one["first"])
    listed = [marks[at : at + MARK] for at in range(0, len(marks), MARK)]
    assert listed == sorted(set(listed))
    assert {sku_mark(one["site"], code) for code in one["codes"]} <= set(listed)


def test_how_many_labels_there_are_shows_only_in_fourfold_steps() -> None:
    sizes = {
        n: len(sku_marks(SITE, LINE, [f"C{i:09d}" for i in range(n)])) // MARK for n in (1, 64, 65, 256, 257)
    }
    assert sizes == {1: 64, 64: 64, 65: 256, 256: 256, 257: 1024}
    assert sku_marks(SITE, LINE, []) == ""

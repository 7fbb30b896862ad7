"""Closed lists of codes: the same on the phone, fit for a record, each with its words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from webapp.domain.defects import DEFECTS, REDRAW_REASONS, VERDICT_REASONS
from webapp.domain.record_kinds import DEFECT_CLASSES, SHAPES, VERDICTS

ROOT = Path(__file__).parents[2]
VECTORS: dict[str, Any] = json.loads((ROOT / "tests" / "vectors" / "defects.json").read_text("utf-8"))
REASONS = [reason for reasons in VERDICT_REASONS.values() for reason in reasons]


def test_the_lists_are_the_agreed_ones() -> None:
    assert [{"code": code, "class": name} for code, name in DEFECTS.items()] == VECTORS["defects"]
    assert [
        {"verdict": verdict, "reasons": list(reasons)} for verdict, reasons in VERDICT_REASONS.items()
    ] == VECTORS["verdict_reasons"]
    assert list(REDRAW_REASONS) == VECTORS["redraw_reasons"]


def test_codes_and_classes_fit_the_record() -> None:
    assert all(SHAPES["defect"]["code"].fullmatch(code) for code in DEFECTS)
    assert all(SHAPES["verdict"]["reason"].fullmatch(reason) for reason in REASONS)
    assert all(SHAPES["draw"]["reason"].fullmatch(reason) for reason in REDRAW_REASONS)
    assert tuple(VERDICT_REASONS) == VERDICTS
    assert len(set(REASONS)) == len(REASONS)
    assert list(dict.fromkeys(DEFECTS.values())) == list(DEFECT_CLASSES)


@pytest.mark.parametrize("language", ["en", "zh_CN", "vi"])
def test_each_code_has_words_of_its_own(language: str) -> None:
    words = json.loads((ROOT / "webapp" / "words" / f"{language}.json").read_text("utf-8"))
    for prefix, codes in {
        "defect": [*DEFECTS],
        "defect_class": [*DEFECT_CLASSES],
        "verdict": [*VERDICTS],
        "verdict_reason": REASONS,
        "redraw_reason": [*REDRAW_REASONS],
    }.items():
        said = [words[f"{prefix}.{code}"] for code in codes]
        assert len(set(said)) == len(said), prefix

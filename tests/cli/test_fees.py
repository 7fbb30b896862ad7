"""``dockproof fees``: lines, total, range and what is not published; exit 0 or 2."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from webapp.cli.main import run

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "papers.json").read_text("utf-8")
)


def command(*words: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return run(("fees", *words), out, err), out.getvalue(), err.getvalue()


def asked(one: dict[str, Any], *more: str) -> tuple[str, ...]:
    return ("--kind", one["kind"], "--month-skus", str(one["month_skus"]), "--skus", str(one["skus"]), *more)


@pytest.mark.parametrize("one", VECTORS["fees"], ids=str)
def test_the_document_holds_the_vectors(one: dict[str, Any]) -> None:
    code, out, err = command(*asked(one, "--json"))
    answer = json.loads(out)
    assert (code, err, answer["total_fen"]) == (0, "", one["default"])
    assert answer["unknown"] == ["freight"] and answer["currency"] == "CNY"


def test_people_read_the_range_and_what_is_unknown() -> None:
    code, out, _ = command("--kind", "exchange", "--month-skus", "17", "--skus", "4", "--late")
    assert code == 0 and "¥30.00 – ¥40.00" in out and "not published" in out and "¥0.00" not in out
    code, out, _ = command("--kind", "return", "--month-skus", "17", "--skus", "2", "--off-platform")
    assert code == 0 and "Total: at least ¥20.00" in out


def test_wrong_use() -> None:
    code, out, err = command("--kind", "return", "--month-skus", "1", "--skus", "2")
    assert (code, out) == (2, "") and err.startswith("dockproof: ")

"""What is near: the phone's vectors, and the receiver's own rule as the rulebook reckons it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from webapp.adapters.rulebook_files import load_rulebook
from webapp.domain.deadlines import evaluate
from webapp.domain.urgency import RECEIVERS_RULE, urgency_of

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "urgency.json").read_text("utf-8")
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("one", VECTORS["receiver"], ids=lambda one: one["what"])
def test_the_receivers_own_limit(one: dict[str, Any]) -> None:
    rule = next(rule for rule in load_rulebook().rules if rule.id == RECEIVERS_RULE)
    act_by = evaluate(rule, at(one["received"]), zone="Asia/Shanghai").act_by
    assert act_by == at(one["act_by"])
    level = urgency_of(RECEIVERS_RULE, act_by, at(one["now"]))
    assert (level, level in ("urgent", "late")) == (one["level"], one["urgent"])


@pytest.mark.parametrize("one", VECTORS["others"], ids=lambda one: one["what"])
def test_every_other_rule(one: dict[str, Any]) -> None:
    assert urgency_of(one["rule"], at(one["act_by"]), at(one["now"])) == one["level"]

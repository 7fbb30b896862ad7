"""In which languages a journey is repeated."""

from __future__ import annotations

import os
from typing import Any


def repeated_in(*cases: Any) -> list[Any]:
    """All of them; under `.ci/run`, which has fifteen minutes, the first alone: the others prove the same again."""
    return list(cases[:1] if os.environ.get("DOCKPROOF_FIRST_LANGUAGE") else cases)

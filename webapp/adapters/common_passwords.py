"""The passwords that everybody tries first, from a list that ships with the program: nothing is asked of a network."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def common_passwords() -> frozenset[str]:
    """Lower case, ten characters and more."""
    text = files("webapp").joinpath("passwords", "common.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))

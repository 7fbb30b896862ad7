"""The five questions before filing (S1-24), and what their answers say about the path."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

QUESTIONS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "reason": ("mismatch", "no_reason"),
        "label": ("yes", "no"),
        "bespoke": ("no", "yes"),
        "proof_unboxing": ("yes", "no"),
        "proof_listing": ("yes", "no"),
        "proof_chat": ("yes", "no"),
        "domestic_return": ("yes", "no"),
    }
)
"""No reason or mismatch? Service label? Custom or bulk? Proofs at hand (three)? Can a domestic return be executed?"""

PROOFS: Final = ("proof_unboxing", "proof_listing", "proof_chat")


def read_answers(form: Mapping[str, str]) -> dict[str, str]:
    """Only answers that the questions know; the others stay unanswered."""
    return {name: form[name] for name, known in QUESTIONS.items() if form.get(name) in known}


def unanswered(said: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for name in QUESTIONS if name not in said)


def advice(said: Mapping[str, str]) -> tuple[str, ...]:
    """Codes of what follows, the gravest first. Words: ``pre_filing.advice_<code>``."""
    found = []
    if said.get("reason") == "no_reason" and said.get("label") == "no":
        found.append("no_label")
    if said.get("reason") == "no_reason" and said.get("bespoke") == "yes":
        found.append("bespoke")
    if any(said.get(name) == "no" for name in PROOFS):
        found.append("proofs")
    if said.get("domestic_return") == "no":
        found.append("no_return")
    if said.get("reason") == "mismatch" and all(said.get(name) == "yes" for name in PROOFS):
        found.append("ready")
    return tuple(found)

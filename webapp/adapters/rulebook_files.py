"""The shipped policy profiles, read from ``webapp/rulebook/*.toml`` into domain values."""

from __future__ import annotations

import tomllib
from dataclasses import MISSING, fields
from datetime import date, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from webapp.domain.rulebook import Amount, Profile, Rule, Rulebook


class RulebookBroken(Exception):
    """A profile file that cannot be used; the message names the file and what is wrong, in one sentence."""


def load_rulebook() -> Rulebook:
    """The rulebook shipped with the program, from a checkout or an installed wheel alike. Raises
    RulebookBroken.
    """
    return load_directory(files("webapp") / "rulebook")


def load_directory(directory: Traversable) -> Rulebook:
    """Every ``*.toml`` of a directory as one rulebook. Raises RulebookBroken."""
    try:
        names = sorted(
            (entry for entry in directory.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name
        )
    except OSError as error:
        raise RulebookBroken(
            f"the rulebook directory {directory.name} cannot be read: {error.strerror}"
        ) from error
    if not names:
        raise RulebookBroken(f"the rulebook directory {directory.name} holds no profile")
    try:
        return Rulebook(tuple(load_profile(entry.name, entry.read_bytes()) for entry in names))
    except ValueError as error:
        raise RulebookBroken(f"the rulebook is broken: {error}") from error


def load_profile(name: str, content: bytes) -> Profile:
    """One profile from the bytes of a TOML file called ``name``. Raises RulebookBroken."""
    try:
        tree = tomllib.loads(content.decode("utf-8"))
        return _profile(tree)
    except (ValueError, TypeError) as error:
        raise RulebookBroken(f"{name} is broken: {error}") from error


def _profile(tree: dict[str, Any]) -> Profile:
    unknown = sorted(tree.keys() - {"profile", "rule", "amount"})
    if unknown:
        raise ValueError(f"unknown table {unknown[0]!r}")
    head, rules = tree.get("profile"), tree.get("rule", [])
    if not isinstance(head, dict):
        raise ValueError("the [profile] table is missing")
    if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
        raise ValueError("rules are written as [[rule]] tables")
    amounts = tree.get("amount", [])
    if not isinstance(amounts, list) or not all(isinstance(amount, dict) for amount in amounts):
        raise ValueError("amounts are written as [[amount]] tables")
    _check_fields("profile", head, Profile, given=("rules", "amounts", *_OF_COPIES))
    return Profile(
        **head,
        rules=tuple(_rule(rule, head["id"]) for rule in rules),
        amounts=tuple(_amount(amount) for amount in amounts),
    )


_OF_COPIES = ("parent_id", "agent_id", "edited_by", "edited_at")


def _amount(tree: dict[str, Any]) -> Amount:
    _check_fields(f"amount {tree.get('id', '?')}", tree, Amount, given=())
    lists = {key: tuple(value) for key, value in tree.items() if isinstance(value, list)}
    return Amount(**{**tree, **lists})


def _rule(tree: dict[str, Any], profile_id: str) -> Rule:
    _check_fields(f"rule {tree.get('id', '?')}", tree, Rule, given=("profile_id",))
    lists = {key: tuple(value) for key, value in tree.items() if isinstance(value, list)}
    return Rule(**{**tree, **lists}, profile_id=profile_id)


#: Annotation (as written in the domain) -> the TOML types that may fill it.
_TYPES: dict[str, tuple[type, ...]] = {
    "int | None": (int,),
    "bool": (bool,),
    "date | None": (date,),
    "tuple[str, ...]": (list,),
}


def _check_fields(
    where: str, tree: dict[str, Any], shape: type[Rule] | type[Profile] | type[Amount], given: tuple[str, ...]
) -> None:
    known = {field.name: field for field in fields(shape) if field.name not in given}
    for key, value in tree.items():
        if key not in known:
            raise ValueError(f"{where}: unknown key {key!r}")
        allowed = _TYPES.get(str(known[key].type), (str,))
        # bool is an int and datetime is a date in Python, but neither is meant here.
        wrong = isinstance(value, datetime) or (isinstance(value, bool) and bool not in allowed)
        if wrong or not isinstance(value, allowed):
            raise ValueError(f"{where}: {key} has the wrong type ({type(value).__name__})")
        if isinstance(value, list) and not all(isinstance(item, str) for item in value):
            raise ValueError(f"{where}: {key} is a list of texts")
    for field in known.values():
        if field.default is MISSING and field.name not in tree:
            raise ValueError(f"{where}: {field.name} is missing")

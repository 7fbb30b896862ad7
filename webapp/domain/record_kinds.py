"""The kinds of record and the closed list of value keys of each, in the order of the text (docs/architecture.md).

Twin of ``static/src/core/record_kinds.js``; vectors: tests/vectors/records.json.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

_ID: Final = "[0-9a-f]{32}"
_N: Final = "(?:0|[1-9][0-9]{0,15})"
_ONE_UP: Final = "[1-9][0-9]{0,15}"
_CODE: Final = "[a-z][a-z0-9_-]{0,39}"

OUTER: Final = ("intact", "dented", "crushed", "torn", "wet", "opened")
"""Outer condition of a parcel before anybody opens it."""

TAPE: Final = ("intact", "broken", "none")
"""Answers of EV-04."""

WEIGHED: Final = ("parcel", "carton", "package", "item")
WEIGHT_UNITS: Final = ("kg", "jin", "g")
LENGTH_UNITS: Final = ("mm", "cm", "m", "in")
MEASURE_UNITS: Final = (*LENGTH_UNITS, "g", "kg")
PHOTO_SOURCES: Final = ("camera", "still", "input")
"""A live photo, a frame of the running take, or a file that the system camera handed over."""

VERDICTS: Final = ("passed", "hold", "rejected")
DEFECT_CLASSES: Final = ("critical", "major", "minor")
DISCREPANCIES: Final = (
    "short_count",
    "surplus",
    "damaged",
    "wrong_item",
    "wrong_parcel",
    "missing_items",
    "not_as_described",
    "functional_defect",
    "size_mismatch",
    "style_mismatch",
    "wrong_weight",
)
"""What a receiver can state at the table; the claim types of domain.md 4.2 that begin there."""

COURIER: Final = ("present", "absent")
DELIVERY: Final = ("accepted", "annotated", "refused")
"""S2-09, S2-10: inspected before signing; the slip annotated, or the goods refused."""

MOST_HANDED_OVER: Final = 400
"""Parcels in one hand-over to a carrier; what is more goes into the next one."""

LEVELS: Final = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")


@dataclass(frozen=True, slots=True)
class Kind:
    """``keys``: value key to the shape of its value. ``file``: ``never``, ``photo`` (no chunks) or ``take``."""

    keys: Mapping[str, str] = field(default_factory=dict)
    file: str = "never"
    slot: bool = False
    supersedes: bool = False


def _one_of(words: tuple[str, ...]) -> str:
    return f"(?:{'|'.join(words)})"


def _none_or(shape: str) -> str:
    return f"(?:{shape}|-)"


_SPELLING: Final = "[A-Za-z0-9_-]{2,1067}"
"""As ``stickers.sticker_spelling`` writes it."""

_IN_TAKE: Final = {"take": _none_or(_ID), "at": _none_or(_N)}

KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "arrival": Kind(),
        "take-open": Kind(),
        "take": Kind(file="take"),
        "bind": Kind(),
        "photo": Kind(
            {
                "source": _one_of(PHOTO_SOURCES),
                "line": _none_or(_ID),
                **_IN_TAKE,
                "about": _none_or(_ID),
                "also": _none_or("EV-[0-9]{2}p?(?: EV-[0-9]{2}p?){0,4}"),
            },
            file="photo",
            slot=True,
        ),
        "condition": Kind({"outer": _one_of(OUTER), "tape": _one_of(TAPE)}),
        "weighing": Kind(
            {
                "grams": _ONE_UP,
                "shown": "(?:0|[1-9][0-9]{0,6})(?:[.][0-9]{1,3})?",
                "unit": _one_of(WEIGHT_UNITS),
                "target": _one_of(WEIGHED),
                "opened": "(?:no|yes)",
            }
        ),
        "opening": Kind(_IN_TAKE),
        "estimate": Kind(
            {
                "line": _ID,
                "method": "(?:pack|weight)",
                "units": _N,
                "packs": _none_or(_ONE_UP),
                "grams": _none_or(_ONE_UP),
                "take": _none_or(_ID),
            }
        ),
        "delivery": Kind(
            {"courier": _one_of(COURIER), "outcome": _one_of(DELIVERY), "reason": _none_or(_CODE)}
        ),
        "slip": Kind({"courier": _none_or(_CODE), "listed": _N, "scanned": _N}),
        "skip": Kind({"step": _CODE, "reason": _CODE}),
        "draw": Kind(
            {
                "line": _ID,
                "tranche": _ONE_UP,
                "lot": _ONE_UP,
                "plan": "(?:fix|aql)",
                "level": _none_or(_one_of(LEVELS)),
                "aql": _none_or("[0-9][.][0-9]{1,2}"),
                "n": _ONE_UP,
                "take": _ID,
                "redraw": _N,
                "reason": _none_or(_CODE),
            }
        ),
        "defect": Kind(
            {
                "line": _ID,
                "draw": _none_or(_ID),
                "unit": _none_or(_ONE_UP),
                "class": _one_of(DEFECT_CLASSES),
                "code": _CODE,
                "quantity": _ONE_UP,
            }
        ),
        "inspection": Kind({"draw": _ID, "inspected": _N, "defective": f"{_N} {_N} {_N}"}),
        "verdict": Kind(
            {
                "line": _none_or(_ID),
                "tranche": _none_or(_ONE_UP),
                "verdict": _one_of(VERDICTS),
                "reason": _none_or(_CODE),
                "draw": _none_or(_ID),
            }
        ),
        "measurement": Kind(
            {
                "line": _none_or(_ID),
                "attribute": _CODE,
                "listed": _ONE_UP,
                "measured": _N,
                "unit": _one_of(MEASURE_UNITS),
                "take": _none_or(_ID),
            }
        ),
        "discrepancy": Kind({"type": _one_of(DISCREPANCIES), "line": _none_or(_ID), "units": _none_or(_N)}),
        "item-id": Kind({"line": _none_or(_ID), "about": _none_or(_ID), "text": _SPELLING}),
        "segment": Kind({"of": _ID, "next": _ID}),
        "unidentified": Kind({"alias": _SPELLING}),
        "handover": Kind(
            {
                "carrier": _SPELLING,
                "contract": _none_or(_ID),
                "seals": _none_or(_SPELLING),
                "ago": "(?:0|[1-9][0-9]{0,4})",
                "parcels": f"{_ID}(?: {_ID}){{0,{MOST_HANDED_OVER - 1}}}",
            }
        ),
        "withdrawal": Kind({"reason": _CODE}, supersedes=True),
    }
)
"""``handover``: it happened ``ago`` minutes before the record's own time. ``measurement``: thousandths of ``unit``.
``inspection`` counts defective units: critical, major, minor."""

SHAPES: Final[Mapping[str, Mapping[str, re.Pattern[str]]]] = MappingProxyType(
    {
        name: MappingProxyType({key: re.compile(shape) for key, shape in kind.keys.items()})
        for name, kind in KINDS.items()
    }
)

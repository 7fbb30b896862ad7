"""docs/coverage.md: every id of the domain reference stands in it, and what it names exists."""

from __future__ import annotations

import re

from tests.architecture.places import ROOT

IDS = {
    *(f"S0-{n:02d}" for n in range(1, 56)),
    *(f"S1-{n:02d}" for n in range(1, 28)),
    *(f"S2-{n:02d}" for n in range(1, 30)),
    *(f"S3-{n:02d}" for n in range(1, 27)),
    *(f"R-{n:02d}" for n in range(1, 16)),
    *(f"DT-{n}" for n in range(1, 8)),
    *(f"EV-{n:02d}" for n in range(1, 33)),
    "EV-01p",
    *(f"G-{n}" for n in range(7)),
    *(f"T-{n}" for n in range(1, 8)),
    *(f"AMB-{n:02d}" for n in range(1, 26)),
}
PLANNED = {"R-11", "G-3", "G-4", "EV-08", "EV-31"}
"""Load units and the seal gate: the next issue. DT-3's seal branch answers "undetermined" until then."""

ROW = re.compile(r"^\| ((?:S[0-3]|R|DT|EV|G|T|AMB)-[0-9]+p?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
PLACE = re.compile(r"`([^`]+)`")


def _rows() -> list[tuple[str, str, str]]:
    text = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    return [(row[1], row[2], row[3]) for row in ROW.finditer(text)]


def test_every_id_stands_there_once() -> None:
    listed = [row[0] for row in _rows()]
    assert sorted(listed) == sorted(IDS)


def test_only_load_units_and_seals_are_planned() -> None:
    assert {row[0] for row in _rows() if "planned" in (row[1], row[2])} <= PLANNED


def test_what_the_table_names_exists() -> None:
    missing = []
    for row_id, where, shown in _rows():
        for place in PLACE.findall(where):
            if not (ROOT / place).exists():
                missing.append((row_id, place))
        tests = PLACE.findall(shown)
        if not tests and shown != "planned" and not shown.startswith("words only"):
            missing.append((row_id, shown))
        for place in tests:
            path, _, name = place.partition("::")
            file = ROOT / path
            if not file.exists() or (name and name not in file.read_text(encoding="utf-8")):
                missing.append((row_id, place))
    assert missing == []

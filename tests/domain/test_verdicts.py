"""One bad line never blocks the rest, and the order shows its worst."""

from __future__ import annotations

import pytest

from webapp.domain.verdicts import Given, latest, worst

RED, BLUE, PARCEL = "red", "blue", "parcel"


def of_line(line: str, verdict: str, tranche: str | None = None) -> Given:
    return Given(line, PARCEL, tranche, verdict)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], None),
        ([of_line(RED, "passed")], "passed"),
        ([of_line(RED, "passed"), of_line(BLUE, "rejected")], "rejected"),
        ([of_line(RED, "hold"), of_line(BLUE, "rejected"), of_line(BLUE, "passed")], "hold"),
        ([of_line(RED, "rejected"), of_line(RED, "passed")], "passed"),
        ([of_line(RED, "rejected", "1"), of_line(RED, "passed", "2")], "rejected"),
        ([of_line(RED, "rejected", "1"), of_line(RED, "passed")], "passed"),
        ([of_line(RED, "passed"), of_line(RED, "hold", "2")], "hold"),
        ([of_line(RED, "rejected"), Given(None, PARCEL, None, "passed")], "rejected"),
        ([Given(None, PARCEL, None, "hold"), Given(None, "other", None, "passed")], "hold"),
    ],
)
def test_the_worst_of_what_stands(given: list[Given], expected: str | None) -> None:
    assert worst(given) == expected


def test_a_line_is_one_subject_in_whatever_parcel_it_was_looked_at() -> None:
    said = [Given(RED, PARCEL, None, "hold"), Given(RED, "other", None, "passed")]
    assert latest(said) == [said[1]]

"""Marks on a take's timeline, and the moment of unit n."""

from __future__ import annotations

from webapp.domain.tally import tally_marks, unit_moments

A, B = "a" * 32, "b" * 32
EVENTS = (
    f"1000 tally {A} +1 1\n"
    f"2000 tally {B} +10 11\n"
    "2500 hidden\n"
    "2600 visible\n"
    f"3000 tally {A} +1 12\n"
    f"3500 undo {A} -1 11\n"
    f"4000 tally {A} +1 12\n"
)


def test_marks_follow_the_events() -> None:
    kinds = [(mark.ms, mark.kind, mark.total) for mark in tally_marks(EVENTS)]
    assert kinds == [
        (1000, "tally", 1),
        (2000, "tally", 11),
        (2500, "hidden", None),
        (2600, "visible", None),
        (3000, "tally", 12),
        (3500, "undo", 11),
        (4000, "tally", 12),
    ]


def test_unit_n_is_found_at_the_tap_that_still_stands() -> None:
    moments = unit_moments(tally_marks(EVENTS))
    assert len(moments) == 12
    assert moments[0] == 1000
    assert moments[1:11] == [2000] * 10
    assert moments[11] == 4000  # the unit tapped at 3000 was taken back

"""What comes too late to prove anything once the parcel is open (domain.md section 11)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from webapp.domain.receiving_order import order_finding, redraw_finding

OPENED = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
LATER = OPENED + timedelta(milliseconds=1)
CLOSED_WEIGHING = {"opened": "no"}


@pytest.mark.parametrize(
    ("kind", "said", "at", "expected"),
    [
        ("condition", {}, LATER, "condition_after_opening"),
        ("condition", {}, OPENED, None),
        ("weighing", CLOSED_WEIGHING, LATER, "weighed_after_opening"),
        ("weighing", CLOSED_WEIGHING, OPENED, None),
        ("weighing", {"opened": "yes"}, LATER, None),
        ("verdict", {}, LATER, None),
    ],
)
def test_what_must_precede_the_opening_is_remarked_on_when_it_follows(
    kind: str, said: dict[str, str], at: datetime, expected: str | None
) -> None:
    assert order_finding(kind, said, at=at, opened_at=OPENED) == expected


@pytest.mark.parametrize(
    ("slot", "also", "expected"),
    [
        ("EV-04", None, "photo_after_opening"),
        ("EV-01p", "EV-15 EV-16", "photo_after_opening"),
        ("EV-13", None, None),
    ],
)
def test_a_photo_of_the_closed_parcel_taken_after_the_cut_is_remarked_on(
    slot: str, also: str | None, expected: str | None
) -> None:
    said = {"also": also}
    assert order_finding("photo", said, slot=slot, at=LATER, opened_at=OPENED) == expected
    assert order_finding("photo", said, slot=slot, at=OPENED, opened_at=OPENED) is None


def test_nothing_is_late_while_nobody_opened_the_parcel() -> None:
    assert order_finding("condition", {}, at=LATER, opened_at=None) is None


@pytest.mark.parametrize(
    ("kind", "said", "expected"),
    [
        ("draw", {"redraw": "1", "reason": None}, "redraw_without_reason"),
        ("draw", {"redraw": "2", "reason": "units-mixed-up"}, None),
        ("draw", {"redraw": "0", "reason": None}, None),
        ("verdict", {"reason": None}, None),
    ],
)
def test_a_sample_is_drawn_again_only_with_a_reason(
    kind: str, said: dict[str, str | None], expected: str | None
) -> None:
    assert redraw_finding(kind, said) == expected

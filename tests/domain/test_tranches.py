"""Two phones without a connection both call their lots "tranche 1": two lots, and a redraw belongs to its own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import permutations

from webapp.domain.tranches import Drawn, lot_by_draw, lots

START = datetime(2026, 11, 20, tzinfo=UTC)


def drawn(
    name: str, minute: int, take: str, *, number: str = "1", redraw: int = 0, place: str = "cn"
) -> Drawn:
    at = START + timedelta(minutes=minute)
    return Drawn(name, line="red", number=number, redraw=redraw, take=take, at=at, place=place)


def shown(draws: list[Drawn]) -> list[tuple[str, list[str]]]:
    return [(lot.label, [one.id for one in lot.draws]) for lot in lots(draws)]


def test_lots_of_one_number_are_told_apart_by_their_count_in_whatever_order_they_come() -> None:
    first, second, third = drawn("a", 1, "film a"), drawn("b", 2, "film b"), drawn("c", 3, "c", number="2")
    for order in permutations([first, second, third]):
        assert shown(list(order)) == [("1", ["a"]), ("1.2", ["b"]), ("2", ["c"])]


def test_the_id_decides_between_two_of_one_moment() -> None:
    assert shown([drawn("b", 1, "film b"), drawn("a", 1, "film a")]) == [("1", ["a"]), ("1.2", ["b"])]


def test_two_draws_of_one_count_are_two_samples_of_one_lot() -> None:
    (lot,) = lots([drawn("a", 1, "film"), drawn("b", 2, "film")])
    assert [one.id for one in lot.standing] == ["a", "b"]


def test_a_redraw_keeps_the_first_draw_and_counts_instead_of_it() -> None:
    (lot,) = lots([drawn("a", 1, "film"), drawn("again", 2, "film", redraw=1)])
    assert [one.id for one in lot.draws] == ["a", "again"]
    assert [one.id for one in lot.standing] == ["again"]


def test_a_redraw_of_one_lot_leaves_the_other_of_the_same_number_alone() -> None:
    draws = [drawn("a", 1, "film a"), drawn("b", 2, "film b"), drawn("again", 3, "film a", redraw=1)]
    of = lot_by_draw(draws)
    assert of["again"] is of["a"] and [one.id for one in of["b"].standing] == ["b"]


def test_goods_that_were_counted_anew_are_redrawn_where_they_were_drawn_last() -> None:
    draws = [drawn("a", 1, "film a"), drawn("b", 2, "film b"), drawn("again", 3, "recount", redraw=1)]
    assert shown(draws) == [("1", ["a"]), ("1.2", ["b", "again"])]
    early = drawn("again", 0, "recount", redraw=1)
    assert shown([*draws[:2], early]) == [("1", ["a", "again"]), ("1.2", ["b"])], "a clock that went wrong"


def test_another_site_numbers_for_itself() -> None:
    draws = [drawn("a", 1, "film a"), drawn("b", 2, "film b", place="vn")]
    assert [lot.label for lot in lots(draws)] == ["1", "1"]

"""Sample sizes, draws and judgements: the published tables cell by cell, and laws that hold for every lot."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, astuple
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.record_kinds import DEFECT_CLASSES, LEVELS
from webapp.domain.refusals import Refusal
from webapp.domain.sampling import (
    AQLS,
    LARGEST_LOT,
    TABLE_2A,
    Cell,
    SamplingPlan,
    aql_plan,
    carton_of,
    chimes,
    code_letter,
    draw_order,
    draw_seed,
    fraction_plan,
    judge,
    rank,
    read_aql,
    resolve,
    sample,
)

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "sampling.json").read_text("utf-8")
)
FOUND: dict[str, tuple[str, ...] | None] = {
    "?": None,
    ".": (),
    "c": ("critical",),
    "m": ("major",),
    "n": ("minor",),
    "X": ("minor", "critical"),
    "Y": ("minor", "major", "minor"),
}
ARROWS = {"↓": "v", "↑": "^"}

lawful = settings(derandomize=True, max_examples=100, deadline=None)
lots = st.integers(1, LARGEST_LOT)
seeds = st.binary(min_size=32, max_size=32)


def planned(asked: dict[str, Any]) -> SamplingPlan:
    return (
        aql_plan(asked["lot"], asked["level"], asked["aql"])
        if "aql" in asked
        else fraction_plan(asked["lot"])
    )


def seed_of(row: dict[str, Any]) -> bytes:
    return draw_seed(row["challenge"], row["take_open"], row["line"], row["tranche"], row["redraw"])


# fixed fraction


@pytest.mark.parametrize("row", VECTORS["fraction"], ids=lambda row: str(row["lot"]))
def test_ten_percent_floor_and_fifteen_percent_target(row: dict[str, int]) -> None:
    plan = fraction_plan(row["lot"])
    assert (plan.n_floor, plan.n_target, plan.n) == (row["n_floor"], row["n_target"], row["n_target"])
    assert (plan.level, plan.letter, plan.limits, plan.below_floor) == (None, None, (), False)


@lawful
@given(lots)
def test_floor_and_target_are_the_smallest_whole_numbers_that_reach_it(lot: int) -> None:
    plan = fraction_plan(lot)
    assert Fraction(plan.n_floor - 1, lot) < Fraction(10, 100) <= Fraction(plan.n_floor, lot)
    assert Fraction(plan.n_target - 1, lot) < Fraction(15, 100) <= Fraction(plan.n_target, lot)


# ISO 2859-1


def test_code_letters_at_both_ends_of_each_row() -> None:
    for row in VECTORS["code_letters"]:
        for lot in (row["from"], row["to"] or LARGEST_LOT):
            assert {level: code_letter(lot, level) for level in LEVELS} == row["letters"], lot


def test_table_2a_is_the_published_one() -> None:
    published = [
        (
            row["letter"],
            row["n"],
            [ARROWS.get(cell) or int(cell.split("/")[0]) for cell in row["cells"].values()],
        )
        for row in VECTORS["table_2a"]
    ]
    assert [(letter, n, list(cells)) for letter, n, cells in TABLE_2A] == published
    for row in VECTORS["table_2a"]:
        assert list(row["cells"]) == list(AQLS)
        for aql, cell in row["cells"].items():
            if cell not in ARROWS:
                here = resolve(row["letter"], aql)
                assert (here.letter, f"{here.ac}/{here.re}") == (row["letter"], cell)


@pytest.mark.parametrize("place", range(len(AQLS)), ids=AQLS)
def test_each_column_follows_the_construction_rule(place: int) -> None:
    column = [cells[place] for _, _, cells in TABLE_2A]
    zero = "FEDCBA".index(TABLE_2A[column.index(0)][0])
    assert zero == place
    run = ["v"] * 16 + [0, "^", "v", 1, 2, 3, 5, 7, 10, 14, 21] + ["^"] * 16
    first = run.index(0) - column.index(0)
    assert column == run[first : first + len(column)]


@pytest.mark.parametrize("row", VECTORS["resolved"], ids=lambda row: f"{row['letter']}-{row['aql']}")
def test_arrows_resolved(row: dict[str, Any]) -> None:
    assert resolve(row["letter"], row["aql"]) == Cell(row["plan_letter"], row["n"], row["ac"], row["re"])


def test_every_cell_is_in_the_resolved_table() -> None:
    cells = {(row["letter"], row["aql"]) for row in VECTORS["resolved"]}
    assert cells == {(letter, aql) for letter, _, _ in TABLE_2A for aql in AQLS}


@pytest.mark.parametrize(
    "row", VECTORS["examples"], ids=lambda row: f"{row['lot']}-{row['level']}-{row['aql']}"
)
def test_worked_examples(row: dict[str, Any]) -> None:
    plan = aql_plan(row["lot"], row["level"], {"major": row["aql"]})
    critical, major = plan.limits
    assert (plan.letter, plan.n, plan.n_floor) == (row["letter"], row["n"], row["n_floor"])
    assert (plan.below_floor, plan.every_unit) == (row["below_floor"], row["every_unit"])
    assert astuple(major) == ("major", row["aql"], row["plan_letter"], row["n"], row["ac"], row["re"])
    assert astuple(critical) == ("critical", None, row["plan_letter"], row["n"], 0, 1)


@pytest.mark.parametrize("row", VECTORS["classes"], ids=lambda row: row["why"])
def test_classes_that_lead_to_different_samples(row: dict[str, Any]) -> None:
    plan = aql_plan(row["lot"], row["level"], row["aql"])
    assert (plan.letter, plan.n) == (row["letter"], row["n"])
    assert [list(astuple(limit)) for limit in plan.limits] == row["limits"]


@pytest.mark.parametrize("row", VECTORS["aqls"], ids=lambda row: row["text"])
def test_an_aql_as_people_write_it(row: dict[str, str]) -> None:
    assert read_aql(row["text"]) == row["aql"]


@pytest.mark.parametrize("row", VECTORS["refused"], ids=str)
def test_what_no_table_answers_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as refused:
        aql_plan(row["lot"], row["level"], {"major": row["aql"]})
    assert refused.value.code == row["code"]


def test_a_lot_without_units_has_no_plan() -> None:
    for lot in (0, -3, LARGEST_LOT + 1):
        with pytest.raises(Refusal, match="lot_size_wrong"):
            fraction_plan(lot)


@pytest.mark.parametrize("aql", [{}, {"critical": "0.65"}, {"huge": "2.5"}])
def test_an_aql_is_for_major_and_minor(aql: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="major or minor"):
        aql_plan(100, "II", aql)


@lawful
@given(lots, st.sampled_from(LEVELS), st.sampled_from(AQLS), st.sampled_from(AQLS))
def test_no_plan_asks_for_more_than_the_lot(lot: int, level: str, major: str, minor: str) -> None:
    plan = aql_plan(lot, level, {"major": major, "minor": minor})
    assert plan.n == max(limit.n for limit in plan.limits) <= lot
    assert all(limit.re == limit.ac + 1 for limit in plan.limits)
    assert plan.limits[0].n == plan.n


# judgement


@pytest.mark.parametrize("row", VECTORS["judgements"], ids=lambda row: row["why"])
def test_judgement(row: dict[str, Any]) -> None:
    said = judge(planned(row["plan"]), [FOUND[unit] for unit in row["units"]])
    assert (said.result, said.inspected, said.extra) == (row["result"], row["inspected"], row["extra"])
    assert list(said.defective) == row["defective"]
    assert [
        [one.limit.defect_class, one.inspected, one.defective, one.beyond, one.result] for one in said.classes
    ] == row["classes"]


def test_an_unknown_class_is_not_a_clean_unit() -> None:
    with pytest.raises(ValueError, match="huge"):
        judge(fraction_plan(10), [("huge",)])


@lawful
@given(
    st.lists(st.sampled_from([*FOUND.values()]), max_size=60), st.lists(st.sampled_from([*FOUND.values()]))
)
def test_units_beyond_the_plan_never_change_the_result(
    units: list[tuple[str, ...] | None], more: list[tuple[str, ...] | None]
) -> None:
    plan = aql_plan(400, "II", {"major": "2.5", "minor": "4.0"})
    first: list[tuple[str, ...] | None] = [*units, *[None] * plan.n][: plan.n]
    assert judge(plan, first).result == judge(plan, [*first, *more]).result


@lawful
@given(st.lists(st.sampled_from([*FOUND.values()]), max_size=50))
def test_a_rejection_stands_whatever_is_inspected_next(units: list[tuple[str, ...] | None]) -> None:
    plan = aql_plan(400, "II", {"major": "2.5", "minor": "4.0"})
    results = [judge(plan, units[:seen]).result for seen in range(len(units) + 1)]
    if "reject" in results:
        assert set(results[results.index("reject") :]) == {"reject"}


# the draw


@pytest.mark.parametrize(
    "row", VECTORS["draws"], ids=lambda row: f"{row['lot']}-{row['tranche']}-{row['redraw']}"
)
def test_draw(row: dict[str, Any]) -> None:
    seed = seed_of(row)
    assert hashlib.sha256(row["text"].encode()).hexdigest() == seed.hex() == row["seed"]
    assert rank(seed, 1).hex() == row["first_rank"]
    assert draw_order(seed, row["lot"]) == row["order"]
    assert sample(seed, row["lot"], row["n"]) == row["sample"]
    assert [unit for unit in range(1, row["lot"] + 1) if chimes(seed, unit)] == row["chimes"]


def test_a_large_draw() -> None:
    row = VECTORS["large_draw"]
    seed = bytes.fromhex(row["seed"])
    order = ",".join(map(str, draw_order(seed, row["lot"])))
    assert hashlib.sha256(order.encode()).hexdigest() == row["order_sha256"]
    assert sum(chimes(seed, unit) for unit in range(1, row["lot"] + 1)) == row["chimes"]


def test_each_part_of_the_seed_counts() -> None:
    said = {seed_of(row) for row in VECTORS["draws"]}
    distinct = {
        (row["challenge"], row["take_open"], row["line"], row["tranche"], row["redraw"])
        for row in VECTORS["draws"]
    }
    assert len(said) == len(distinct)


@lawful
@given(seeds, st.integers(1, 120), st.data())
def test_laws_of_the_draw(seed: bytes, lot: int, data: st.DataObject) -> None:
    n = data.draw(st.integers(0, lot))
    drawn = sample(seed, lot, n)
    assert len(drawn) == len(set(drawn)) == n
    assert set(drawn) <= set(range(1, lot + 1))
    if n < lot:
        assert sample(seed, lot, n + 1)[:n] == drawn
    # A unit keeps its rank when the lot grows: what was not drawn before is pushed out by new units only.
    assert set(sample(seed, lot + 1, n)) <= {*drawn, lot + 1}


@lawful
@given(st.integers(0, 50), st.integers(0, 50))
def test_a_redraw_changes_only_itself(one: int, other: int) -> None:
    row = VECTORS["draws"][0]
    seeds = [draw_seed(row["challenge"], row["take_open"], row["line"], 1, number) for number in (one, other)]
    assert (seeds[0] == seeds[1]) == (one == other)
    assert (draw_order(seeds[0], 60) == draw_order(seeds[1], 60)) == (one == other)


@pytest.mark.parametrize(
    "wrong",
    [
        {"challenge": "C0" * 16},
        {"line": "a1" * 15},
        {"line": "a1" * 16 + "\n"},
        {"take_open": "f" * 63},
        {"tranche": 0},
        {"redraw": -1},
    ],
    ids=str,
)
def test_a_seed_of_something_else_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"hex|count from"):
        seed_of(VECTORS["draws"][0] | wrong)


@pytest.mark.parametrize("n", [-1, 25])
def test_no_sample_is_larger_than_its_lot(n: int) -> None:
    with pytest.raises(ValueError, match="24 units"):
        sample(bytes(32), 24, n)


@pytest.mark.parametrize("row", VECTORS["cartons"], ids=str)
def test_which_carton_and_which_unit_in_it(row: dict[str, Any]) -> None:
    assert carton_of(row["unit"], row["packs"]) == (row["carton"], row["place"])


@pytest.mark.parametrize("row", VECTORS["no_such_unit"], ids=str)
def test_a_unit_that_no_carton_holds(row: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no unit"):
        carton_of(row["unit"], row["packs"])


@lawful
@given(st.lists(st.integers(0, 9), max_size=8))
def test_cartons_hold_each_unit_once(packs: list[int]) -> None:
    places = [carton_of(unit, packs) for unit in range(1, sum(packs) + 1)]
    assert places == [(carton, place) for carton, size in enumerate(packs, 1) for place in range(1, size + 1)]


def test_plans_are_plain_data() -> None:
    assert asdict(fraction_plan(24))["kind"] == "fix"
    assert DEFECT_CLASSES == ("critical", "major", "minor")

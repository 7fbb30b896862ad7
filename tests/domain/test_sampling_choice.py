"""Which sample a plan asks for: chosen on a form, kept as text, applied to a lot (AMB-11, domain.md 12.5)."""

from __future__ import annotations

import pytest

from webapp.domain.refusals import Refusal
from webapp.domain.sampling import judge
from webapp.domain.sampling_choice import FIX, FIX_15, Sampling, chosen, read_sampling


@pytest.mark.parametrize(
    ("kept", "sampling"),
    [
        (None, FIX),
        ("fix_15", FIX_15),
        ("aql II 2.5", Sampling("aql", "II", "2.5")),
        ("aql S-3 0.65 waived", Sampling("aql", "S-3", "0.65", waived=True)),
    ],
)
def test_what_is_kept_reads_back(kept: str | None, sampling: Sampling) -> None:
    assert read_sampling(kept) == sampling
    assert sampling.written() == kept


@pytest.mark.parametrize("kept", ["aql", "aql II", "aql II 2.5 kindly", "fix 10", "", "guess II 2.5"])
def test_nothing_else_was_ever_written(kept: str) -> None:
    if kept:
        with pytest.raises(ValueError):
            read_sampling(kept)


@pytest.mark.parametrize(
    ("sampling", "lot", "units"),
    [
        (FIX, 100, 15),
        (Sampling("aql", "II", "2.5"), 100, 20),
        (Sampling("aql", "II", "2.5"), 2400, 240),
        (Sampling("aql", "II", "2.5", waived=True), 2400, 125),
        (Sampling("aql", "II", "2.5"), 3, 3),
    ],
)
def test_below_the_floor_only_with_a_waiver(sampling: Sampling, lot: int, units: int) -> None:
    assert sampling.units_of(lot) == units


@pytest.mark.parametrize(
    ("plan", "level", "aql", "code"),
    [
        ("guess", "II", "2.5", "sampling_plan_unknown"),
        ("aql", "IV", "2.5", "sampling_level_unknown"),
        ("aql", "II", "3.0", "aql_unknown"),
    ],
)
def test_what_no_table_knows_is_refused(plan: str, level: str, aql: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        chosen(plan, level, aql, waived=False)


def test_the_importer_may_make_the_target_the_floor() -> None:
    """AMB-11: judged by how many were inspected; how many are drawn stays the same."""
    assert chosen("fix_15", "", "", waived=False) == FIX_15
    ten, fifteen = FIX.of_lot(200), FIX_15.of_lot(200)
    assert (ten.n, ten.n_floor, fifteen.n, fifteen.n_floor) == (30, 20, 30, 30)
    clean = [()] * 25
    assert (judge(ten, clean).result, judge(fifteen, clean).result) == ("inspector", "undecided")

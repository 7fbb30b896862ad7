"""DT-6 and domain.md section 9: which paths and remedies there are, where, and what they come to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.claim_recipes import CLAIM_TYPES, SEVERITIES
from webapp.domain.messages import REMEDIES as ASKS
from webapp.domain.refusals import Refusal
from webapp.domain.remedies import (
    GOES_BACK,
    OUTCOMES,
    RESTRICTED,
    check_proposal,
    paths,
    price_of,
    proposed_fen,
    remedies,
    return_cost,
    suggested,
)

IN_CHINA = {
    "partial_refund",
    "full_refund",
    "replacement_parts",
    "replacement_shipment",
    "return_refund",
    "exchange",
}
IN_VIETNAM = {
    "credit_as_replacement_product",
    "discount_next_shipment",
    "replacement_samples_next_container",
    "partial_refund",
    "replacement_shipment",
}
FEN = st.integers(0, 10**9)


def test_the_lists_of_section_9() -> None:
    """AMB-22 the union of remedies filtered by situation, AMB-25 the union of outcomes."""
    assert set(remedies("A")) == IN_CHINA and set(remedies("B")) == IN_VIETNAM
    assert set(ASKS) == IN_CHINA | IN_VIETNAM
    assert set(OUTCOMES) == {
        "full_refund",
        "partial_refund",
        "replacement",
        "rejected",
        "platform_compensation",
    }
    offered = {
        path
        for shipped in (True, False)
        for path in paths(shipped=shipped, situation="A", refund_only="").open
    }
    assert offered == {"before_shipment", "after_shipment", "return_refund", "refund_without_return"}
    assert offered | IN_CHINA >= GOES_BACK and not GOES_BACK & IN_VIETNAM


@pytest.mark.parametrize(
    "shipped,situation,refund_only,open_paths,warn",
    [
        (False, "A", "restricted", ("before_shipment",), False),
        (True, "A", "restricted", ("return_refund", "after_shipment", RESTRICTED), True),
        (True, "A", "available", ("return_refund", "after_shipment", RESTRICTED), False),
        (True, "A", "gone", ("return_refund", "after_shipment"), False),
        (True, "B", "available", (), False),
        (False, "B", "available", (), False),
    ],
)
def test_only_paths_that_the_orders_state_leaves(
    shipped: bool, situation: str, refund_only: str, open_paths: tuple[str, ...], warn: bool
) -> None:
    """S1-06; AMB-06: refund without return stays a type, with a warning, and never comes first."""
    found = paths(shipped=shipped, situation=situation, refund_only=refund_only)
    assert (found.open, found.warn) == (open_paths, warn)


FITS = [
    ("damaged", "minor", "A", {"partial_refund"}),
    ("damaged", "minor", "B", {"discount_next_shipment", "partial_refund"}),
    ("damaged", "part", "A", {"replacement_parts", "partial_refund", "replacement_shipment"}),
    ("damaged", "part", "B", {"partial_refund", "replacement_shipment"}),
    ("damaged", "unusable", "A", {"full_refund", "return_refund"}),
    ("damaged", "unusable", "B", {"credit_as_replacement_product"}),
    ("short_count", None, "A", {"replacement_shipment", "partial_refund"}),
    ("short_count", "unusable", "B", {"replacement_shipment", "partial_refund"}),
    ("missing_items", None, "B", {"replacement_shipment", "partial_refund"}),
    ("freight_loss", None, "B", {"replacement_shipment", "partial_refund"}),
]


@pytest.mark.parametrize("type_id,severity,situation,fit", FITS)
def test_what_fits_the_severity_comes_first(
    type_id: str, severity: str | None, situation: str, fit: set[str]
) -> None:
    assert set(suggested(type_id, severity, situation)[: len(fit)]) == fit


@given(
    st.sampled_from(sorted(CLAIM_TYPES)),
    st.none() | st.sampled_from(SEVERITIES),
    st.sampled_from(("A", "B")),
)
def test_law_each_remedy_of_the_situation_is_offered_once(
    type_id: str, severity: str | None, situation: str
) -> None:
    offered = suggested(type_id, severity, situation)
    assert sorted(offered) == sorted(remedies(situation))


@pytest.mark.parametrize("situation", ["A", "B"])
@pytest.mark.parametrize("remedy", sorted(ASKS))
def test_a_proposal_needs_its_amount_or_its_quantity(remedy: str, situation: str) -> None:
    """S3-21: exactly one, and something to hold it to."""
    by = {"amount": {"fen": 100, "units_milli": None}, "units": {"fen": None, "units_milli": 1000}}
    given_ = by[ASKS[remedy]]
    if remedy not in remedies(situation):
        with pytest.raises(Refusal, match="remedy_not_here"):
            check_proposal(remedy, situation=situation, **given_)
        return
    check_proposal(remedy, situation=situation, **given_)
    code = "remedy_without_amount" if ASKS[remedy] == "amount" else "remedy_without_units"
    for nothing in (None, 0, -1):
        with pytest.raises(Refusal, match=code):
            check_proposal(remedy, fen=nothing, units_milli=nothing, situation=situation)


def test_an_unknown_remedy_is_refused() -> None:
    with pytest.raises(Refusal, match="remedy_unknown"):
        check_proposal("apology", fen=1, units_milli=1, situation="A")


@pytest.mark.parametrize(
    "units,price,fen",
    [(1000, 1850, 1850), (2500, 1, 3), (2499, 1, 2), (500, 1, 1), (499, 1, 0), (0, 9, 0), (1000, None, None)],
)
def test_missing_units_times_unit_price_half_a_fen_up(units: int, price: int | None, fen: int | None) -> None:
    assert price_of(units, price) == fen


@given(st.integers(0, 10**8), st.integers(0, 10**7))
def test_law_the_price_is_never_half_a_fen_off(units: int, price: int) -> None:
    fen = price_of(units, price)
    assert fen is not None and abs(2 * (fen * 1000 - units * price)) <= 1000


@given(st.lists(st.tuples(st.integers(0, 10**7), st.none() | FEN), max_size=6))
def test_law_one_unknown_price_makes_the_sum_unknown_and_else_it_is_the_sum(
    lines: list[tuple[int, int | None]],
) -> None:
    fen = proposed_fen(lines)
    if any(price is None for _, price in lines):
        assert fen is None
    else:
        assert fen == sum(price_of(units, price) or 0 for units, price in lines)


@given(st.none() | FEN, st.none() | FEN, st.booleans(), st.none() | FEN)
def test_law_reverse_freight_against_the_claim(
    domestic: int | None, abroad_leg: int | None, abroad: bool, claim: int | None
) -> None:
    """S0-15, S1-16: goods abroad pay the international leg too, and unknown is not nothing."""
    found = return_cost(domestic_fen=domestic, international_fen=abroad_leg, abroad=abroad, claim_fen=claim)
    parts = [domestic, abroad_leg] if abroad else [domestic]
    if None in parts:
        assert found.total_fen is None and found.worth_it is None
    else:
        assert found.total_fen == sum(part or 0 for part in parts)
        assert found.worth_it == (None if claim is None else found.total_fen < claim)

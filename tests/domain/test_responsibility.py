"""DT-3 and DT-4 branch by branch, and the law that no unit is lost or invented between the counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.responsibility import CountProof, Damage, DamageFacts, Shortage, damage, shortage

PROVEN = CountProof(filmed=True)
COUNT = st.integers(0, 100_000)


def told(found: Shortage) -> list[tuple[str, str, int, str]]:
    return [(one.party, one.stage, one.units_milli, one.reason) for one in found.shares]


@pytest.mark.parametrize(
    "china,vietnam,shares,notes",
    [
        (12_000, None, [], ("vietnam_missing",)),
        (11_000, None, [("supplier", "CN", 1_000, "short_in_china")], ("vietnam_missing",)),
        (12_000, 12_000, [], ()),
        (11_000, 11_000, [("supplier", "CN", 1_000, "short_in_china")], ()),
        (13_000, 13_000, [], ("surplus",)),
        (13_000, 12_000, [("undetermined", "transit", 1_000, "seal_chain_unknown")], ("surplus",)),
        (12_000, 9_000, [("undetermined", "transit", 3_000, "seal_chain_unknown")], ()),
        (
            11_000,
            9_000,
            [
                ("supplier", "CN", 1_000, "short_in_china"),
                ("undetermined", "transit", 2_000, "seal_chain_unknown"),
            ],
            (),
        ),
        (11_000, 12_000, [("supplier", "CN", 1_000, "short_in_china")], ("recount",)),
        (None, 11_000, [("undetermined", "VN", 1_000, "origin_unproven")], ("china_missing",)),
        (None, None, [], ("china_missing",)),
        (None, 13_000, [], ("china_missing", "surplus")),
    ],
)
def test_each_branch_of_dt_3(
    china: int | None,
    vietnam: int | None,
    shares: list[tuple[str, str, int, str]],
    notes: tuple[str, ...],
) -> None:
    found = shortage(12_000, china, vietnam, proof=PROVEN)
    assert told(found) == shares
    assert found.notes == notes


@pytest.mark.parametrize(
    "proof,note",
    [
        (None, "china_no_film"),
        (CountProof(filmed=False), "china_no_film"),
        (CountProof(filmed=True, sampled=True), "china_sampled_only"),
        (CountProof(filmed=True, complete=False), "china_not_complete"),
        (CountProof(filmed=True, after_seal=True), "china_after_seal"),
    ],
)
def test_a_count_that_proves_no_origin_is_as_good_as_none(proof: CountProof | None, note: str) -> None:
    """S0-52, S0-53: whose fault it is stays open and both letters are prepared."""
    found = shortage(12_000, 12_000, 11_000, proof=proof)
    assert (found.china_milli, found.notes) == (None, (note,))
    (share,) = found.shares
    assert (share.party, share.towards, share.units_milli) == ("undetermined", ("supplier", "freight"), 1_000)


def test_in_china_still_only_the_supplier_is_asked_even_without_a_film() -> None:
    (share,) = shortage(12_000, 11_000, None, proof=CountProof(filmed=False)).shares
    assert (share.towards, share.stage, share.units_milli) == (("supplier",), "CN", 1_000)


def test_an_unknown_seal_is_not_a_broken_one() -> None:
    """Before load units exist nothing says whether the goods were sealed: the count stands."""
    assert CountProof(filmed=True, after_seal=None).weaknesses == ()
    assert CountProof(filmed=True, after_seal=False).weaknesses == ()


def test_loss_on_the_way_is_addressed_to_freight_and_is_nobodys_proven_fault() -> None:
    (share,) = shortage(12_000, 12_000, 11_000, proof=PROVEN).shares
    assert (share.party, share.towards) == ("undetermined", ("freight",))


@given(COUNT, COUNT, COUNT)
def test_law_units_are_conserved(ordered: int, china: int, vietnam: int) -> None:
    """ordered - vietnam = supplier - surplus + transit - recount."""
    found = shortage(ordered, china, vietnam, proof=PROVEN)
    supplier, transit = found.of_stage("CN"), found.of_stage("transit")
    assert ordered - vietnam == supplier - found.surplus_milli + transit - found.recount_milli
    assert found.short_milli == supplier + transit
    assert not (supplier and found.surplus_milli) and not (transit and found.recount_milli)


@given(COUNT, st.none() | COUNT, st.none() | COUNT, st.booleans())
def test_law_nobody_is_asked_for_nothing_or_for_more_than_is_missing(
    ordered: int, china: int | None, vietnam: int | None, filmed: bool
) -> None:
    found = shortage(ordered, china, vietnam, proof=CountProof(filmed=filmed))
    assert all(share.units_milli > 0 and share.towards for share in found.shares)
    assert found.short_milli <= max(ordered, china or 0)
    if china is None or not filmed:
        assert {share.party for share in found.shares} <= {"undetermined"}
    if china is None and vietnam is None:
        assert found.shares == () and found.surplus_milli == 0


IN_CHINA = [
    ("damaged", "courier_or_supplier", ("supplier",), "outer_damage_on_receipt"),
    ("intact", "supplier", ("supplier",), "damaged_inside"),
    (None, "undetermined", ("supplier",), "no_packaging_photos"),
]
IN_VIETNAM = [
    ("intact", "freight", ("freight",), "transit", "intact_in_china"),
    ("damaged", "courier_or_supplier", ("supplier",), "CN", "outer_damage_on_receipt"),
    (None, "undetermined", ("supplier", "freight"), "VN", "no_packaging_photos"),
]


@pytest.mark.parametrize("outer,party,towards,reason", IN_CHINA)
def test_damage_seen_in_china(outer: str | None, party: str, towards: tuple[str, ...], reason: str) -> None:
    for by_post in (False, True):
        found = damage(DamageFacts("CN", outer, by_post=by_post))  # type: ignore[arg-type]
        assert found == Damage(party, towards, "CN", reason, False)  # type: ignore[arg-type]


@pytest.mark.parametrize("outer,party,towards,stage,reason", IN_VIETNAM)
@pytest.mark.parametrize(
    "by_post,signed,postal",
    [(False, None, False), (True, None, True), (True, False, True), (True, True, False)],
)
def test_damage_first_seen_in_vietnam(
    outer: str | None,
    party: str,
    towards: tuple[str, ...],
    stage: str,
    reason: str,
    by_post: bool,
    signed: bool | None,
    postal: bool,
) -> None:
    """A parcel by post that was not signed in presence goes to the post office and the agent first (S2-11)."""
    found = damage(DamageFacts("VN", outer, by_post=by_post, signed_present=signed))  # type: ignore[arg-type]
    addressed = (("post", "agent") if postal else ()) + towards
    assert (found.party, found.towards, found.stage) == (party, addressed, stage)
    assert (found.reason, found.postal) == (reason, postal)

"""Who answers for a shortage (DT-3) and for damage (DT-4). Thousandths of the order's unit; unknown is None.

Only a complete count on film at the China warehouse says where units were lost (S0-52, S0-53). Whether the goods were
sealed afterwards is not recorded before load units exist, so what was lost on the way stays ``undetermined``: it is
addressed to the freight company and is nobody's proven fault.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Party = Literal["supplier", "freight", "courier_or_supplier", "undetermined"]
PARTIES: Final = ("supplier", "freight", "courier_or_supplier", "undetermined")


@dataclass(frozen=True, slots=True)
class CountProof:
    """Of China's count: ``filmed``: whole, verified films. ``sampled``: not every unit was counted.
    ``complete``: every parcel of the order. ``after_seal``: True is no proof of origin; None: no seal is recorded.
    """

    filmed: bool
    complete: bool = True
    sampled: bool = False
    after_seal: bool | None = None

    @property
    def weaknesses(self) -> tuple[str, ...]:
        """Why it proves no origin; nothing: it does."""
        found = (
            ("no_film", not self.filmed),
            ("sampled_only", self.sampled),
            ("not_complete", not self.complete),
            ("after_seal", self.after_seal is True),
        )
        return tuple(name for name, is_so in found if is_so)


@dataclass(frozen=True, slots=True)
class Share:
    """Units that one party is asked about. ``reason``: why so, the end of ``claim.because_<reason>``."""

    party: Party
    towards: tuple[str, ...]
    stage: str
    units_milli: int
    reason: str


@dataclass(frozen=True, slots=True)
class Shortage:
    """``china_milli``: the count that was used, None when there is none that proves an origin.

    ordered - vietnam = supplier - surplus + transit - recount, whenever all three are known.
    """

    ordered_milli: int
    china_milli: int | None
    vietnam_milli: int | None
    shares: tuple[Share, ...]
    surplus_milli: int
    recount_milli: int
    notes: tuple[str, ...]

    @property
    def short_milli(self) -> int:
        return sum(share.units_milli for share in self.shares)

    def of_stage(self, stage: str) -> int:
        return sum(share.units_milli for share in self.shares if share.stage == stage)


def shortage(
    ordered_milli: int,
    china_milli: int | None,
    vietnam_milli: int | None,
    *,
    proof: CountProof | None,
) -> Shortage:
    """DT-3. ``proof`` None: nothing is known of China's count, which then proves nothing."""
    weak = ("no_film",) if proof is None else proof.weaknesses
    china = china_milli if china_milli is not None and not weak else None
    notes = tuple(f"china_{name}" for name in weak) if china_milli is not None and china is None else ()
    if china is None:
        return _without_china(ordered_milli, china_milli, vietnam_milli, notes)
    shares: list[Share] = []
    if china < ordered_milli:
        shares.append(Share("supplier", ("supplier",), "CN", ordered_milli - china, "short_in_china"))
    if vietnam_milli is None:
        notes += ("vietnam_missing",)
    elif vietnam_milli < china:
        shares.append(
            Share("undetermined", ("freight",), "transit", china - vietnam_milli, "seal_chain_unknown")
        )
    recount = max((vietnam_milli or 0) - china, 0)
    surplus = max(china - ordered_milli, 0)
    if recount:
        notes += ("recount",)
    if surplus:
        notes += ("surplus",)
    return Shortage(ordered_milli, china, vietnam_milli, tuple(shares), surplus, recount, notes)


def _without_china(
    ordered: int, counted: int | None, vietnam: int | None, notes: tuple[str, ...]
) -> Shortage:
    """Where it was lost cannot be proven: both letters are prepared (S0-53). In China still, only the supplier's."""
    notes += () if counted is not None else ("china_missing",)
    latest = vietnam if vietnam is not None else counted
    shares: tuple[Share, ...] = ()
    if latest is not None and latest < ordered:
        towards = ("supplier", "freight") if vietnam is not None else ("supplier",)
        stage = "VN" if vietnam is not None else "CN"
        shares = (Share("undetermined", towards, stage, ordered - latest, "origin_unproven"),)
    surplus = max(latest - ordered, 0) if latest is not None else 0
    return Shortage(ordered, None, vietnam, shares, surplus, 0, (*notes, "surplus") if surplus else notes)


@dataclass(frozen=True, slots=True)
class DamageFacts:
    """``seen_at``: where it was first seen. ``outer_before_opening``: what the photos of the closed parcel in China
    show; None: there are none. ``by_post``, ``signed_present``: how a parcel reached Vietnam, None: not known.
    """

    seen_at: Literal["CN", "VN"]
    outer_before_opening: Literal["damaged", "intact"] | None
    by_post: bool = False
    signed_present: bool | None = None


@dataclass(frozen=True, slots=True)
class Damage:
    """``postal``: a report to the post office and the agent is due (R-07)."""

    party: Party
    towards: tuple[str, ...]
    stage: str
    reason: str
    postal: bool


def damage(facts: DamageFacts) -> Damage:
    """DT-4."""
    if facts.seen_at == "CN":
        if facts.outer_before_opening == "damaged":
            return Damage("courier_or_supplier", ("supplier",), "CN", "outer_damage_on_receipt", False)
        if facts.outer_before_opening == "intact":
            return Damage("supplier", ("supplier",), "CN", "damaged_inside", False)
        return Damage("undetermined", ("supplier",), "CN", "no_packaging_photos", False)
    postal = facts.by_post and facts.signed_present is not True
    post = ("post", "agent") if postal else ()
    if facts.outer_before_opening == "intact":
        return Damage("freight", (*post, "freight"), "transit", "intact_in_china", postal)
    if facts.outer_before_opening == "damaged":
        return Damage("courier_or_supplier", (*post, "supplier"), "CN", "outer_damage_on_receipt", postal)
    return Damage("undetermined", (*post, "supplier", "freight"), "VN", "no_packaging_photos", postal)

"""Whether the platform can still be reached for a unit: situation A or B (DT-1, S0-02 to S0-06, AMB-03).

A: the goods have not left China's side of the hand-over. B: they were given to international freight, also while they
are on the way. Only a dated event flips A to B; goods that were received in Vietnam have left, whatever was stated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

Letter = Literal["A", "B"]
PLATFORMS: Final = ("1688", "taobao", "tmall")
"""Where somebody stands between buyer and seller (S0-04); ``off_platform`` never has one (S3-26)."""

WHOLE_UNIT: Final = 1000


@dataclass(frozen=True, slots=True)
class Situation:
    """``since``: when it became B. ``reason``: ``not_handed_over``, ``handed_over``, ``sealed``, ``exported`` or
    ``arrived`` (received in Vietnam without any event before). ``platform``: a platform may be asked at all.
    """

    letter: Letter
    reason: str
    since: datetime | None
    platform: bool


@dataclass(frozen=True, slots=True)
class Custody:
    """What is known of one parcel; aware instants, None: not known or not yet."""

    handed_over_at: datetime | None = None
    load_unit_sealed_at: datetime | None = None
    exported_at: datetime | None = None
    vn_arrived_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Units of one discrepancy that are in the same situation, in thousandths, and the parcels they lie in."""

    letter: Letter
    units_milli: int
    parcels: tuple[str, ...]


def situation(
    platform: str,
    *,
    authority_end: str,
    handed_over_at: datetime | None,
    load_unit_sealed_at: datetime | None,
    vn_arrived_at: datetime | None,
    now: datetime,
    exported_at: datetime | None = None,
) -> Situation:
    """DT-1 by the chosen end of the platform's authority (AMB-03; domain/switches.AuthorityEnd)."""
    flips = {
        "unit_handover": (("handed_over", handed_over_at),),
        "load_unit_seal": (("sealed", load_unit_sealed_at), ("handed_over", handed_over_at)),
        "export_customs": (("exported", exported_at),),
        "vn_arrival": (),
    }[authority_end]
    reached = platform in PLATFORMS
    happened = [(at, reason) for reason, at in (*flips, ("arrived", vn_arrived_at)) if at and at <= now]
    if not happened:
        return Situation("A", "not_handed_over", None, reached)
    since, reason = min(happened)
    return Situation("B", reason, since, reached)


def situation_of(platform: str, custody: Custody, *, authority_end: str, now: datetime) -> Situation:
    return situation(
        platform,
        authority_end=authority_end,
        handed_over_at=custody.handed_over_at,
        load_unit_sealed_at=custody.load_unit_sealed_at,
        exported_at=custody.exported_at,
        vn_arrived_at=custody.vn_arrived_at,
        now=now,
    )


def split_units(
    units_milli: int, parcels: Mapping[str, Custody], *, platform: str, authority_end: str, now: datetime
) -> tuple[Part, ...]:
    """A discrepancy of a mixed order, by unit (DT-1): every unit is in exactly one part, A before B, none empty.

    Missing units lie in no parcel, so they are spread over the parcels that the order has (`apportion`).
    """
    listed: dict[Letter, list[str]] = {"A": [], "B": []}
    for parcel_id, custody in parcels.items():
        found = situation_of(platform, custody, authority_end=authority_end, now=now)
        listed[found.letter].append(parcel_id)
    letters = [letter for letter, ids in listed.items() if ids]
    if not letters:
        return (Part("A", units_milli, ()),)
    shares = apportion(units_milli, [len(listed[letter]) for letter in letters])
    return tuple(
        Part(letter, share, tuple(listed[letter]))
        for letter, share in zip(letters, shares, strict=True)
        if share
    )


def apportion(units_milli: int, weights: Sequence[int]) -> tuple[int, ...]:
    """Missing units lie in no parcel: spread over the order's parcels in proportion, whole units as far as the sum is
    whole, the sum exact. All weights zero, or none larger: equal shares.
    """
    if not weights:
        raise ValueError("no parcel to lay units on")
    step = WHOLE_UNIT if units_milli % WHOLE_UNIT == 0 else 1
    whole = units_milli // step
    shares = list(weights) if sum(weights) else [1] * len(weights)
    total = sum(shares)
    base = [whole * share // total for share in shares]
    rests = sorted(range(len(shares)), key=lambda n: (-(whole * shares[n] % total), n))
    for n in rests[: whole - sum(base)]:
        base[n] += 1
    return tuple(units * step for units in base)

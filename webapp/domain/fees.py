"""Fees of an agent for returns and exchanges (domain.md section 5). Unknown stays unknown: it is never 0.

Bands are data (``Bands``); how they are read follows AMB-09. Money is whole fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from webapp.domain.order_clocks import CHINA
from webapp.domain.switches import FeeMonth

Kind = Literal["return", "exchange"]
Boundary = Literal["lower_band", "upper_band"]
Reading = Literal["whole", "marginal"]

UNKNOWN_PENALTY: Final = "penalty"
UNKNOWN_EXCHANGE: Final = "exchange_off_platform"
UNKNOWN_RETURN: Final = "return_off_platform"
UNKNOWN_FREIGHT: Final = "freight"


BAND_NAMES: Final = ("a", "b", "c", "d")
"""Of the printed table, from few SKUs to many; the last has no limit."""


class ImpossibleRequest(ValueError):
    """More SKUs in the request than in its month, or none at all; or a table of fees with a hole."""


@dataclass(frozen=True, slots=True)
class Band:
    """``most``: the largest number of SKUs a month as printed, None: no limit. Fees a time, in fen."""

    most: int | None
    return_fen: int
    exchange_fen: int

    def fee(self, kind: Kind) -> int:
        return self.return_fen if kind == "return" else self.exchange_fen


@dataclass(frozen=True, slots=True)
class Bands:
    """``off_platform_*``: a time, for goods that were not ordered through the agent (S2-08). ``penalty_fen``: of a late
    return (S2-03). None: the agent does not say.
    """

    bands: tuple[Band, ...]
    off_platform_return_fen: int | None
    off_platform_exchange_fen: int | None = None
    penalty_fen: int | None = None


AGENT_1688ORDER: Final = Bands(
    (Band(15, 0, 500), Band(25, 500, 1_000), Band(50, 1_000, 2_000), Band(None, 2_000, 4_000)),
    off_platform_return_fen=2_000,
)
"""As printed by the agent 1688 Order (S2-06, S2-08); an edition of the rulebook may bring others."""


@dataclass(frozen=True, slots=True)
class Request:
    """``month_skus``: k, SKUs in return and exchange requests of the month, this one included. ``skus``: distinct SKUs
    of this request: one SKU is one time (S2-07). Freight in fen, None: not known.

    ``warranty``: the agent asks nothing, freight both ways is the importer's (S2-14). ``intl_return``: a package came
    back from abroad, the importer pays reshipping (S2-28); ``domestic_return``: resent at no cost (S2-29).
    """

    kind: Kind
    month_skus: int
    skus: int
    off_platform: bool = False
    late: bool = False
    warranty: bool = False
    domestic_return: bool = False
    intl_return: bool = False
    to_seller_fen: int | None = None
    from_seller_fen: int | None = None
    reshipping_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """``low``, ``high`` in fen; both None: the amount is not known. Words: ``fee.line_<code>``."""

    code: str
    low_fen: int | None
    high_fen: int | None


@dataclass(frozen=True, slots=True)
class Quote:
    """``low`` and ``high`` sum what is known. ``unknowns``: what must be asked; the total is then a least."""

    lines: tuple[Line, ...]
    low_fen: int
    high_fen: int
    default_fen: int
    unknowns: tuple[str, ...]

    @property
    def is_range(self) -> bool:
        return self.low_fen != self.high_fen


def bands_of(amounts: Mapping[str, int | None]) -> Bands:
    """From the amounts of an agent's profile (rulebook data). Raises ``ImpossibleRequest`` when a band is missing."""
    found = []
    for name in BAND_NAMES:
        most = amounts.get(f"fee_band_{name}_most")
        fees = amounts.get(f"fee_band_{name}_return"), amounts.get(f"fee_band_{name}_exchange")
        if fees[0] is None or fees[1] is None or (most is None) != (name == BAND_NAMES[-1]):
            raise ImpossibleRequest
        found.append(Band(most, fees[0], fees[1]))
    return Bands(
        tuple(found),
        amounts.get("off_platform_return"),
        amounts.get("off_platform_exchange"),
        amounts.get("late_return_penalty"),
    )


def month_begins(now: datetime, reading: FeeMonth) -> datetime:
    """From when requests count for "SKUs per month" (AMB-09): the first of China's calendar month, or 30 days ago."""
    if reading == "rolling_30_days":
        return now - timedelta(days=30)
    first = now.astimezone(ZoneInfo(CHINA)).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first.astimezone(UTC)


def quote(
    request: Request,
    bands: Bands = AGENT_1688ORDER,
    *,
    boundary: Boundary = "lower_band",
    reading: Reading = "whole",
) -> Quote:
    """Lines, the default total by ``reading``, and the range of both readings. Raises ``ImpossibleRequest``."""
    if request.skus < 1 or request.month_skus < request.skus:
        raise ImpossibleRequest
    service, chosen, unknowns = _service(request, bands, boundary, reading)
    lines = [service, *_freight(request)]
    unknowns += [UNKNOWN_FREIGHT for line in lines[1:] if line.low_fen is None][:1]
    if request.late:
        lines.append(Line("penalty", bands.penalty_fen, bands.penalty_fen))
        unknowns += [UNKNOWN_PENALTY] if bands.penalty_fen is None else []
    known = sum(line.low_fen or 0 for line in lines[1:])
    return Quote(
        tuple(lines),
        known + (service.low_fen or 0),
        known + (service.high_fen or 0),
        known + (chosen or 0),
        tuple(unknowns),
    )


def band_of(bands: Bands, k: int, boundary: Boundary) -> Band:
    """The band of the k-th SKU of a month. At a bound that two bands share, ``boundary`` decides (AMB-09)."""
    for band in bands.bands:
        if band.most is None or k < band.most or (k == band.most and boundary == "lower_band"):
            return band
    raise ValueError("the last band must be without a limit")


def _service(
    request: Request, bands: Bands, boundary: Boundary, reading: Reading
) -> tuple[Line, int | None, list[str]]:
    if request.warranty or request.domestic_return or request.intl_return:
        return Line("service", 0, 0), 0, []
    if request.off_platform:
        returned = request.kind == "return"
        fee = bands.off_platform_return_fen if returned else bands.off_platform_exchange_fen
        unknown = UNKNOWN_RETURN if returned else UNKNOWN_EXCHANGE
        return Line("service", fee, fee), fee, [unknown] if fee is None else []
    whole = band_of(bands, request.month_skus, boundary).fee(request.kind) * request.skus
    first = request.month_skus - request.skus + 1
    marginal = sum(
        band_of(bands, k, boundary).fee(request.kind) for k in range(first, request.month_skus + 1)
    )
    chosen = whole if reading == "whole" else marginal
    return Line("service", min(whole, marginal), max(whole, marginal)), chosen, []


def _freight(request: Request) -> list[Line]:
    """S2-05, S2-14: to the seller and from the seller, both the importer's."""
    if request.domestic_return:
        return [Line("resent", 0, 0)]
    if request.intl_return:
        return [Line("reshipping", request.reshipping_fen, request.reshipping_fen)]
    return [
        Line("to_seller", request.to_seller_fen, request.to_seller_fen),
        Line("from_seller", request.from_seller_fen, request.from_seller_fen),
    ]

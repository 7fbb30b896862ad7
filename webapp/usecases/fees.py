"""What an agent would ask for a return or exchange, by the rulebook's bands and the importer's reading of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from webapp.domain.fees import AGENT_1688ORDER, Bands, Quote, Request, bands_of
from webapp.domain.fees import ImpossibleRequest as ImpossibleRequest
from webapp.domain.fees import quote as reckon
from webapp.domain.refusals import Refusal
from webapp.domain.rulebook import Rulebook
from webapp.domain.switches import Switches
from webapp.store.database import Database
from webapp.usecases import rulebooks

MOST_SKUS: Final = 100_000
_BANDS: Final = "fee_band_a_return"


@dataclass(frozen=True)
class Reckoned:
    """``dated`` None: an undated source (AMB-24 binds only customers of that agent)."""

    quote: Quote
    bands: Bands
    switches: Switches
    source_title: str
    dated: str | None


def quote(database: Database, *, organisation_id: str, request: Request) -> Reckoned:
    """By the organisation's edition. Raises ``fee_request``."""
    with database.read() as session:
        edition = rulebooks.current(session, organisation_id)
    return quote_by(edition.rulebook, edition.switches, request)


def quote_by(rulebook: Rulebook, switches: Switches, request: Request) -> Reckoned:
    """Raises ``fee_request``: more SKUs in the request than in its month, or none."""
    if request.month_skus > MOST_SKUS:
        raise Refusal("fee_request")
    profile = next(
        (one for one in rulebook.profiles if any(amount.id == _BANDS for amount in one.amounts)), None
    )
    try:
        bands = bands_of({one.id: one.value for one in profile.amounts}) if profile else AGENT_1688ORDER
        found = reckon(request, bands, boundary=switches.fee_boundary, reading=switches.fee_reading)
    except ImpossibleRequest:
        raise Refusal("fee_request") from None
    return Reckoned(
        found,
        bands,
        switches,
        profile.source_title if profile else "",
        profile.source_date.isoformat() if profile and profile.source_date else None,
    )

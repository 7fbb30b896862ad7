"""What a person types about an order line: unit weight, pack factor, listing (AMB-12: both counts need a factor)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from webapp.domain.order_cells import clean
from webapp.domain.refusals import Refusal

HEAVIEST_MG = 1_000_000_000
"""A tonne a unit: more is a slipped decimal point."""

MOST_UNITS_A_PACK = 100_000
LONGEST_URL = 2_000
LONGEST_SPEC = 4_000

# No user name before the host: it makes another site look like 1688.
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#@\\]+(?:[/?#][^\s\\]*)?", re.IGNORECASE)
_GRAMS = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{1,3}))?\s*(?:g|克)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LineFacts:
    """``unit_weight_mg`` of one unit as ordered; ``pack_factor`` pieces in one ordered unit (箱, 包, 打 …)."""

    unit_weight_mg: int | None
    pack_factor: int | None
    listing_url: str
    listing_spec: str


def read_line_facts(*, weight: str, pack: str, url: str, spec: str) -> LineFacts:
    """Blank means unknown. Refusals: ``unit_weight_unreadable``, ``pack_factor_unreadable``, ``listing_url_refused``,
    ``listing_spec_long``.
    """
    shown_spec = clean(spec.replace("\n", " / ").strip(" /"))
    if len(shown_spec) > LONGEST_SPEC:
        raise Refusal("listing_spec_long", most=LONGEST_SPEC)
    return LineFacts(weight_mg(weight), pack_factor(pack), listing_url(url), shown_spec)


def weight_mg(text: str) -> int | None:
    """Grams as typed, to the milligram (``12.5`` → 12500). A comma is a decimal comma: nobody types 1,000 kg."""
    typed = unicodedata.normalize("NFKC", text).strip()
    if not typed:
        return None
    match = _GRAMS.fullmatch(typed)
    milligrams = int(Decimal(f"{match[1]}.{match[2] or 0}") * 1000) if match else 0
    if not 0 < milligrams <= HEAVIEST_MG:
        raise Refusal("unit_weight_unreadable", value=typed[:40])
    return milligrams


def grams_text(milligrams: int | None) -> str:
    """``12500`` → ``12.5``; empty when unknown."""
    if milligrams is None:
        return ""
    whole, rest = divmod(milligrams, 1000)
    return f"{whole}.{rest:03d}".rstrip("0").rstrip(".") if rest else str(whole)


def pack_factor(text: str) -> int | None:
    typed = unicodedata.normalize("NFKC", text).strip()
    if not typed:
        return None
    if not re.fullmatch(r"[0-9]{1,6}", typed) or not 1 <= int(typed) <= MOST_UNITS_A_PACK:
        raise Refusal("pack_factor_unreadable", value=typed[:40])
    return int(typed)


def listing_url(text: str) -> str:
    """The address as typed. It is shown and never fetched; still only http and https, so that a click is harmless."""
    typed = text.strip()
    if not typed:
        return ""
    if len(typed) > LONGEST_URL or not typed.isprintable() or not _WEB_ADDRESS.fullmatch(typed):
        raise Refusal("listing_url_refused")
    return typed

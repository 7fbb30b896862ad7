"""What is settled before an order is placed, and the hints that follow (S0-26, S0-38, S1-05, S3-11, S3-12)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal, get_args

from webapp.domain.claim_recipes import EXCLUDED_CATEGORIES
from webapp.domain.stakes import dong_of

Answer = Literal["yes", "no", ""]
"""Empty: nobody looked. That is not "no"."""

ANSWERS: Final = get_args(Answer)
ORDER_KINDS: Final = ("stock", "bulk", "negotiated", "sample_to_bulk", "custom")
CATEGORIES: Final = ("ordinary", *EXCLUDED_CATEGORIES)
"""Of the goods, for no-reason returns (S1-03, S2-19)."""

OEM: Final = ("oem_design", "oem_exclusivity", "oem_tooling", "oem_first_batch")
"""S3-11: design ownership, exclusivity, defective tooling, bad first batch."""

LABELS: Final = ("label_no_reason", "label_price", "label_insurance")
BASIC_QC: Final = ("appearance", "colour", "size")
"""All that an agent's basic inspection looks at (S2-17)."""

LONGEST: Final = 4000


@dataclass(frozen=True, slots=True)
class Terms:
    """Answers are ``yes``, ``no`` or empty. ``no_reason_hours``: what the label promises (S1-04), empty: not read.

    ``unused``: of goods that should go back, unused and complete (S1-17, S1-18); asked once they are here.
    """

    order_kind: str = ""
    category: str = ""
    seller_terms: str = ""
    returns_promised: Answer = ""
    label_no_reason: Answer = ""
    label_price: Answer = ""
    label_insurance: Answer = ""
    no_reason_hours: str = ""
    inspection_asked: Answer = ""
    via_agent_platform: Answer = ""
    checks_in_remark: Answer = ""
    oem_design: Answer = ""
    oem_exclusivity: Answer = ""
    oem_tooling: Answer = ""
    oem_first_batch: Answer = ""
    written_summary: Answer = ""
    unused: Answer = ""

    @property
    def labels_seen(self) -> bool:
        """Somebody looked at the shop page before the order (S0-38)."""
        return any(getattr(self, name) for name in LABELS)

    @property
    def bespoke(self) -> bool:
        return self.order_kind in ("custom", "sample_to_bulk")


def read_terms(form: Mapping[str, str]) -> Terms:
    """From a form or a stored row; what is not one of the choices is empty."""
    choices = {"order_kind": ORDER_KINDS, "category": CATEGORIES}
    found: dict[str, Any] = {}
    for field in fields(Terms):
        value = str(form.get(field.name, "")).strip()
        if field.name == "seller_terms":
            found[field.name] = value[:LONGEST]
        elif field.name == "no_reason_hours":
            found[field.name] = (
                value if value.isascii() and value.isdigit() and 0 < int(value) <= 8760 else ""
            )
        else:
            found[field.name] = value if value in choices.get(field.name, ANSWERS) else ""
    return Terms(**found)


def terms_data(terms: Terms) -> dict[str, str]:
    return asdict(terms)


@dataclass(frozen=True, slots=True)
class Situation:
    """What the hints look at. ``total_fen`` None: not known; ``dong_e4`` None: no rate was stated."""

    terms: Terms
    total_fen: int | None
    dong_e4: int | None
    payments: int
    threshold_vnd: int
    labels_filed: bool
    special_checks: int
    address_known: bool


def hints(of: Situation) -> tuple[str, ...]:
    """Codes of what is still worth doing, the dearest first. Words: ``terms.hint_<code>``."""
    terms = of.terms
    found = []
    if terms.bespoke and any(getattr(terms, name) != "yes" for name in OEM):
        found.append("oem")
    if big_order(of) and terms.written_summary != "yes":
        found.append("big_order")
    if terms.inspection_asked != "yes":
        found.append("inspection")
    if not terms.labels_seen:
        found.append("labels")
    elif "yes" in (getattr(terms, name) for name in LABELS) and not of.labels_filed:
        found.append("labels_screenshot")
    if terms.order_kind and terms.order_kind != "stock" and not terms.seller_terms:
        found.append("seller_terms")
    if of.special_checks and terms.checks_in_remark != "yes":
        found.append("remark")
    if not of.address_known:
        found.append("address")
    return tuple(found)


def big_order(of: Situation) -> bool:
    """S3-12: at least the threshold in dong, and paid in more than one instalment. Unknown amounts hint at nothing."""
    dong = dong_of(of.total_fen, of.dong_e4)
    return dong is not None and dong >= of.threshold_vnd and of.payments > 1

"""The four folders of an order (S3-04, domain.md section 7) and the kinds of paper that lie in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Folder(StrEnum):
    """In the order in which a case is told. Names in the tree: ``FOLDER_NAMES``."""

    CHAT = "chat"
    ORDER = "order"
    PAYMENT = "payment"
    RECEIVING = "receiving"


FOLDER_NAMES: Final = MappingProxyType(
    {
        Folder.CHAT: "Chat and agreements",
        Folder.ORDER: "Order and confirmation",
        Folder.PAYMENT: "Payments",
        Folder.RECEIVING: "Receiving and QC",
    }
)
"""Exactly as S3-15 has them; people see ``folder.<code>`` in their language."""


@dataclass(frozen=True, slots=True)
class Paper:
    """Where a kind of document lies, and the evidence slot that it fills, if any."""

    folder: Folder
    slot: str | None = None


DOCUMENT_KINDS: Final = MappingProxyType(
    {
        "chat": Paper(Folder.CHAT, "EV-07"),
        "spec": Paper(Folder.CHAT, "EV-07"),
        "sample": Paper(Folder.CHAT, "EV-32"),
        "sample_confirmation": Paper(Folder.CHAT, "EV-32"),
        "sending_proof": Paper(Folder.CHAT),
        "order_screenshot": Paper(Folder.ORDER, "EV-19"),
        "confirmation": Paper(Folder.ORDER, "EV-19"),
        "listing": Paper(Folder.ORDER, "EV-20"),
        "order_status": Paper(Folder.ORDER, "EV-21"),
        "invoice": Paper(Folder.ORDER, "EV-25"),
        "quality_card": Paper(Folder.ORDER, "EV-26"),
        "label_protection": Paper(Folder.ORDER),
        "filing_proof": Paper(Folder.ORDER),
        "payment_proof": Paper(Folder.PAYMENT, "EV-27"),
        "carrier_page": Paper(Folder.RECEIVING, "EV-22"),
        "courier_slip": Paper(Folder.RECEIVING, "EV-23"),
        "third_party_report": Paper(Folder.RECEIVING, "EV-30"),
        "other": Paper(Folder.ORDER),
    }
)
"""Kind of document → its place. Catalogue keys: ``paper.kind_<kind>``."""

DOCUMENT_SLOTS: Final = frozenset({"EV-03", *(one.slot for one in DOCUMENT_KINDS.values() if one.slot)})
"""Slots that a desk may fill by a file; the others are captured at the table. EV-03: a side-by-side screenshot."""

AGREEMENT_KINDS: Final = ("chat", "spec", "sample", "confirmation", "terms", "sampling_agreement", "contract")
"""Domain.md section 11; S1-14 for the sampling agreement."""

PURPOSES: Final = ("deposit", "balance", "full", "freight", "refund")
"""What a transfer covers (S3-08)."""

WRITTEN: Final = frozenset({"confirmation", "contract"})
"""Agreements that are a confirmation in writing (S3-07, S3-24)."""


def read_date(text: str) -> date | None:
    """An ISO date as a form sends it; None for an empty or impossible one."""
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None

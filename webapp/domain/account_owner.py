"""Whose platform account an order was bought with, guessed from order numbers (domain.md 12.1, S0-07).

The last six digits of a 1688 order number encode the buyer: with a buyer id ending ``aabbcc`` the order ends
``aaccbb``. All orders of one account share that tail. A guess decides nothing: who may file is a person's word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

Owner = Literal["self", "agent"]
OWNERS: tuple[Owner, ...] = ("self", "agent")

_ORDER_NO = re.compile(r"[0-9]{15,20}")
_BUYER_ID = re.compile(r"[0-9]{6,20}")
TAIL = 6


def order_tail(order_no: str) -> str | None:
    """The six digits that encode the buyer; None for what is no platform order number."""
    return order_no[-TAIL:] if _ORDER_NO.fullmatch(order_no) else None


def tail_of_buyer(buyer_id: str) -> str | None:
    """How this buyer's order numbers end (``2248544159`` → ``545941``); None for what is no numeric buyer id."""
    if not _BUYER_ID.fullmatch(buyer_id):
        return None
    a, b, c = buyer_id[-6:-4], buyer_id[-4:-2], buyer_id[-2:]
    return a + c + b


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """An account whose owner a person confirmed, and the tails of its orders."""

    name: str
    owner: Owner
    tails: Collection[str]


@dataclass(frozen=True, slots=True)
class OwnerGuess:
    """``owner`` None: the numbers do not say. ``reason`` is the end of ``accounts.guess_<reason>``, with ``vars``."""

    owner: Owner | None
    reason: str
    vars: Mapping[str, str] = field(default_factory=dict)


def guess_owner(tails: Mapping[str, int], known: Collection[KnownAccount]) -> OwnerGuess:
    """Own or agent's, from how many orders end in which tail, and from what people confirmed of other accounts.

    The same buyer as a confirmed account is the strongest hint; a buyer other than the importer's own points to an
    agent. An agent may buy through several accounts, so a tail that differs from an agent's says nothing.
    """
    if not tails:
        return OwnerGuess(None, "no_orders")
    if len(tails) > 1:
        return OwnerGuess(None, "several_buyers", {"tails": ", ".join(sorted(tails))})
    (tail,) = tails
    same = [account for account in known if tail in account.tails]
    owners = {account.owner for account in same}
    if len(owners) > 1:
        return OwnerGuess(None, "contradiction", {"tail": tail})
    if same:
        return OwnerGuess(same[0].owner, "same_buyer", {"tail": tail, "account": same[0].name})
    own = next((account for account in known if account.owner == "self" and account.tails), None)
    if own is not None:
        return OwnerGuess("agent", "other_buyer", {"tail": tail, "account": own.name})
    return OwnerGuess(None, "one_buyer", {"tail": tail})

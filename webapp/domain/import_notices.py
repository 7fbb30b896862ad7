"""What the importer should know about a whole file before it goes in: likely the wrong account, orders that move."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from webapp.domain.account_owner import order_tail

_SHOWN_TAILS = 4


@dataclass(frozen=True, slots=True)
class Notice:
    """The sentence is ``import.notice_<code>``, filled with ``vars``."""

    code: str
    vars: Mapping[str, str | int]


def tails_of(order_nos: Iterable[str]) -> Counter[str]:
    """Last six digits → orders: all orders of one buyer account share them (domain.md 12.1)."""
    return Counter(tail for tail in map(order_tail, order_nos) if tail is not None)


def shared_tail(tails: Mapping[str, int]) -> str | None:
    """The tail that all orders have, or None."""
    return next(iter(tails)) if len(tails) == 1 else None


def account_notices(tails: Mapping[str, int], *, account: str, known_tail: str | None) -> tuple[Notice, ...]:
    """Says when the orders of one file are of several buyers, or of another buyer than the account's orders so far."""
    notices = []
    if len(tails) > 1:
        notices.append(Notice("several_buyers", {"tails": _listed(tails)}))
    strange = {tail: count for tail, count in tails.items() if tail != known_tail}
    if known_tail is not None and strange:
        notices.append(
            Notice("other_buyer", {"account": account, "known": known_tail, "tails": _listed(strange)})
        )
    return tuple(notices)


def moved_notice(others: Mapping[str, int], *, account: str) -> tuple[Notice, ...]:
    """``others``: account name → orders of the file that belong to it so far."""
    if not others:
        return ()
    listed = ", ".join(sorted(others))
    return (Notice("orders_move", {"orders": sum(others.values()), "others": listed, "account": account}),)


def _listed(tails: Mapping[str, int]) -> str:
    """``…232333 (12), …545941 (1)``, the most frequent first."""
    ranked = sorted(tails.items(), key=lambda item: (-item[1], item[0]))
    listed = [f"…{tail} ({count})" for tail, count in ranked[:_SHOWN_TAILS]]
    return ", ".join([*listed, "…"] if len(ranked) > _SHOWN_TAILS else listed)

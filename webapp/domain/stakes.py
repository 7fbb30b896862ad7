"""What is at stake in an order: yuan as the order says, dong by the rate that the importer stated.

Yuan are integers of fen, dong are whole, a rate is an integer of ten-thousandths of a dong for one yuan.
What is not known is None, never 0.
"""

from __future__ import annotations

import re
import unicodedata

from webapp.domain.refusals import Refusal

RATE_SCALE = 10_000
LEAST_RATE, MOST_RATE = 500 * RATE_SCALE, 50_000 * RATE_SCALE
"""Beyond these a rate is a slip of the keyboard (it stood between 2,000 and 4,000 for thirty years)."""

MOST_FEN = 10**13

_PLAIN = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,4}))?")
_GROUPED = re.compile(r"([0-9]{1,3}(?:([.,' ])[0-9]{3})(?:\2[0-9]{3})*)(?:[.,]([0-9]{1,4}))?")


def at_stake_fen(
    *,
    paid_fen: int | None,
    goods_fen: int | None,
    freight_fen: int | None,
    adjust_fen: int | None,
    closed: bool = False,
) -> int | None:
    """What was paid, else goods, freight and the stated rise or discount; None while one of them is not known.

    A file without a column for the discount (28 columns) states none: that is not unknown. In an order whose trade
    was ``closed`` nothing is at stake.
    """
    if closed:
        return 0
    if paid_fen is not None:
        return paid_fen
    if goods_fen is None or freight_fen is None:
        return None
    return goods_fen + freight_fen + (adjust_fen or 0)


def dong_of(fen: int | None, dong_e4: int | None) -> int | None:
    """Whole dong, halves away from zero; None without an amount or without a rate."""
    if fen is None or dong_e4 is None:
        return None
    whole, rest = divmod(abs(fen) * dong_e4, 100 * RATE_SCALE)
    dong = whole + (2 * rest >= 100 * RATE_SCALE)
    return -dong if fen < 0 else dong


def dong_text(dong: int) -> str:
    return f"{'-' if dong < 0 else ''}₫{abs(dong):,}"


def rate_text(dong_e4: int) -> str:
    """``35_805_000`` → ``3,580.5``."""
    whole, rest = divmod(dong_e4, RATE_SCALE)
    return f"{whole:,}" + (f".{rest:04d}".rstrip("0") if rest else "")


def read_rate(text: str) -> int:
    """A rate as people in either country type it: ``3580``, ``3.580,5``, ``3,580.5``, ``3580,5``.

    A mark that could be either is read the way that makes a rate: ``3.580`` is 3580 dong, not 3.58.
    Raises ``Refusal("rate_unreadable")``.
    """
    readings = {rate for rate in _readings(_typed(text), 4) if LEAST_RATE <= rate <= MOST_RATE}
    if len(readings) != 1:
        raise Refusal("rate_unreadable")
    return readings.pop()


def read_yuan(text: str) -> int | None:
    """Fen of an amount as typed (``1000``, ``¥1,000``, ``99.5``), or None if it is none or could be two."""
    readings = {amount // 100 for amount in _readings(_typed(text), 2)}
    return readings.pop() if len(readings) == 1 and max(readings) <= MOST_FEN else None


def _typed(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text[:40]).strip()
    return re.sub(r"^[¥₫]\s*|\s*(?:[¥₫đ元]|CNY|VND|RMB)$", "", folded, flags=re.IGNORECASE).strip()


def _readings(text: str, decimals: int) -> set[int]:
    """Every number, times 10,000, that the text can mean with at most so many decimals."""
    found = set()
    if plain := _PLAIN.fullmatch(text):
        found.add((plain[1], plain[2] or ""))
    grouped = _GROUPED.fullmatch(text)
    # The decimal mark is never the mark between thousands.
    if grouped and not (grouped[3] and text[-len(grouped[3]) - 1] == grouped[2]):
        found.add((re.sub("[^0-9]", "", grouped[1]), grouped[3] or ""))
    return {
        int(whole) * RATE_SCALE + int(part.ljust(4, "0")) for whole, part in found if len(part) <= decimals
    }

"""Numbers of goods and money as people write them."""

from __future__ import annotations


def quantity_text(milli: int) -> str:
    """``12000`` → ``12``; ``2500`` → ``2.5``: 1688 quantities may be decimal."""
    whole, rest = divmod(milli, 1000)
    return str(whole) if not rest else f"{whole}.{rest:03d}".rstrip("0")


def yuan_text(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"

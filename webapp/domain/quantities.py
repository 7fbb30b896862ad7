"""Numbers of goods and money as people write them."""

from __future__ import annotations


def quantity_text(milli: int) -> str:
    """``12000`` → ``12``; ``2500`` → ``2.5``: 1688 quantities may be decimal."""
    whole, rest = divmod(milli, 1000)
    return str(whole) if not rest else f"{whole}.{rest:03d}".rstrip("0")


def yuan_text(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def plain_amount(hundredths: int) -> str:
    """``1250.50``: for a field that is typed into, and for tables that a program reads."""
    sign = "-" if hundredths < 0 else ""
    return f"{sign}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"


def amount_text(hundredths: int, currency: str) -> str:
    """``¥1,250.50`` for CNY, else ``1,250.50 USD``; dong have no smaller unit in use: ``3,000,000 VND``."""
    if currency == "CNY":
        return yuan_text(hundredths)
    sign, size = ("-" if hundredths < 0 else ""), abs(hundredths)
    decimals = "" if currency == "VND" and not size % 100 else f".{size % 100:02d}"
    return f"{sign}{size // 100:,}{decimals} {currency}"

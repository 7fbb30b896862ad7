"""One cell of an order sheet, read exactly: text, quantity, money, instant; or the reason why it cannot be.

Numeric cells arrive as floats; they become decimals through the fifteen significant digits that a spreadsheet
program keeps and shows, so that its 0.1 + 0.2 is 0.3 and not 0.30000000000000004.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import TypeAlias

from webapp.domain.orders import SPREADSHEET_DIGITS

Cell: TypeAlias = str | int | float | bool | datetime | date | time | timedelta | None

CHINA = timezone(timedelta(hours=8))  # no daylight saving in the years we accept
LONGEST_TEXT = 2_000
FIRST_YEAR, LAST_YEAR = 2005, 2099
MOST_UNITS = (
    1_000_000_000  # a larger order quantity is a slipped column, and must not overflow a 64-bit integer
)
MOST_YUAN = 10_000_000_000

_NUMBER = re.compile(r"([+-]?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,20})(?:\.[0-9]{1,20})?)")
_CURRENCY = re.compile(r"^(?:¥|CNY|RMB)\s*|\s*(?:元|CNY|RMB)$", re.IGNORECASE)
_DATE = re.compile(
    r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
    r"(?:[T\s]+([0-9]{1,2}):([0-9]{1,2})(?::([0-9]{1,2})(?:\.[0-9]+)?)?\s*(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_COMPACT_DATE = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})(?:[0-9]{3})?([+-][0-9]{4})?"
)
_JOINERS = "\u200c\u200d"  # they hold emoji and some scripts together and turn nothing round


class CellProblem(Exception):
    """A cell that cannot be read. The sentence is ``import.row.<code>``, filled with ``vars``."""

    def __init__(self, code: str, **vars: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.vars: Mapping[str, str | int] = vars


def is_blank(cell: Cell) -> bool:
    """True for an empty cell and for one that holds nothing visible."""
    return cell is None or (isinstance(cell, str) and not clean(cell))


def clean(text: str) -> str:
    """Text without control, direction-override and other invisible characters; line breaks become a space."""
    if text.isprintable() and "  " not in text:  # the usual cell: nothing of the above is printable
        return text.strip()
    spaced = re.sub(r"[\s\u2028\u2029]+", " ", text)
    kept = (
        c for c in spaced if c in _JOINERS or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return "".join(kept).strip()


def text_of(cell: Cell) -> str:
    """The cell as shown text, never evaluated (a text starting with ``=`` stays that text)."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return clean(cell)
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**SPREADSHEET_DIGITS:
        return str(int(cell))
    return str(cell)


def shown(cell: Cell) -> str:
    """A short quotation of a cell for an error sentence."""
    text = text_of(cell)
    return text if len(text) <= 40 else text[:39] + "…"


def quantity_milli(cell: Cell) -> int:
    """Milli-units (1.5 → 1500). CellProblem for blank, no number, zero or less, over three decimals."""
    if is_blank(cell):
        raise CellProblem("quantity_missing")
    units = _decimal(cell, "quantity_not_a_number")
    if units <= 0:
        raise CellProblem("quantity_not_positive", value=shown(cell))
    if units > MOST_UNITS:
        raise CellProblem("quantity_too_large", value=shown(cell))
    milli = units * 1000
    if milli != int(milli):
        raise CellProblem("quantity_decimals", value=shown(cell))
    return int(milli)


def money_fen(cell: Cell, *, negative: bool = False) -> int | None:
    """Fen (¥1,234.50 → 123450), None for a blank cell. Raises CellProblem; ``negative`` allows a discount."""
    fen = _fen(cell, negative=negative)
    if fen is not None and fen != int(fen):
        raise CellProblem("money_decimals", value=shown(cell))
    return None if fen is None else int(fen)


def unit_price_fen(cell: Cell) -> tuple[int | None, bool]:
    """(fen, was it rounded). 1688 sells screws at 0.035 yuan apiece; half a fen goes up."""
    fen = _fen(cell, negative=False)
    if fen is None:
        return None, False
    whole = int(fen + Decimal("0.5"))
    return whole, whole != fen


def instant(cell: Cell) -> datetime | None:
    """Aware UTC, None for a blank cell; without an offset it is China time, a bare date its midnight there.

    Raises CellProblem for text that is no date and for years outside 2005 to 2099 (1688's and ours).
    """
    if is_blank(cell):
        return None
    local = _local(cell)
    if not FIRST_YEAR <= local.year <= LAST_YEAR:
        raise CellProblem("date_out_of_range", value=shown(cell))
    if local.tzinfo is None:
        local = local.replace(tzinfo=CHINA)
    return local.astimezone(UTC)


def _local(cell: Cell) -> datetime:
    if isinstance(cell, datetime):  # the fraction of a second is the error of a day count kept as a float
        rounded = cell + timedelta(milliseconds=500) if cell.year < LAST_YEAR + 1 else cell
        return rounded.replace(microsecond=0)
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    text = unicodedata.normalize("NFKC", text_of(cell)) if isinstance(cell, str) else ""
    match = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if match is None:
        raise CellProblem("date_unreadable", value=shown(cell))
    *parts, offset = match.groups()
    try:
        local = datetime(*(int(part or 0) for part in parts))  # type: ignore[arg-type]
        return local.replace(tzinfo=_offset(offset)) if offset else local
    except ValueError:
        raise CellProblem("date_unreadable", value=shown(cell)) from None


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    minutes = int(digits[:2]) * 60 + int(digits[2:])
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def _fen(cell: Cell, *, negative: bool) -> Decimal | None:
    if is_blank(cell):
        return None
    yuan = _decimal(cell, "money_unreadable")
    if abs(yuan) > MOST_YUAN:
        raise CellProblem("money_unreadable", value=shown(cell))
    if yuan < 0 and not negative:
        raise CellProblem("money_negative", value=shown(cell))
    return yuan * 100


def _decimal(cell: Cell, code: str) -> Decimal:
    """Exact; only plain digits, since ``Decimal('1E+999999')`` times 1000 as an int would eat the memory."""
    if isinstance(cell, bool) or not isinstance(cell, (str, int, float)):
        raise CellProblem(code, value=shown(cell))
    if isinstance(cell, str):
        text = _CURRENCY.sub("", unicodedata.normalize("NFKC", clean(cell)).replace("\u2212", "-"))
        sign = "-" if text.startswith("-") else ""  # both -¥5 and ¥-5 are written
        match = _NUMBER.fullmatch(sign + _CURRENCY.sub("", text.removeprefix("-").lstrip()))
    else:
        match = _NUMBER.fullmatch(
            format(Decimal(format(cell, ".15g") if isinstance(cell, float) else cell), "f")[:64]
        )
    if match is None:
        raise CellProblem(code, value=shown(cell))
    return Decimal(match[1] + match[2].replace(",", ""))

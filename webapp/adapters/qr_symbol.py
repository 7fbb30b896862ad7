"""A QR symbol as the fewest horizontal bars, for print."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode
from qrcode.util import QRData

QUIET_MODULES = 4

# Any mask decodes; choosing the best one costs six times the rest.
_MASK = 3
_LEVELS = {"M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q}


class PayloadTooLong(ValueError):
    """No QR version holds the payload."""


@dataclass(frozen=True, slots=True)
class QrSymbol:
    """``size``: modules a side, without quiet zone. ``runs``: dark bars as (column, row, modules long)."""

    size: int
    runs: tuple[tuple[int, int, int], ...]


def qr_symbol(payload: str, level: Literal["M", "Q"] = "Q") -> QrSymbol:
    """The symbol of ``payload``; upper-case payloads take the alphanumeric mode by themselves.

    ``level``: M recovers about 15 % of the symbol, Q 25 %. Raises ``PayloadTooLong``.
    """
    code: QRCode = QRCode(error_correction=_LEVELS[level], border=0, mask_pattern=_MASK)  # type: ignore[type-arg]
    code.add_data(QRData(payload.encode()))
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as overflow:  # 8.2 asks itself for a version 41
        raise PayloadTooLong(f"{len(payload)} characters") from overflow
    runs: list[tuple[int, int, int]] = []
    for row, cells in enumerate(code.modules):
        start: int | None = None
        for column, dark in enumerate([*cells, False]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                runs.append((start, row, column - start))
                start = None
    return QrSymbol(len(code.modules), tuple(runs))

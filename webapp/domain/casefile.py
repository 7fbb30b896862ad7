"""The case file's tree and names (domain.md section 7, S3-15). Folder names are English whatever the language.

Chinese names stay as they are (UTF-8); only what a file system refuses is replaced.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

DATE_UNKNOWN: Final = "date unknown"
CHINA: Final = "Asia/Shanghai"
LONGEST_NAME: Final = 80
"""Characters of one folder or file stem: hanzi are three bytes each, and 255 bytes is what file systems take."""

_UNSAFE: Final = re.compile(r'[\\/:*?"<>|]')
_ZONES: Final = {CHINA: "CST", "Asia/Ho_Chi_Minh": "ICT"}
_ENDINGS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/quicktime": "mov",
    "application/pdf": "pdf",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg",
}


def safe_name(text: str) -> str:
    r"""One name of a folder or file: ``\/:*?"<>|`` become ``_``, what cannot be seen goes away, the rest stays.

    A name that is empty, or nothing but dots, is ``_``: it would be another folder. No dot or space at its end, which
    Windows drops.
    """
    composed = unicodedata.normalize("NFC", text)
    seen = "".join(" " if one.isspace() else one for one in composed if not _invisible(one))
    name = " ".join(_UNSAFE.sub("_", seen).split())[:LONGEST_NAME].rstrip(". ")
    return name or "_"


def _invisible(character: str) -> bool:
    return not character.isspace() and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn")


def case_folder(factory: str, placed_at: datetime | None, order_no: str, *, shares_its_date: bool) -> str:
    """``{factory}/{order date}``, the date as China's calendar has it.

    ``shares_its_date``: another order of the same factory has the same date, so the number is appended.
    """
    day = DATE_UNKNOWN if placed_at is None else placed_at.astimezone(ZoneInfo(CHINA)).strftime("%Y-%m-%d")
    date = f"{day} {order_no}" if shares_its_date or placed_at is None else day
    return f"{safe_name(factory)}/{safe_name(date)}"


def zone_mark(at: datetime, zone: str) -> str:
    """``CST``, ``ICT``, else the offset, e.g. ``UTC+0900``: an abbreviation elsewhere names several zones."""
    return _ZONES.get(zone) or "UTC" + at.astimezone(ZoneInfo(zone)).strftime("%z")


def file_name(at: datetime | None, zone: str, order_no: str, slot: str | None, seq: int, ending: str) -> str:
    """``{YYYYMMDD-HHMM}{zone}_{order_no}_{slot}_{seq}.{ext}``; ``seq`` counts from 1 within slot and order."""
    stamp = (
        "undated"
        if at is None
        else at.astimezone(ZoneInfo(zone)).strftime("%Y%m%d-%H%M") + zone_mark(at, zone)
    )
    return f"{stamp}_{safe_name(order_no)}_{safe_name(slot or 'file')}_{seq:02d}.{ending}"


def payment_name(day: str, amount: str, purpose: str, seq: int, ending: str) -> str:
    """``date_amount_purpose``: one file a transfer (section 7)."""
    return f"{safe_name(day)}_{safe_name(amount)}_{safe_name(purpose)}_{seq:02d}.{ending}"


def ending_of(mime: str | None) -> str:
    return _ENDINGS.get((mime or "").partition(";")[0].strip().lower(), "bin")

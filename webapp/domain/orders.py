"""What one platform order says: number, money, lines, waybills; and how its numbers are read.

Amounts are integers of fen, quantities integers of milli-units (1688 sells 1.5 kg), instants aware UTC.
Order numbers and waybills are text: what was once a number has lost digits (domain.md 12.1).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest

SPREADSHEET_DIGITS = 15  # what a spreadsheet program keeps of a number
LONGEST_SCAN = 2_000  # characters; nothing printed on a parcel says more

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_ROUNDED_TEXT = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+?[0-9]{1,3}")
_TRAILING_ZERO_DECIMALS = re.compile(r"([0-9]+)\.0*")
_SF_PAYLOAD = re.compile(r"['\"]k5['\"]\s*:\s*['\"]([^'\"]*)['\"]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ImportedWaybill:
    """One courier number of an order; ``number_norm`` is the only thing ever compared."""

    courier: str
    number_raw: str
    number_norm: str


@dataclass(frozen=True, slots=True)
class ImportedLine:
    """One order line; ``seq`` counts from 1 in the order of the sheet. Unknown texts are ``""``."""

    seq: int
    title: str
    spec: str
    colour: str
    size: str
    unit: str
    quantity_milli: int
    unit_price_fen: int | None
    offer_id: str
    sku_id: str
    article_no: str
    model: str
    material_no: str
    single_item_no: str


@dataclass(frozen=True, slots=True)
class ImportedOrder:
    """One order as exported. An amount or instant that the file does not give is ``None``."""

    order_no: str
    supplier_company: str
    supplier_member: str
    goods_fen: int | None
    freight_fen: int | None
    adjust_fen: int | None
    paid_fen: int | None
    status_raw: str
    placed_at: datetime | None
    paid_at: datetime | None
    buyer_login: str
    remark: str
    lines: tuple[ImportedLine, ...]
    waybills: tuple[ImportedWaybill, ...]
    completes: bool = False
    """It has no lines of its own and adds to an order that is known already (late waybills)."""
    row: int = field(default=0, compare=False)
    """The first row it stands in; where it stands does not make it another order."""


def unquoted(text: str) -> str:
    """NFKC, without invisible characters and the ``="…"`` or ``'`` that keeps a number text."""
    folded = unicodedata.normalize("NFKC", text)
    if not folded.isprintable():
        folded = "".join(c for c in folded if unicodedata.category(c) not in _INVISIBLE)
    return folded.strip().removeprefix("=").strip().strip("'\"").strip()


def number_cell_text(value: int | float) -> str | None:
    """The digits of a numeric cell, or None if a spreadsheet program may have rounded them (over 15 digits).

    Leading zeros are already gone from a numeric cell; nothing can bring them back.
    """
    if isinstance(value, float):
        if not value.is_integer():
            return None
        value = int(value)
    text = str(value)
    return text if value >= 0 and len(text) <= SPREADSHEET_DIGITS else None


def looks_rounded(text: str) -> bool:
    """True for text that was a spreadsheet number: ``3.65E+18``, or ``…0.0`` over 15 digits."""
    decimals = _TRAILING_ZERO_DECIMALS.fullmatch(text)
    return bool(_ROUNDED_TEXT.fullmatch(text)) or (
        decimals is not None and len(decimals[1]) > SPREADSHEET_DIGITS
    )


def _zeros_after_kept_digits(text: str) -> bool:
    """Saved as a number, then as text: only zeros after digit 15 (three at least)."""
    return len(text) >= 17 and text.endswith("000") and not text[SPREADSHEET_DIGITS:].strip("0")


def order_no_problem(cell: str | int | float) -> str | None:
    """Why this is not an order number (a row code), or None. 15 to 20 digits, as text (domain.md 12.1)."""
    if not isinstance(cell, str):
        text = number_cell_text(cell)
        if text is None:
            return "order_no_rounded"
    else:
        text = unquoted(cell)
        if looks_rounded(text) or _zeros_after_kept_digits(text):
            return "order_no_rounded"
    if not (text.isascii() and text.isdigit()):
        return "order_no_not_digits"
    return None if 15 <= len(text) <= 20 else "order_no_length"


def order_no_text(cell: str | int | float) -> str:
    """The order number of a cell that `order_no_problem` found nothing wrong with."""
    return unquoted(cell) if isinstance(cell, str) else (number_cell_text(cell) or "")


def normalise_waybill(text: str) -> str:
    """The comparison key of a waybill from a cell, barcode, QR payload or keyboard; ``""`` if it is none.

    domain.md 12.4: NFKC, upper case; ``courier:`` before the number dropped; ``k5`` of an SF QR payload
    taken; spaces and all hyphens dropped (people type them freely, so a parcel suffix ``-1-2-`` becomes part
    of the key: see `waybill_keys`); ``.0`` of a numeric cell dropped up to 15 digits; leading zeros kept.
    Web addresses, rounded numbers and texts with fewer than four digits are no waybills.
    """
    body = _waybill_body(text)
    return _key(body)


def _key(body: str) -> str:
    key = re.sub(r"[\s\-]", "", body)
    if not re.fullmatch(r"[0-9A-Z]{4,40}", key) or sum(c.isdigit() for c in key) < 4:
        return ""
    return key


def waybill_keys(text: str) -> tuple[str, ...]:
    """Keys to look up, most exact first: the whole number, then the parent of ``JD…-1-2-``, ``DPK…-1``."""
    whole = normalise_waybill(text)
    if not whole:
        return ()
    parent = re.match(r"((?:JD|DPK)[0-9A-Z]{8,})(?:-[0-9]{1,4})+-?$", re.sub(r"\s", "", _waybill_body(text)))
    return (whole, parent[1]) if parent else (whole,)


def _waybill_body(text: str) -> str:
    if len(text) > LONGEST_SCAN:
        return ""
    sf = _SF_PAYLOAD.search(text)
    body = unquoted(sf[1] if sf else text).upper()
    if "://" in body:
        return ""
    body = re.sub(r"[\u2010-\u2015\u2212]", "-", body)
    parts = [part.strip() for part in reversed(body.split(":"))]
    body = next((part for part in parts if _key(part)), parts[0])
    decimals = _TRAILING_ZERO_DECIMALS.fullmatch(body)
    if decimals and len(decimals[1]) <= SPREADSHEET_DIGITS:
        return decimals[1]
    return body


# --- colour and size in a specification text ------------------------------------------------------

_COLOUR_KEYS = {"颜色", "颜色分类", "主要颜色", "花色", "色号", "color", "colour", "màu", "màu sắc"}
_SIZE_KEYS = {"尺码", "尺寸", "码数", "鞋码", "尺码大小", "大小", "size", "kích cỡ", "kích thước"}
_EITHER_KEYS = {"规格", "spec"}
_PAIR = re.compile(r"(?:^|(?<=[\s;,|/]))(màu sắc|kích cỡ|kích thước|[^\s:;,|/]{1,12})\s*:", re.IGNORECASE)
_SIZE_VALUE = re.compile(
    r"(?:[0-9]?X{0,5}[SL]|[2-9]XL|M|F|均码|加大码|[大中小]码|[0-9]{2,3}(?:\.5)?(?:码|号|CM)?"
    r"|[0-9]+(?:\.[0-9]+)?(?:\*[0-9]+(?:\.[0-9]+)?){1,2}(?:CM|MM|M)?)",
    re.IGNORECASE,
)
_COLOUR_VALUE = re.compile(
    r"(?:.{1,11}色|[深浅]?[黑白红黄蓝绿灰紫粉棕橙]|black|white|red|blue|green|yellow|gr[ae]y|pink|purple|brown|orange"
    r"|beige|khaki)",
    re.IGNORECASE,
)


def spec_colour_size(text: str) -> tuple[str, str]:
    """(colour, size) of a text such as ``颜色:黑色;尺码:XL`` or ``黑色,XL``; ``""`` for what it does not say.

    Conservative: a wrong colour on the counting screen is worse than none, since the text is shown anyway.
    """
    folded = unicodedata.normalize("NFKC", text).strip()
    pairs = _spec_pairs(folded)
    if pairs:
        return _keyed(pairs)
    parts = [part.strip() for part in re.split(r"[;,|/\n]", folded) if part.strip()]
    if not 1 <= len(parts) <= 2:
        return "", ""
    colours = [p for p in parts if _COLOUR_VALUE.fullmatch(p)]
    sizes = [p for p in parts if _SIZE_VALUE.fullmatch(p)]
    if len(colours) > 1 or len(sizes) > 1 or len(colours) + len(sizes) != len(parts):
        return "", ""
    return (colours[0] if colours else ""), (sizes[0] if sizes else "")


def _spec_pairs(folded: str) -> list[tuple[str, str]]:
    keys = list(_PAIR.finditer(folded))
    found = []
    for key, following in zip_longest(keys, keys[1:]):
        end = following.start() if following else len(folded)
        value = folded[key.end() : end]
        value = value.split(";")[0] if ";" in value else value.rstrip(" ,|/")
        found.append((re.sub(r"\(.*?\)", "", key[1]).strip().casefold(), value.strip(" ;,|/\n")))
    return found


def _keyed(pairs: list[tuple[str, str]]) -> tuple[str, str]:
    colour = next((value for key, value in pairs if key in _COLOUR_KEYS), "")
    size = next((value for key, value in pairs if key in _SIZE_KEYS), "")
    for key, value in pairs:
        if key in _EITHER_KEYS and not size and _SIZE_VALUE.fullmatch(value):
            size = value
        elif key in _EITHER_KEYS and not colour and _COLOUR_VALUE.fullmatch(value):
            colour = value
    return colour, size

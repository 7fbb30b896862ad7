"""The waybills that one cell names: none, one, or several with or without their couriers."""

from __future__ import annotations

import re

from webapp.domain.order_cells import Cell, CellProblem, clean, shown, text_of
from webapp.domain.orders import (
    ImportedWaybill,
    looks_rounded,
    normalise_waybill,
    number_cell_text,
    unquoted,
)

LONGEST_NAME = 200
_NOBODY = {
    "其他",
    "NO",
    "NO.",
    "单号",
    "运单号",
    "快递单号",
}  # what stands before a number and names no courier
_BETWEEN = re.compile(r"[,，;；、|/\n\r\t]+")
_SHORTEST_BESIDE_OTHERS = 8  # shorter pieces between spaces are groups of one number: SF 1331 8759 79567


def courier_names(cell: Cell) -> tuple[str, ...]:
    """The couriers of a courier cell, usually one."""
    parts = (
        clean(part)[:LONGEST_NAME]
        for part in _BETWEEN.split(cell if isinstance(cell, str) else text_of(cell))
    )
    return tuple(part for part in parts if part)


def read_waybills(
    cell: Cell, couriers: tuple[str, ...]
) -> tuple[tuple[ImportedWaybill, ...], tuple[str, ...]]:
    """(waybills, texts that are no number, such as 不需要物流). Never drops a number.

    ``couriers`` name the numbers one by one if they are as many, otherwise all of them together; a
    ``courier:`` before the number itself wins. Raises CellProblem `waybill_rounded` if a spreadsheet
    program has turned the number into a rounded one.
    """
    texts = _number_texts(cell)
    beside = couriers if len(couriers) == len(texts) else ("、".join(couriers),) * len(texts)
    waybills: list[ImportedWaybill] = []
    others: list[str] = []
    for text, courier in zip(texts, beside, strict=True):
        norm = normalise_waybill(text)
        if norm:
            waybills.append(ImportedWaybill(_prefix(text) or courier, _without_prefix(text, norm), norm))
        else:
            others.append(shown(text))
    return tuple(waybills), tuple(others)


def _number_texts(cell: Cell) -> list[str]:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        number = number_cell_text(cell)
        if number is None:
            raise CellProblem("waybill_rounded", value=shown(cell))
        return [number]
    if not isinstance(cell, str):
        return [text_of(cell)]
    if "{" in cell or "://" in cell:  # a scanned QR payload: one number or none
        return [clean(cell)]
    texts = [text for part in _BETWEEN.split(cell) for text in _spaced(clean(part))]
    for text in texts:
        if looks_rounded(unquoted(text).rpartition(":")[2].strip()):
            raise CellProblem("waybill_rounded", value=shown(text))
    return texts


def _spaced(text: str) -> list[str]:
    """Several numbers between spaces, or one number typed in groups (a courier's name in front stays with it)."""
    tokens = text.split()
    numbers = [normalise_waybill(token) for token in tokens]
    if sum(map(bool, numbers)) > 1 and all(len(n) >= _SHORTEST_BESIDE_OTHERS for n in numbers if n):
        return [token for token, number in zip(tokens, numbers, strict=True) if number]
    if len(tokens) > 1 and not normalise_waybill(text) and sum(map(bool, numbers)) == 1:
        at = next(place for place, number in enumerate(numbers) if number)
        return [":".join(part for part in (" ".join(tokens[:at]), tokens[at]) if part)]
    return [text] if text else []


def _prefix(text: str) -> str:
    """``圆通速递(YTO)`` of ``圆通速递(YTO):YT…``; 其他 (other) and Taobao's ``No:`` name nobody."""
    if "{" in text or not re.search("[:：]", text):
        return ""
    name = clean(re.split("[:：]", text, maxsplit=1)[0])[:LONGEST_NAME]
    return "" if name.upper() in _NOBODY or normalise_waybill(name) else name


def _without_prefix(text: str, norm: str) -> str:
    """The number as it was written, without the courier's name that stood before it."""
    if "{" not in text:
        for part in re.split("[:：]", text):
            if normalise_waybill(part) == norm:
                return unquoted(part)[:LONGEST_NAME]
    return text[:LONGEST_NAME]

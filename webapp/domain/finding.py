"""Reading what somebody typed, scanned or pasted to find an order: one number, a name, or a whole arrival note.

domain.md 12.4: numeric waybills of different couriers overlap, so only an exact match against imported waybills
identifies a parcel; a courier's pattern is a hint, and decides at most which unmatched number is worth a question.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from webapp.domain.labels import parse_label
from webapp.domain.note_words import NoteText, complete_said, courier_named, supplier_words
from webapp.domain.orders import waybill_keys

LONGEST_NOTE = 20_000
MOST_NUMBERS = 400
_LONGEST_WORDS = 60

_TOKEN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|-(?=[A-Za-z0-9]))*-?")
_LETTERED = r"(?:SF|YT|JT)[0-9]{12,13}|JD[A-Z]{2}[0-9]{11}|DPK[0-9]{12}"
_CORE = re.compile(rf"{_LETTERED}|(?<=[A-Z]{{3}})[0-9]{{10,20}}|(?<![A-Z0-9])[0-9]{{10,20}}(?=[A-Z])")
_COURIER_LETTERS = re.compile(r"SF|YT|JT|DPK|STO|ZTO|JD[A-Z]{2}", re.IGNORECASE)
_WEB_ADDRESS = re.compile(r"https?://[^\s\u3000-\u9fff]+", re.IGNORECASE)
_LABEL_IN_NOTE = re.compile(r"(?:https?://\S+/)?[Ll]/[0-9A-Za-z-]{10,12}\b")
_MOST_GROUPS = 5

COURIER_PATTERNS: tuple[tuple[str, str], ...] = (
    ("顺丰 SF", r"SF[0-9]{13}|[0-9]{12}"),
    ("圆通 YTO", r"YT[0-9]{13}"),
    ("中通 ZTO", r"7[3-689][0-9]{12}"),
    ("申通 STO", r"77[0-9]{12,13}"),
    ("韵达 YUNDA", r"4[0-9]{14}"),
    ("极兔 J&T", r"JT[0-9]{13}"),
    ("京东 JD", r"JD[A-Z]{2}[0-9]{11,}"),
    ("EMS", r"[A-Z]{2}[0-9]{9}[A-Z]{2}"),
    ("邮政", r"[0-9]{13}"),
    ("德邦 Deppon", r"DPK[0-9]{12,}"),
    ("LTL", r"[0-9]{12}"),
)
_DATE = re.compile(r"20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[0-9]{4}|[0-9]{6})?")
_MOBILE = re.compile(r"(?:86)?1[3-9][0-9]{9}|(?:84|0)[35789][0-9]{8}")


@dataclass(frozen=True, slots=True)
class NoteNumber:
    """A number of a note with what stands beside it.

    ``keys``: what to look up, most exact first (waybill keys; an order number is its own key). ``line`` counts from
    1, ``start`` and ``end`` are places in that line. ``likely``: worth reporting when nothing matches it.
    ``complete``: what the note says of the delivery (齐), or None.
    """

    text: str
    keys: tuple[str, ...]
    line: int
    start: int
    end: int
    likely: bool
    courier: str
    supplier: str
    complete: bool | None

    def overlaps(self, other: NoteNumber) -> bool:
        return self.line == other.line and self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Question:
    """``text`` read as one thing (``keys``, ``code``, ``words``) and as a note (``numbers``, ``note_codes``).

    ``code_misread``: the whole text has the form of a label code, but its check character is wrong.
    """

    text: str
    keys: tuple[str, ...]
    code: str | None
    code_misread: bool
    words: str
    numbers: tuple[NoteNumber, ...]
    note_codes: tuple[tuple[str, int], ...]


def read_question(text: str) -> Question:
    """Never refuses: what is no number is words. Reads at most ``LONGEST_NOTE`` characters."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST_NOTE])
    trimmed = "".join(c for c in folded if c in "\n\t" or unicodedata.category(c) not in {"Cc", "Cf"}).strip()
    one_line = "\n" not in trimmed
    label = parse_label(trimmed)
    words = trimmed if one_line and len(trimmed) <= _LONGEST_WORDS else ""
    return Question(
        text=trimmed,
        keys=waybill_keys(trimmed) if one_line else (),
        code=label.code,
        code_misread=label.problem == "check_character",
        words=words,
        numbers=tuple(_numbers(trimmed)),
        note_codes=tuple(_note_codes(trimmed)),
    )


def possible_couriers(number: str) -> tuple[str, ...]:
    """Couriers whose pattern fits a normalised number; a hint for people, never an answer."""
    return tuple(name for name, pattern in COURIER_PATTERNS if re.fullmatch(pattern, number))


def _note_codes(text: str) -> Iterator[tuple[str, int]]:
    """Label codes with their line. Only with a letter: ten bare digits are a waybill."""
    for number, line in enumerate(text.split("\n"), 1):
        for found in [*_LABEL_IN_NOTE.finditer(line), *_TOKEN.finditer(line)]:
            code = parse_label(found[0]).code
            if code is not None:
                yield code, number


def _numbers(text: str) -> Iterator[NoteNumber]:
    lines = text.split("\n")
    courier = ""
    count = 0
    for index, line in enumerate(lines):
        spans = _spans(line)
        courier_at = 0
        for place, (start, end, keys) in enumerate(spans):
            if count >= MOST_NUMBERS:
                return
            count += 1
            courier = courier_named(line[courier_at:start]) or courier
            # A courier may also follow its number, at the end of the line.
            beside = courier_named(line[end:]) if place == len(spans) - 1 and not courier else ""
            # Windows overlap their parts: what stands after a number ends where the next separate one starts.
            following = next((s for s, _, _ in spans[place + 1 :] if s >= end), len(line))
            before = max((e for _, e, _ in spans[:place] if e <= start), default=0)
            around = NoteText(
                before=line[before:start],
                after=line[end:following],
                below="" if following < len(line) else _below(lines, index),
            )
            yield NoteNumber(
                text=line[start:end],
                keys=keys,
                line=index + 1,
                start=start,
                end=end,
                likely=_likely(keys[0], line, start, bool(courier)),
                courier=courier or beside,
                supplier=supplier_words(around),
                complete=complete_said(around),
            )
        if not spans:
            courier = courier_named(line) or courier


def _below(lines: list[str], index: int) -> str:
    """The next line, if it goes on about the number above: neither a number nor a tag of its own."""
    following = lines[index + 1] if index + 1 < len(lines) else ""
    return "" if "【" in following or courier_named(following) or _spans(following) else following


def _spans(line: str) -> list[tuple[int, int, tuple[str, ...]]]:
    """(start, end, keys) of everything in a line that may be a number, groups of digits also joined; most joined first
    where they start alike."""
    tokens = list(_TOKEN.finditer(line))
    found = []
    claimed = 0
    for first in range(len(tokens)):
        for last in range(min(first + _MOST_GROUPS, len(tokens)), first, -1):
            group = tokens[first:last]
            start, end = group[0].start(), group[-1].end()
            if start < claimed or (len(group) > 1 and not _written_apart(line, group)):
                continue
            keys = _keys(line[start:end])
            if keys:
                found.append((start, end, keys))
            if keys and _lettered(keys[0]):
                # ``SF 1331875979567``: its bare digits would be another courier's number.
                claimed = end
    return found


def _written_apart(line: str, group: list[re.Match[str]]) -> bool:
    """``YT 7598 1631 90233``: short groups with single spaces; the first may be the courier's letters."""
    gaps = (line[one.end() : other.start()] for one, other in pairwise(group))
    head, *digits = (token[0] for token in group)
    if not all(gap == " " for gap in gaps) or not all(part.isdigit() for part in digits):
        return False
    if _COURIER_LETTERS.fullmatch(head):
        return len(digits) == 1 or all(len(part) <= 6 for part in digits)
    return head.isdigit() and all(len(part) <= 6 for part in (head, *digits))


def _keys(token: str) -> tuple[str, ...]:
    if sum(character.isdigit() for character in token) < 8:
        return ()
    keys = list(waybill_keys(token))
    if not (keys and _lettered(keys[0])):
        # A name in Latin letters may be glued to the number.
        keys += _CORE.findall(token.upper().replace(" ", ""))
    return tuple(dict.fromkeys(keys))


def _lettered(key: str) -> bool:
    return key[0].isalpha() and bool(possible_couriers(key))


def _likely(key: str, line: str, start: int, courier_known: bool) -> bool:
    if any(address.start() <= start < address.end() for address in _WEB_ADDRESS.finditer(line)):
        return False
    if _DATE.fullmatch(key) or _MOBILE.fullmatch(key):
        return False
    if possible_couriers(key):
        return True
    if key.isdigit():
        return 12 <= len(key) <= 20 or (len(key) >= 8 and (courier_known or _named_number(line[:start])))
    return len(key) <= 24 and sum(character.isdigit() for character in key) >= 10


def _named_number(before: str) -> bool:
    return (
        re.search(r"(?:运单号|快递单号|物流单号|单号|订单编号|vận đơn|waybill)[】\]: ]*$", before, re.I)
        is not None
    )

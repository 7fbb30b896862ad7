"""Other people's stickers: what is scanned from them is bound to a parcel once and found again by its key.

Shared with the phone (static/src/core/sticker.js); vectors: tests/vectors/labels.json, "stickers".
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from webapp.domain.signatures import BadSignature, decode_base64url, encode_base64url

MAX_CHARACTERS: Final = 200

_LOWER: Final = {ord(small): small.upper() for small in "abcdefghijklmnopqrstuvwxyz"}
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
_SPELLING: Final = re.compile(r"[A-Za-z0-9_-]{2,1067}")


def sticker_key(text: str) -> str:
    """What two readings of one sticker have in common: NFKC, without spaces and invisible characters.

    ASCII letters are upper-cased, because people type what they read; not in a web address, where case tells
    two stickers apart. ``''``: nothing to bind (nothing visible, or above ``MAX_CHARACTERS``).
    """
    if len(text) > MAX_CHARACTERS:
        return ""
    folded = unicodedata.normalize("NFKC", text)
    seen = "".join(character for character in folded if unicodedata.category(character) not in _UNSEEN)
    return unicodedata.normalize("NFC", seen if "://" in seen else seen.translate(_LOWER))


def sticker_spelling(text: str) -> str:
    """``text`` as a record carries it: base64url of UTF-8. Raises ``ValueError`` for what no record carries."""
    if not 0 < len(text) <= MAX_CHARACTERS or "\0" in text:
        raise ValueError(f"1 to {MAX_CHARACTERS} characters expected")
    return encode_base64url(text.encode("utf-8"))


def shown_text(spelling: str) -> str:
    """The text, or the spelling itself where a hostile phone wrote what cannot be read."""
    try:
        return read_spelling(spelling)
    except ValueError:
        return spelling


def read_spelling(spelling: str) -> str:
    """The text of a sticker from its one spelling in a record. Raises ``ValueError``."""
    if not _SPELLING.fullmatch(spelling):
        raise ValueError("base64url expected")
    try:
        text = decode_base64url(spelling).decode("utf-8")
    except BadSignature as wrong:
        raise ValueError(str(wrong)) from None
    sticker_spelling(text)
    return text

"""A cursor over a record's ``key value`` lines, and the shapes that values take in more than one kind of text."""

from __future__ import annotations

import hashlib
import re
from typing import Final

EMPTY_SHA256: Final = hashlib.sha256(b"").hexdigest()
"""Never a file's hash: an upload of nothing must not pass for a take."""

MAX_INTEGER: Final = 2**53 - 1
"""The phone's integers are IEEE doubles."""

_SHA256: Final = re.compile(r"sha256:([0-9a-f]{64})")
_NATURAL: Final = re.compile(r"0|[1-9][0-9]{0,15}")
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,15}")


class MalformedRecord(Exception):
    """Evidence text that is not in its format. ``code`` is stable (``error.<code>``), ``detail`` names the place."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Lines:
    """A cursor over ``key value`` lines; the order of keys is part of the format."""

    def __init__(self, text: str) -> None:
        self._lines = text[:-1].split("\n")
        self._at = 0

    def value(self, key: str) -> str:
        line = self._lines[self._at] if self._at < len(self._lines) else ""
        name, _, value = line.partition(" ")
        if name != key:
            raise MalformedRecord("record_key", f"line {self._at + 1}: {key} expected")
        self._at += 1
        return value

    def next_is(self, key: str) -> bool:
        return self._at < len(self._lines) and self._lines[self._at].startswith(key + " ")

    def end(self) -> None:
        if self._at != len(self._lines):
            raise MalformedRecord("record_key", f"line {self._at + 1}: nothing expected")

    def match(self, key: str, pattern: re.Pattern[str]) -> str:
        return matched(key, self.value(key), pattern)

    def match_or_none(self, key: str, pattern: re.Pattern[str]) -> str | None:
        value = self.value(key)
        return None if value == "-" else matched(key, value, pattern)

    def parts(self, key: str, count: int) -> list[str]:
        parts = self.value(key).split(" ")
        if len(parts) != count:
            raise MalformedRecord("record_value", f"{key}: {count} values expected")
        return parts

    def parts_or_none(self, key: str, count: int) -> list[str] | None:
        if self._at < len(self._lines) and self._lines[self._at] == f"{key} -":
            self._at += 1
            return None
        return self.parts(key, count)


def matched(key: str, value: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(value):
        raise MalformedRecord("record_value", key)
    return value


def natural(key: str, value: str) -> int:
    return bounded(key, int(matched(key, value, _NATURAL)))


def integer(key: str, value: str) -> int:
    return bounded(key, int(matched(key, value, _INTEGER)))


def bounded(key: str, number: int) -> int:
    if abs(number) > MAX_INTEGER:
        raise MalformedRecord("record_value", f"{key}: above 2^53 - 1")
    return number


def digest(key: str, value: str) -> str:
    match = _SHA256.fullmatch(value)
    if match is None:
        raise MalformedRecord("record_value", f"{key}: sha256: and 64 hex characters expected")
    if match.group(1) == EMPTY_SHA256:
        raise MalformedRecord("record_value", f"{key}: the hash of nothing")
    return match.group(1)


def digest_or_none(lines: Lines, key: str) -> str | None:
    value = lines.value(key)
    return None if value == "-" else digest(key, value)

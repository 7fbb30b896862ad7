"""Record text, format 1 (docs/architecture.md): what a device signs at the dock.

Parsing is strict: whatever parses writes back to the same bytes, so a record has one spelling and one hash.
Vectors shared with the phone: tests/vectors/records.json.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from webapp.domain.stickers import read_spelling, sticker_spelling

EMPTY_SHA256: Final = hashlib.sha256(b"").hexdigest()
"""Never a file's hash: an upload of nothing must not pass for a take."""

MAX_RECORD_BYTES: Final = 65_536
MAX_INTEGER: Final = 2**53 - 1
"""The phone's integers are IEEE doubles."""

KINDS: Final = ("arrival", "take-open", "take", "bind")
CLOSED: Final = ("complete", "interrupted")

_ID: Final = re.compile(r"[0-9a-f]{32}")
_SHA256: Final = re.compile(r"sha256:([0-9a-f]{64})")
_BOOT: Final = re.compile(r"[0-9a-f]{16}")
_APP: Final = re.compile(r"[0-9a-f]{1,64}")
_SLOT: Final = re.compile(r"EV-[0-9]{2}")
_LABEL: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{10}")
_NATURAL: Final = re.compile(r"0|[1-9][0-9]{0,15}")
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,15}")
_MIME: Final = re.compile(r"[!-~]{1,127}")
_PRINTABLE: Final = re.compile(r"[ -~\n]*")


class MalformedRecord(Exception):
    """Evidence text that is not in its format. ``code`` is stable (``error.<code>``), ``detail`` names the place."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth a look in an authentic record; never a reason to refuse it."""

    code: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class FileClaim:
    """``sha256`` is hex, ``bytes`` the whole length, ``mime`` as the recorder named it."""

    sha256: str
    bytes: int
    mime: str


@dataclass(frozen=True, slots=True)
class ChunkClaim:
    n: int
    root: str


@dataclass(frozen=True, slots=True)
class Span:
    """Milliseconds of the page's monotonic clock; it restarts with ``boot``."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Wall:
    """Epoch milliseconds by the device's own clock, which people can set; ``tz`` is minutes east."""

    start: int
    stop: int
    tz: int


@dataclass(frozen=True, slots=True)
class Offset:
    """``ms`` to add to the device clock to get the server's, known to ± ``pm`` ms, as last measured."""

    ms: int
    pm: int


@dataclass(frozen=True, slots=True)
class TallyLine:
    line: str
    units: int


@dataclass(frozen=True, slots=True)
class RecordFields:
    """A record's values in the order of its keys; ``None`` is written ``-``. Hashes are hex without ``sha256:``."""

    id: str
    device: str
    seq: int
    prev: str | None
    boot: str
    site: str
    worker: str | None
    order: str | None
    parcel: str | None
    kind: str
    slot: str | None
    challenge: str | None
    label: str | None
    mono: Span
    wall: Wall
    app: str
    salt: str
    opens: str | None = None
    closed: str | None = None
    tally: tuple[TallyLine, ...] = ()
    code: str | None = None
    alias: str | None = None
    file: FileClaim | None = None
    chunks: ChunkClaim | None = None
    offset: Offset | None = None
    events: str | None = None
    supersedes: str | None = None


def sha256_hex(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def serialise(fields: RecordFields) -> str:
    """The record's text. Raises ``MalformedRecord`` for values that the format cannot carry."""
    text = _write(fields)
    if parse(text) != fields:
        raise MalformedRecord("record_value", f"a field that a {fields.kind} does not carry")
    return text


def parse(text: str) -> RecordFields:
    """Reads a record's text, or raises ``MalformedRecord``. Nothing is verified: not the signature, not the facts."""
    if not _PRINTABLE.fullmatch(text) or not text.endswith("\n"):
        raise MalformedRecord("record_not_text", "printable ASCII with LF after every line")
    if len(text) > MAX_RECORD_BYTES:
        raise MalformedRecord("record_too_large", f"{len(text)} bytes")
    lines = _Lines(text)
    if lines.value("format") != "1":
        raise MalformedRecord("record_format", "format 1 is the only one known")
    fields = _read(lines)
    lines.end()
    _check_together(fields)
    if _write(fields) != text:
        raise MalformedRecord("record_value", "the text is not what its values would write")
    return fields


class _Lines:
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
        return _matched(key, self.value(key), pattern)

    def match_or_none(self, key: str, pattern: re.Pattern[str]) -> str | None:
        value = self.value(key)
        return None if value == "-" else _matched(key, value, pattern)

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


def _matched(key: str, value: str, pattern: re.Pattern[str]) -> str:
    if not pattern.fullmatch(value):
        raise MalformedRecord("record_value", key)
    return value


def _natural(key: str, value: str) -> int:
    return _bounded(key, int(_matched(key, value, _NATURAL)))


def _integer(key: str, value: str) -> int:
    return _bounded(key, int(_matched(key, value, _INTEGER)))


def _bounded(key: str, number: int) -> int:
    if abs(number) > MAX_INTEGER:
        raise MalformedRecord("record_value", f"{key}: above 2^53 - 1")
    return number


def _digest(key: str, value: str) -> str:
    match = _SHA256.fullmatch(value)
    if match is None:
        raise MalformedRecord("record_value", f"{key}: sha256: and 64 hex characters expected")
    if match.group(1) == EMPTY_SHA256:
        raise MalformedRecord("record_value", f"{key}: the hash of nothing")
    return match.group(1)


def _digest_or_none(lines: _Lines, key: str) -> str | None:
    value = lines.value(key)
    return None if value == "-" else _digest(key, value)


def _read(lines: _Lines) -> RecordFields:
    head = {
        "id": lines.match("id", _ID),
        "device": lines.match("device", _ID),
    }
    seq = _natural("seq", lines.value("seq"))
    prev = _digest_or_none(lines, "prev")
    boot = lines.match("boot", _BOOT)
    site = lines.match("site", _ID)
    worker, order, parcel = (lines.match_or_none(key, _ID) for key in ("worker", "order", "parcel"))
    kind = lines.value("kind")
    if kind not in KINDS:
        raise MalformedRecord("record_kind", "a kind that this server does not know")
    slot = lines.match_or_none("slot", _SLOT)
    challenge = lines.match_or_none("challenge", _ID)
    label = lines.match_or_none("label", _LABEL)
    opens, closed, tally = _read_take(lines) if kind == "take" else (None, None, ())
    code, alias = _read_bind(lines) if kind == "bind" else (None, None)
    file = _read_file(lines)
    chunks = _read_chunks(lines)
    mono_start, mono_stop = (_natural("mono", part) for part in lines.parts("mono", 2))
    wall_start, wall_stop, tz = lines.parts("wall", 3)
    offset = lines.parts_or_none("offset", 2)
    return RecordFields(
        **head,
        seq=seq,
        prev=prev,
        boot=boot,
        site=site,
        worker=worker,
        order=order,
        parcel=parcel,
        kind=kind,
        slot=slot,
        challenge=challenge,
        label=label,
        opens=opens,
        closed=closed,
        tally=tally,
        code=code,
        alias=alias,
        file=file,
        chunks=chunks,
        mono=Span(mono_start, mono_stop),
        wall=Wall(_natural("wall", wall_start), _natural("wall", wall_stop), _integer("wall", tz)),
        offset=Offset(_integer("offset", offset[0]), _natural("offset", offset[1])) if offset else None,
        events=_digest_or_none(lines, "events"),
        supersedes=lines.match_or_none("supersedes", _ID),
        app=lines.match("app", _APP),
        salt=lines.match("salt", _ID),
    )


def _read_take(lines: _Lines) -> tuple[str, str, tuple[TallyLine, ...]]:
    opens = lines.match("opens", _ID)
    closed = lines.value("closed")
    if closed not in CLOSED:
        raise MalformedRecord("record_value", "closed: complete or interrupted expected")
    tally: list[TallyLine] = []
    while lines.next_is("tally"):
        line, units = lines.parts("tally", 2)
        tally.append(TallyLine(_matched("tally", line, _ID), _natural("tally", units)))
    if len({row.line for row in tally}) != len(tally):
        raise MalformedRecord("record_value", "tally: a line twice")
    return opens, closed, tuple(tally)


def _read_bind(lines: _Lines) -> tuple[str | None, str | None]:
    """A blank label's code, or the text of somebody else's sticker."""
    code = lines.match_or_none("code", _LABEL)
    spelling = lines.value("alias")
    try:
        return code, None if spelling == "-" else read_spelling(spelling)
    except ValueError as wrong:
        raise MalformedRecord("record_value", f"alias: {wrong}") from None


def _read_file(lines: _Lines) -> FileClaim | None:
    parts = lines.parts_or_none("file", 3)
    if parts is None:
        return None
    size = _natural("file", parts[1])
    if size == 0:
        raise MalformedRecord("record_value", "file: 0 bytes")
    return FileClaim(_digest("file", parts[0]), size, _matched("file", parts[2], _MIME))


def _read_chunks(lines: _Lines) -> ChunkClaim | None:
    parts = lines.parts_or_none("chunks", 2)
    if parts is None:
        return None
    n = _natural("chunks", parts[0])
    if n == 0:
        raise MalformedRecord("record_value", "chunks: none")
    return ChunkClaim(n, _digest("chunks", parts[1]))


def _check_together(fields: RecordFields) -> None:
    if fields.seq == 0 or (fields.seq == 1) != (fields.prev is None):
        raise MalformedRecord("record_value", "seq counts from 1, and only the first record has no prev")
    if fields.mono.stop < fields.mono.start:
        raise MalformedRecord("record_value", "mono: stop before start")
    if (fields.file is None) != (fields.chunks is None):
        raise MalformedRecord("record_value", "file and chunks come together")
    if fields.kind != "take" and (fields.file or fields.events):
        raise MalformedRecord("record_value", f"a {fields.kind} has no file and no events")
    if fields.kind == "bind" and (fields.code is None) == (fields.alias is None):
        raise MalformedRecord("record_value", "a bind names a code or an alias, and not both")
    if fields.closed == "complete" and fields.file is None:
        raise MalformedRecord("record_value", "a complete take has a file")


def _write(fields: RecordFields) -> str:
    lines = [
        ("format", 1),
        ("id", fields.id),
        ("device", fields.device),
        ("seq", fields.seq),
        ("prev", _named(fields.prev)),
        ("boot", fields.boot),
        ("site", fields.site),
        ("worker", fields.worker),
        ("order", fields.order),
        ("parcel", fields.parcel),
        ("kind", fields.kind),
        ("slot", fields.slot),
        ("challenge", fields.challenge),
        ("label", fields.label),
    ]
    if fields.kind == "take":
        lines += [("opens", fields.opens), ("closed", fields.closed)]
        lines += [("tally", f"{row.line} {row.units}") for row in fields.tally]
    if fields.kind == "bind":
        lines += [("code", fields.code), ("alias", _spelt(fields.alias))]
    file, chunks, offset = fields.file, fields.chunks, fields.offset
    lines += [
        ("file", f"{_named(file.sha256)} {file.bytes} {file.mime}" if file else None),
        ("chunks", f"{chunks.n} {_named(chunks.root)}" if chunks else None),
        ("mono", f"{fields.mono.start} {fields.mono.stop}"),
        ("wall", f"{fields.wall.start} {fields.wall.stop} {fields.wall.tz}"),
        ("offset", f"{offset.ms} {offset.pm}" if offset else None),
        ("events", _named(fields.events)),
        ("supersedes", fields.supersedes),
        ("app", fields.app),
        ("salt", fields.salt),
    ]
    return "".join(f"{key} {'-' if value is None else value}\n" for key, value in lines)


def _spelt(alias: str | None) -> str | None:
    try:
        return None if alias is None else sticker_spelling(alias)
    except ValueError as wrong:
        raise MalformedRecord("record_value", f"alias: {wrong}") from None


def _named(digest: str | None) -> str | None:
    return None if digest is None else f"sha256:{digest}"

"""Record text, format 1 (docs/architecture.md): what a device signs at the dock.

Parsing is strict: whatever parses writes back to the same bytes, so a record has one spelling and one hash.
Vectors shared with the phone: tests/vectors/records.json.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Final

from webapp.domain.record_kinds import KINDS as KINDS
from webapp.domain.record_kinds import SHAPES
from webapp.domain.record_lines import EMPTY_SHA256 as EMPTY_SHA256
from webapp.domain.record_lines import MAX_INTEGER as MAX_INTEGER
from webapp.domain.record_lines import Lines, bounded, digest, digest_or_none, integer, matched, natural
from webapp.domain.record_lines import MalformedRecord as MalformedRecord
from webapp.domain.stickers import read_spelling, sticker_spelling

MAX_RECORD_BYTES: Final = 65_536
CLOSED: Final = ("complete", "interrupted")

_ID: Final = re.compile(r"[0-9a-f]{32}")
_BOOT: Final = re.compile(r"[0-9a-f]{16}")
_APP: Final = re.compile(r"[0-9a-f]{1,64}")
_SLOT: Final = re.compile(r"EV-[0-9]{2}p?")
_LABEL: Final = re.compile(r"[0-9A-HJKMNP-TV-Z]{10}")
_MIME: Final = re.compile(r"[!-~]{1,127}")
_PRINTABLE: Final = re.compile(r"[ -~\n]*")


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
    """A record's values in the order of its keys; ``None`` is written ``-``. Hashes are hex without ``sha256:``.

    ``values``: the keys of ``record_kinds.KINDS[kind]`` with their text, in that order.
    """

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
    values: tuple[tuple[str, str | None], ...] = ()
    file: FileClaim | None = None
    chunks: ChunkClaim | None = None
    offset: Offset | None = None
    events: str | None = None
    supersedes: str | None = None

    def text(self, key: str) -> str | None:
        """A value of the kind's own keys as written; ``-`` is None. Raises ``KeyError`` for another kind's key."""
        return dict(self.values)[key]

    def number(self, key: str) -> int | None:
        value = self.text(key)
        return None if value is None else int(value)


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
    lines = Lines(text)
    if lines.value("format") != "1":
        raise MalformedRecord("record_format", "format 1 is the only one known")
    fields = _read(lines)
    lines.end()
    _check_together(fields)
    if _write(fields) != text:
        raise MalformedRecord("record_value", "the text is not what its values would write")
    return fields


def _read(lines: Lines) -> RecordFields:
    head = {
        "id": lines.match("id", _ID),
        "device": lines.match("device", _ID),
    }
    seq = natural("seq", lines.value("seq"))
    prev = digest_or_none(lines, "prev")
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
    values = _read_values(lines, kind)
    file = _read_file(lines)
    chunks = _read_chunks(lines)
    mono_start, mono_stop = (natural("mono", part) for part in lines.parts("mono", 2))
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
        values=values,
        file=file,
        chunks=chunks,
        mono=Span(mono_start, mono_stop),
        wall=Wall(natural("wall", wall_start), natural("wall", wall_stop), integer("wall", tz)),
        offset=Offset(integer("offset", offset[0]), natural("offset", offset[1])) if offset else None,
        events=digest_or_none(lines, "events"),
        supersedes=lines.match_or_none("supersedes", _ID),
        app=lines.match("app", _APP),
        salt=lines.match("salt", _ID),
    )


def _read_take(lines: Lines) -> tuple[str, str, tuple[TallyLine, ...]]:
    opens = lines.match("opens", _ID)
    closed = lines.value("closed")
    if closed not in CLOSED:
        raise MalformedRecord("record_value", "closed: complete or interrupted expected")
    tally: list[TallyLine] = []
    while lines.next_is("tally"):
        line, units = lines.parts("tally", 2)
        tally.append(TallyLine(matched("tally", line, _ID), natural("tally", units)))
    if len({row.line for row in tally}) != len(tally):
        raise MalformedRecord("record_value", "tally: a line twice")
    return opens, closed, tuple(tally)


def _read_bind(lines: Lines) -> tuple[str | None, str | None]:
    """A blank label's code, or the text of somebody else's sticker."""
    code = lines.match_or_none("code", _LABEL)
    spelling = lines.value("alias")
    try:
        return code, None if spelling == "-" else read_spelling(spelling)
    except ValueError as wrong:
        raise MalformedRecord("record_value", f"alias: {wrong}") from None


def _read_values(lines: Lines, kind: str) -> tuple[tuple[str, str | None], ...]:
    values: list[tuple[str, str | None]] = []
    for key, shape in SHAPES[kind].items():
        text = matched(key, lines.value(key), shape)
        for word in text.split(" "):
            # Longer ones are ids that happen to have no letter.
            if word.isdigit() and len(word) <= 16:
                bounded(key, int(word))
        values.append((key, None if text == "-" else text))
    return tuple(values)


def _read_file(lines: Lines) -> FileClaim | None:
    parts = lines.parts_or_none("file", 3)
    if parts is None:
        return None
    size = natural("file", parts[1])
    if size == 0:
        raise MalformedRecord("record_value", "file: 0 bytes")
    return FileClaim(digest("file", parts[0]), size, matched("file", parts[2], _MIME))


def _read_chunks(lines: Lines) -> ChunkClaim | None:
    parts = lines.parts_or_none("chunks", 2)
    if parts is None:
        return None
    n = natural("chunks", parts[0])
    if n == 0:
        raise MalformedRecord("record_value", "chunks: none")
    return ChunkClaim(n, digest("chunks", parts[1]))


def _check_together(fields: RecordFields) -> None:
    if fields.seq == 0 or (fields.seq == 1) != (fields.prev is None):
        raise MalformedRecord("record_value", "seq counts from 1, and only the first record has no prev")
    if fields.mono.stop < fields.mono.start:
        raise MalformedRecord("record_value", "mono: stop before start")
    _check_file(fields)
    kind = KINDS[fields.kind]
    if kind.slot and fields.slot is None:
        raise MalformedRecord("record_value", f"a {fields.kind} names its slot")
    if kind.supersedes and fields.supersedes is None:
        raise MalformedRecord("record_value", f"a {fields.kind} names what it supersedes")
    if fields.kind == "bind" and (fields.code is None) == (fields.alias is None):
        raise MalformedRecord("record_value", "a bind names a code or an alias, and not both")
    if fields.closed == "complete" and fields.file is None:
        raise MalformedRecord("record_value", "a complete take has a file")


def _check_file(fields: RecordFields) -> None:
    carries = KINDS[fields.kind].file
    if carries == "photo":
        if fields.file is None or fields.chunks or fields.events:
            raise MalformedRecord("record_value", "a photo has a file, no chunks and no events")
    elif (fields.file is None) != (fields.chunks is None):
        raise MalformedRecord("record_value", "file and chunks come together")
    elif carries == "never" and (fields.file or fields.events):
        raise MalformedRecord("record_value", f"a {fields.kind} has no file and no events")


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
    lines += fields.values
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

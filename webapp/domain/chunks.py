"""``chunks.txt``: a take's slices as they lie in its file. Vectors: tests/vectors/chunks.json."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from webapp.domain.evidence import EMPTY_SHA256, MAX_INTEGER, MalformedRecord
from webapp.domain.ledger import tree_root

_NUMBER: Final = r"(0|[1-9][0-9]{0,15})"
_LINE: Final = re.compile(rf"{_NUMBER} {_NUMBER} {_NUMBER} {_NUMBER} ([0-9a-f]{{64}})")


@dataclass(frozen=True, slots=True)
class Chunk:
    """``offset`` and ``length`` in bytes; ``ms`` is the slice's arrival since the take's mono start; hex ``sha256``."""

    index: int
    offset: int
    length: int
    ms: int
    sha256: str


def parse_chunks(text: str) -> tuple[Chunk, ...]:
    """Raises ``MalformedRecord("chunks_malformed")`` for anything but whole lines, in order, without a gap."""
    if not text.endswith("\n") or not text.isascii():
        raise MalformedRecord("chunks_malformed", "no closing LF")
    chunks: list[Chunk] = []
    end = last_ms = 0
    for index, line in enumerate(text[:-1].split("\n")):
        match = _LINE.fullmatch(line)
        if match is None:
            raise MalformedRecord("chunks_malformed", f"line {index + 1}")
        number, offset, length, ms = (int(part) for part in match.groups()[:4])
        chunk = Chunk(number, offset, length, ms, match.group(5))
        in_order = number == index and offset == end and length > 0 and last_ms <= ms <= MAX_INTEGER
        if not in_order or chunk.sha256 == EMPTY_SHA256 or end + length > MAX_INTEGER:
            raise MalformedRecord("chunks_malformed", f"line {index + 1}")
        end, last_ms = offset + length, ms
        chunks.append(chunk)
    return tuple(chunks)


def chunks_text(chunks: Sequence[Chunk]) -> str:
    return "".join(f"{c.index} {c.offset} {c.length} {c.ms} {c.sha256}\n" for c in chunks)


def chunks_root(text: str) -> str:
    """Hex root over the lines of a ``chunks.txt`` that ``parse_chunks`` accepted (leaf data = line without LF)."""
    return tree_root(line.encode("ascii") for line in text[:-1].split("\n")).hex()


def chunks_bytes(chunks: Sequence[Chunk]) -> int:
    return sum(chunk.length for chunk in chunks)

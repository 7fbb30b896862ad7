"""The small texts that travel beside a record and are named in it by hash."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from webapp.domain.chunks import chunks_bytes, chunks_root, parse_chunks
from webapp.domain.events import fold, parse_events
from webapp.domain.evidence import Finding, MalformedRecord, RecordFields, sha256_hex
from webapp.store import evidence as rows
from webapp.store.schema import SideFile

EVENTS = "events.txt"
CHUNKS = "chunks.txt"


@dataclass(frozen=True)
class Side:
    """``tree_root``: hex, for ``chunks.txt``."""

    sha256: str
    name: str
    text: str
    tree_root: str | None


def check(fields: RecordFields, sent: Mapping[str, str]) -> tuple[list[Side], list[Finding]]:
    """The side files that belong to the record, and what is wrong with them. Only what its hash names is kept."""
    sides: list[Side] = []
    findings: list[Finding] = []
    if fields.events is not None:
        text = sent.get(EVENTS)
        if text is None:
            findings.append(Finding("events_missing"))
        elif not text.isascii() or sha256_hex(text) != fields.events:
            findings.append(Finding("events_disagree"))
        else:
            sides.append(Side(fields.events, EVENTS, text, None))
            findings += _tally(fields, text)
    elif any(row.units for row in fields.tally):
        findings.append(Finding("tally_disagrees", "no events"))
    if fields.chunks is not None:
        text = sent.get(CHUNKS)
        if text is None:
            findings.append(Finding("chunks_missing"))
        else:
            side, problem = _chunks(fields, text)
            sides += [side] if side else []
            findings += [problem] if problem else []
    named = {EVENTS} if fields.events else set()
    named |= {CHUNKS} if fields.chunks else set()
    findings += [Finding("side_file_unknown") for name in sent if name not in named]
    return sides, findings


def _tally(fields: RecordFields, text: str) -> list[Finding]:
    try:
        counted = fold(parse_events(text))
    except MalformedRecord as malformed:
        return [Finding("events_malformed", malformed.detail)]
    claimed = {row.line: row.units for row in fields.tally}
    lines = sorted(claimed.keys() | counted.keys())
    wrong = [line for line in lines if claimed.get(line, 0) != counted.get(line, 0)]
    return [Finding("tally_disagrees", line) for line in wrong]


def _chunks(fields: RecordFields, text: str) -> tuple[Side | None, Finding | None]:
    assert fields.chunks is not None and fields.file is not None
    try:
        chunks = parse_chunks(text)
    except MalformedRecord as malformed:
        return None, Finding("chunks_disagree", malformed.detail)
    if chunks_root(text) != fields.chunks.root:
        return None, Finding("chunks_disagree", "root")
    side = Side(sha256_hex(text), CHUNKS, text, fields.chunks.root)
    if len(chunks) != fields.chunks.n:
        return side, Finding("chunks_disagree", f"{len(chunks)} slices")
    if chunks_bytes(chunks) != fields.file.bytes:
        return side, Finding("chunks_disagree", f"{chunks_bytes(chunks)} bytes")
    return side, None


def keep(session: Session, sides: list[Side], *, now: datetime) -> None:
    """The same text is kept once; a side file that was missing at first may come with a retry."""
    for side in sides:
        if rows.side_file(session, side.sha256) is None:
            session.add(
                SideFile(
                    sha256=side.sha256,
                    name=side.name,
                    tree_root=side.tree_root,
                    text=side.text,
                    received_at=now,
                )
            )
            session.flush()

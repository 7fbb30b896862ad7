"""Checks a case file without the instance that made it: ``dockproof verify FILE.zip``.

Every check names what it found; none of them trusts the file. A key inside the bag proves nothing about whose it is:
what holds here holds for whoever has that key.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from webapp.adapters.bag_reader import Finding, OpenBag, Unreadable, check_manifests, open_bag
from webapp.domain.case import LEVELS
from webapp.domain.chunks import chunks_root, parse_chunks
from webapp.domain.evidence import MAX_RECORD_BYTES, MalformedRecord, RecordFields, parse
from webapp.domain.signatures import BadSignature, der_to_raw, verify

_RECORD: Final = re.compile(r"data/records/([0-9a-f]{32})/(\d{8,16})-([0-9a-f]{32})-(\d{8,16})\.txt")
_KEY: Final = re.compile(r"data/records/([0-9a-f]{32})/key(?:-until-(\d{8,16}))?\.pem")
_ENTRY: Final = re.compile(r"type record\nreceived [0-9TZ:.-]{24}\nrecord sha256:([0-9a-f]{64})\n")
_LISTING: Final = "data/manifest.json"
_MOST_KEY: Final = 4_096
_MOST_SIDE: Final = 16 << 20


@dataclass(frozen=True)
class Level:
    """``state``: ``holds`` for every exhibit, ``in_part``, or ``not_proven``."""

    state: str
    proven: int
    of: int


@dataclass(frozen=True)
class Verdict:
    """``ok``: the bag is whole, and nothing in it contradicts anything else in it."""

    ok: bool
    levels: Mapping[str, Level]
    findings: tuple[Finding, ...]


@dataclass
class _Signed:
    """What verified records commit to. ``files``: hashes of files; ``texts``: hash of a record → its path."""

    files: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    chains: dict[str, dict[int, list[tuple[str, str | None, str]]]] = field(default_factory=dict)


def verify_case_file(file: Path) -> Verdict:
    """Raises ``FileNotFoundError`` and the disk's own errors; whatever is wrong with the file is a finding."""
    try:
        with open_bag(file) as bag:
            payload = check_manifests(bag)
            signed = _check_records(bag)
            _check_chains(bag, signed)
            listed = _check_listing(bag, payload, signed)
            of = len(listed)
            held = sum(one in signed.files for one in listed)
            findings = tuple(bag.findings)
    except Unreadable as problem:
        findings, held, of = (problem.finding,), 0, 0
    whole = not findings
    levels = {level: Level("not_proven", 0, of) for level in LEVELS}
    if held and whole:
        levels["E0"] = Level("holds" if held == of else "in_part", held, of)
    return Verdict(whole, levels, findings)


def _check_records(bag: OpenBag) -> _Signed:
    keys = _keys(bag)
    signed = _Signed()
    for path in sorted(bag.files):
        named = _RECORD.fullmatch(path)
        if named is not None:
            _check_record(bag, path, named, keys, signed)
    return signed


def _keys(bag: OpenBag) -> dict[str, list[tuple[int | None, bytes]]]:
    """Phone → (last number that it signed, or None for the key in force; its DER)."""
    found: dict[str, list[tuple[int | None, bytes]]] = {}
    for path in sorted(bag.files):
        named = _KEY.fullmatch(path)
        data = bag.small(path, _MOST_KEY) if named is not None else None
        if named is None or data is None:
            continue
        try:
            der = load_pem_public_key(data).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        except Exception:  # whatever the library says of forged bytes, it is one finding
            bag.note("key_malformed", "is no public key", path)
            continue
        found.setdefault(named.group(1), []).append((int(named.group(2)) if named.group(2) else None, der))
    return found


def _key_for(keys: list[tuple[int | None, bytes]], seq: int) -> bytes | None:
    """The earliest key that was still in force at this number."""
    ended = sorted((until, der) for until, der in keys if until is not None and seq <= until)
    return ended[0][1] if ended else next((der for until, der in keys if until is None), None)


def _check_record(
    bag: OpenBag,
    path: str,
    named: re.Match[str],
    keys: Mapping[str, list[tuple[int | None, bytes]]],
    signed: _Signed,
) -> None:
    text = bag.text(path, MAX_RECORD_BYTES)
    if text is None:
        return
    try:
        fields = parse(text)
    except MalformedRecord as error:
        bag.note("record_malformed", f"is no record: {error}", path)
        return
    if (fields.device, fields.seq, fields.id) != (named.group(1), int(named.group(2)), named.group(3)):
        bag.note("record_misnamed", "says another phone, number or id than its name", path)
    sha256 = hashlib.sha256(text.encode("utf-8")).hexdigest()
    signed.texts[sha256] = path
    signed.chains.setdefault(fields.device, {}).setdefault(fields.seq, []).append((sha256, fields.prev, path))
    base = path.removesuffix(".txt")
    _check_entry(bag, f"{base}.entry.txt", sha256)
    _check_side(bag, base, fields)
    if _signature_holds(bag, base, text, _key_for(keys.get(fields.device, []), fields.seq)):
        signed.files.update({fields.file.sha256} if fields.file else ())


def _signature_holds(bag: OpenBag, base: str, text: str, key: bytes | None) -> bool:
    path = f"{base}.sig"
    if key is None:
        bag.note("key_missing", "the key of this phone is not in the bag", f"{base}.txt")
        return False
    signature = bag.small(path, _MOST_KEY) if path in bag.files else None
    if signature is None:
        bag.note("signature_missing", "has no signature", f"{base}.txt")
        return False
    try:
        verify(key, der_to_raw(signature), text.encode("utf-8"))
    except (BadSignature, ValueError, OverflowError):
        bag.note("signature_wrong", "was not signed by this phone's key as it stands", f"{base}.txt")
        return False
    return True


def _check_entry(bag: OpenBag, path: str, sha256: str) -> None:
    text = bag.text(path, _MOST_KEY) if path in bag.files else None
    if text is None:
        bag.note("entry_missing", "the log entry of a record is not in the bag", path)
        return
    read = _ENTRY.fullmatch(text)
    if read is None or read.group(1) != sha256:
        bag.note("entry_differs", "is not the log entry of its record", path)


def _check_side(bag: OpenBag, base: str, fields: RecordFields) -> None:
    """What a record names by hash: its events, its chunk tree."""
    events = f"{base}.events.txt"
    if fields.events is not None:
        if events not in bag.files:
            bag.note("side_missing", "the record names events that are not in the bag", events)
        elif bag.digest(events) != fields.events:
            bag.note("side_altered", "is not what the record named", events)
    chunks = f"{base}.chunks.txt"
    if fields.chunks is not None:
        text = bag.text(chunks, _MOST_SIDE) if chunks in bag.files else None
        if text is None:
            bag.note("side_missing", "the record names chunks that are not in the bag", chunks)
        elif not _is_tree(text, fields.chunks.n, fields.chunks.root):
            bag.note("side_altered", "is not what the record named", chunks)


def _is_tree(text: str, n: int, root: str) -> bool:
    try:
        return len(parse_chunks(text)) == n and chunks_root(text) == root
    except (MalformedRecord, ValueError):
        return False


def _check_chains(bag: OpenBag, signed: _Signed) -> None:
    """Each record names the one before it, as far as both are in the bag; one number names one record."""
    for chain in signed.chains.values():
        for seq, here in chain.items():
            if len({sha256 for sha256, _, _ in here}) > 1:
                bag.note("chain_forked", f"number {seq} stands for two records", here[0][2])
            before = {sha256 for sha256, _, _ in chain.get(seq - 1, [])}
            for _, prev, path in here:
                if before and prev not in before:
                    bag.note("chain_broken", "does not name the record before it", path)


def _check_listing(bag: OpenBag, payload: Mapping[str, str], signed: _Signed) -> list[str]:
    """``manifest.json`` against the manifest and the records; returns the exhibits' hashes as they really are."""
    text = bag.text(_LISTING) if _LISTING in bag.files else None
    if text is None:
        bag.note("listing_missing", "the bag does not list its exhibits", _LISTING)
        return []
    try:
        told: Any = json.loads(text)
        exhibits = [(str(one["path"]), str(one["sha256"]), one["record"]) for one in told["exhibits"]]
    except (ValueError, KeyError, TypeError, RecursionError):
        bag.note("listing_malformed", "is not the list of a case file", _LISTING)
        return []
    found = []
    for path, sha256, record in exhibits:
        there = payload.get(f"data/{path}")
        if there != sha256:
            bag.note(
                "listing_differs", "the list names another hash, or the file is not there", f"data/{path}"
            )
        if there is not None:
            found.append(there)
        if isinstance(record, str) and record.removeprefix("sha256:") not in signed.texts:
            bag.note("record_missing", "the record that names this file is not in the bag", f"data/{path}")
    return found

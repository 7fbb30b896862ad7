"""Writes records.json, chunks.json and events.json: expected bytes by hand, expected hashes by hashlib alone.

Imports neither the server's nor the phone's code, so that a vector cannot agree with a bug of theirs.
Run: python tests/vectors/make_evidence_vectors.py [folder]
"""

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
LINE_A = "a1" * 16
LINE_B = "b2" * 16
LINE_C = "c3" * 16
EMPTY = hashlib.sha256(b"").hexdigest()

Fields = dict[str, Any]


def sha(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def tree(leaves: list[bytes]) -> bytes:
    """RFC 6962 section 2.1, written as its recursive definition."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + tree(leaves[:split]) + tree(leaves[split:])).digest()


ARRIVAL_TEXT = """\
format 1
id 0f1e2d3c4b5a69788796a5b4c3d2e1f0
device d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0
seq 1
prev -
boot 00112233445566ff
site 51515151515151515151515151515151
worker -
order -
parcel 9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a
kind arrival
slot -
challenge -
label 7K3M9Q2XZV
file -
chunks -
mono 48211 48211
wall 1795240800000 1795240800000 480
offset -
events -
supersedes -
app 3f9c2ab1
salt 5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a
"""
ARRIVAL: Fields = {
    "id": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "device": "d0" * 16,
    "seq": 1,
    "prev": None,
    "boot": "00112233445566ff",
    "site": "51" * 16,
    "worker": None,
    "order": None,
    "parcel": "9a" * 16,
    "kind": "arrival",
    "slot": None,
    "challenge": None,
    "label": "7K3M9Q2XZV",
    "file": None,
    "chunks": None,
    "mono": {"start": 48211, "stop": 48211},
    "wall": {"start": 1795240800000, "stop": 1795240800000, "tz": 480},
    "offset": None,
    "events": None,
    "supersedes": None,
    "app": "3f9c2ab1",
    "salt": "5a" * 16,
}

OPEN_TEXT = f"""\
format 1
id 1f1e2d3c4b5a69788796a5b4c3d2e1f0
device d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0
seq 2
prev sha256:{sha(ARRIVAL_TEXT)}
boot 00112233445566ff
site 51515151515151515151515151515151
worker 77777777777777777777777777777777
order 04040404040404040404040404040404
parcel 9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a
kind take-open
slot EV-01
challenge cccccccccccccccccccccccccccccccc
label 7K3M9Q2XZV
file -
chunks -
mono 61000 61000
wall 1795240812789 1795240812789 480
offset -1250 85
events -
supersedes -
app 3f9c2ab1
salt 6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b
"""
OPEN: Fields = {
    **ARRIVAL,
    "id": "1f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "seq": 2,
    "prev": "sha256:" + sha(ARRIVAL_TEXT),
    "worker": "77" * 16,
    "order": "04" * 16,
    "kind": "take-open",
    "slot": "EV-01",
    "challenge": "cc" * 16,
    "mono": {"start": 61000, "stop": 61000},
    "wall": {"start": 1795240812789, "stop": 1795240812789, "tz": 480},
    "offset": {"ms": -1250, "pm": 85},
    "salt": "6b" * 16,
}

FILE_SHA = sha(b"take one")
ROOT = sha(b"a root")
EVENTS_SHA = sha(b"61 tally\n")
TAKE_TEXT = f"""\
format 1
id 2f1e2d3c4b5a69788796a5b4c3d2e1f0
device d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0
seq 3
prev sha256:{sha(OPEN_TEXT)}
boot 00112233445566ff
site 51515151515151515151515151515151
worker 77777777777777777777777777777777
order 04040404040404040404040404040404
parcel 9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a
kind take
slot EV-01
challenge -
label 7K3M9Q2XZV
opens 1f1e2d3c4b5a69788796a5b4c3d2e1f0
closed complete
tally {LINE_B} 12
tally {LINE_A} 0
file sha256:{FILE_SHA} 734003 video/webm;codecs=vp8,opus
chunks 9 sha256:{ROOT}
mono 61000 96012
wall 1795240812789 1795240847801 480
offset -1250 85
events sha256:{EVENTS_SHA}
supersedes -
app 3f9c2ab1
salt 7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c7c
"""
TAKE: Fields = {
    **OPEN,
    "id": "2f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "seq": 3,
    "prev": "sha256:" + sha(OPEN_TEXT),
    "kind": "take",
    "challenge": None,
    "opens": OPEN["id"],
    "closed": "complete",
    "tally": [{"line": LINE_B, "units": 12}, {"line": LINE_A, "units": 0}],
    "file": {"sha256": FILE_SHA, "bytes": 734003, "mime": "video/webm;codecs=vp8,opus"},
    "chunks": {"n": 9, "root": ROOT},
    "mono": {"start": 61000, "stop": 96012},
    "wall": {"start": 1795240812789, "stop": 1795240847801, "tz": 480},
    "events": EVENTS_SHA,
    "salt": "7c" * 16,
}

LOST_TEXT = f"""\
format 1
id 3f1e2d3c4b5a69788796a5b4c3d2e1f0
device d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0
seq 4
prev sha256:{sha(TAKE_TEXT)}
boot ffeeddccbbaa9988
site 51515151515151515151515151515151
worker -
order -
parcel -
kind take
slot -
challenge -
label -
opens 1f1e2d3c4b5a69788796a5b4c3d2e1f0
closed interrupted
file -
chunks -
mono 0 0
wall 1795240812789 1795240811000 -210
offset 0 0
events -
supersedes 2f1e2d3c4b5a69788796a5b4c3d2e1f0
app 00
salt 8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d8d
"""
LOST: Fields = {
    **TAKE,
    "id": "3f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "seq": 4,
    "prev": "sha256:" + sha(TAKE_TEXT),
    "boot": "ffeeddccbbaa9988",
    "worker": None,
    "order": None,
    "parcel": None,
    "slot": None,
    "label": None,
    "closed": "interrupted",
    "tally": [],
    "file": None,
    "chunks": None,
    "mono": {"start": 0, "stop": 0},
    "wall": {"start": 1795240812789, "stop": 1795240811000, "tz": -210},
    "offset": {"ms": 0, "pm": 0},
    "events": None,
    "supersedes": TAKE["id"],
    "app": "00",
    "salt": "8d" * 16,
}


BIND_TEXT = f"""\
format 1
id 4f1e2d3c4b5a69788796a5b4c3d2e1f0
device d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0
seq 5
prev sha256:{sha(LOST_TEXT)}
boot ffeeddccbbaa9988
site 51515151515151515151515151515151
worker 77777777777777777777777777777777
order -
parcel 9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a9a
kind bind
slot -
challenge -
label -
code 7K3M9Q2XZV
alias -
file -
chunks -
mono 7000 7000
wall 1795240900000 1795240900000 420
offset 12 30
events -
supersedes -
app 3f9c2ab1
salt 9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e9e
"""
BIND: Fields = {
    **ARRIVAL,
    "id": "4f1e2d3c4b5a69788796a5b4c3d2e1f0",
    "seq": 5,
    "prev": "sha256:" + sha(LOST_TEXT),
    "boot": "ffeeddccbbaa9988",
    "worker": "77" * 16,
    "kind": "bind",
    "label": None,
    "code": "7K3M9Q2XZV",
    "alias": None,
    "mono": {"start": 7000, "stop": 7000},
    "wall": {"start": 1795240900000, "stop": 1795240900000, "tz": 420},
    "offset": {"ms": 12, "pm": 30},
    "salt": "9e" * 16,
}
# What a forwarder's sticker says: hanzi, a GS1 separator, a character beyond the basic plane.
STICKER = "\u5e7f\u5dde A-17\x1d\U0001f4e6"
LONGEST = "\U0001f4e6" * 200


PHOTO_SHA = sha(b"photo one")
FREIGHT = "QuG6r2MgTmFt"  # Bac Nam, with its marks
LINE, OTHER, DRAW = "a1" * 16, "b2" * 16, "dd" * 16
# kind: its own lines in the text, and the values that they carry.
FACTS: dict[str, tuple[str, dict[str, str | None]]] = {
    "condition": ("outer torn\ntape broken\n", {"outer": "torn", "tape": "broken"}),
    "weighing": (
        "grams 12340\nshown 24.68\nunit jin\ntarget parcel\nopened no\n",
        {"grams": "12340", "shown": "24.68", "unit": "jin", "target": "parcel", "opened": "no"},
    ),
    "opening": (f"take {OTHER}\nat 8120\n", {"take": OTHER, "at": "8120"}),
    "estimate": (
        f"line {LINE}\nmethod pack\nunits 240\npacks 20\ngrams -\ntake -\n",
        {"line": LINE, "method": "pack", "units": "240", "packs": "20", "grams": None, "take": None},
    ),
    "delivery": (
        "courier present\noutcome annotated\nreason wet_box\n",
        {"courier": "present", "outcome": "annotated", "reason": "wet_box"},
    ),
    "slip": ("courier zto\nlisted 31\nscanned 30\n", {"courier": "zto", "listed": "31", "scanned": "30"}),
    "skip": ("step weight\nreason no-scale\n", {"step": "weight", "reason": "no-scale"}),
    "draw": (
        f"line {LINE}\ntranche 1\nlot 100\nplan aql\nlevel II\naql 2.5\nn 20\ntake {OTHER}\nredraw 0\nreason -\n",
        {
            "line": LINE,
            "tranche": "1",
            "lot": "100",
            "plan": "aql",
            "level": "II",
            "aql": "2.5",
            "n": "20",
            "take": OTHER,
            "redraw": "0",
            "reason": None,
        },
    ),
    "defect": (
        f"line {LINE}\ndraw {DRAW}\nunit 17\nclass major\ncode broken-zip\nquantity 2\n",
        {"line": LINE, "draw": DRAW, "unit": "17", "class": "major", "code": "broken-zip", "quantity": "2"},
    ),
    "inspection": (
        f"draw {DRAW}\ninspected 20\ndefective 0 2 1\n",
        {"draw": DRAW, "inspected": "20", "defective": "0 2 1"},
    ),
    "verdict": (
        f"line {LINE}\ntranche 1\nverdict rejected\nreason defects\ndraw {DRAW}\n",
        {"line": LINE, "tranche": "1", "verdict": "rejected", "reason": "defects", "draw": DRAW},
    ),
    "measurement": (
        f"line {LINE}\nattribute length\nlisted 10000\nmeasured 9500\nunit cm\ntake -\n",
        {
            "line": LINE,
            "attribute": "length",
            "listed": "10000",
            "measured": "9500",
            "unit": "cm",
            "take": None,
        },
    ),
    "discrepancy": (
        f"type wrong_item\nline {LINE}\nunits 3\n",
        {"type": "wrong_item", "line": LINE, "units": "3"},
    ),
    "handover": (
        f"carrier {FREIGHT}\ncontract {DRAW}\nseals U1o4ODEyMw\nago 45\nparcels {LINE} {OTHER}\n",
        {
            "carrier": FREIGHT,
            "contract": DRAW,
            "seals": "U1o4ODEyMw",
            "ago": "45",
            "parcels": f"{LINE} {OTHER}",
        },
    ),
    "item-id": (
        f"line {LINE}\nabout {OTHER}\ntext NjkwMTIzNDU2Nzg5Mg\n",
        {"line": LINE, "about": OTHER, "text": "NjkwMTIzNDU2Nzg5Mg"},
    ),
    "segment": (f"of {OTHER}\nnext {DRAW}\n", {"of": OTHER, "next": DRAW}),
    "unidentified": ("alias MjAyNi1B\n", {"alias": "MjAyNi1B"}),
}
PHOTO_LINES = f"source still\nline -\ntake {OTHER}\nat 5021\nabout -\nalso EV-04 EV-01p\n"
PHOTO_VALUES = {
    "source": "still",
    "line": None,
    "take": OTHER,
    "at": "5021",
    "about": None,
    "also": "EV-04 EV-01p",
}


def fact_text(kind: str, lines: str) -> str:
    return swap(swap(ARRIVAL_TEXT, "kind arrival", f"kind {kind}"), "file -\n", lines + "file -\n")


def fact_fields(kind: str, values: dict[str, str | None]) -> Fields:
    return {**ARRIVAL, "kind": kind, "values": values}


def photo_text() -> str:
    text = swap(fact_text("photo", PHOTO_LINES), "slot -", "slot EV-12")
    return swap(text, "file -", f"file sha256:{PHOTO_SHA} 81234 image/jpeg")


PHOTO: Fields = {
    **ARRIVAL,
    "kind": "photo",
    "slot": "EV-12",
    "values": PHOTO_VALUES,
    "file": {"sha256": PHOTO_SHA, "bytes": 81234, "mime": "image/jpeg"},
}


def withdrawal_text() -> str:
    return swap(fact_text("withdrawal", "reason wrong-parcel\n"), "supersedes -", f"supersedes {OTHER}")


WITHDRAWAL: Fields = {
    **ARRIVAL,
    "kind": "withdrawal",
    "values": {"reason": "wrong-parcel"},
    "supersedes": OTHER,
}


def spelt(alias: str) -> str:
    return base64.urlsafe_b64encode(alias.encode()).decode().rstrip("=")


def alias_text(spelling: str) -> str:
    return swap(swap(BIND_TEXT, "code 7K3M9Q2XZV", "code -"), "alias -", f"alias {spelling}")


def alias_fields(alias: str) -> Fields:
    return {**BIND, "code": None, "alias": alias}


def swap(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1, (old, text.count(old))
    return text.replace(old, new)


def records() -> dict[str, Any]:
    good = [
        ("first record of a device", ARRIVAL, ARRIVAL_TEXT),
        ("take-open", OPEN, OPEN_TEXT),
        ("take with two lines in the parcel's own order", TAKE, TAKE_TEXT),
        ("interrupted take without a byte, clock set back, west of UTC", LOST, LOST_TEXT),
        ("bind of a blank label", BIND, BIND_TEXT),
        ("bind of a sticker", alias_fields(STICKER), alias_text(spelt(STICKER))),
        ("bind of the longest sticker", alias_fields(LONGEST), alias_text(spelt(LONGEST))),
        ("photo taken out of a running take", PHOTO, photo_text()),
        ("withdrawal", WITHDRAWAL, withdrawal_text()),
    ]
    good += [
        (kind, fact_fields(kind, values), fact_text(kind, lines)) for kind, (lines, values) in FACTS.items()
    ]
    refused_text = {
        "no closing LF": ARRIVAL_TEXT[:-1],
        "CR LF": ARRIVAL_TEXT.replace("\n", "\r\n"),
        "empty": "",
        "blank line": swap(ARRIVAL_TEXT, "prev -\n", "prev -\n\n"),
        "two spaces": swap(ARRIVAL_TEXT, "seq 1", "seq  1"),
        "trailing space": swap(ARRIVAL_TEXT, "prev -\n", "prev - \n"),
        "keys swapped": swap(ARRIVAL_TEXT, "slot -\nchallenge -\n", "challenge -\nslot -\n"),
        "key missing": swap(ARRIVAL_TEXT, "slot -\n", ""),
        "key twice": swap(ARRIVAL_TEXT, "slot -\n", "slot -\nslot -\n"),
        "unknown key at the end": ARRIVAL_TEXT + "note hello\n",
        "format 2": swap(ARRIVAL_TEXT, "format 1", "format 2"),
        "unknown kind": swap(ARRIVAL_TEXT, "kind arrival", "kind teleport"),
        "upper-case id": swap(ARRIVAL_TEXT, "id 0f1e2d3c4b5a", "id 0F1E2D3C4B5A"),
        "short id": swap(ARRIVAL_TEXT, "id 0f1e2d3c4b5a", "id 0f1e2d3c4b5"),
        "seq 0": swap(ARRIVAL_TEXT, "seq 1", "seq 0"),
        "seq with leading zero": swap(ARRIVAL_TEXT, "seq 1", "seq 01"),
        "seq 2 without prev": swap(ARRIVAL_TEXT, "seq 1", "seq 2"),
        "seq 1 with prev": swap(ARRIVAL_TEXT, "prev -", "prev sha256:" + "ab" * 32),
        "non-ASCII value": swap(ARRIVAL_TEXT, "label 7K3M9Q2XZV", "label 7K3M9Q2XZ\u0664"),
        "label with U": swap(ARRIVAL_TEXT, "7K3M9Q2XZV", "7K3M9Q2XUV"),
        "arrival with tally": swap(ARRIVAL_TEXT, "file -\n", f"tally {LINE_A} 1\nfile -\n"),
        "plus sign": swap(ARRIVAL_TEXT, "mono 48211 48211", "mono +48211 48211"),
        "minus zero": swap(LOST_TEXT, "offset 0 0", "offset -0 0"),
        "fraction": swap(ARRIVAL_TEXT, "mono 48211 48211", "mono 48211.5 48212"),
        "mono runs backwards": swap(ARRIVAL_TEXT, "mono 48211 48211", "mono 48211 48210"),
        "number above 2^53 - 1": swap(ARRIVAL_TEXT, "seq 1", "seq 9007199254740992"),
        "negative uncertainty": swap(OPEN_TEXT, "offset -1250 85", "offset -1250 -85"),
        "take-open with a file": swap(OPEN_TEXT, "file -", f"file sha256:{FILE_SHA} 9 video/webm"),
        "take-open with opens": swap(OPEN_TEXT, "file -", "opens " + "11" * 16 + "\nfile -"),
        "complete take without a file": swap(
            TAKE_TEXT, f"file sha256:{FILE_SHA} 734003 video/webm;codecs=vp8,opus", "file -"
        ),
        "take with a file but no chunks": swap(TAKE_TEXT, f"chunks 9 sha256:{ROOT}", "chunks -"),
        "take with no chunk": swap(TAKE_TEXT, "chunks 9 ", "chunks 0 "),
        "file of 0 bytes": swap(TAKE_TEXT, " 734003 ", " 0 "),
        "hash of the empty string": swap(TAKE_TEXT, FILE_SHA, EMPTY),
        "unknown digest": swap(TAKE_TEXT, f"file sha256:{FILE_SHA}", f"file sha1:{FILE_SHA[:40]}"),
        "line tallied twice": swap(TAKE_TEXT, f"tally {LINE_A} 0", f"tally {LINE_B} 0"),
        "negative units": swap(TAKE_TEXT, f"tally {LINE_A} 0", f"tally {LINE_A} -1"),
        "closed otherwise": swap(TAKE_TEXT, "closed complete", "closed paused"),
        "tally before closed": swap(
            TAKE_TEXT, f"closed complete\ntally {LINE_B} 12\n", f"tally {LINE_B} 12\nclosed complete\n"
        ),
    }
    refused_text |= {
        "bind of nothing": swap(BIND_TEXT, "code 7K3M9Q2XZV", "code -"),
        "bind of a label and a sticker": swap(BIND_TEXT, "alias -", f"alias {spelt('A')}"),
        "bind without its alias line": swap(BIND_TEXT, "alias -\n", ""),
        "bind with a file": swap(BIND_TEXT, "file -", f"file sha256:{FILE_SHA} 9 image/jpeg"),
        "arrival with a code": swap(ARRIVAL_TEXT, "file -", "code 7K3M9Q2XZV\nalias -\nfile -"),
        "code in lower case": swap(BIND_TEXT, "7K3M9Q2XZV", "7k3m9q2xzv"),
        "alias of nothing": alias_text(""),
        "alias above 200 characters": alias_text(spelt("A" * 201)),
        "alias with NUL": alias_text(spelt("A\0")),
        "alias that is no UTF-8": alias_text("_w"),
        "alias of a lone surrogate": alias_text("7aCA"),
        "alias padded": alias_text("QQ=="),
        "alias with altered trailing bits": alias_text("QR"),
        "alias in the standard alphabet": alias_text(
            spelt(STICKER).replace("_", "/").replace("-", "+") + "+"
        ),
    }
    weighing = fact_text("weighing", FACTS["weighing"][0])
    refused_text |= {
        "photo without a file": swap(photo_text(), f"file sha256:{PHOTO_SHA} 81234 image/jpeg", "file -"),
        "photo with chunks": swap(photo_text(), "chunks -", f"chunks 1 sha256:{ROOT}"),
        "photo of no slot": swap(photo_text(), "slot EV-12", "slot -"),
        "photo of an unknown source": swap(photo_text(), "source still", "source gallery"),
        "withdrawal of nothing": swap(withdrawal_text(), f"supersedes {OTHER}", "supersedes -"),
        "weighing of 0 g": swap(weighing, "grams 12340", "grams 0"),
        "weighing with a comma": swap(weighing, "shown 24.68", "shown 24,68"),
        "weighing with a file": swap(weighing, "file -", f"file sha256:{PHOTO_SHA} 9 image/jpeg"),
        "weighing in pounds": swap(weighing, "unit jin", "unit lb"),
        "weighing without its unit": swap(weighing, "unit jin\n", ""),
        "weighing with its keys swapped": swap(
            weighing, "unit jin\ntarget parcel\n", "target parcel\nunit jin\n"
        ),
        "grams above 2^53 - 1": swap(weighing, "grams 12340", "grams 9007199254740992"),
        "condition unheard of": swap(
            fact_text("condition", FACTS["condition"][0]), "outer torn", "outer odd"
        ),
        "defect code in upper case": swap(
            fact_text("defect", FACTS["defect"][0]), "code broken-zip", "code Broken"
        ),
        "arrival with a condition's key": swap(ARRIVAL_TEXT, "file -\n", "outer torn\nfile -\n"),
    }
    refused_fields = {
        "weighing with a stranger's key": fact_fields("weighing", {**FACTS["weighing"][1], "line": LINE}),
        "line break smuggled into a reason": {**WITHDRAWAL, "values": {"reason": "x\nseq 9"}},
        "bind of nothing": {**BIND, "code": None},
        "bind of a label and a sticker": {**BIND, "alias": "A"},
        "bind of an empty sticker": alias_fields(""),
        "bind of a sticker above 200 characters": alias_fields("A" * 201),
        "arrival that binds": {**ARRIVAL, "code": "7K3M9Q2XZV"},
        "label in lower case": {**ARRIVAL, "label": "7k3m9q2xzv"},
        "line break smuggled into mime": {**TAKE, "file": {**TAKE["file"], "mime": "video/webm\nseq 9"}},
        "space in mime": {**TAKE, "file": {**TAKE["file"], "mime": "video/mp4; codecs=avc1"}},
        "fraction of a millisecond": {**ARRIVAL, "mono": {"start": 1.5, "stop": 2}},
        "empty string instead of nothing": {**ARRIVAL, "worker": ""},
        "arrival that opens": {**ARRIVAL, "opens": "11" * 16},
        "take that opens nothing": {**TAKE, "opens": None},
    }
    return {
        "about": "Record text, format 1 (docs/architecture.md). null in fields is - in the text.",
        "records": [{"name": n, "fields": f, "text": t, "sha256": sha(t)} for n, f, t in good],
        "refused_text": [{"name": n, "text": t} for n, t in refused_text.items()],
        "refused_fields": [{"name": n, "fields": f} for n, f in refused_fields.items()],
    }


def chunk_case(name: str, slices: list[tuple[bytes, int]]) -> dict[str, Any]:
    rows: list[dict[str, Any]] = []
    offset = 0
    for index, (data, ms) in enumerate(slices):
        rows.append({"index": index, "offset": offset, "length": len(data), "ms": ms, "sha256": sha(data)})
        offset += len(data)
    lines = [f"{r['index']} {r['offset']} {r['length']} {r['ms']} {r['sha256']}" for r in rows]
    text = "".join(line + "\n" for line in lines)
    return {
        "name": name,
        "slices": [data.decode() for data, _ in slices],
        "chunks": rows,
        "text": text,
        "root": tree([line.encode() for line in lines]).hex(),
        "bytes": offset,
        "file_sha256": sha(b"".join(data for data, _ in slices)),
        "text_sha256": sha(text),
    }


def chunks() -> dict[str, Any]:
    cases = [chunk_case("first slice of one byte", [(b"\x1a", 12)])]
    cases += [
        chunk_case(f"{n} slices", [(f"slice {i} ".encode() * (i + 1), 1000 * i + 7) for i in range(n)])
        for n in (2, 3, 5, 8, 13)
    ]
    one = cases[2]["text"]
    leaves = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    leaves.append("606162636465666768696a6b6c6d6e6f")
    trees = []
    for n in range(1, 9):
        trees.append({"leaves_hex": leaves[:n], "root": tree([bytes.fromhex(x) for x in leaves[:n]]).hex()})
    # The roots that the certificate-transparency projects publish for these eight leaves.
    assert trees[0]["root"] == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert trees[6]["root"] == "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
    assert trees[7]["root"] == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    refused = {
        "no closing LF": one[:-1],
        "empty": "",
        "index starts at 1": "1 0 4 0 " + "ab" * 32 + "\n",
        "gap in the bytes": f"0 0 4 0 {'ab' * 32}\n1 5 4 9 {'ab' * 32}\n",
        "overlap": f"0 0 4 0 {'ab' * 32}\n1 3 4 9 {'ab' * 32}\n",
        "slice of 0 bytes": f"0 0 0 0 {EMPTY}\n",
        "time runs backwards": f"0 0 4 10 {'ab' * 32}\n1 4 4 9 {'ab' * 32}\n",
        "hash too short": "0 0 4 0 " + "ab" * 31 + "\n",
    }
    return {
        "about": "chunks.txt and its RFC 6962 root. Leaf data = the line without its LF. Slices are UTF-8.",
        "takes": cases,
        "trees": trees,
        "refused_text": [{"name": n, "text": t} for n, t in refused.items()],
    }


def event_case(name: str, events: list[Fields], text: str, per_line: dict[str, int]) -> dict[str, Any]:
    return {
        "name": name,
        "events": events,
        "text": text,
        "sha256": sha(text),
        "per_line": per_line,
        "total": sum(per_line.values()),
    }


def tally(ms: int, line: str, n: int, total: int) -> Fields:
    return {"ms": ms, "type": "tally", "line": line, "n": n, "total": total}


def undo(ms: int, line: str, n: int, total: int) -> Fields:
    return {"ms": ms, "type": "undo", "line": line, "n": n, "total": total}


RECOUNT: Fields = {"ms": 3, "type": "mark", "name": "recount"}


def events() -> dict[str, Any]:
    every_type: list[Fields] = [
        {"ms": 0, "type": "hidden"},
        {"ms": 5, "type": "visible"},
        {"ms": 6, "type": "mute", "track": "audio"},
        {"ms": 7, "type": "unmute", "track": "audio"},
        {"ms": 7, "type": "stalled", "for": 3400},
        {"ms": 9, "type": "ended", "track": "video"},
    ]
    a, b, c = LINE_A, LINE_B, LINE_C
    good = [
        event_case("one tap", [tally(1500, a, 1, 1)], f"1500 tally {a} +1 1\n", {a: 1}),
        event_case(
            "two lines, tens and ones",
            [tally(900, a, 10, 10), tally(1800, b, 1, 11), tally(1800, a, 1, 12), tally(60000, c, 100, 112)],
            f"900 tally {a} +10 10\n1800 tally {b} +1 11\n1800 tally {a} +1 12\n60000 tally {c} +100 112\n",
            {a: 11, b: 1, c: 100},
        ),
        event_case(
            "undo takes back that line's last tally, then the one before it",
            [
                tally(1, a, 10, 10),
                tally(2, a, 1, 11),
                tally(3, b, 5, 16),
                undo(4, a, 1, 15),
                undo(5, a, 10, 5),
                tally(6, a, 2, 7),
            ],
            f"1 tally {a} +10 10\n2 tally {a} +1 11\n3 tally {b} +5 16\n"
            f"4 undo {a} -1 15\n5 undo {a} -10 5\n6 tally {a} +2 7\n",
            {a: 2, b: 5},
        ),
        event_case(
            "all taken back",
            [tally(1, a, 1, 1), undo(2, a, 1, 0)],
            f"1 tally {a} +1 1\n2 undo {a} -1 0\n",
            {a: 0},
        ),
        event_case(
            "every other type",
            every_type,
            "0 hidden\n5 visible\n6 mute audio\n7 unmute audio\n7 stalled 3400\n9 ended video\n",
            {},
        ),
        event_case(
            "steps of the take and a still",
            [
                {"ms": 12, "type": "mark", "name": "tape"},
                {"ms": 90, "type": "still", "record": DRAW},
                {"ms": 95, "type": "mark", "name": "cut"},
            ],
            f"12 mark tape\n90 still {DRAW}\n95 mark cut\n",
            {},
        ),
        event_case(
            "a recount starts at 0 and leaves the first count readable",
            [tally(1, a, 10, 10), tally(2, b, 1, 11), RECOUNT, tally(4, a, 9, 9)],
            f"1 tally {a} +10 10\n2 tally {b} +1 11\n3 mark recount\n4 tally {a} +9 9\n",
            {a: 9},
        ),
    ]
    refused = {
        "undo reaches behind the recount": f"1 tally {a} +1 1\n2 mark recount\n3 undo {a} -1 0\n",
        "total carried over a recount": f"1 tally {a} +1 1\n2 mark recount\n3 tally {a} +1 2\n",
        "mark without a name": "1 mark\n",
        "mark in upper case": "1 mark Cut\n",
        "no closing LF": f"1 tally {a} +1 1",
        "blank line": f"1 tally {a} +1 1\n\n",
        "unknown type": "1 pause\n",
        "time runs backwards": f"5 tally {a} +1 1\n4 tally {a} +1 2\n",
        "running total wrong": f"5 tally {a} +1 2\n",
        "tally of 0": f"5 tally {a} +0 0\n",
        "tally without its plus": f"5 tally {a} 1 1\n",
        "undo of nothing": f"5 undo {a} -1 -1\n",
        "undo of another line's tally": f"1 tally {a} +1 1\n2 undo {b} -1 0\n",
        "undo of half a tally": f"1 tally {a} +10 10\n2 undo {a} -1 9\n",
        "undo out of order": f"1 tally {a} +10 10\n2 tally {a} +1 11\n3 undo {a} -10 1\n",
        "unknown track": "1 mute screen\n",
        "stalled without a time": "1 stalled\n",
    }
    return {
        "about": "events.txt and what its taps add up to. ms since the take's mono start; for = stalled ms.",
        "takes": good,
        "refused_text": [{"name": n, "text": t} for n, t in refused.items()],
    }


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    for name, content in (("records", records()), ("chunks", chunks()), ("events", events())):
        body = json.dumps(content, ensure_ascii=True, indent=1) + "\n"
        (folder / f"{name}.json").write_text(body, encoding="utf-8")


if __name__ == "__main__":
    main()

"""Record text, slices, events and signatures: the phone's vectors, and what a hostile sender tries."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain import chunks, events, evidence, ledger, signatures

VECTORS = Path(__file__).parents[1] / "vectors"
RECORDS = json.loads((VECTORS / "records.json").read_text("utf-8"))
CHUNKS = json.loads((VECTORS / "chunks.json").read_text("utf-8"))
EVENTS = json.loads((VECTORS / "events.json").read_text("utf-8"))


def fields_of(vector: dict[str, Any]) -> evidence.RecordFields:
    values = dict(vector)
    values["prev"] = values["prev"] and values["prev"].removeprefix("sha256:")
    values["mono"] = evidence.Span(**values["mono"])
    values["wall"] = evidence.Wall(**values["wall"])
    values["offset"] = values["offset"] and evidence.Offset(**values["offset"])
    values["file"] = values["file"] and evidence.FileClaim(**values["file"])
    values["chunks"] = values["chunks"] and evidence.ChunkClaim(**values["chunks"])
    values["tally"] = tuple(evidence.TallyLine(**row) for row in values.get("tally", ()))
    values["values"] = tuple(values.get("values", {}).items())
    return evidence.RecordFields(**values)


@pytest.mark.parametrize("case", RECORDS["records"], ids=lambda case: case["name"])
def test_records_are_written_and_read_byte_for_byte(case: dict[str, Any]) -> None:
    fields = fields_of(case["fields"])
    assert evidence.serialise(fields) == case["text"]
    assert evidence.parse(case["text"]) == fields
    assert evidence.sha256_hex(case["text"]) == case["sha256"]


@pytest.mark.parametrize("case", RECORDS["refused_text"], ids=lambda case: case["name"])
def test_record_text_with_a_flaw_is_malformed(case: dict[str, str]) -> None:
    with pytest.raises(evidence.MalformedRecord):
        evidence.parse(case["text"])


@pytest.mark.parametrize("case", RECORDS["refused_fields"], ids=lambda case: case["name"])
def test_values_that_the_format_cannot_carry_are_not_written(case: dict[str, Any]) -> None:
    with pytest.raises(evidence.MalformedRecord):
        evidence.serialise(fields_of(case["fields"]))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("lone surrogate", "format 1\nid \ud800\n"),
        ("nul byte", "format 1\n\x00\n"),
        (
            "vertical tab is a line break to str.splitlines",
            RECORDS["records"][0]["text"].replace("\nseq", "\vseq"),
        ),
        ("megabytes", "format 1\n" + "tally x 1\n" * 200_000),
        ("digits that int() would read", RECORDS["records"][0]["text"].replace("seq 1\n", "seq 1_0\n")),
    ],
)
def test_hostile_text_is_malformed_and_nothing_worse(name: str, text: str) -> None:
    with pytest.raises(evidence.MalformedRecord):
        evidence.parse(text)


@settings(derandomize=True, max_examples=300, deadline=None)
@given(st.data())
def test_whatever_parses_writes_back_to_the_same_bytes(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([case["text"] for case in RECORDS["records"]]))
    at = data.draw(st.integers(0, len(text) - 1))
    cut = data.draw(st.integers(0, 3))
    changed = text[:at] + data.draw(st.text("0123456789abcdef -\n:Z", max_size=3)) + text[at + cut :]
    try:
        fields = evidence.parse(changed)
    except evidence.MalformedRecord:
        return
    assert evidence.serialise(fields) == changed


@pytest.mark.parametrize("case", CHUNKS["takes"], ids=lambda case: case["name"])
def test_slices_and_their_tree_root(case: dict[str, Any]) -> None:
    parsed = chunks.parse_chunks(case["text"])
    assert [dataclasses.asdict(chunk) for chunk in parsed] == case["chunks"]
    assert chunks.chunks_text(parsed) == case["text"]
    assert chunks.chunks_root(case["text"]) == case["root"]
    assert chunks.chunks_bytes(parsed) == case["bytes"]


@pytest.mark.parametrize("case", CHUNKS["refused_text"], ids=lambda case: case["name"])
def test_slices_with_a_flaw_are_malformed(case: dict[str, str]) -> None:
    with pytest.raises(evidence.MalformedRecord) as caught:
        chunks.parse_chunks(case["text"])
    assert caught.value.code == "chunks_malformed"


@pytest.mark.parametrize("case", CHUNKS["trees"], ids=lambda case: str(len(case["leaves_hex"])))
def test_tree_roots_are_those_of_certificate_transparency(case: dict[str, Any]) -> None:
    assert ledger.tree_root(bytes.fromhex(leaf) for leaf in case["leaves_hex"]).hex() == case["root"]


@pytest.mark.parametrize("case", EVENTS["takes"], ids=lambda case: case["name"])
def test_events_add_up(case: dict[str, Any]) -> None:
    parsed = events.parse_events(case["text"])
    assert events.events_text(parsed) == case["text"]
    assert events.fold(parsed) == case["per_line"]
    assert evidence.sha256_hex(case["text"]) == case["sha256"]


@pytest.mark.parametrize("case", EVENTS["refused_text"], ids=lambda case: case["name"])
def test_events_with_a_flaw_are_malformed(case: dict[str, str]) -> None:
    with pytest.raises(evidence.MalformedRecord) as caught:
        events.parse_events(case["text"])
    assert caught.value.code == "events_malformed"


def key_pair() -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    key = ec.derive_private_key(0xA11CE, ec.SECP256R1())
    return key, key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def test_a_signature_holds_only_over_its_bytes_and_for_its_key() -> None:
    key, spki = key_pair()
    raw = signatures.der_to_raw(key.sign(b"record", ec.ECDSA(SHA256())))
    signatures.verify(spki, raw, b"record")
    other = ec.derive_private_key(0xB0B, ec.SECP256R1()).public_key()
    other_spki = other.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for bad in (
        (spki, raw, b"Record"),
        (other_spki, raw, b"record"),
        (spki, bytes(64), b"record"),
        (spki, raw + b"\0", b"record"),
    ):
        with pytest.raises(signatures.BadSignature):
            signatures.verify(*bad)


def test_base64url_has_one_spelling() -> None:
    assert signatures.decode_base64url("_-8") == b"\xff\xef"
    for altered in ("_-9", "_-8=", "_-8\n", "/+8", "_", "_-8é"):
        with pytest.raises(signatures.BadSignature):
            signatures.decode_base64url(altered)


def test_only_canonical_p256_keys_are_accepted() -> None:
    key, spki = key_pair()
    signatures.check_public_key(spki)
    p384 = ec.derive_private_key(0xA11CE, ec.SECP384R1()).public_key()
    foreign = p384.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for bad in (
        foreign,
        spki[:-1],
        b"",
        key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
    ):
        with pytest.raises(signatures.BadSignature):
            signatures.check_public_key(bad)

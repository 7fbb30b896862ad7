"""The log's leaves and RFC 6962 trees.

The same tree stands over a take's slices (``chunks.txt``). Vectors shared with the phone: tests/vectors/chunks.json.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962 section 2.1: the prefix keeps a leaf from being taken for a node."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """RFC 6962 Merkle tree hash over leaf data, in one pass and O(log n) memory.

    Complete subtrees are merged as they fill, the rest from the right. No leaves: the hash of the empty string, as
    the RFC has it; callers that must refuse an empty tree do so themselves.
    """
    peaks: list[tuple[bytes, int]] = []
    for leaf in leaves:
        node, size = leaf_hash(leaf), 1
        while peaks and peaks[-1][1] == size:
            left, left_size = peaks.pop()
            node, size = node_hash(left, node), size + left_size
        peaks.append((node, size))
    if not peaks:
        return hashlib.sha256(b"").digest()
    root = peaks.pop()[0]
    while peaks:
        root = node_hash(peaks.pop()[0], root)
    return root


def iso_milliseconds(at: datetime) -> str:
    """``2026-11-21T08:00:00.000Z``: how instants stand in evidence. ``at`` is aware."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def record_entry(received: datetime, record_sha256: str) -> str:
    """``entry.txt`` of a record: the receipt time lies inside the leaf, so it cannot be changed later."""
    return f"type record\nreceived {iso_milliseconds(received)}\nrecord sha256:{record_sha256}\n"


def key_entry(*, received: datetime, device: str, old: str, new: str, last_seq: int) -> str:
    """``entry.txt`` of a phone's change of key: both by the SHA-256 (hex) of their SPKI DER."""
    return (
        f"type key\nreceived {iso_milliseconds(received)}\ndevice {device}\n"
        f"old sha256:{old}\nnew sha256:{new}\nlast-seq {last_seq}\n"
    )


def enrol_entry(*, received: datetime, device: str, site: str, key: str, by: str) -> str:
    """``entry.txt`` of a phone that was let in; ``key``: SHA-256 (hex) of its first key, ``by``: who made the code."""
    return (
        f"type enrol\nreceived {iso_milliseconds(received)}\ndevice {device}\nsite {site}\n"
        f"key sha256:{key}\nby {by}\n"
    )


def revoke_entry(*, received: datetime, device: str, by: str) -> str:
    """``entry.txt`` of a phone that was shut out: nothing that it signs is accepted from here on."""
    return f"type revoke\nreceived {iso_milliseconds(received)}\ndevice {device}\nby {by}\n"


def derivative_entry(*, received: datetime, of: str, kind: str, derivative: str) -> str:
    """``entry.txt`` of a copy made from an original that stays untouched; both named by hash (hex)."""
    return (
        f"type derivative\nreceived {iso_milliseconds(received)}\n"
        f"of sha256:{of}\nkind {kind}\nderivative sha256:{derivative}\n"
    )


def document_entry(
    *,
    received: datetime,
    document: str,
    kind: str,
    sha256: str,
    size: int,
    mime: str,
    filed_by: str,
    orders: Iterable[str],
) -> str:
    """``entry.txt`` of a file that a person put into the record of orders; opaque ids, never order numbers."""
    named = "".join(f"order {order}\n" for order in sorted(orders))
    return (
        f"type document\nreceived {iso_milliseconds(received)}\ndocument {document}\nkind {kind}\n"
        f"file sha256:{sha256} {size} {mime}\nfiled-by {filed_by}\n{named}"
    )


def job_capture_entry(
    *,
    received: datetime,
    capture: str,
    link: str,
    parcel: str,
    sha256: str,
    size: int,
    mime: str,
    over_https: bool,
) -> str:
    """``entry.txt`` of a file that came by a job link (named by the hash of its token): no phone has signed it."""
    return (
        f"type job-capture\nreceived {iso_milliseconds(received)}\ncapture {capture}\nlink sha256:{link}\n"
        f"parcel {parcel}\nfile sha256:{sha256} {size} {mime}\nover {'https' if over_https else 'http'}\n"
    )


def claim_event_entry(
    *, received: datetime, claim: str, seq: int, kind: str, at: datetime, said: str, document: str | None
) -> str:
    """``entry.txt`` of what happened to a claim; ``said``: SHA-256 (hex) of its canonical JSON."""
    return (
        f"type claim-event\nreceived {iso_milliseconds(received)}\nclaim {claim}\nseq {seq}\nkind {kind}\n"
        f"at {iso_milliseconds(at)}\nsaid sha256:{said}\ndocument {document or '-'}\n"
    )


def submission_entry(*, received: datetime, claim: str, no: int, manifest: str) -> str:
    """``entry.txt`` of what was sent; ``manifest``: SHA-256 (hex) of its text."""
    return (
        f"type submission\nreceived {iso_milliseconds(received)}\nclaim {claim}\nno {no}\n"
        f"manifest sha256:{manifest}\n"
    )


def message_entry(
    *,
    received: datetime,
    message: str,
    template: str,
    order: str,
    text: str,
    sent: datetime,
    document: str,
    by: str,
) -> str:
    """``entry.txt`` of a message as it was sent: its UTF-8 text by hash, the document that proves the sending."""
    return (
        f"type message\nreceived {iso_milliseconds(received)}\nmessage {message}\ntemplate {template}\norder {order}\n"
        f"text sha256:{hashlib.sha256(text.encode('utf-8')).hexdigest()}\nsent {iso_milliseconds(sent)}\n"
        f"document {document}\nby {by}\n"
    )


def voucher_entry(*, received: datetime, order: str, sha256: str, size: int, originals: Iterable[str]) -> str:
    """``entry.txt`` of a picture put together for a platform's form; it names every original that it shows."""
    named = "".join(f"of sha256:{one}\n" for one in sorted(set(originals)))
    return (
        f"type voucher\nreceived {iso_milliseconds(received)}\norder {order}\n"
        f"file sha256:{sha256} {size} image/jpeg\n{named}"
    )

"""Brings a phone's captures to the server over any line, as the phone's sync does, and holds the server to its word.

What was acknowledged is written down; an answer that takes it back raises ``Broken``. The courier knows nothing of
what goes wrong on the way: it asks again, as long as it takes.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from tests.faults.shift import Capture, Upload
from tests.support.phone import Answer, Phone, SignedRecord, metadata

T = TypeVar("T")

MOST_TRIES = 300
"""Failures in a row until the line is taken for dead."""

MOST_RESTARTS = 5
MOST_STEPS = 2_000
"""Answers to one upload."""


class Broken(AssertionError):
    """The server took back, doubled or changed what it had acknowledged."""


class _Trouble(Exception):
    """No usable answer came: nothing is known, so ask again."""


class _StartOver(Exception):
    """The server tells the truth about other bytes: some were changed on the way, in a body that was then cut or
    taken over before its checksum could be compared."""


@dataclass
class Word:
    """What the server has said to this phone."""

    entries: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Record hash (hex) to log entry and time of receipt."""

    offsets: dict[str, int] = field(default_factory=dict)
    """Upload's path to the bytes acknowledged at least."""

    verified: dict[str, str] = field(default_factory=dict)
    """Record id to the SHA-256 that the server made of its bytes."""

    committed_after: list[float] = field(default_factory=list)
    """Seconds from each capture to its record's first receipt."""

    retries: int = 0
    restarts: int = 0
    """Uploads that had to be sent again from their first byte."""


class Courier:
    """``piece`` is the range of PATCH sizes in bytes; ``wait`` runs before each new try after trouble."""

    def __init__(
        self, phone: Phone, *, seed: int, piece: tuple[int, int], wait: Callable[[], None] = lambda: None
    ) -> None:
        self.phone = phone
        self.word = Word()
        self.brought: list[Capture] = []
        self._piece = piece
        self._wait = wait
        self._unsure: set[str] = set()
        self._random = random.Random(f"courier {seed} {phone.device}")

    def bring(self, capture: Capture) -> None:
        """Returns when every record is acknowledged and every byte verified. Raises ``Broken``."""
        self.brought.append(capture)
        began = time.monotonic()
        upload = capture.upload
        if upload is None or not upload.deferred:
            self._commit(capture.records, began)
            if upload is not None:
                self._upload(upload, lambda: None)
        else:
            self._commit(capture.before, began)
            self._upload(upload, lambda: self._commit(capture.after, began))
        if upload is not None:
            self._expect_verified(capture, upload)

    def commit(self, capture: Capture) -> None:
        """All its records at once, while its bytes still wait: what a phone does when the film is done."""
        self.brought.append(capture)
        self._commit(capture.records, time.monotonic())

    def carry(self, capture: Capture) -> None:
        """The bytes of a committed capture. May run beside ``commit`` in a thread of its own."""
        if capture.upload is not None:
            self._upload(capture.upload, lambda: None)
            self._expect_verified(capture, capture.upload)

    def ask_again(self) -> None:
        """Everything once more, as after a lost note: the answers must be the same."""
        for start in range(0, len(self.records), 50):
            self._commit(self.records[start : start + 50], time.monotonic())

    @property
    def records(self) -> list[SignedRecord]:
        return [record for capture in self.brought for record in capture.records]

    # -- records -------------------------------------------------------------------------------------------------

    def _commit(self, records: Sequence[SignedRecord], began: float) -> list[dict[str, object]]:
        body = json.dumps({"records": [record.item() for record in records]}).encode()

        def send() -> list[dict[str, object]]:
            answer = self._ask("POST", "/api/v1/records", body, {"Content-Type": "application/json"})
            if answer.status != 200:
                raise _Trouble(_told(answer))
            receipts: list[dict[str, object]] = answer.json["receipts"]
            return receipts

        receipts = self._until_done(send)
        if len(receipts) != len(records):
            raise Broken(f"{len(records)} records, {len(receipts)} receipts")
        for record, receipt in zip(records, receipts, strict=True):
            self._note_receipt(record, receipt, began)
        return receipts

    def _note_receipt(self, record: SignedRecord, receipt: dict[str, object], began: float) -> None:
        sha256 = hashlib.sha256(record.text.encode()).hexdigest()
        if receipt["state"] != "accepted" or receipt["record"] != f"sha256:{sha256}":
            raise Broken(f"{record.fields.kind} {record.fields.id}: {receipt}")
        said = (int(str(receipt["entry"])), str(receipt["received"]))
        if sha256 not in self.word.entries:
            self.word.entries[sha256] = said
            self.word.committed_after.append(time.monotonic() - began)
        elif self.word.entries[sha256] != said:
            raise Broken(f"record {sha256}: {self.word.entries[sha256]}, now {said}")

    def _expect_verified(self, capture: Capture, upload: Upload) -> None:
        """The receipt of the record that names the file says that the server holds just these bytes."""
        last = capture.records[-1]
        (receipt,) = self._commit([last], time.monotonic())
        said = receipt["file"]
        expected = {"sha256": f"sha256:{upload.sha256}", "bytes": len(upload.data), "state": "verified"}
        if said != expected:
            raise Broken(f"{last.fields.kind} {last.fields.id}: {said}, not {expected}")

    # -- bytes ---------------------------------------------------------------------------------------------------

    def _upload(self, upload: Upload, closing: Callable[[], None]) -> None:
        """``closing`` runs before the bytes that end an upload of unknown length; it may run again."""
        for _ in range(MOST_RESTARTS):
            try:
                self._send(upload, closing)
                return
            except _StartOver:
                self.word.restarts += 1
        raise Broken(f"upload of {upload.record}: other bytes, {MOST_RESTARTS} times")

    def _send(self, upload: Upload, closing: Callable[[], None]) -> None:
        if upload.deferred:
            half = len(upload.data) // 2
            path, offset = self._until_done(lambda: self._create(upload, None, half))
            while offset < half:
                offset = self._until_done(lambda: self._patch(upload, path, half, None))
            closing()
            total: int | None = len(upload.data)
        else:
            path, offset = self._until_done(lambda: self._create(upload, len(upload.data), len(upload.data)))
            total = None
        for _ in range(MOST_STEPS):
            if upload.record in self.word.verified:
                return
            self._until_done(lambda: self._patch(upload, path, len(upload.data), total))
        raise Broken(
            f"upload {path} of {upload.record} stands at {self.word.offsets[path]} and goes no further"
        )

    def _create(self, upload: Upload, length: int | None, upto: int) -> tuple[str, int]:
        """Half of the uploads carry their first bytes along."""
        size = {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
        body = upload.data[: min(upto, self._next_piece())] if self._random.random() < 0.5 else b""
        headers = {"Upload-Metadata": metadata(upload.record, upload.mime), **size}
        answer = self._tus("POST", "/api/v1/files", body, headers)
        if answer.status != 201:
            raise _Trouble(_told(answer))
        path = answer.headers["location"]
        return path, self._note_offset(upload, path, answer)

    def _patch(self, upload: Upload, path: str, upto: int, total: int | None) -> int:
        """Asks where to go on when that is not sure, and sends one piece up to ``upto``."""
        offset = self.word.offsets[path]
        if path in self._unsure:
            answer = self._tus("HEAD", path, b"", {})
            if answer.status != 200:
                if answer.status in (404, 410):
                    raise Broken(f"upload {path} of {upload.record} is gone: {answer.status}")
                raise _Trouble(_told(answer))
            offset = self._note_offset(upload, path, answer)
            self._unsure.discard(path)
            # All may be there without its length: the request that was to tell it was taken over.
            if upload.record in self.word.verified or (offset >= upto and total is None):
                return offset
        self._unsure.add(path)  # until an answer says otherwise
        piece = upload.data[offset : min(upto, offset + self._next_piece())]
        last = total is not None and offset + len(piece) == total
        headers = {"Upload-Offset": str(offset), **({"Upload-Length": str(total)} if last else {})}
        answer = self._tus("PATCH", path, piece, headers)
        if answer.status != 204:
            raise _Trouble(_told(answer))
        self._unsure.discard(path)
        return self._note_offset(upload, path, answer)

    def _note_offset(self, upload: Upload, path: str, answer: Answer) -> int:
        offset = int(answer.headers["upload-offset"])
        if offset < self.word.offsets.get(path, 0) or offset > len(upload.data):
            raise Broken(f"upload {path}: {self.word.offsets[path]} bytes acknowledged, now {offset}")
        self.word.offsets[path] = offset
        said = answer.headers.get("dockproof-sha256")
        if said is not None:
            if offset != len(upload.data):
                raise Broken(
                    f"upload {path} of {upload.record} is complete at {offset} of {len(upload.data)} bytes"
                )
            if said != f"sha256:{upload.sha256}":
                raise _StartOver
            self.word.verified[upload.record] = upload.sha256
        return offset

    def _next_piece(self) -> int:
        return self._random.randrange(*self._piece)

    # -- requests ------------------------------------------------------------------------------------------------

    def _tus(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        named = {name.replace("-", "_"): value for name, value in headers.items()}
        try:
            return self.phone.tus(method, path, body if method == "PATCH" else body or None, **named)
        except (OSError, http.client.HTTPException, ValueError, KeyError) as failed:
            raise _Trouble(repr(failed)) from None

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        try:
            return self.phone.request(method, path, body, headers)
        except (OSError, http.client.HTTPException, ValueError, KeyError) as failed:
            raise _Trouble(repr(failed)) from None

    def _until_done(self, step: Callable[[], T]) -> T:
        last = ""
        for _ in range(MOST_TRIES):
            try:
                return step()
            except _Trouble as trouble:
                last = str(trouble)
                self.word.retries += 1
                self._wait()
        raise AssertionError(f"{self.phone.device} gave up after {MOST_TRIES} tries: {last}")


def _told(answer: Answer) -> str:
    return f"{answer.status} {answer.body[:300]!r}"

"""A phone in Python: signs requests and records as the browser does, and uploads by tus."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from tests.support.world import World, key_of, opaque
from webapp.domain.chunks import Chunk, chunks_root, chunks_text
from webapp.domain.events import Event, Tap, events_text
from webapp.domain.evidence import (
    ChunkClaim,
    FileClaim,
    Offset,
    RecordFields,
    Span,
    TallyLine,
    Wall,
    serialise,
    sha256_hex,
)
from webapp.domain.record_kinds import KINDS
from webapp.domain.signatures import der_to_raw, encode_base64url
from webapp.domain.stickers import sticker_spelling

MIME = "video/webm;codecs=vp8,opus"

TYPICAL: Mapping[str, Mapping[str, object]] = {
    "photo": {"source": "camera"},
    "condition": {"outer": "intact", "tape": "intact"},
    "weighing": {"grams": 1250, "shown": "1.25", "unit": "kg", "target": "parcel", "opened": "no"},
    "estimate": {"line": World.red_line, "method": "pack", "units": 24, "packs": 2},
    "delivery": {"courier": "present", "outcome": "accepted"},
    "slip": {"courier": "sf", "listed": 30, "scanned": 30},
    "skip": {"step": "weight", "reason": "scale-broken"},
    "draw": {
        "line": World.red_line,
        "tranche": 1,
        "lot": 24,
        "plan": "fix",
        "n": 4,
        "take": opaque("open"),
        "redraw": 0,
    },
    "defect": {"line": World.red_line, "class": "major", "code": "stain", "quantity": 1},
    "inspection": {"draw": opaque("draw"), "inspected": 4, "defective": "0 0 0"},
    "verdict": {"verdict": "passed"},
    "item-id": {"line": World.red_line, "text": sticker_spelling("6901234567892")},
    "measurement": {
        "line": World.red_line,
        "attribute": "length",
        "listed": 100_000,
        "measured": 94_000,
        "unit": "mm",
    },
    "discrepancy": {"type": "short_count", "line": World.red_line, "units": 2},
    "segment": {"of": opaque("open"), "next": opaque("open again")},
    "handover": {"carrier": sticker_spelling("Bắc Nam"), "ago": 0, "parcels": World.parcel},
    "unidentified": {"alias": sticker_spelling("JD-0099")},
    "withdrawal": {"reason": "mistake"},
}
"""One of each kind, about the small world's red line."""


BOOTED_MS = round(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)
"""The page session of every record: a phone whose clock nobody has set."""


@dataclass(frozen=True)
class Answer:
    """``headers`` by lower-case name."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Transport(Protocol):
    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer: ...


@dataclass(frozen=True)
class SignedRecord:
    """What one item of ``POST /records`` carries."""

    fields: RecordFields
    text: str
    signature: str
    side: tuple[tuple[str, str], ...] = ()

    def item(self) -> dict[str, Any]:
        side = [{"name": name, "text": text} for name, text in self.side]
        return {"text": self.text, "signature": self.signature, "side": side}


class Phone:
    """One device with its key and its chain of records. ``name`` gives the key of ``tests.support.world``."""

    def __init__(self, world: World, name: str = "phone", transport: Transport | None = None) -> None:
        self.world = world
        self.device = opaque(name)
        self._key = key_of(name)
        self._transport = transport
        self._session = ""
        self._seq = 0
        self._prev: str | None = None
        self.server_time_ms = 0

    def sign(self, data: str) -> str:
        der = self._key.sign(data.encode("utf-8"), ec.ECDSA(SHA256()))
        return encode_base64url(der_to_raw(der))

    def record(self, fields: RecordFields, side: Sequence[tuple[str, str]] = ()) -> SignedRecord:
        text = serialise(fields)
        return SignedRecord(fields, text, self.sign(text), tuple(side))

    def next(self, fields: RecordFields, side: Sequence[tuple[str, str]] = ()) -> SignedRecord:
        """The same fields as the next record of this device's chain."""
        self._seq += 1
        signed = self.record(replace(fields, seq=self._seq, prev=self._prev), side)
        self._prev = sha256_hex(signed.text)
        return signed

    def blank(self, kind: str, name: str, at: datetime, **changes: Any) -> RecordFields:
        """A record as An's phone writes it at ``at``: its clock right, its offset known."""
        wall = round(at.timestamp() * 1000)
        mono = wall - BOOTED_MS
        fields = RecordFields(
            id=opaque(name),
            device=self.device,
            seq=1,
            prev=None,
            boot="00112233445566ff",
            site=self.world.dongguan,
            worker=self.world.an,
            order=self.world.order,
            parcel=self.world.parcel,
            kind=kind,
            slot="EV-01" if kind != "arrival" else None,
            challenge=None,
            label=self.world.label,
            mono=Span(mono, mono),
            wall=Wall(wall, wall, 480),
            offset=Offset(0, 40),
            app="3f9c2ab1",
            salt=opaque(f"salt {name}"),
        )
        return replace(fields, **changes)

    def arrival(self, name: str, at: datetime, **changes: Any) -> SignedRecord:
        return self.next(self.blank("arrival", name, at, **changes))

    def say(
        self,
        kind: str,
        name: str,
        at: datetime,
        said: Mapping[str, object] | None = None,
        **changes: Any,
    ) -> SignedRecord:
        """A record of any kind with value keys: a typical one (`TYPICAL`), and what ``said`` says otherwise.

        None is written ``-``. ``changes`` are fields of the record itself (parcel, worker, supersedes …):
        ``phone.say("weighing", "first", at, {"grams": 980})``, ``phone.say("withdrawal", "no", at, supersedes=…)``.
        """
        values = {key: None for key in KINDS[kind].keys} | TYPICAL.get(kind, {}) | dict(said or {})
        written = tuple((key, None if value is None else str(value)) for key, value in values.items())
        without_slot = {"slot": None} if kind != "photo" else {}
        return self.next(self.blank(kind, name, at, values=written, **without_slot, **changes))

    def photo(
        self,
        name: str,
        at: datetime,
        data: bytes,
        *,
        slot: str = "EV-04",
        mime: str = "image/jpeg",
        said: Mapping[str, object] | None = None,
        **changes: Any,
    ) -> SignedRecord:
        """The commitment to a picture; its bytes go up under ``opaque(name)``."""
        claim = FileClaim(hashlib.sha256(data).hexdigest(), len(data), mime)
        return self.say("photo", name, at, said, slot=slot, file=claim, **changes)

    def withdraw(self, name: str, at: datetime, gone: str, **changes: Any) -> SignedRecord:
        """Takes back the record of that name."""
        return self.say("withdrawal", name, at, supersedes=opaque(gone), **changes)

    def take_open(self, name: str, at: datetime, **changes: Any) -> SignedRecord:
        return self.next(self.blank("take-open", name, at, **changes))

    def take(
        self,
        name: str,
        at: datetime,
        *,
        opens: str,
        slices: Sequence[bytes],
        counts: Sequence[int],
        **changes: Any,
    ) -> SignedRecord:
        """The close of a take that filmed ``slices`` and counted ``counts`` units of the order's two lines."""
        fields, side = self.take_fields(name, at, opens=opens, slices=slices, counts=counts)
        return self.next(replace(fields, **changes), side)

    def take_fields(
        self, name: str, at: datetime, *, opens: str, slices: Sequence[bytes], counts: Sequence[int]
    ) -> tuple[RecordFields, list[tuple[str, str]]]:
        data = b"".join(slices)
        lines = (self.world.red_line, self.world.blue_line)
        events = events_text(_taps(lines, counts))
        chunks = chunks_text(_chunks(slices))
        duration = 1_000 * len(slices)
        fields = self.blank("take", name, at)
        fields = replace(
            fields,
            opens=opaque(opens),
            closed="complete",
            tally=tuple(TallyLine(line, units) for line, units in zip(lines, counts, strict=True)),
            file=FileClaim(hashlib.sha256(data).hexdigest(), len(data), MIME),
            chunks=ChunkClaim(len(slices), chunks_root(chunks)),
            mono=Span(fields.mono.start, fields.mono.start + duration),
            wall=replace(fields.wall, stop=fields.wall.start + duration),
            events=sha256_hex(events) if events else None,
        )
        side = [("chunks.txt", chunks)]
        return fields, [*side, ("events.txt", events)] if events else side

    # -- requests ------------------------------------------------------------------------------------------------

    def authorization(self, method: str, path: str, body_hash: str) -> str:
        text = f"dockproof-request-1\n{method}\n{path}\n{self._session}\n{body_hash}\n"
        return (
            f"Dockproof device={self.device},session={self._session},body={body_hash},sig={self.sign(text)}"
        )

    def request(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Signed; a stale session is renewed once, as the phone does."""
        assert self._transport is not None
        for _ in range(2):
            if not self._session:
                self.start_session()
            body_hash = hashlib.sha256(body).hexdigest() if body else "-"
            sent = {**(headers or {}), "Authorization": self.authorization(method, path, body_hash)}
            answer = self._transport(method, path, sent, body)
            if answer.status != 401 or answer.json["error"]["code"] != "session_stale":
                return answer
            self._session = answer.json["session"]
        return answer

    def start_session(self) -> str:
        assert self._transport is not None
        answer = self._transport("POST", "/api/v1/sessions", {}, b"").json
        self._session, self.server_time_ms = answer["session"], answer["server_time_ms"]
        return self._session

    def send(self, records: Sequence[SignedRecord]) -> list[dict[str, Any]]:
        """Receipts in the order sent."""
        body = json.dumps({"records": [record.item() for record in records]}).encode()
        answer = self.request("POST", "/api/v1/records", body, {"Content-Type": "application/json"})
        assert answer.status == 200, answer.body
        receipts: list[dict[str, Any]] = answer.json["receipts"]
        return receipts

    # -- tus -----------------------------------------------------------------------------------------------------

    def tus(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """``headers`` with underscores for hyphens. A body (also an empty one) gets its type and checksum."""
        sent = {"Tus-Resumable": "1.0.0"} | {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            sent = tus_body_headers(body) | sent
        return self.request(method, path, body or b"", sent)

    def create_upload(self, record_id: str, length: int | None, body: bytes | None = None) -> Answer:
        size = {"Upload_Defer_Length": "1"} if length is None else {"Upload_Length": str(length)}
        return self.tus("POST", "/api/v1/files", body, Upload_Metadata=metadata(record_id), **size)

    def upload(self, record_id: str, data: bytes, piece: int = 4 << 20) -> Answer:
        """The whole file in pieces; the last answer."""
        path = self.create_upload(record_id, len(data)).headers["location"]
        for offset in range(0, len(data), piece):
            answer = self.tus("PATCH", path, data[offset : offset + piece], Upload_Offset=str(offset))
            assert answer.status == 204, answer.body
        return answer


def tus_body_headers(body: bytes) -> dict[str, str]:
    headers = {"Content-Type": "application/offset+octet-stream"}
    if body:
        headers["Upload-Checksum"] = "sha256 " + base64.b64encode(hashlib.sha256(body).digest()).decode()
    return headers


def metadata(record_id: str, mime: str = MIME) -> str:
    pairs = (("record", record_id), ("mime", mime))
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs)


def _taps(lines: Sequence[str], counts: Sequence[int]) -> list[Event]:
    """One tap a line with the whole count: what the fold makes of it is the tally."""
    events: list[Event] = []
    total = 0
    for index, (line, units) in enumerate(zip(lines, counts, strict=True)):
        if units:
            total += units
            events.append(Tap(ms=100 * (index + 1), type="tally", line=line, n=units, total=total))
    return events


def _chunks(slices: Sequence[bytes]) -> list[Chunk]:
    chunks = []
    offset = 0
    for index, data in enumerate(slices):
        chunks.append(Chunk(index, offset, len(data), 1_000 * (index + 1), hashlib.sha256(data).hexdigest()))
        offset += len(data)
    return chunks

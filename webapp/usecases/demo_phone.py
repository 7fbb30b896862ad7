"""A phone that exists only in memory: it signs what the demo's receiver says as a real one would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from webapp.adapters.secrets import new_id
from webapp.domain.evidence import FileClaim, Offset, RecordFields, Span, Wall, serialise, sha256_hex
from webapp.domain.record_kinds import KINDS
from webapp.domain.signatures import der_to_raw, encode_base64url
from webapp.usecases.evidence import Item


@dataclass
class DemoPhone:
    device_id: str
    site_id: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    seq: int = 0
    prev: str | None = None

    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def arrival(self, *, parcel: str, order: str, worker: str, at: datetime) -> Item:
        return self.say("arrival", parcel=parcel, order=order, worker=worker, at=at)

    def say(
        self,
        kind: str,
        values: Mapping[str, str] | None = None,
        *,
        parcel: str | None,
        order: str | None,
        worker: str,
        at: datetime,
        slot: str | None = None,
        file: FileClaim | None = None,
        record_id: str = "",
    ) -> Item:
        """A record of any kind without a film; keys that ``values`` leaves out are ``-``."""
        wall = int(at.timestamp() * 1000)
        fields = RecordFields(
            id=record_id or new_id(),
            device=self.device_id,
            seq=self.seq + 1,
            prev=self.prev,
            boot=new_id()[:16],
            site=self.site_id,
            worker=worker,
            order=order,
            parcel=parcel,
            kind=kind,
            slot=slot,
            values=tuple((key, (values or {}).get(key)) for key in KINDS[kind].keys),
            file=file,
            challenge=None,
            label=None,
            mono=Span(1000, 1000),
            wall=Wall(wall, wall, 480),
            app="de30",
            salt=new_id(),
            offset=Offset(0, 50),
        )
        return self._signed(fields)

    def _signed(self, fields: RecordFields) -> Item:
        text = serialise(fields)
        self.seq, self.prev = fields.seq, sha256_hex(text)
        signature = der_to_raw(self.key.sign(text.encode("ascii"), ec.ECDSA(hashes.SHA256())))
        return Item(text, encode_base64url(signature))
